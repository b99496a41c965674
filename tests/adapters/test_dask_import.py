"""Importing many files as parts, against importing them together."""

import json
from dataclasses import replace

import dask
import export_panel
import numpy as np
import pandas as pd
import pytest
from export_panel import IDS, long, wide

from tsshape import DataError, read_curves
from tsshape.adapters.dask import import_parts
from tsshape.data import HashedPart, ImportOptions, find_parts, import_part, import_posts, write_import

N_FILES = 3
AS_OF = ImportOptions(as_of="2024-03-20")


@pytest.fixture(autouse=True)
def synchronous():
    """No processes: the same tasks, one after the other."""
    with dask.config.set(scheduler="synchronous"):
        yield


def divide(folder, table):
    """Write the posts of an export to several files, and return their paths."""
    paths = [folder / f"{number}.csv" for number in range(N_FILES)]
    for number, path in enumerate(paths):
        path.write_text(export_panel.text(table[table["id"].isin(IDS[number::N_FILES])]))
    return paths


@pytest.fixture
def samples():
    """Samples with likes and a feature, of which two posts, in two files, have one only."""
    table = long(likes=lambda frame: frame["views"] // 20, topic="cats")
    single = table["id"].isin(IDS[3:5])
    return table[~single | (table.groupby("id").cumcount() == 9)]


def read(folder, stem):
    return pd.concat([pd.read_parquet(file) for file in find_parts(folder, stem).filled])


@pytest.mark.parametrize("block_rows", [None, 2])
def test_parts_and_their_report_are_what_the_files_give_together(tmp_path, samples, block_rows):
    paths = divide(tmp_path, samples)
    report = import_parts(paths, tmp_path / "parts", AS_OF, block_rows=block_rows)
    together = import_posts(paths, AS_OF)
    write_import(together, tmp_path / "whole")
    for name in ("curves", "features", "channels/likes"):
        folder, stem = (tmp_path / "parts" / name).parent, name.rpartition("/")[2]
        found, whole = read(folder, stem), pd.read_parquet(tmp_path / f"whole/{name}.parquet")
        pd.testing.assert_frame_equal(found.sort_index(), whole.sort_index())
        assert max(find_parts(folder, stem).n_rows) <= (block_rows or len(IDS))
    totals, whole = (pd.read_csv(tmp_path / folder / "totals.csv") for folder in ("parts", "whole"))
    pd.testing.assert_frame_equal(
        totals.sort_values("id", ignore_index=True), whole.sort_values("id", ignore_index=True)
    )
    expected = together.report
    assert replace(report, mean_shape=()) == replace(expected, mean_shape=())
    np.testing.assert_allclose(report.mean_shape, expected.mean_shape, rtol=1e-12)
    assert json.loads((tmp_path / "parts/import.json").read_text()) == json.loads(json.dumps(report.to_dict()))
    assert {each.name for each in (tmp_path / "parts").iterdir()} == {
        "channels", "curves", "features", "import.json", "totals.csv",
    }  # fmt: skip


def test_parts_are_read_as_curves(tmp_path):
    table = wide()
    import_parts(divide(tmp_path, table), tmp_path / "posts", ImportOptions())
    files = find_parts(tmp_path / "posts", "curves").filled
    assert len(read_curves(files[0])) == len(IDS) / N_FILES


def without(name):
    return lambda table: table.drop(columns=name)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (without("topic"), "column 'topic' among the features is none, but text there; leave it out with --ignore"),
        (lambda table: table.assign(topic=range(len(table))), "column 'topic' among the features is none, but text"),
        (without("likes"), "the further counts is none, but likes there"),
        (
            lambda table: table.rename(columns={"views": "plays"}),
            "the column of the role value is plays, but views there",
        ),
        (
            lambda table: table[table.groupby("id").cumcount() < 9],
            "the number of steps is 9, but 14 there; --steps gives",
        ),
        (lambda _: wide().head(4), "the layout is wide, but long there; say --layout"),
    ],
)
def test_the_first_file_of_another_form_is_named(tmp_path, samples, change, fault):
    paths = divide(tmp_path, samples)
    paths[1].write_text(export_panel.text(change(samples[samples["id"].isin(IDS[7:9])])))
    with pytest.raises(DataError, match=rf"1.csv is of another form than .*0.csv: {fault}.*must be of one form\)$"):
        import_parts(paths, tmp_path / "posts", ImportOptions())
    assert not (tmp_path / "posts").exists()


def test_a_table_of_features_beside_the_curves_is_refused(tmp_path):
    paths = divide(tmp_path, wide())
    paths[2].write_text("id,title\n007,a\n")
    with pytest.raises(DataError, match=r"2.csv.*\(--scheduler imports each file by itself"):
        import_parts(paths, tmp_path / "posts", ImportOptions())


def test_a_post_in_two_files_is_refused_with_both(tmp_path, samples):
    paths = divide(tmp_path, samples)
    # One of the posts that have one count only.
    paths[2].write_text(export_panel.text(samples[samples["id"].isin([*IDS[2::N_FILES], IDS[3]])]))
    with pytest.raises(DataError, match=rf"0.csv \(id '{IDS[3]}'\), and .*2.csv \(id '{IDS[3]}'\) have the same id"):
        import_parts(paths, tmp_path / "posts", ImportOptions())
    assert sorted(each.name for each in tmp_path.iterdir()) == ["0.csv", "1.csv", "2.csv"]


def test_a_wrong_cell_is_named_by_its_file_and_row(tmp_path):
    table = wide()
    table["day03"] = table["day03"].astype("object")
    table.loc[4, "day03"] = -1
    with pytest.raises(DataError, match=r"1.csv, line 3, column 'day03': -1 is negative"):
        import_parts(divide(tmp_path, table), tmp_path / "posts", ImportOptions())


def test_posts_to_leave_out_are_each_in_one_of_the_files(tmp_path):
    paths = divide(tmp_path, wide())
    report = import_parts(paths, tmp_path / "posts", ImportOptions(ignore_post=(IDS[1], IDS[5])))
    assert (report.n_posts, report.n_ignored, report.options["ignore_post"]) == (len(IDS) - 2, 2, (IDS[1], IDS[5]))
    with pytest.raises(DataError, match="none of the 3 files has a post 'total'"):
        import_parts(paths, tmp_path / "others", ImportOptions(ignore_post=("total",)))


def test_a_task_that_is_late_does_not_make_the_folder_of_a_failed_import_again(tmp_path):
    (tmp_path / "export.csv").write_text("id,day1,day2\na,1,4\nb,2,3\n")
    gone = tmp_path / "gone"
    ids = HashedPart(gone / "ids.parquet", gone / "ids.npy", "export.csv")
    with pytest.raises(FileNotFoundError):
        import_part(tmp_path / "export.csv", ImportOptions(), "part-0", gone, ids=ids, first=None, block_rows=None)
    assert [path.name for path in tmp_path.iterdir()] == ["export.csv"]
