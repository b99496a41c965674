"""The report in a real browser: Chromium without a window."""

from pathlib import Path

import pytest

VERBS = ["bench", "cluster", "select-k", "predict"]
MIX = "mix"
LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8").split("\n", 1)[1]


@pytest.mark.parametrize("verb", [*VERBS, MIX])
def test_it_renders_without_a_word_in_the_console_and_fetches_nothing(visit, reports, verb):
    opened = visit(verb)
    assert opened.texts("h1") != [""]
    assert opened.said == []
    assert opened.fetched == [(reports / f"{verb}.html").as_uri()]


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1400, "light")])
@pytest.mark.parametrize("verb", [*VERBS, MIX])
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
    opened.page.locator(".order").select_option("size")
    shares = [float(text.split()[0]) for text in opened.texts(".lives p > strong")]
    assert shares == sorted(shares, reverse=True)
    opened.page.locator(".order").select_option("number")
    assert [text.split("(")[1] for text in opened.texts(".lives h4")] == [f"{number})" for number in range(5)]
    opened.page.locator(".least").fill(str(shares[1] - 0.05))
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
    assert len(opened.texts("details.part")) == 1
    opened.page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
