"""Folders that the verbs have written, with names that try to be more than names."""

import shutil

import pandas as pd
import pytest
from cli_program import tsshape
from playwright.sync_api import sync_playwright
from report.forecast_folder import write_forecast_folder

from tsshape import EngagementDataset, simulate_spid
from tsshape.bench import Suite, run
from tsshape.report import write_report

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
LONG = "a-name-without-a-space-" * 5
PARTS = {"clusterer": {"kind": "kmeans", "n_clusters": 5}, "classifier": {"kind": "lightgbm"}}
SUITE = Suite.model_validate(
    {
        "name": HOSTILE,
        "n_runs": 2,
        "variants": [
            {"name": "ours", "in_flight": True, "intervals": True, **PARTS, "regressor": {"kind": "lightgbm"}},
            {"name": LONG, **PARTS, "regressor": {"kind": "median"}},
            {"name": HOSTILE, **PARTS, "regressor": {"kind": "svr", "feature_set": "six"}},
        ],
    }
)

VERBS = ["bench", "cluster", "select-k", "predict"]
# Chromium of Debian, of Fedora and of its maker.
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """A folder of each verb that a report is written of."""
    out = tmp_path_factory.mktemp("report")
    posts = simulate_spid(150, n_times=12, random_state=0)
    names = {name: f"{HOSTILE}{number}" for number, name in enumerate(posts.curves.index)}
    curves, features = (table.rename(index=names) for table in (posts.curves, posts.features))
    features = features.rename(columns={"MeanViews": HOSTILE}).assign(MeanViews=features["MeanViews"])
    labels = pd.Series(["a", None, HOSTILE] * 50, curves.index, dtype="str")
    hostile = EngagementDataset(curves, features, labels=labels, name=f"{HOSTILE}\u202e優酷")
    run(SUITE, hostile, out / "bench")
    # More classes than a table shows unfolded, one of them missing.
    classes = pd.Series(
        [None, "cluster", "two\nlines", HOSTILE, *map(str, range(11))] * 10, posts.curves.index, dtype="str"
    )
    EngagementDataset(posts.curves, posts.features[[]], labels=classes, name="posts").save(out / "posts")
    tsshape("cluster", out / "posts", "--k", 5, "--out", out / "cluster")
    tsshape("select-k", out / "posts", "--k", "1:6", "--out", out / "select-k")
    titles = [f"{HOSTILE}</script>{LONG}" if number % 2 else "" for number in range(len(hostile.curves))]
    write_forecast_folder(out / "predict", hostile, titles=titles)
    return out


@pytest.fixture(scope="session")
def browser():
    """A browser for all tests of reports."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def reports(folders, tmp_path_factory):
    """The report of each verb's folder, and one of all."""
    out = tmp_path_factory.mktemp("html")
    for verb in VERBS:
        write_report(folders / verb, out / f"{verb}.html")
    write_report([folders / verb for verb in VERBS], out / "mix.html")
    return out


class Visit:
    """A page that was opened, and all that the browser had to say and fetch."""

    def __init__(self, browser, path, **options):
        self.said, self.fetched = [], []
        self.page = browser.new_page(**options)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message) or dialog.dismiss())
        self.page.on("request", lambda request: self.fetched.append(request.url))
        self.page.goto(path.as_uri())

    def texts(self, selector):
        """The words of the elements that are shown."""
        return [each.inner_text() for each in self.page.query_selector_all(selector) if each.is_visible()]


@pytest.fixture
def visit(browser, reports):
    """Open a report; the page is closed after the test."""
    visits = []

    def visit(verb, *, width=1400, **options):
        viewport = {"width": width, "height": 900}
        visits.append(Visit(browser, reports / f"{verb}.html", viewport=viewport, **options))
        return visits[-1]

    yield visit
    for each in visits:
        each.page.close()
