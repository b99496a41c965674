"""`tsshape predict --scheduler`: posts in parts get what they get in one table."""

import json
import os
import signal
import warnings
from threading import Event, Thread

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from cli_program import tsshape
from distributed import Client, LocalCluster
from pandas.testing import assert_frame_equal

from tsshape import EngagementDataset, load_dataset, simulate_spid
from tsshape._threads import count_threads
from tsshape.bundle import load, save
from tsshape.cluster import ShapeKMeans
from tsshape.data import read_posts, write_table
from tsshape.forecast import ScaleShapeForecaster

POSTS = simulate_spid(160, n_times=6, random_state=1)
# Where the parts begin and end.
CUTS = (0, 50, 100, 160)
NAMES = ("a.parquet", "b.parquet", "c.parquet")


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A dataset folder, of which some posts are young, some at upload and some finished; and a gap."""
    folder = tmp_path_factory.mktemp("data") / "whole"
    days = np.where(np.arange(160) < 100, np.arange(160) % 7, 0)
    curves = POSTS.curves.where(np.arange(6) < days[:, None])
    curves.iloc[5, 1] = np.nan
    features = POSTS.features[["MeanViews", "Contacts"]].assign(title=[f"Post {i} on cats" for i in range(160)])
    EngagementDataset(curves, features, POSTS.authors, POSTS.posted).save(folder)
    return folder


@pytest.fixture(scope="module")
def parts(whole):
    """The same posts in parts; the last has no observed days."""
    folder = whole.parent / "parts"
    posts, curves = read_posts(whole / "features.parquet").to_frame(), load_dataset(whole).curves
    for table, rows in (("features", posts), ("curves", curves.rename(columns="day{:02d}".format))):
        (folder / table).mkdir(parents=True)
        for name, start, stop in zip(NAMES, CUTS[:-1], CUTS[1:], strict=True):
            if table == "features" or name != "c.parquet":
                write_table(rows.iloc[start:stop].rename_axis("id"), folder / table / name)
    return folder


@pytest.fixture(scope="module")
def model(whole):
    path = whole.parent / "posts.model"
    features = read_posts(whole / "features.parquet").features
    made = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), random_state=0)
    save(made.fit(features, POSTS.curves, authors=POSTS.authors), path)
    return path


@pytest.fixture(scope="module")
def predict(model, parts, cluster):
    """Forecast the parts on the cluster."""

    def run(out, *options, of=parts, check=True):
        on = ("--scheduler", cluster.scheduler_address, "--out", out)
        return tsshape("predict", model, of, *on, *options, check=check)

    return run


@pytest.fixture(scope="module")
def local(model, whole):
    """The forecast of the dataset folder, and what was printed."""
    out = whole.parent / "local"
    printed = tsshape("predict", model, whole, "--out", out, "--above", 100, "--top", 4).stdout
    return out, printed


def read_parts(folder):
    """Return the rows of all parts, and the numbers of these."""
    tables = [pd.read_parquet(file) for file in sorted(folder.iterdir())]
    assert [file.name for file in sorted(folder.iterdir())] == [f"part-{at:05d}.parquet" for at in range(len(tables))]
    return pd.concat(tables), [len(table) for table in tables]


@pytest.fixture(scope="module")
def made(predict, whole):
    """The forecast of the parts, and what was printed."""
    out = whole.parent / "made"
    return out, predict(out, "--above", 100, "--top", 4, "--block-rows", 17).stdout


def test_parts_are_forecast_as_one_table_is(made, local):
    out, printed = made
    assert sorted(path.name for path in out.iterdir()) == ["fan", "forecast", "forecast.json", "lives.csv", "summary"]
    for table in ("forecast", "fan"):
        rows, sizes = read_parts(out / table)
        assert_frame_equal(rows, pd.read_parquet(local[0] / f"{table}.parquet"), check_exact=True)
        assert sizes == [300, 300, 360]
    assert (out / "lives.csv").read_bytes() == (local[0] / "lives.csv").read_bytes()

    def lines(text):
        return [line for line in text.splitlines() if not line.startswith(("observed ", "written "))]

    assert lines(printed) == lines(local[1])
    assert "4 of 146 unfinished posts" in printed
    found, known = (json.loads((each / "forecast.json").read_text()) for each in (out, local[0]))
    assert (found.pop("parts"), found.pop("data") == known.pop("data")) == (3, False)
    assert found == known


def test_the_summaries_are_those_of_the_library(predict, model, whole, parts, tmp_path):
    posts = read_posts(whole / "features.parquet")
    curves = load_dataset(whole).curves
    curves.iloc[5] = curves.iloc[5].interpolate(limit_area="inside")
    options = ("--observed", parts, "--coverage", 0.8, "--json", "--top", 3)
    answered = json.loads(predict(tmp_path / "out", *options, of=parts / "features").stdout)
    expected = load(model).summary(posts.features, observed=curves, authors=posts.authors, coverage=0.8)
    assert_frame_equal(read_parts(tmp_path / "out" / "summary")[0], expected, check_exact=True)
    assert len(answered["forecasts"]) == 3
    assert answered["totals"]["posts"] == 160
    assert answered["totals"]["forecast"] == pytest.approx(expected["forecast"].sum(), rel=1e-12)


def test_the_same_bits_if_a_worker_is_killed_in_the_middle(predict, cluster, local, tmp_path):
    ended, killed_at_work = Event(), []

    def kill_one(pids):
        while not ended.is_set() and not [*tmp_path.glob(".out.*/content/forecast/*")]:
            ended.wait(0.005)
        os.kill(pids[0], signal.SIGKILL)
        killed_at_work.append(not ended.is_set())

    with Client(cluster) as client:
        before = [*client.run(os.getpid).values()]
        killer = Thread(target=kill_one, args=(before,))
        killer.start()
        try:
            predict(tmp_path / "out", "--above", 100)
        finally:
            ended.set()
            killer.join()
        client.wait_for_workers(2, timeout=30)
        assert killed_at_work == [True]
        assert before[0] not in client.run(os.getpid).values()
    for table in ("forecast", "fan"):
        rows, _ = read_parts(tmp_path / "out" / table)
        assert_frame_equal(rows, pd.read_parquet(local[0] / f"{table}.parquet"), check_exact=True)


def test_the_library_forecasts_the_same_on_these_workers_with_one_thread_each(cluster, model, whole):
    posts = read_posts(whole / "features.parquet")
    forecaster = load(model).set_params(n_jobs=-1)
    features, authors = (dd.from_pandas(table, npartitions=3, sort=False) for table in (posts.features, posts.authors))
    with Client(cluster) as client:
        client.run(warnings.simplefilter, "error")
        assert {*client.run(count_threads, -1).values()} == {1}
        found = forecaster.summary(features, authors=authors).compute()
    assert_frame_equal(found, forecaster.summary(posts.features, authors=posts.authors), check_index_type=False)


@pytest.fixture
def spoiled(parts, tmp_path):
    """A function that makes a copy of the parts in which a table is changed."""

    def spoil(name, change):
        for file in parts.glob("*/*.parquet"):
            copy = tmp_path / "spoiled" / file.relative_to(parts)
            copy.parent.mkdir(parents=True, exist_ok=True)
            table = pd.read_parquet(file)
            if str(file.relative_to(parts)) == name:
                table = change(table)
            write_table(table, copy)
        return tmp_path / "spoiled"

    return spoil


@pytest.mark.parametrize(
    "bad",
    [
        ("curves/b.parquet", lambda table: table.assign(day02=-1.0), ("curves/b.parquet, row 1 (id '", "negative")),
        ("features/b.parquet", lambda table: table.assign(MeanViews="many"), ("features/b.parquet", "MeanViews")),
        (
            "curves/a.parquet",
            lambda table: table.rename({POSTS.curves.index[3]: "x"}),
            ("curves/a.parquet has 1", "'x'"),
        ),
        (
            "features/c.parquet",
            lambda table: table.rename({POSTS.curves.index[120]: POSTS.curves.index[7]}),
            ("a.parquet, row 8", "c.parquet, row 21", "the same id"),
        ),
    ],
)
def test_a_bad_part_is_named_with_its_post_and_nothing_is_written(spoiled, predict, tmp_path, bad):
    name, change, words = bad
    refused = predict(tmp_path / "out", of=spoiled(name, change), check=False)
    assert refused.returncode == 2
    for word in words:
        assert word in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["spoiled"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--out", "x"), "is a folder of Parquet parts: --scheduler local forecasts them"),
        (("--scheduler", "local", "--out", "x.csv"), "--out x.csv: with --scheduler a folder of parts is written"),
        (("--scheduler", "local"), "--scheduler needs --out FOLDER"),
        (("--scheduler", "local", "--out", "x", "--final"), "--final: with --scheduler"),
        (("--scheduler", "local", "--out", "x.csv", "--form", "long"), "--form: with --scheduler"),
        (("--scheduler", "local", "--out", "x", "--observed", "."), "no folder of Parquet parts of curves"),
        (("--block-rows", 5), "--block-rows is for --scheduler"),
    ],
)
def test_what_does_not_go_together_is_refused_before_any_work(options, message, model, parts, tmp_path):
    refused = tsshape("predict", model, parts, *options, folder=tmp_path, check=False)
    assert refused.returncode == 2
    assert message in refused.stderr
    assert not [*tmp_path.iterdir()]


def test_one_table_is_no_folder_of_parts(model, whole, tmp_path):
    on = ("--scheduler", "local", "--out", tmp_path / "out")
    refused = tsshape("predict", model, whole, *on, check=False)
    assert f"{whole} is no folder of Parquet parts of features" in refused.stderr


def test_observed_days_without_features_of_that_part_are_refused(spoiled, predict, tmp_path):
    folder = spoiled("", None)
    (folder / "features" / "b.parquet").unlink()
    refused = predict(tmp_path / "out", of=folder, check=False)
    assert f"{folder}/curves/b.parquet has observed days of posts without features" in refused.stderr


def test_observed_days_alone_are_forecast(predict, parts, tmp_path):
    days = tmp_path / "days" / "curves"
    days.mkdir(parents=True)
    curves = pd.read_parquet(parts / "curves" / "a.parquet").dropna(subset="day01")
    write_table(curves[:9], days / "0.parquet")
    write_table(curves[9:20], days / "1.parquet")
    printed = predict(tmp_path / "out", of=tmp_path / "days").stdout
    assert printed.count(f"missing     all that is known at upload: {days} has observed days alone") == 1
    assert read_parts(tmp_path / "out" / "forecast")[1] == [54, 66]


def test_a_report_refuses_a_forecast_in_parts(made, tmp_path):
    refused = tsshape("report", made[0], "--out", tmp_path / "report.html", check=False)
    assert "has a forecast in parts, as --scheduler writes them" in refused.stderr
