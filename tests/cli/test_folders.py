"""Verbs on the dataset folder that `tsshape import` writes, in which some posts are young."""

import json

import numpy as np
import pandas as pd
import pytest
from cli_program import tsshape

from tsshape import EngagementDataset, load_dataset, read_curves, simulate_spid
from tsshape.bundle import load
from tsshape.cli._fit import _without
from tsshape.cli._verb import in_options
from tsshape.data import read_posts

POSTS = simulate_spid(64, n_times=6, random_state=0)
N_YOUNG = 8
TINY = 'name = "tiny"\nn_runs = 1\nvariants = []\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of posts, eight of which have three days of six; one older one has a gap."""
    folder = tmp_path_factory.mktemp("data") / "posts"
    curves = POSTS.curves.copy()
    curves.iloc[:N_YOUNG, 3:] = np.nan
    curves.iloc[10, 2] = np.nan
    features = POSTS.features[["MeanViews", "Contacts", "Ispro"]].assign(title=[f"Post {i} on cats" for i in range(64)])
    split = pd.Series(["train", "test"] * 32, curves.index)
    EngagementDataset(curves, features, POSTS.authors, POSTS.posted, split=split, channels={"likes": curves / 2}).save(
        folder
    )
    return folder


@pytest.fixture(scope="module")
def model(folder):
    """A model of the folder, without one column."""
    out = folder.parent / "model"
    printed = tsshape("fit", folder, "--out", out, "--k", 3, "--drop", "Contacts")
    assert "cleaning    8 of 64 curves end early and are kept; 1 missing cell interpolated" in printed.stdout
    assert "young       56 complete posts, 8 young ones: the young teach the scale" in printed.stdout
    assert (
        "features    5 numbers (MeanViews, Ispro, posted_hour, posted_weekday, posted_yearday), 1 text (title)\n"
        in printed.stdout
    )
    assert "warning" not in printed.stderr
    assert "left out" not in printed.stdout
    return out


def test_a_model_of_a_folder_is_that_of_its_two_tables(folder, model, tmp_path):
    tables = (folder / "curves.parquet", folder / "features.parquet")
    tsshape("fit", *tables, "--out", tmp_path / "model", "--k", 3, "--drop", "Contacts")
    posts = load_dataset(folder)
    here, there = (load(path).predict(posts.features, authors=posts.authors) for path in (model, tmp_path / "model"))
    pd.testing.assert_frame_equal(here, there)


def test_counts_that_fall_often_are_warned_of(tmp_path):
    POSTS.curves.diff(axis=1).fillna(1).clip(lower=0).rename_axis("id").to_csv(tmp_path / "daily.csv")
    printed = tsshape("cluster", tmp_path / "daily.csv", "--k", 2, "--out", tmp_path / "lives")
    assert "counts are below the day before" in printed.stderr
    assert "tsshape import --counts per-step" in printed.stderr


def test_describe_and_cluster_take_a_folder(folder, tmp_path):
    described = tsshape("describe", folder).stdout
    assert "64 of 6 days" in described
    assert "8 curves end before day 6, the youngest after day 3" in described
    printed = tsshape("cluster", folder, "--k", 2, "--out", tmp_path / "lives", "--json")
    summary = json.loads(printed.stdout)
    assert (summary["n_curves"], summary["n_times"]) == (56, 6)
    assert printed.stderr.count("tsshape: warning: ") == 1
    cut = tsshape("cluster", folder, "--k", 2, "--out", tmp_path / "short", "--incomplete", "truncate")
    assert "cleaning    all curves are cut from 6 days to the 3 that each of them has; 1 missing" in cut.stdout
    assert "50% of the days are lost; see --incomplete" in cut.stderr


def test_select_k_takes_the_features_of_the_folder_unless_other_criteria_are_named(folder, tmp_path):
    options = ("--k", "2,3", "--seeds", 1, "--json")
    every = tsshape("select-k", folder, *options, "--predict-at", 2, "--out", tmp_path / "all")
    assert "predictability" in json.loads(every.stdout)["table"][0]
    named = tsshape("select-k", folder, *options, "--criteria", "inertia", "--out", tmp_path / "one")
    assert "predictability" not in json.loads(named.stdout)["table"][0]

    EngagementDataset(POSTS.curves, POSTS.features[[]], POSTS.authors).save(tmp_path / "authors")
    alone = tsshape("select-k", tmp_path / "authors", *options, "--out", tmp_path / "none")
    assert "predictability" not in json.loads(alone.stdout)["table"][0]


