from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from systems import posix_only

from tsshape import DataError, EngagementDataset, load_dataset, simulate_spid

Change = Callable[[EngagementDataset], dict[str, Any]]


@pytest.fixture
def dataset() -> EngagementDataset:
    ids = pd.Index(["b", "a"], name="id", dtype="str")
    return EngagementDataset(
        curves=pd.DataFrame([[1.0, np.nan, 3.0], [0.0, 2.0, 2.5]], index=ids, columns=range(1, 4)),
        features=pd.DataFrame(
            {
                "length": [1.5, np.nan],
                "title": pd.array(["", None], dtype="str"),
                "kind": pd.Categorical(["x", None], categories=["y", "x"]),
                "updated": pd.to_datetime(["2020-01-01", None]),
            },
            index=ids,
        ),
        authors=pd.Series(["007", None], index=ids, dtype="str", name="author"),
        posted=pd.Series(pd.to_datetime(["2020-01-01", None]), name="posted").set_axis(ids),
        name="small",
        labels=pd.Series([None, "cat"], index=ids, dtype="str", name="label"),
        split=pd.Series(["train", "test"], index=ids, dtype="str", name="split"),
        channels={"likes": pd.DataFrame([[np.nan, 1.0, np.nan], [0.0, 0.0, 0.0]], index=ids, columns=range(1, 4))},
    )


def assert_same(left: EngagementDataset, right: EngagementDataset) -> None:
    pd.testing.assert_frame_equal(left.curves, right.curves)
    pd.testing.assert_frame_equal(left.features, right.features)
    for field in ("authors", "posted", "labels", "split"):
        mine, other = getattr(left, field), getattr(right, field)
        if mine is None:
            assert other is None
        else:
            pd.testing.assert_series_equal(mine, other)
    assert left.name == right.name
    assert left.channels.keys() == right.channels.keys()
    for name, table in left.channels.items():
        pd.testing.assert_frame_equal(table, right.channels[name])


def test_a_saved_dataset_loads_identically(dataset: EngagementDataset, tmp_path: Path) -> None:
    dataset.save(tmp_path / "small")
    assert_same(load_dataset(tmp_path / "small"), dataset)
    assert sorted(path.name for path in (tmp_path / "small").iterdir()) == [
        "channels",
        "curves.parquet",
        "features.parquet",
    ]


def test_a_simulated_dataset_loads_identically(tmp_path: Path) -> None:
    dataset = simulate_spid(100, n_times=5, random_state=0)
    dataset.save(tmp_path)
    loaded = load_dataset(tmp_path)
    assert loaded.features["posted_yearday"].equals(dataset.posted.dt.dayofyear.astype(float).rename("posted_yearday"))
    features = loaded.features.drop(columns="posted_yearday")
    assert_same(replace(loaded, name=dataset.name, features=features), dataset)


def test_the_calendar_of_the_times_of_posting_is_computed_again_and_another_column_of_its_name_is_kept(
    dataset: EngagementDataset, tmp_path: Path
) -> None:
    posted = dataset.posted.set_axis(dataset.curves.index).fillna(pd.Timestamp("2024-05-31 18:00"))
    hour, weekday = pd.Series([0.0, 18.0], posted.index), pd.Series([1.0, 5.0], posted.index)
    features = dataset.features.assign(posted_hour=hour, posted_weekday=weekday)
    dataset = replace(dataset, posted=posted, features=features)
    dataset.save(tmp_path)
    written = pd.read_parquet(tmp_path / "features.parquet")
    assert {"posted_hour", "posted_weekday", "posted_yearday"} & {*written} == {"posted_weekday"}
    loaded = load_dataset(tmp_path)
    assert loaded.features["posted_hour"].tolist() == [0.0, 18.0]
    assert loaded.features["posted_weekday"].tolist() == [1.0, 5.0]
    assert loaded.features["posted_yearday"].tolist() == [1.0, 152.0]


def test_a_dataset_without_authors_times_or_columns_loads_identically(
    dataset: EngagementDataset, tmp_path: Path
) -> None:
    bare = replace(dataset, features=dataset.features[[]], authors=None, posted=None, labels=None, name=tmp_path.name)
    bare.save(tmp_path)
    assert_same(load_dataset(tmp_path), bare)


def test_saving_twice_replaces_and_another_format_is_in_the_way(dataset: EngagementDataset, tmp_path: Path) -> None:
    dataset.save(tmp_path)
    dataset.save(tmp_path)
    (tmp_path / "features.csv").write_text("id,x\na,1\n")
    with pytest.raises(DataError, match=r"features\.csv is in the way"):
        dataset.save(tmp_path)


@pytest.mark.parametrize("file", ["likes.csv", "reposts.parquet"])
def test_a_channel_that_would_not_be_replaced_is_in_the_way(
    dataset: EngagementDataset, tmp_path: Path, file: str
) -> None:
    dataset.save(tmp_path)
    (tmp_path / "channels" / file).touch()
    with pytest.raises(DataError, match=f"{file} is in the way: it would become a channel"):
        dataset.save(tmp_path)


