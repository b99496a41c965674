"""Shapes of a table in parts, against cleaning the whole table in memory."""

import re

import dask
import numpy as np
import pandas as pd
import pytest

from tsshape import DataError, clean_curves, split_scale_shape
from tsshape.adapters.dask import check_part_ids, open_scheduler, prepare_shapes, read_curves, read_posts
from tsshape.adapters.dask._worker_memory import worker_memory
from tsshape.data import _cleaning, find_parts

N_PARTS = 4


@pytest.fixture(autouse=True)
def synchronous():
    """No processes: the same tasks, one after the other."""
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.fixture
def curves():
    """Curves with gaps, decreases, early ends, zeros, and a part without a complete curve."""
    rng = np.random.default_rng(0)
    values = np.cumsum(rng.poisson(3, (60, 6)), axis=1).astype(float)
    values[rng.random(values.shape) < 0.05] = np.nan
    values[[3, 31], 4] = 0
    values[::7, 4:] = np.nan
    values[15:30, 5] = np.nan
    values[[8, 40]] = 0
    return pd.DataFrame(values, index=pd.Index([f"p{row}" for row in range(60)], name="id"), columns=range(1, 7))


def write(folder, curves, n_parts=N_PARTS, dtype="float64"):
    folder.mkdir(parents=True)
    size = -(-len(curves) // n_parts)
    named = curves.rename(columns=lambda day: f"day{day}").astype(dtype).reset_index()
    for number in range(n_parts):
        named[number * size : (number + 1) * size].to_parquet(folder / f"part-{number:05d}.parquet", index=False)
    named[:0].to_parquet(folder / "part-empty.parquet", index=False)
    return find_parts(folder, "curves")


@pytest.mark.parametrize("incomplete", ["drop", "truncate"])
@pytest.mark.parametrize("block_rows", [None, 4])
def test_shapes_and_report_are_those_of_the_whole_table(tmp_path, curves, incomplete, block_rows, monkeypatch):
    monkeypatch.setattr("tsshape.adapters.dask._shape_files._CELLS_AT_ONCE", 40)
    prepared = prepare_shapes(
        write(tmp_path / "parts", curves), tmp_path / "blocks", decreasing="maximum", incomplete=incomplete,
        block_rows=block_rows,
    )  # fmt: skip
    cleaned, report = clean_curves(curves, decreasing="maximum", incomplete=incomplete)
    shapes = split_scale_shape(cleaned[cleaned.max(axis=1) > 0])[1]
    np.testing.assert_array_equal(prepared.shapes.compute(), shapes)
    assert prepared.report == report
    assert (prepared.n_curves, prepared.n_zero) == (len(cleaned), len(cleaned) - len(shapes))
    assert prepared.days == tuple(cleaned.columns)
    zero_ids = [pd.read_parquet(file).index for file in prepared.zero_ids]
    assert [*zero_ids[0].append(zero_ids[1:])] == [*cleaned.index.difference(shapes.index, sort=False)]
    ids = [pd.read_parquet(file).reset_index()["id"] for file in prepared.ids]
    assert tuple(map(len, ids)) == prepared.shapes.chunks[0]
    assert pd.concat(ids).tolist() == shapes.index.tolist()
    assert max(prepared.shapes.chunks[0]) <= (block_rows or 15)
    assert not list((tmp_path / "blocks").glob("hashes*"))


def test_shapes_are_float32_only_if_the_counts_are(tmp_path, curves):
    for dtype in ("float32", "float64"):
        prepared = prepare_shapes(write(tmp_path / dtype, curves, dtype=dtype), tmp_path / f"{dtype} blocks")
        assert prepared.shapes.dtype == prepared.shapes.compute().dtype == dtype


def test_a_report_of_parts_keeps_the_first_of_the_dropped_ids(curves, monkeypatch):
    monkeypatch.setattr(_cleaning, "_MOST_IDS", 3)
    reports = [clean_curves(curves[at : at + 15])[1] for at in (0, 30, 45)]
    added = _cleaning.CleaningReport.of_parts(reports)
    assert len(added.dropped_ids) == 3
    assert (
        added.n_dropped == sum(len(report.dropped_ids) for report in reports) == added.n_curves_in - added.n_curves_out
    )
    assert f"{added.n_dropped} dropped" in str(added)


def spoil(curves, row, day, value):
    spoiled = curves.copy()
    spoiled.loc[spoiled.index[row], day] = value
    return spoiled


@pytest.mark.parametrize(
    ("change", "options", "fault"),
    [
        (lambda curves: spoil(curves, 47, 2, -1.0), {}, r"part-00003.parquet, row 3 \(id 'p47'\), column 'day2': -1"),
        (
            lambda curves: spoil(spoil(curves.fillna(9), 35, 3, np.nan), 36, 3, np.nan),
            {"missing": "refuse"},
            r"part-00002.parquet: curve 'p35': day 3 has no value \(2 such days in 2 curves\)",
        ),
        (
            lambda curves: curves,
            {"incomplete": "refuse"},
            r"part-0000\d.parquet: curve 'p\d+': day \d and all later days",
        ),
        (
            lambda curves: spoil(curves, 5, slice(None), np.nan),
            {"incomplete": "truncate"},
            "curve 'p5' has no value at all",
        ),
        (
            lambda curves: spoil(curves, slice(60), 6, np.nan),
            {},
            "all 60 curves end before day 6: nothing would be left",
        ),
        (lambda curves: curves.fillna(0) * 0, {}, "no curve rises above 0"),
        (lambda curves: curves.rename({"p50": "p2"}), {}, r"part-00000.parquet, row 3 .*part-00003.parquet, row 6 "),
        (lambda curves: curves[:0], {}, "has no rows"),
    ],
)
def test_what_the_whole_table_is_refused_for_is_refused_with_the_file(tmp_path, curves, change, options, fault):
    parts = write(tmp_path / "parts", change(curves))
    with pytest.raises(DataError, match=rf"^{re.escape(str(tmp_path / 'parts'))}.*{fault}"):
        prepare_shapes(parts, tmp_path / "blocks", **options)


def test_samples_are_no_parts(tmp_path):
    samples = pd.DataFrame({"id": ["a"], "posted": [0], "time": [1], "views": [2]})
    samples.to_parquet(tmp_path / "part-0.parquet")
    with pytest.raises(DataError, match=r"part-0.parquet has a row for each sample.*tsshape import"):
        prepare_shapes(find_parts(tmp_path, "curves"), tmp_path / "blocks")


def test_a_part_that_no_worker_can_read_is_refused_before_it_is_read(tmp_path, curves, monkeypatch):
    parts = write(tmp_path / "parts", curves)
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "100K")
    with pytest.raises(
        DataError, match=r"part-00000.parquet has 15 rows, which take about .* of the 100 KiB of a worker"
    ):
        prepare_shapes(parts, tmp_path / "blocks")