@pytest.mark.parametrize(("asked", "words"), [("2:9", "left out: 5 to 9"), ("2,3,4,7,9", "left out: 7, 9")])
def test_select_k_leaves_out_numbers_beyond_the_distinct_curves_and_says_so(tmp_path, asked, words):
    (tmp_path / "c.csv").write_text("id,day01,day02,day03\na,1,3,9\nb,2,3,9\nc,5,6,9\nd,9,9,9\ne,1,3,9\n")
    options = ("--criteria", "inertia", "--out", tmp_path / "out", "--json")
    ended = tsshape("select-k", tmp_path / "c.csv", "--k", asked, *options)
    assert [row["n_clusters"] for row in json.loads(ended.stdout)["table"]] == [2, 3, 4]
    assert f"c.csv has 4 distinct curves; {words}\n" in ended.stderr


def test_predict_and_explain_take_a_folder(folder, model, tmp_path):
    out = tmp_path / "forecast.csv"
    printed = tsshape("predict", model, folder, "--observed", folder, "--out", out).stdout
    assert "ignored     1 column that the model was not fitted on: 'Contacts'" in printed
    assert "cleaning    1 missing days before a later count interpolated" in printed
    forecast, seen = read_curves(out), load_dataset(folder).curves
    np.testing.assert_allclose(forecast.where(seen.notna()), seen)
    assert "MeanViews" in tsshape("explain", model, folder).stdout


def test_samples_of_posts_of_any_age_go_onto_the_days_of_the_model(folder, model, tmp_path):
    """The model has 6 days; a post is 40 days old, another two."""
    old, young = POSTS.curves.index[:2]
    rows = [(old, 1, 10), (old, 40, 400), (young, 1, 7), (young, 2, 9)]
    samples = pd.DataFrame([(post, 0, 86_400 * day, views) for post, day, views in rows])
    samples.set_axis(["id", "posted", "time", "views"], axis=1).to_csv(tmp_path / "samples.csv", index=False)
    out = tmp_path / "forecast.csv"
    printed = tsshape("predict", model, folder, "--observed", tmp_path / "samples.csv", "--out", out).stdout
    assert "cut         1 posts have counts after day 6, the model's last" in printed
    forecast = read_curves(out)
    np.testing.assert_allclose(forecast.loc[young, [1, 2]], [7, 9])
    assert forecast.loc[old].is_monotonic_increasing
    assert forecast.loc[old, 1] == 10
    assert 40 < forecast.loc[old, 6] < 80


def test_a_table_is_read_in_the_kinds_that_the_model_knows(model, tmp_path):
    table = tmp_path / "new.csv"
    table.write_text("id,author,title,Ispro,MeanViews,posted\nnew,x,1984,1,30,2024-05-31T18:00\n")
    tsshape("predict", model, table, "--out", tmp_path / "forecast.csv")
    known = pd.DataFrame({"title": ["1984"], "Ispro": [1.0], "MeanViews": [30.0]}, ["new"])
    known = known.assign(posted_hour=18.0, posted_weekday=4.0, posted_yearday=152.0)
    pred = load(model).predict(known, authors=["x"])
    np.testing.assert_allclose(read_curves(tmp_path / "forecast.csv"), pred)


def test_author_and_time_can_be_dropped_like_features(folder):
    posts = _without(read_posts(folder / "features.parquet"), ["author", "posted", "title"], folder)
    assert [*posts.features] == ["MeanViews", "Contacts", "Ispro"]
    assert posts.authors is posts.posted is None


