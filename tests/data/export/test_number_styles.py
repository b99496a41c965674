import numpy as np
import pandas as pd
import pytest
from export_panel import IDS, N_POSTS, PANEL, assert_read, long, text, wide

from tsshape import read_export

LARGE = PANEL * 1_000
SHARES = [f"{4.25 + k:.2f}" for k in range(N_POSTS)]


def spelled(style, counts=PANEL):
    return wide(counts.map(style))


def test_numbers_of_windows_1252_are_read_when_it_is_named(write, refused):
    table = text(wide(title=["Füße"] * N_POSTS))
    path = write(table, encoding="windows-1252")
    dataset, _ = assert_read(path, encoding="windows-1252")
    assert dataset.features["title"].unique().tolist() == ["Füße"]
    assert "--encoding windows-1252" in refused(path, "line 2", "UTF-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_told_by_the_file(write, encoding, separator):
    content = text(wide(title=["Füße, 2; x"] * N_POSTS), separator)
    if encoding == "utf-16-be":
        content = "\ufeff" + content
    assert_read(write(content, encoding=encoding))


GROUPED = {
    "US": (lambda count: f"{count:,}", ","),
    "German": (lambda count: f"{count:,}".replace(",", "."), ";"),
    "Swiss": (lambda count: f"{count:,}".replace(",", "'"), ";"),
    "Swiss, typeset": (lambda count: f"{count:,}".replace(",", "\u2019"), ";"),
    "French": (lambda count: f"{count:,}".replace(",", "\u202f"), ";"),
    "with blanks": (lambda count: f"{count:,}".replace(",", " "), ";"),
    "with wide blanks": (lambda count: f"{count:,}".replace(",", "\u00a0"), "\t"),
}


@pytest.mark.parametrize("style", GROUPED)
def test_marks_between_thousands_are_told_by_numbers_above_a_million(write, style):
    spell, separator = GROUPED[style]
    assert_read(write(spelled(spell, LARGE), separator=separator), LARGE)


@pytest.mark.parametrize("style", ["Swiss", "Swiss, typeset", "French", "with blanks", "with wide blanks"])
def test_blanks_and_apostrophes_can_only_stand_between_thousands(write, style):
    spell, separator = GROUPED[style]
    assert_read(write(spelled(spell), separator=separator))


@pytest.mark.parametrize(("style", "mark"), [("US", ","), ("German", ".")])
def test_a_mark_with_three_digits_behind_it_throughout_is_refused_unless_an_option_names_it(
    write, refused, style, mark
):
    spell, separator = GROUPED[style]
    # Every number stands between a thousand and a million.
    path = write(spelled(spell, PANEL + 10_000), separator=separator)
    refused(path, "line 2, column 'day01'", f"--thousands {mark}", f"--decimal {mark}")
    assert_read(path, PANEL + 10_000, thousands=mark)
    dataset, report = read_export(path, decimal=mark)
    np.testing.assert_array_equal(dataset.curves, (PANEL + 10_000) / 1000)
    assert any("no whole numbers" in remark for remark in report.remarks)


def test_a_decimal_comma_decides_what_a_dot_is(write):
    table = spelled(lambda count: f"{count:,}.50".translate(str.maketrans(",.", ".,")))
    _, report = assert_read(write(table, separator=";"), PANEL + 0.5)
    assert report.numbers == "1,5 and 1.000"


@pytest.mark.parametrize("decimal", [".", ","])
def test_blanks_stand_between_thousands_beside_either_decimal_mark(write, decimal):
    table = spelled(lambda count: f"{count:,}.50".replace(",", " ").replace(".", decimal))
    assert_read(write(table, separator=";"), PANEL + 0.5)


def test_a_decimal_comma_in_a_feature_reads_as_the_counts_do(write):
    table = spelled(str).assign(duration=[share.replace(".", ",") for share in SHARES])
    dataset, _ = assert_read(write(table, separator=";"))
    np.testing.assert_array_equal(dataset.features["duration"], np.array(SHARES, float))


def test_percent_signs_are_left_out(write):
    dataset, _ = assert_read(write(wide(rate=[f"{share}%" for share in SHARES], kept=[f"{k} %" for k in range(12)])))
    np.testing.assert_array_equal(dataset.features["rate"], np.array(SHARES, float))
    np.testing.assert_array_equal(dataset.features["kept"], np.arange(12.0))


def test_percent_signs_with_three_decimals_are_read_as_the_counts_decide(write):
    dataset, _ = assert_read(write(wide(rate=[f"4.{k:03d}%" for k in range(N_POSTS)])))
    np.testing.assert_allclose(dataset.features["rate"], 4 + np.arange(N_POSTS) / 1000)


SUFFIXED = {
    "thousands": (lambda count: f"{count / 1_000:.1f}K", 1_000),
    "small letters": (lambda count: f"{count / 1_000:.1f}k", 1_000),
    "millions": (lambda count: f"{count / 1_000_000:.2f}M", 1_000_000),
    "German": (lambda count: f"{count / 1_000_000:.1f} Mio.".replace(".", ",", 1), 1_000_000),
    "Chinese": (lambda count: f"{count / 10_000:.1f}万", 10_000),
    "hundred millions": (lambda count: f"{count / 100_000_000:.3f}亿", 100_000_000),
}


@pytest.mark.parametrize("style", SUFFIXED)
def test_numbers_with_suffixes_are_read_as_they_are_rounded_if_an_option_says_so(write, refused, style):
    spell, unit = SUFFIXED[style]
    counts = PANEL * unit // 100
    path = write(spelled(spell, counts), separator=";")
    refused(path, "line 2, column 'day01'", "rounded", "--suffixes")
    digits = {"millions": 2, "hundred millions": 3}.get(style, 1)
    expected = (counts / unit).map(lambda count: float(f"{count:.{digits}f}")) * unit
    _, report = assert_read(path, expected.round(), suffixes=True)
    assert any("rounded" in remark for remark in report.remarks)


def test_suffixes_and_plain_numbers_stand_in_one_table(write):
    table = wide(pd.DataFrame({1: ["950", "1.2K"], 2: ["1.1K", "3.4M"], 3: ["2万", "3,400,000"]}, IDS[:2]))
    expected = pd.DataFrame({1: [950, 1_200], 2: [1_100, 3_400_000], 3: [20_000, 3_400_000]}, IDS[:2])
    assert_read(write(table, separator=";"), expected, suffixes=True)


def test_mixed_marks_are_refused_with_both_cells(write, refused):
    table = wide(pd.DataFrame({1: ["1,234,567", "2"], 2: ["2,345,678", "3,5"]}, IDS[:2]))
    refused(write(table, separator=";"), "line 2, column 'day01'", "line 3, column 'day02'", "write all numbers alike")


@pytest.mark.parametrize("word", ["-", "\u2013", "n/a", "N/A", "#N/A", "NA", "nan", "null", "None", ""])
def test_words_for_a_missing_count_are_missing(write, word):
    table = wide(PANEL.astype(object))
    table.loc[2, "day05"] = word
    assert_read(write(table), PANEL.where((PANEL.index != IDS[2])[:, np.newaxis] | (PANEL.columns != 5)))


@pytest.mark.parametrize("word", ["many", "12x", "0x1F", "1e999", "inf", "12 34", "1,23,456", "=A1+1", "#REF!", "١٢"])
def test_a_word_among_counts_is_refused_with_its_place(write, refused, word):
    table = wide(PANEL.astype(object))
    table.loc[2, "day05"] = word
    refused(write(table, separator=";"), "line 4, column 'day05'")


def test_a_negative_count_is_refused(write, refused):
    table = long().assign(views=lambda table: table["views"].where(table.index != 4, -3))
    refused(write(table), "line 6, column 'views'", "-3 is negative")


def test_counts_beyond_a_thousand_million_come_back_whole(write):
    huge = PANEL.astype("int64") * 10**8 + 7
    assert_read(write(spelled(lambda count: f"{count:,}", huge)), huge)
    assert_read(write(huge.rename(columns="day{:02d}".format).reset_index()), huge)