def test_features_have_ids_of_their_own(tmp_path):
    for number, ids in enumerate((["a", "b"], ["c", "a"])):
        pd.DataFrame({"id": ids, "title": "x"}).to_parquet(tmp_path / f"part-{number}.parquet")
    with pytest.raises(DataError, match=r"part-0.parquet, row 1 .*part-1.parquet, row 2 \(id 'a'\) have the same id"):
        check_part_ids(find_parts(tmp_path, "features"), tmp_path / "hashes")


def test_parts_without_rows_have_no_repeated_ids(tmp_path):
    (tmp_path / "features").mkdir()
    check_part_ids(find_parts(tmp_path, "features"), tmp_path / "hashes")
    pd.DataFrame({"id": pd.Series([], dtype="str")}).to_parquet(tmp_path / "features/part-0.parquet")
    check_part_ids(find_parts(tmp_path, "features"), tmp_path / "hashes")


def test_curves_and_posts_are_read_when_they_are_asked_for(tmp_path, curves):
    write(tmp_path / "posts/curves", curves)
    lazy = read_curves(tmp_path / "posts", incomplete="keep", decreasing="maximum")
    assert lazy.npartitions == N_PARTS
    whole = clean_curves(curves, incomplete="keep", decreasing="maximum")[0]
    pd.testing.assert_frame_equal(lazy.compute(), whole)
    (tmp_path / "posts/features").mkdir()
    posts = pd.DataFrame(
        {
            "id": pd.Series(["7", "8"]),
            "posted": pd.to_datetime(["2026-01-02", "2026-01-03"]),
            "title": ["1984", None],
            "length": [1, 2],
            "topic": pd.Categorical(["art", "cars"]),
            "author": ["mo", "li"],
        }
    )
    for row in (0, 1):
        posts[row : row + 1].to_parquet(tmp_path / f"posts/features/part-{row}.parquet", index=False)
    found = read_posts(tmp_path / "posts")
    pd.testing.assert_frame_equal(found._meta, found.compute()[:0])
    assert found.compute().reset_index().to_dict("list") == {
        "id": ["7", "8"],
        "title": ["1984", np.nan],
        "length": [1.0, 2.0],
        "topic": ["art", "cars"],
        "author": ["mo", "li"],
        "posted": posts["posted"].tolist(),
    }
    # What a model knows of the columns: one that is not there is left to the model to refuse.
    found = read_posts(tmp_path / "posts", kinds={"posted_weekday": "number", "length": "number", "age": "number"})
    pd.testing.assert_frame_equal(found._meta, found.compute()[:0])
    assert [*found] == ["title", "length", "topic", "author", "posted", "posted_weekday"]
    assert found["posted_weekday"].compute().tolist() == [4.0, 5.0]


def test_a_folder_without_parts_is_no_dataframe(tmp_path):
    with pytest.raises(DataError, match="has no Parquet parts of curves with rows"):
        read_curves(tmp_path)


def test_workers_write_the_same_shapes_and_their_refusals_arrive(tmp_path, curves):
    parts = write(tmp_path / "parts", curves)
    spoiled = write(tmp_path / "spoiled", spoil(curves, 47, 2, -1.0))
    here = prepare_shapes(parts, tmp_path / "here", block_rows=4)
    with dask.config.set(scheduler=None), open_scheduler("local", n_workers=2, memory_limit="1GiB") as client:
        assert worker_memory(client) == 2**30
        there = prepare_shapes(parts, tmp_path / "there", client, block_rows=4)
        assert [file.read_bytes() for file in here.ids] == [file.read_bytes() for file in there.ids]
        np.testing.assert_array_equal(there.shapes.compute(), here.shapes.compute())
        with pytest.raises(DataError, match=r"spoiled/part-00003.parquet, row 3 \(id 'p47'\), column 'day2': -1"):
            prepare_shapes(spoiled, tmp_path / "blocks", client)