def test_a_missing_column_is_taken_as_missing_values_if_that_is_allowed(model, tmp_path):
    table, out = tmp_path / "new.csv", tmp_path / "forecast.csv"
    table.write_text("id,author,Ispro\nnew,x,1\n")
    refused = tsshape("predict", model, table, "--out", out, check=False)
    assert refused.returncode == 2
    assert "new.csv lacks 3 columns that the model was fitted on: 'MeanViews', 'title', 'posted'" in refused.stderr
    printed = tsshape("predict", model, table, "--out", out, "--allow-missing").stdout
    assert "missing     3 columns that the model was fitted on, taken as missing values: 'MeanViews'" in printed
    assert read_curves(out).shape == (1, 6)


def test_rank_compares_at_a_day_that_nine_tenths_have_and_says_which(folder):
    printed = tsshape("rank", folder).stdout
    assert "compared    on day 3: 64 posts; 0 that end before are left out" in printed
    assert "cleaning    1 missing counts of that day interpolated" in printed
    rows = json.loads(tsshape("rank", folder, "--day", 6, "--json").stdout)
    assert {row["day"] for row in rows} == {6}
    assert {row["n"] for row in rows} == {56}
    assert "8 of 64 posts end before day 6" in tsshape("rank", folder, "--day", 6).stderr


def test_rank_compares_at_the_last_day_where_few_posts_are_young(tmp_path):
    curves = POSTS.curves.copy()
    curves.iloc[:6, 2:] = np.nan
    EngagementDataset(curves, POSTS.features[["MeanViews"]]).save(tmp_path / "posts")
    assert "compared    on day 6: 58 posts; 6 that end before" in tsshape("rank", tmp_path / "posts").stdout


def test_rank_gives_no_verdict_on_fewer_than_ten_posts(tmp_path):
    features = POSTS.features[["MeanViews", "Contacts"]].copy()
    features.iloc[9:, 1] = np.nan
    for n in (9, 20):
        EngagementDataset(POSTS.curves[:n], features[:n]).save(tmp_path / str(n))
    few = tsshape("rank", tmp_path / "9").stdout
    assert "9 posts are too few to say which features matter: it takes 10 or more" in few
    assert "MeanViews" not in few
    some = tsshape("rank", tmp_path / "20").stdout
    assert "not scored  fewer than 10 posts have Contacts" in some
    rows = json.loads(tsshape("rank", tmp_path / "20", "--json").stdout)
    assert [row["pps"] is None for row in rows] == [False, True]


def test_rank_marks_features_that_may_have_been_taken_later(tmp_path):
    features = POSTS.features[["MeanViews", "Contacts"]].assign(total=POSTS.curves[6] * 3)
    EngagementDataset(POSTS.curves, features).save(tmp_path / "posts")
    printed = tsshape("rank", tmp_path / "posts").stdout
    assert "late?       total may have been taken later: correlation of the differences in rank 1.00" in printed
    rows = json.loads(tsshape("rank", tmp_path / "posts", "--json").stdout)
    assert [(row["feature"], row["late"]) for row in rows if row["late"]] == [("total", True)]
    assert {row["reason"] is None for row in rows if row["feature"] != "total"} == {True}


def test_bench_leaves_out_young_posts_or_cuts_all(folder, tmp_path):
    (tmp_path / "tiny.toml").write_text(TINY)
    options = ("--data", folder, "--jobs", 1)
    printed = tsshape("bench", tmp_path / "tiny.toml", *options, "--out", tmp_path / "dropped")
    assert "cleaning: 8 of 64 curves end early and are left out" in printed.stdout
    assert "posts: 8 of 64 curves end early" in printed.stderr
    cut = ("--incomplete", "truncate", "--out", tmp_path / "cut")
    assert "to the 3 that each" in tsshape("bench", tmp_path / "tiny.toml", *options, *cut).stdout
    assert json.loads((tmp_path / "cut" / "environment.json").read_text())["n_times"] == 3


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ('use decreasing="maximum" or "keep"', "use --decreasing maximum or keep"),
        ("n_clusters must be between 1 and 3", "--k must be between 1 and 3"),
        ("n_jobs must be at least 1", "n_jobs must be at least 1"),
        ("column 'n_clusters' of n_clusters.csv", "column 'n_clusters' of n_clusters.csv"),
        ("--decreasing must be one of", "--decreasing must be one of"),
    ],
)
def test_messages_name_the_options_of_the_verb(message, told):
    assert in_options(message, {"decreasing": "--decreasing", "k": "--k"}) == told
