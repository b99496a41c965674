"""What `tsshape predict` prints and writes for a folder of which some posts are young, and what `watch` finds there."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from cli_program import tsshape

import tsshape as library
from tsshape import EngagementDataset, load_dataset, simulate_spid
from tsshape.bundle import save
from tsshape.cluster import ShapeKMeans, describe_lives
from tsshape.forecast import ScaleShapeForecaster, find_alerts

POSTS = simulate_spid(160, n_times=6, random_state=1)
IDS = POSTS.curves.index
N_YOUNG = 24
HEADINGS = ("post", "title", "days seen", "views so far", "forecast", "90 % interval", "kind of life")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Posts, the first of which have two days of six."""
    folder = tmp_path_factory.mktemp("data") / "posts"
    curves = POSTS.curves.copy()
    curves.iloc[:N_YOUNG, 2:] = np.nan
    features = POSTS.features[["MeanViews", "Contacts"]].assign(title=[f"Post {i} on cats" for i in range(len(IDS))])
    EngagementDataset(curves, features, POSTS.authors, POSTS.posted).save(folder)
    return folder


@pytest.fixture(scope="module")
def forecaster(folder):
    """A forecaster that has not seen the young posts."""
    old = load_dataset(folder)
    made = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), random_state=0)
    return made.fit(old.features[N_YOUNG:], old.curves[N_YOUNG:], authors=old.authors[N_YOUNG:])


@pytest.fixture(scope="module")
def model(folder, forecaster):
    path = folder.parent / "posts.model"
    save(forecaster, path)
    return path


@pytest.fixture(scope="module")
def summary(folder, forecaster):
    """What the library says of the posts of the folder."""
    posts = load_dataset(folder)
    return forecaster.summary(posts.features, observed=posts.curves, authors=posts.authors, above=[100])


def test_a_person_reads_which_posts_do_best_and_the_totals(folder, model, summary):
    printed = tsshape("predict", model, folder, "--above", 100, "--top", 3).stdout
    for heading in (*HEADINGS, "P(> 100)"):
        assert heading in " ".join(printed.split())
    rows = [line for line in printed.splitlines() if " on cats" in line]
    best = summary[:N_YOUNG].sort_values("forecast", ascending=False).index[:3]
    assert [row.split("│")[1].strip() for row in rows] == [*best]
    first = summary.loc[best[0]]
    for text in (f"{first['forecast']:,.0f}", f"{first['views_so_far']:,.0f}", f"({first['cluster']})"):
        assert text in rows[0]
    assert f"totals      160 posts, {160 - N_YOUNG} of them finished: " in printed
    assert f"{summary['above_100'].sum():,.1f} posts expected above 100" in printed
    assert "observed    the days in" in printed
    assert "unfinished posts are in their 90 % interval of upload" in printed


def test_posts_are_sorted_by_growth_or_by_a_probability(folder, model, summary):
    def first(*options):
        return json.loads(tsshape("predict", model, folder, "--json", *options).stdout)["forecasts"][0]["id"]

    young = summary[:N_YOUNG]
    assert first("--sort", "growth") == (young["forecast"] - young["views_so_far"]).idxmax()
    above = ("--above", 100)
    probability = first("--sort", "above", *above)
    assert young.loc[probability, "above_100"] == young["above_100"].max()


def test_json_has_every_post_rounded_as_counts_are(folder, model, summary):
    found = json.loads(tsshape("predict", model, folder, "--above", 100, "--json").stdout)
    assert (found["posts"], found["days"], found["measured"]["posts"]) == (160, 6, N_YOUNG)
    rows = pd.DataFrame(found["forecasts"]).set_index("id").loc[IDS]
    np.testing.assert_allclose(rows["forecast"], summary["forecast"].round())
    np.testing.assert_allclose(rows["above_100"], summary["above_100"], atol=5e-4)
    assert [*rows["life"]] == [*summary["life"]]


def test_a_folder_has_all_that_a_report_draws(folder, model, forecaster, summary, tmp_path):
    out = tmp_path / "posts.forecast"
    printed = tsshape("predict", model, folder, "--out", out, "--above", 100, "--above", 300).stdout
    names = ["fan.parquet", "forecast.json", "forecast.parquet", "lives.csv", "observed.parquet", "posts.parquet"]
    assert sorted(path.name for path in out.iterdir()) == [*names, "summary.csv"]
    assert f"written     {out}: fan.parquet, forecast.json" in printed
    written = pd.read_csv(out / "summary.csv", index_col="id", dtype={"id": str})
    np.testing.assert_array_equal(written["forecast"], summary["forecast"].round())
    assert written["forecast"].dtype == np.int64
    assert list(written)[-2:] == ["above_100", "above_300"]
    long = pd.read_parquet(out / "forecast.parquet")
    assert (list(long), len(long)) == (["day", "forecast", "lower", "upper"], 160 * 6)
    last = long[long["day"] == 6]
    np.testing.assert_allclose(last[["forecast", "lower", "upper"]], summary[["forecast", "lower", "upper"]])
    fan = pd.read_parquet(out / "fan.parquet")
    assert list(fan) == ["day", "lower_50", "upper_50", "lower_80", "upper_80", "lower_95", "upper_95"]
    assert (fan["upper_50"] <= fan["upper_95"]).all()
    observed = pd.read_parquet(out / "observed.parquet")
    assert len(observed) == 2 * N_YOUNG + 6 * (160 - N_YOUNG)
    lives = pd.read_csv(out / "lives.csv", index_col="cluster")
    pd.testing.assert_series_equal(lives["name"], describe_lives(forecaster.prototypes_)["name"], check_dtype=False)
    np.testing.assert_allclose(lives.loc[[0, 1, 2], "day01":"day06"], forecaster.prototypes_)
    posts = pd.read_parquet(out / "posts.parquet")
    assert list(posts) == ["author", "posted", "title"]
    record = json.loads((out / "forecast.json").read_text())
    assert record["tsshape"] == library.__version__
    assert record["model_sha256"] == hashlib.sha256(model.read_bytes()).hexdigest()
    assert (record["data"], record["coverage"], record["above"]) == (str(folder), 0.9, [100.0, 300.0])
    assert 0.5 < record["measured_coverage"] <= 1
    again = tsshape("predict", model, folder, "--out", out, check=False)
    assert "is not an empty folder" in again.stderr


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        ((), [f"day{day:02d}" for day in range(1, 7)]),
        (("--form", "long"), ["day", "forecast", "lower", "upper"]),
        (("--form", "summary"), ["days_observed", "views_so_far", "forecast", "lower", "upper", "cluster", "life"]),
        (("--final",), ["forecast"]),
    ],
)
def test_one_table_has_the_form_that_is_asked_for(folder, model, tmp_path, options, columns):
    tsshape("predict", model, folder, "--out", tmp_path / "out.csv", *options)
    written = pd.read_csv(tmp_path / "out.csv", index_col="id")
    assert (list(written), len(written)) == (columns, 160 * (6 if "long" in options else 1))