@pytest.mark.parametrize(
    "name", ["", "a/b", "..", "a.b", " a", "a  b", "nul", "Com1", "likes\n", "x" * 81, "views", "LIKES"]
)
def test_a_channel_that_cannot_be_a_file_of_its_own_is_refused(dataset: EngagementDataset, name: str) -> None:
    with pytest.raises(DataError, match="channel"):
        replace(dataset, channels={**dataset.channels, name: dataset.curves})


@pytest.mark.parametrize("name", ["average view duration", "点赞", "_x-1"])
def test_a_channel_may_be_named_in_any_script(dataset: EngagementDataset, tmp_path: Path, name: str) -> None:
    dataset = replace(dataset, channels={name: dataset.curves})
    dataset.save(tmp_path / "small")
    assert_same(load_dataset(tmp_path / "small"), dataset)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: {"curves": d.curves.set_axis([1, 2])}, "the ids must be text"),
        (lambda d: {"curves": d.curves.set_axis(["a", "a"])}, "id 'a' appears more than once"),
        (lambda d: {"curves": d.curves.set_axis(pd.Index(["a", None], dtype="str"))}, "the ids must be text"),
        (lambda d: {"curves": d.curves.set_axis(["1", "2", "3"], axis=1)}, "the columns must be the days 1…3"),
        (lambda d: {"curves": d.curves.set_axis([0, 1, 2], axis=1)}, "the columns must be the days 1…3"),
        (lambda d: {"curves": -d.curves}, "holds -1.0 at row 'b', column 1"),
        (lambda d: {"features": d.features[::-1]}, "features: the ids must stand in the order of the curves"),
        (lambda d: {"features": d.features[:1]}, "features lacks 1 of the ids in curves, the first of them 'a'"),
        (lambda d: {"features": d.features.iloc[[0, 0]]}, "features: id 'b' appears more than once"),
        (lambda d: {"features": d.features.assign(author=1)}, "no column may be called 'author'"),
        (lambda d: {"features": d.features.assign(id=1)}, "no column may be called 'id'"),
        (lambda d: {"features": d.features.set_axis([1, 2, 3, 4], axis=1)}, "the names of the columns must be text"),
        (lambda d: {"features": d.features.set_axis(list("xxyz"), axis=1)}, "text, and different"),
        (lambda d: {"authors": d.authors[:1]}, "authors lacks 1"),
        (lambda d: {"authors": pd.Series([1, 2], index=d.curves.index)}, "authors must be text; got int64"),
        (lambda d: {"labels": pd.Series([1, 2], index=d.curves.index)}, "labels must be text; got int64"),
        (lambda d: {"labels": d.labels[:1]}, "labels lacks 1"),
        (
            lambda d: {"split": d.split.replace("test", "valid")},
            "split must be 'train' or 'test'; it is 'valid' for id",
        ),
        (lambda d: {"split": d.split.where(d.split == "test")}, "it is nan for id 'b'"),
        (lambda d: {"features": d.features.assign(label=1)}, "no column may be called 'label'"),
        (
            lambda d: {"channels": {"likes": d.curves[[1, 2]]}},
            "channel 'likes': the columns must be those of the curves",
        ),
        (lambda d: {"channels": {"likes": d.curves[::-1]}}, "channel 'likes': the ids must stand in the order"),
        (lambda d: {"channels": {"likes": d.curves[:1]}}, "channel 'likes' lacks 1 of the ids"),
        (lambda d: {"channels": {"likes": -d.curves}}, "channel 'likes' holds -1.0 at row 'b', column 1"),
        (lambda d: {"channels": {"likes": d.authors}}, "channel 'likes' must be a table like the curves; got Series"),
        (lambda d: {"posted": d.authors}, "posted must be datetime64 without a time zone; got str"),
        (lambda d: {"posted": d.posted.dt.tz_localize("UTC")}, "posted must be datetime64 without a time zone"),
    ],
)
def test_tables_that_do_not_fit_are_refused(dataset: EngagementDataset, change: Change, says: str) -> None:
    with pytest.raises(DataError) as caught:
        replace(dataset, **change(dataset))
    assert says in str(caught.value)


@posix_only
@pytest.mark.parametrize("name", ["channels", "features.parquet"])
def test_a_dataset_is_not_saved_through_a_link(tmp_path, dataset, name):
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "saved"
    elsewhere.mkdir()
    folder.mkdir()
    (folder / name).symlink_to(elsewhere)
    with pytest.raises(DataError, match=f"{name} is a link"):
        replace(dataset, channels={"likes": dataset.curves}).save(folder)
    assert [path.name for path in folder.iterdir()] == [name]
    assert not any(elsewhere.iterdir())
