"""The report in a real browser: Chromium without a window."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tsshape.report import write_report

VERBS = ["bench", "cluster", "select-k"]
LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8").split("\n", 1)[1]
# Chromium of Debian, of Fedora and of its maker.
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser():
    """A browser for the tests of this file."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def reports(folders, tmp_path_factory):
    """The report of each verb's folder."""
    out = tmp_path_factory.mktemp("html")
    for verb in VERBS:
        write_report(folders / verb, out / f"{verb}.html")
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


@pytest.mark.parametrize("verb", VERBS)
def test_it_renders_without_a_word_in_the_console_and_fetches_nothing(visit, reports, verb):
    opened = visit(verb)
    assert opened.texts("h1") != [""]
    assert opened.said == []
    assert opened.fetched == [(reports / f"{verb}.html").as_uri()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("verb", VERBS)
def test_no_words_are_cut_off_or_lie_upon_others(visit, tmp_path, verb, width, scheme):
    opened = visit(verb, width=width, color_scheme=scheme)
    opened.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    opened.page.screenshot(path=tmp_path / f"{verb}-{width}-{scheme}.png", full_page=True)
    assert opened.page.evaluate(LAYOUT) == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_table_is_sorted_by_its_headings_with_the_keyboard(visit):
    opened = visit("bench")
    head = opened.page.locator("#score-table thead button", has_text="tRMSE").first
    head.focus()
    opened.page.keyboard.press("Enter")
    ascending = [float(text) for text in opened.texts('#score-table td[data-label="tRMSE"]')]
    assert ascending == sorted(ascending)
    assert opened.page.locator('#score-table th[aria-sort="ascending"]').inner_text().startswith("tRMSE")
    opened.page.keyboard.press("Enter")
    assert [float(text) for text in opened.texts('#score-table td[data-label="tRMSE"]')] == ascending[::-1]


def test_what_has_no_figure_comes_last_in_either_order(visit):
    opened = visit("bench")
    head = opened.page.locator("#score-table thead button", has_text="rho")
    for _ in range(2):
        head.click()
        assert "\N{EN DASH}" in opened.texts('#score-table td[data-label="rho"]')[-1]


def test_a_table_is_filtered_by_words(visit):
    opened = visit("bench")
    all_rows = opened.texts("#score-table tbody tr")
    opened.page.locator("#score-table .words").fill("lightgbm direct")
    assert opened.texts("#score-table tbody tr") == [row for row in all_rows if "direct LightGBM" in row]
    assert opened.texts("#score-table output") == [f"1 of {len(all_rows)} shown"]
    opened.page.locator("#score-table .words").fill("")
    assert opened.texts("#score-table tbody tr") == all_rows


def test_prototypes_are_sorted_and_filtered(visit):
    opened = visit("cluster")
    shares = [float(text.split(": ")[1].split()[0]) for text in opened.texts(".lives h4")]
    quickest_first = opened.texts(".lives h4")
    opened.page.locator(".order").select_option("number")
    numbers = [text.split(":")[0].rpartition("(")[2] for text in opened.texts(".lives h4")]
    assert numbers == [f"{number})" for number in range(5)]
    opened.page.locator(".order").select_option("place")
    assert opened.texts(".lives h4") == quickest_first
    opened.page.locator(".least").fill(str(sorted(shares)[-2] - 0.05))
    assert len(opened.texts(".lives li")) == 2
    assert opened.texts(".lives output") == ["2 of 5 shown"]


def test_every_control_is_reached_with_the_tab_key(visit):
    opened = visit("bench")
    controls = opened.page.evaluate(
        "[...document.querySelectorAll('button, input, select, summary')]"
        ".filter((each) => each.checkVisibility({ contentVisibilityAuto: true })).length"
    )
    reached = set()
    for _ in range(controls):
        opened.page.keyboard.press("Tab")
        reached.add(opened.page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert len(reached) == controls


def test_without_scripts_all_numbers_are_there_and_no_dead_control(visit):
    opened = visit("bench", java_script_enabled=False)
    assert len(opened.texts("#score-table tbody tr")) == 5
    assert opened.texts(".controls") == []


def test_it_is_printed_without_controls_and_without_what_is_closed(visit, tmp_path):
    opened = visit("bench")
    opened.page.emulate_media(media="print")
    assert opened.texts(".controls") == []
    assert len(opened.texts("details")) == 1
    opened.page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
