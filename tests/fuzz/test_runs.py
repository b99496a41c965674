import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


@pytest.fixture
def runs(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import runs  # noqa: PLC0415

    return runs


def test_damaged_run_folders_are_read_right_or_refused_in_one_line(tmp_path):
    """In processes of their own, so that one that dies of a signal is seen."""
    command = [sys.executable, RUN, "--runs", "100", "--jobs", "1", "--keep", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("runs: 100 cases, ")
    assert ", 0 failures, 0 signals, 0 hangs" in done.stdout
    assert " 0 refused" not in done.stdout
    assert " 0 answered" not in done.stdout


@pytest.mark.parametrize("split", ["random", "rolling", "predefined"])
def test_an_undamaged_run_is_read_right_and_another_is_not_taken_for_it(runs, tmp_path, monkeypatch, split):
    files = {name: content.decode("latin-1") for name, content in runs.folder_of(split).items()}
    whole = runs.json.dumps(files).encode()
    assert runs.check(split, whole, tmp_path) == "answered"
    read = runs.scores
    monkeypatch.setattr(
        runs, "scores", lambda *asked: {name: dict.fromkeys(of, 3.0) for name, of in read(*asked).items()}
    )
    with pytest.raises(AssertionError, match=r", not 3\.0|\[3\.0, 3\.0"):
        runs.check(split, whole, tmp_path)
