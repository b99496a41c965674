"""`.ts` files are read as sktime reads them, and damaged ones are refused with file and line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sktime.datasets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sktime.datasets import load_from_tsfile

from tsshape import DataError
from tsshape.adapters.sktime import read_ts

ARCHIVE = Path(sktime.datasets.__file__).parent / "data"
HEAD = "@problemName posts\n@timeStamps false\n@univariate true\n@classLabel true slow fast\n@data\n"
GOOD = HEAD + "1,2.5,4:slow\n3,4,-1e3:fast\n"


def written(folder, text):
    path = folder / "posts.ts"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "name", ["ArrowHead/ArrowHead_TRAIN", "GunPoint/GunPoint_TEST", "ItalyPowerDemand/ItalyPowerDemand_TRAIN"]
)
def test_files_of_the_archive_are_read_as_sktime_reads_them(name):
    path = ARCHIVE / f"{name}.ts"
    curves, labels = read_ts(path)
    values, classes = load_from_tsfile(str(path), return_data_type="numpy2d")
    np.testing.assert_array_equal(curves, values)
    np.testing.assert_array_equal(labels, classes)
    assert curves.index.tolist() == labels.index.tolist() == [str(row) for row in range(len(values))]
    assert curves.columns.tolist() == list(range(1, values.shape[1] + 1))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("JapaneseVowels/JapaneseVowels_TRAIN", "several variables"),
        ("PLAID/PLAID_TRAIN", "curves have one length"),
    ],
)
def test_files_of_the_archive_that_are_no_curves_are_refused(name, message):
    with pytest.raises(DataError, match=rf"{Path(name).name}\.ts, line \d+.*{message}"):
        read_ts(ARCHIVE / f"{name}.ts")


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(-1e300, 1e300)),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_number_is_read_exactly(tmp_path, values, newline):
    rows = [",".join(map(repr, row)) for row in values.tolist()]
    curves, labels = read_ts(written(tmp_path, newline.join(["@problemName x", "@data", *rows])))
    np.testing.assert_array_equal(curves, values)
    assert labels is None


def test_classes_are_text_and_targets_numbers(tmp_path):
    curves, labels = read_ts(written(tmp_path, GOOD))
    assert curves.to_dict("index") == {"0": {1: 1.0, 2: 2.5, 3: 4.0}, "1": {1: 3.0, 2: 4.0, 3: -1000.0}}
    pd.testing.assert_series_equal(labels, pd.Series(["slow", "fast"], curves.index, name="label"))
    _, targets = read_ts(written(tmp_path, "@targetLabel true\n@data\n1,2:0.5\n3,4:-2\n"))
    pd.testing.assert_series_equal(targets, pd.Series([0.5, -2.0], curves.index, name="target"))


def test_comments_empty_lines_a_byte_order_mark_and_any_case_are_passed_over(tmp_path):
    header = "\ufeff# posts\n\n@PROBLEMNAME a b\n@ClassLabel\tFalse\n@equalLength true\n@seriesLength 2\n@Data\n"
    text = header + "# one\n 1, 2 \n\n"
    assert read_ts(written(tmp_path, text))[0].to_dict("index") == {"0": {1: 1.0, 2: 2.0}}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (HEAD + "1,2,x:slow\n", 6, "value 3, 'x', is no number"),
        (HEAD + "1,2,1_0:slow\n", 6, "value 3, '1_0', is no number"),
        (HEAD + "1,2,٣:slow\n", 6, "value 3, '٣', is no number"),
        (HEAD + "1,inf:slow\n", 6, "value 2, 'inf', is no number"),
        (HEAD + "1,1e301:slow\n", 6, "value 2, '1e301', is no number, or beyond"),
        (HEAD + "1,?,3:slow\n", 6, "value 2 is missing"),
        (HEAD + "1,NaN,3:slow\n", 6, "value 2 is missing"),
        (HEAD + "1,,3:slow\n", 6, "value 2 is missing"),
        (HEAD + "1,2:slow\n1,2,3:slow\n", 7, "has 3 values, not 2; curves have one length"),
        (HEAD + "1,2\n", 6, "it has 0 colons"),
        (HEAD + "1,2:3,4:slow\n", 6, "it has 2 colons"),
        (HEAD + "1,2:quick\n", 6, "label 'quick' is none of the classes"),
        (HEAD + "1,2:\n", 6, "label '' is none of the classes"),
        (HEAD + "1,2:slow\n@data\n", 7, "stands after @data"),
        (HEAD + "(0,1),(1,2):slow\n", 6, "value 1, '\\(0', is no number"),
        ("@data\n1,2:slow\n", 2, "it has 1 colons"),
        ("@targetLabel true\n@data\n1,2:slow\n", 3, "target 'slow' is not a number"),
        ("@seriesLength 3\n@data\n1,2\n", 3, "has 2 values, not 3"),
        ("1,2,3\n", 1, "stands before @data"),
        ("@colour red\n", 1, "there is no header '@colour'"),
        ("@missing perhaps\n", 1, "@missing must be true or false; got 'perhaps'"),
        ("@missing false\n@missing false\n", 2, "@missing appears twice"),
        ("@seriesLength many\n", 1, "@serieslength must be a whole number"),
        ("@timeStamps true\n", 1, "time stamps are not read"),
        ("@univariate false\n", 1, "several variables are not read"),
        ("@dimensions 2\n", 1, "several variables are not read"),
        ("@classLabel slow fast\n", 1, "@classLabel must be false, or true and the classes"),
        ("@classLabel true\n@data\n", 2, "no class is named"),
        ("@classLabel true a\n@targetLabel true\n@data\n", 3, "cannot both be true"),
        ("@data 1,2\n", 1, "@data must stand alone"),
        (b"@problemName x\n@data\n1,\xff\n", 3, "is not UTF-8"),
        (b"@data\n1,2\x00\n", 2, "is no number"),
    ],
)
def test_a_damaged_file_is_refused_with_file_and_line(tmp_path, text, line, message):
    path = written(tmp_path, text)
    with pytest.raises(DataError, match=message) as caught:
        read_ts(path)
    assert str(caught.value).startswith(f"{path}, line {line}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "message"), [("", "no line @data"), ("@data\n", "no series after @data")])
def test_a_file_that_was_cut_short_is_refused(tmp_path, text, message):
    path = written(tmp_path, text)
    with pytest.raises(DataError, match=message) as caught:
        read_ts(path)
    assert str(caught.value).startswith(str(path))


@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=3), st.integers(0, 3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_anywhere_gives_curves_or_one_clear_error(tmp_path, place, damage, lost):
    path = written(tmp_path, GOOD.encode()[:place] + damage + GOOD.encode()[place + lost :])
    # Whether the curves are finite, or the error names the file.
    try:
        clear = np.isfinite(read_ts(path)[0].to_numpy()).all()
    except DataError as error:
        clear = str(error).startswith(str(path))
    assert clear


def test_other_files_are_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_ts(tmp_path / "none.ts")
    with pytest.raises(DataError, match="is a folder"):
        read_ts(tmp_path)
    (tmp_path / "posts.csv").write_text(GOOD)
    with pytest.raises(DataError, match=r"must end in \.ts"):
        read_ts(tmp_path / "posts.csv")


@pytest.mark.parametrize("series", ["1\n" * 200, ",".join("1" * 200), "1,2\n" * 100])
def test_a_file_too_large_for_memory_is_refused(tmp_path, monkeypatch, series):
    path = written(tmp_path, "@data\n" + series)
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "5000")
    with pytest.raises(DataError, match="more than the limit of") as caught:
        read_ts(path)
    assert str(caught.value).startswith(str(path))
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "500000")
    assert len(read_ts(path)[0]) == len(series.split())


def test_a_file_larger_than_memory_is_refused_unread(tmp_path, monkeypatch):
    path = written(tmp_path, "x" * 1000)
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "999")
    with pytest.raises(DataError, match="more than the limit of"):
        read_ts(path)
