import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from report.forecast_folder import write_forecast_folder

from tsshape import DataError, simulate_spid
from tsshape.report import write_report


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A forecast of a few posts."""
    folder = tmp_path_factory.mktemp("forecast") / "posts.forecast"
    write_forecast_folder(folder, simulate_spid(40, n_times=6, random_state=0), above=(10, 1000))
    return folder


@pytest.fixture
def opening(folder, folders, tmp_path):
    """The sentences that open a report of the forecast, some of its settings changed, and of other folders."""

    def opening(*verbs, **settings):
        shutil.copytree(folder, tmp_path / "changed", dirs_exist_ok=True)
        record = json.loads((folder / "forecast.json").read_text())
        (tmp_path / "changed" / "forecast.json").write_text(json.dumps(record | settings))
        write_report([tmp_path / "changed", *(folders / verb for verb in verbs)], tmp_path / "report.html")
        text = re.search(r'class="opening".*?<ul>(.*?)</ul>', (tmp_path / "report.html").read_text(), re.DOTALL)[1]
        return re.findall(r"<li>(.*?)</li>", text)

    return opening


def test_the_opening_says_how_many_posts_and_what_to_expect(opening, folder):
    summary = pd.read_csv(folder / "summary.csv")
    first, second, *others = opening()
    assert first == ("40 posts, forecast up to day 6: 20 seen for 3 days and 20 without a view yet.")
    assert f"above {round(summary['forecast'].median()):,} views" in second
    assert others[0] == f"About {round(summary['above_10'].sum())} of them should pass 10 views."


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"measured_coverage": 0.895, "measured_posts": 900},
            "So far 89.5 % of 900 of them are within the intervals that were forecast at upload, as they should.",
        ),
        ({"measured_coverage": 0.8, "measured_posts": 900}, "fewer than they should: trust them less."),
        ({"measured_coverage": 0.8, "measured_posts": 20}, "at upload, as they should."),
        ({}, "how many do was not measured here (tsshape bench measures it)."),
        ({"coverage": None}, "The forecasts have no intervals, so nothing here says how far off they may be."),
    ],
)
def test_one_sentence_says_how_far_to_trust_the_forecast(opening, settings, words):
    assert opening(**settings)[-1].endswith(words)


def test_posts_that_left_an_earlier_interval_are_named(folder, tmp_path):
    summary = pd.read_csv(folder / "summary.csv", dtype={"id": str})
    curves = pd.read_parquet(folder / "forecast.parquet").reset_index()
    shutil.copytree(folder, tmp_path / "earlier")
    summary.assign(days_observed=0).to_csv(tmp_path / "earlier" / "summary.csv", index=False)
    first = summary["id"][summary["days_observed"] > 0].iloc[0]
    on_day = (curves["day"] == 3) & (curves["id"] == first)
    views = curves.loc[on_day, "forecast"].iloc[0]
    # What was seen for three days lies in the intervals of the earlier forecast, but for one post.
    wide = curves.assign(lower=0.0, upper=curves["forecast"] * 2).mask(on_day, curves.assign(upper=views / 2 + 0.1))
    wide.astype({"day": int}).to_parquet(tmp_path / "earlier" / "forecast.parquet", index=False)
    (tmp_path / "earlier" / "observed.parquet").unlink()
    write_report([tmp_path / "earlier", folder], tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert "Of 20 posts that were forecast before, 1 run above their 90 % interval and 0 below it" in text
    assert re.search(f"farthest above: \N{LEFT DOUBLE QUOTATION MARK}{first}\N{RIGHT DOUBLE QUOTATION MARK}", text)
    assert text.count('class="posts"') == 2
    assert "<li>earlier: 40 posts" in text


def test_a_run_beside_it_says_how_far_to_trust_the_forecast_once(opening):
    sentences = [sentence for sentence in opening("bench") if "In the comparison of methods" in sentence]
    assert len(sentences) == 1
    assert "was not measured for this model. In the comparison" in sentences[0]
    measured = opening("bench", measured_coverage=0.9, measured_posts=900)
    assert not [sentence for sentence in measured if "In the comparison of methods" in sentence]


def test_the_opening_names_neither_methods_nor_scores(opening):
    text = " ".join(opening("bench", "cluster", "select-k"))
    assert not re.findall("tRMSE|LightGBM|ours|kmeans|silhouette|a-name-without", text)


def test_5000_posts_with_titles_are_less_than_3_megabytes(tmp_path):
    posts = simulate_spid(5000, n_times=30, random_state=0)
    titles = [f"A title of a usual length, as people write them, number {number}" for number in range(5000)]
    write_forecast_folder(tmp_path / "posts.forecast", posts, titles=titles, above=(1000, 10_000))
    write_report(tmp_path / "posts.forecast", tmp_path / "report.html")
    assert (tmp_path / "report.html").stat().st_size < 3_000_000


def test_a_forecast_without_intervals_titles_and_observed_days_is_reported(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "bare")
    for name in ("fan.parquet", "observed.parquet", "posts.parquet"):
        (tmp_path / "bare" / name).unlink()
    table = pd.read_csv(folder / "summary.csv").drop(columns=["lower", "upper", "views_so_far", "above_10"])
    table.assign(days_observed=0).to_csv(tmp_path / "bare" / "summary.csv", index=False)
    write_report(tmp_path / "bare", tmp_path / "report.html")
    assert "40 posts, forecast up to day 6." in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("forecast.parquet", lambda table: table.iloc[:-1], r"forecast\.parquet: post '.*' has 6 days, post '.*' 5"),
        ("forecast.parquet", lambda table: table.assign(day=1), "does not have each day once"),
        ("forecast.parquet", lambda table: table.assign(forecast=-1.0), "column 'forecast': a number from 0 on"),
        ("forecast.parquet", lambda table: table.assign(forecast=np.nan), "column 'forecast': a number from 0 on"),
        ("forecast.parquet", lambda table: table.drop(columns="forecast"), "no column 'forecast'"),
        ("forecast.parquet", lambda table: table.rename(lambda _: "x"), "no such post in the summary"),
        ("fan.parquet", lambda table: table.drop(columns="upper_80"), "column 'lower_80' is not an end"),
        ("fan.parquet", lambda table: table.assign(day=table["day"] + 1), "other days than forecast.parquet"),
        ("observed.parquet", lambda table: table.assign(day=7), "has day 7, which is not forecast"),
        ("observed.parquet", lambda table: table.drop(columns="views"), "no column 'views'"),
    ],
)
def test_a_damaged_table_is_refused_by_file_and_nothing_is_written(folder, tmp_path, file, change, message):
    shutil.copytree(folder, tmp_path / "damaged")
    change(pd.read_parquet(folder / file)).to_parquet(tmp_path / "damaged" / file)
    with pytest.raises(DataError, match=message):
        write_report(tmp_path / "damaged", tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()