def test_a_table_of_features_is_forecast_as_at_upload(folder, model, forecaster, tmp_path):
    tsshape("predict", model, folder / "features.parquet", "--final", "--out", tmp_path / "out.parquet")
    posts = load_dataset(folder)
    scale = forecaster.predict_scale(posts.features, authors=posts.authors)
    np.testing.assert_allclose(pd.read_parquet(tmp_path / "out.parquet")["forecast"], scale)


@pytest.mark.parametrize("is_folder", [False, True])
def test_first_days_alone_are_forecast(folder, model, tmp_path, is_folder):
    days = tmp_path / "days"
    days.mkdir()
    load_dataset(folder).curves[:3].rename(columns="day{:02d}".format).rename_axis("id").to_csv(days / "curves.csv")
    given = (days,) if is_folder else ("--observed", days / "curves.csv")
    printed = tsshape("predict", model, *given, "--out", tmp_path / "out.csv").stdout
    assert "missing     all that is known at upload" in printed
    written = pd.read_csv(tmp_path / "out.csv", index_col="id", dtype={"id": str})
    np.testing.assert_allclose(written[["day01", "day02"]], POSTS.curves.iloc[:3, :2])
    assert (written["day06"] >= written["day02"]).all()


def test_a_model_without_intervals_forecasts_without_them(folder, tmp_path):
    bare = ScaleShapeForecaster(ShapeKMeans(2, random_state=0), in_flight=False, intervals=False, random_state=0)
    save(bare.fit(POSTS.features[["MeanViews"]], POSTS.curves), tmp_path / "model")
    printed = tsshape("predict", tmp_path / "model", folder, "--out", tmp_path / "out").stdout
    assert "ignored     the curves: the model was fitted with in_flight=False" in printed
    assert "% interval" not in printed
    assert not (tmp_path / "out" / "fan.parquet").exists()
    assert list(pd.read_parquet(tmp_path / "out" / "forecast.parquet")) == ["day", "forecast"]
    for options in (("--above", 5), ("--coverage", 0.5)):
        refused = tsshape("predict", tmp_path / "model", folder, *options, check=False)
        assert refused.stderr.startswith(f"tsshape: error: {options[0]}: the model has no intervals")
    refused = tsshape("watch", tmp_path / "model", folder, check=False)
    assert "was fitted with in_flight=False" in refused.stderr


@pytest.fixture(scope="module")
def running(folder, forecaster):
    """The folder, with a post that runs away and one that stays at 0."""
    posts = load_dataset(folder)
    upper = forecaster.predict_interval(posts.features, authors=posts.authors)[1]
    curves = posts.curves.copy()
    curves.iloc[0, :2] = upper.iloc[0, :2] * 20
    curves.iloc[1, :2] = 0.0
    out = folder.parent / "running"
    EngagementDataset(curves, posts.features, posts.authors, posts.posted).save(out)
    return out


def test_watch_finds_posts_outside_their_interval_and_ends_with_3(running, model, forecaster):
    ended = tsshape("watch", model, running, check=False)
    assert (ended.returncode, ended.stderr) == (3, "")
    assert f"watched     {N_YOUNG} unfinished posts; {160 - N_YOUNG} of 160 are finished" in ended.stdout
    row = next(line for line in ended.stdout.splitlines() if f"│ {IDS[0]} " in line)
    for text in ("Post 0 on cats", "above", "20.00"):
        assert text in row
    posts = load_dataset(running)
    alerts = find_alerts(forecaster, posts.features, posts.curves, authors=posts.authors)
    found = json.loads(tsshape("watch", model, running, "--json", check=False).stdout)
    assert [each["id"] for each in found["alerts"]] == [*alerts.index]
    assert (found["watched"], found["coverage"], found["since_day"]) == (N_YOUNG, 0.9, 0)


def test_watch_ends_with_0_where_no_post_is_outside(running, model):
    ended = tsshape("watch", model, running, "--since-day", 2)
    assert "watched     0 unfinished posts" in ended.stdout
    assert "found       none outside the 90 % interval forecast after day 2" in ended.stdout
    assert json.loads(tsshape("watch", model, running, "--since-day", 2, "--json").stdout)["alerts"] == []
