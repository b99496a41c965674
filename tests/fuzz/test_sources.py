import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


@pytest.fixture
def sources(monkeypatch):
    monkeypatch.syspath_prepend(str(RUN.parent))
    import sources  # noqa: PLC0415

    return sources


def test_damaged_exports_are_read_right_or_refused_in_one_line(tmp_path):
    """In processes of their own, so that one that dies of a signal is seen."""
    command = [sys.executable, RUN, "--sources", "100", "--jobs", "1", "--keep", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sources: 100 cases, ")
    assert ", 0 failures, 0 signals, 0 hangs" in done.stdout
    assert " 0 refused" not in done.stdout
    assert " 0 answered" not in done.stdout


@pytest.mark.parametrize("ending", [".csv", ".txt", ".json", ".jsonl"])
def test_an_undamaged_export_is_read_right_and_another_is_not_taken_for_it(sources, tmp_path, monkeypatch, ending):
    whole, read = sources._whole()[ending], sources.read_source
    assert sources.check(f"a{ending}", whole, tmp_path) == "answered"

    def read_less(path):
        table = read(path)
        table.cells.drop(index=table.cells.index[0], inplace=True)
        return table

    monkeypatch.setattr(sources, "read_source", read_less)
    with pytest.raises(AssertionError, match=r"to other (values|cells) than those that it holds"):
        sources.check(f"a{ending}", whole, tmp_path)
