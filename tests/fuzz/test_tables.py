import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from systems import linux_only

RUN = Path(__file__).with_name("run.py")


@pytest.fixture
def tables(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import tables  # noqa: PLC0415

    return tables


def test_damaged_tables_are_read_right_or_refused_in_one_line(tmp_path):
    """In processes of their own, so that one that dies of a signal is seen."""
    command = [sys.executable, RUN, "--tables", "100", "--jobs", "1", "--keep", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tables: 100 cases, ")
    assert ", 0 failures, 0 signals, 0 hangs" in done.stdout
    assert " 0 refused" not in done.stdout
    assert " 0 answered" not in done.stdout


def test_the_same_seed_gives_the_same_cases(tables):
    assert list(tables.cases(5, 10)) == list(tables.cases(5, 10))
    assert list(tables.cases(5, 10)) != list(tables.cases(6, 10))


@pytest.mark.parametrize("kind", ["wide", "long", "features"])
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_an_undamaged_table_is_read_right_and_another_is_not_taken_for_it(tables, tmp_path, monkeypatch, kind, ending):
    whole = tables._whole(kind, ending)
    tables.check(f"{kind}-0{ending}", whole, tmp_path)
    readers = {"read_curves": tables.read_curves, "read_features": tables.read_features}
    for name, read in readers.items():
        monkeypatch.setattr(tables, name, lambda path, read=read: read(path).iloc[1:])
    with pytest.raises(AssertionError, match="to other values than those that it holds"):
        tables.check(f"{kind}-0{ending}", whole, tmp_path)


@pytest.mark.parametrize("error", [ValueError("no place"), RuntimeWarning("overflow")])
def test_any_other_answer_than_a_refusal_in_one_line_fails(tables, tmp_path, monkeypatch, error):
    def read(_):
        raise error

    monkeypatch.setattr(tables, "read_curves", read)
    with pytest.raises(AssertionError, match=type(error).__name__):
        tables.check("wide-0.csv", b"", tmp_path)


def test_a_forged_description_is_a_file_of_the_same_pages_and_what_is_not_needed_is_left_out(tables):
    import parquet_damage  # noqa: PLC0415

    whole = tables._whole("wide", ".parquet")
    assert tables._by_pyarrow("wide", parquet_damage.without_rest(whole)) == tables._original("wide")
    size = int.from_bytes(whole[-8:-4], "little")
    footer = whole[-8 - size : -8]
    tree, end = parquet_damage.read_tree(footer, 0)
    assert end == size
    assert parquet_damage.read_tree(parquet_damage.write_tree(tree), 0)[0] == tree
    forged = {parquet_damage.forge(whole, Random(seed)) for seed in range(20)}  # noqa: S311
    assert len(forged) > 15


@linux_only
def test_a_case_that_takes_much_memory_fails(tables, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_GROWTH", 0)
    with pytest.raises(AssertionError, match="MiB of memory"):
        tables.check("wide-0.parquet", tables._whole("wide", ".parquet"), tmp_path)
