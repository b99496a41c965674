"""Series with known classes, from .ts files and the UCR archive's .tsv."""

import numpy as np
import pytest

from tsshape import DataError
from tsshape.data import read_series

TS = "@problemName x\n@univariate true\n@classLabel true c 1\n@data\n-1,2.5:c\n0,1e-3:1\n"
TARGETS = "@targetLabel true\n@data\n-1,2.5:7\n0,1e-3:8\n"


@pytest.mark.parametrize(
    ("name", "text", "classes"),
    [
        ("a.tsv", "c\t-1\t2.5\r\n\n1\t0\t1e-3\n", ["c", "1"]),
        ("a.TSV", "\t-1\t2.5\n1\t0\t1e-3\n", [np.nan, "1"]),
        ("a.ts", TS, ["c", "1"]),
        ("a.ts", TARGETS, None),
    ],
)
def test_series_have_numbers_as_ids_and_classes_as_text(tmp_path, name, text, classes):
    (tmp_path / name).write_bytes(text.encode())
    series, found = read_series(tmp_path / name)
    assert series.to_dict("index") == {"1": {1: -1.0, 2: 2.5}, "2": {1: 0.0, 2: 0.001}}
    if classes is None:
        assert found is None
    else:
        assert found.to_dict() == dict(zip("12", classes, strict=True)) or found.isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no series"),
        ("id,day1\na,2\n", r"a\.tsv, line 1 has no tab"),
        ("id\tday1\na\t2\n", r"line 1: value 1, 'day1', is no number"),
        ("1\t2\t3\n1\t2\n", r"line 2 has 1 values, not 2"),
        ("1\t2\tNaN\n", r"line 1: value 2 is missing"),
    ],
)
def test_other_tables_are_refused_by_line(tmp_path, text, says):
    (tmp_path / "a.tsv").write_text(text)
    with pytest.raises(DataError, match=says):
        read_series(tmp_path / "a.tsv")
