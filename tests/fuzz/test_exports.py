import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


@pytest.fixture
def exports(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import exports  # noqa: PLC0415

    return exports


def test_damaged_exports_are_imported_soundly_or_refused_in_one_line(tmp_path):
    """In processes of their own, so that one that dies of a signal is seen."""
    command = [sys.executable, RUN, "--exports", "100", "--jobs", "1", "--keep", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("exports: 100 cases, ")
    assert ", 0 failures, 0 signals, 0 hangs" in done.stdout
    assert " 0 refused" not in done.stdout
    assert " 0 answered" not in done.stdout


def test_the_same_seed_gives_the_same_cases(exports):
    assert [name for name, _ in exports.cases(5, 10)] == [name for name, _ in exports.cases(5, 10)]
    assert list(exports.cases(5, 5)) != list(exports.cases(6, 5))


KINDS = ["wide", "daily", "german", "dates", "long", "dayfirst", "transposed", "ucr", "utf16", "book", "lines", "list"]


@pytest.mark.parametrize("kind", [*KINDS, "typed"])
def test_a_whole_export_is_read_right_and_another_is_not_taken_for_it(exports, tmp_path, kind):
    ending = exports.KINDS[kind][0]
    assert exports.check(f"{kind}-0{ending}", exports.whole(kind), tmp_path) == "answered"
    curves = exports.original(kind)[2]
    exports.judge("x", kind, exports.whole(kind), curves)
    for wrong, said in (
        (curves.rename(index={curves.index[0]: "another"}), "is no cell"),
        (curves * 3.01, "counts that stand in none of its rows"),
        (curves.shift(1, axis=1).fillna(0.0), "none of its rows" if kind == "daily" else "its rows are the same"),
    ):
        with pytest.raises(AssertionError, match=said):
            exports.judge("x", kind, exports.whole(kind), wrong)


@pytest.mark.parametrize("error", [ValueError("no place"), RuntimeWarning("overflow")])
def test_any_other_answer_than_a_refusal_in_one_line_fails(exports, tmp_path, monkeypatch, error):
    def read(*_):
        raise error

    monkeypatch.setattr(exports, "import_posts", read)
    with pytest.raises(AssertionError, match=type(error).__name__):
        exports.check("wide-0.csv", b"", tmp_path)
