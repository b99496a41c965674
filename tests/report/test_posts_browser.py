"""The list of posts in a real browser: searching, sorting, and the fan of a chosen post."""

import json
import re

import numpy as np
import pandas as pd
import pytest


def column(opened, name):
    """The values of a column of the list, as far as it is shown."""
    texts = [text.replace(",", "").split(" ")[0] for text in listed(opened, f'td[data-label="{name}"]')]
    return [float(text) for text in texts if text != "\N{EN DASH}"]


def listed(opened, selector):
    """The words of all elements in the list, in one call."""
    return opened.page.eval_on_selector_all(
        f"#posts > table tbody {selector}", "all => all.map((each) => each.innerText)"
    )


@pytest.fixture(scope="module")
def summary(folders):
    """The summary of the forecast that is shown."""
    return pd.read_csv(folders / "predict" / "summary.csv", index_col="id")


@pytest.fixture
def opened(visit):
    """The report of a forecast."""
    opened = visit("predict")
    yield opened
    assert opened.said == []


def test_the_list_begins_with_the_highest_forecasts_and_grows(opened, summary):
    highest = summary["forecast"].sort_values(ascending=False)
    assert column(opened, "forecast") == highest.head(50).tolist()
    for shown in (100, 150):
        opened.page.locator(".more").click()
        assert len(column(opened, "forecast")) == shown
    assert opened.texts(".more") == []
    assert opened.texts(".posts .controls output") == ["150 of 150 shown"]


def test_posts_are_searched_by_words_and_kind(opened, summary):
    name = str(summary.index[7]).rpartition(">")[2]
    opened.page.locator(".posts .words").fill(f"img {name}")
    wanted = [post for post in summary.index if name in post]
    assert len(listed(opened, "tr")) == len(wanted) < 50
    opened.page.locator(".posts .words").fill("nobody called this so")
    assert opened.texts(".posts .controls output") == ["0 found, 0 of 150 shown"]
    opened.page.locator(".posts .words").fill("")
    opened.page.locator(".kind").select_option(index=1)
    kind = opened.page.locator(".kind option").nth(1).inner_text()
    assert {*listed(opened, 'td[data-label="kind of life"]')} == {kind}


def test_posts_are_sorted_by_headings_with_the_keyboard(opened, summary):
    head = opened.page.locator("#posts > table thead button", has_text="forecast")
    head.focus()
    opened.page.keyboard.press("Enter")
    assert column(opened, "forecast") == summary["forecast"].sort_values().head(50).tolist()
    assert opened.page.locator('#posts th[aria-sort="ascending"]').inner_text().startswith("forecast")
    # What has no count comes last in either order.
    opened.page.locator("#posts > table thead button", has_text="views so far").click()
    assert column(opened, "views so far") == summary["views_so_far"].sort_values(ascending=False).head(50).tolist()
    opened.page.locator("#posts > table thead button", has_text="views so far").click()
    assert column(opened, "views so far") == summary["views_so_far"].sort_values().head(50).tolist()


def test_a_chosen_post_shows_its_fan(opened, summary, folders):
    chosen = opened.page.locator("#posts > table tbody tr").nth(3)
    chosen.locator("button").focus()
    opened.page.keyboard.press("Enter")
    post = summary["forecast"].sort_values(ascending=False, kind="stable").index[3]
    label = opened.page.locator(".chosen svg").get_attribute("aria-label")
    assert label.startswith(f"Forecast of post {post}: {summary['forecast'][post]:,} views by day 12")
    assert opened.page.locator('[aria-pressed="true"]').count() == 1
    assert len(opened.page.query_selector_all(".chosen polygon")) == 3
    opened.page.locator(".chosen summary").click()
    fan = pd.read_parquet(folders / "predict" / "fan.parquet").loc[post].set_index("day")
    shown = [text.split("\t") for text in opened.texts(".chosen tbody tr")]
    assert [int(row[0]) for row in shown] == fan.index.tolist()
    last = [spelled(text) for cell in shown[-1][1:] for text in re.split(" \N{EN DASH} ", cell)]
    ends = fan.iloc[-1][[f"{end}_{level}" for level in (50, 80, 95) for end in ("lower", "upper")]]
    # Three digits are shown, of counts that are exact to 0.3 %.
    np.testing.assert_allclose(last, [summary["forecast"][post], *ends], rtol=0.01, atol=1)


def spelled(text):
    """A count as it is shown, such as 1.5k, as a number."""
    return float(text.rstrip("kMB")) * {"k": 1e3, "M": 1e6, "B": 1e9}.get(text[-1], 1)


def test_posts_to_watch_and_examples_are_chosen_too(opened):
    watched = opened.page.locator(".watch .choose").nth(2)
    post = watched.get_attribute("data-post")
    watched.click()
    assert f"post {post}:" in opened.page.locator(".chosen svg").get_attribute("aria-label")
    example = opened.page.locator(".examples .choose").first
    post = example.get_attribute("data-post")
    example.click()
    assert f"post {post}:" in opened.page.locator(".chosen svg").get_attribute("aria-label")
    assert len(opened.page.query_selector_all(".watch svg")) == 5


def test_the_axis_may_be_logarithmic(opened):
    assert "logarithmic" not in opened.page.locator(".chosen svg").inner_html()
    opened.page.locator(".axis").select_option("log")
    assert "logarithmic" in opened.page.locator(".chosen svg").inner_html()


@pytest.mark.parametrize("axis", ["", "linear", "log"])
@pytest.mark.parametrize("size", [0, 1e-3, 1.0, 1e4, 1e12])
def test_fans_of_any_size_lie_within_the_picture_and_cuts_are_told(opened, axis, size):
    days = [1, 2, 3]
    curve = [0.5 * size, 0.6 * size, size]
    bands = [{"level": "95", "lower": [0, 0, 0], "upper": [50 * count for count in curve]}]
    fan = {"days": days, "forecast": curve, "bands": bands, "highest": 50 * size, "seen": 1, "soFar": curve[0]}
    call = f"(() => {{ const drawn = drawFan({json.dumps(fan | {'words': ''})}, '{axis}');"
    html, cut = opened.page.evaluate(f"{call} return [drawn.svg.outerHTML, drawn.cut]; }})()")
    assert "NaN" not in html
    lists = re.findall(r' points="([^"]*)"', html)
    points = np.array([[float(part) for part in pair.split(",")] for each in lists for pair in each.split()])
    assert (points >= 0).all()
    assert (points <= [340, 220]).all()
    assert bool(cut) == (axis == "linear" and size > 1e-3)


def test_without_scripts_the_opening_is_there_and_the_list_says_what_it_needs(visit):
    opened = visit("predict", java_script_enabled=False)
    assert len(opened.texts(".opening li")) >= 4
    assert len(opened.texts(".watch li")) == 5
    assert opened.texts(".controls") == []
    assert "summary.csv" in opened.texts("noscript")[0]


def test_a_printed_forecast_has_the_watched_posts_and_no_controls(opened, tmp_path):
    opened.page.emulate_media(media="print")
    assert opened.texts(".controls") == []
    assert opened.page.locator(".watch svg >> visible=true").count() == 5
    assert len(listed(opened, "tr")) == 50
    assert opened.texts("#details") == []
    opened.page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
