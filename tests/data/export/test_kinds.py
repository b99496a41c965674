"""Exports of the kinds that people have, each made from one panel: read to the last count, or refused with the way."""

import io

import pandas as pd
import pytest
from export_panel import IDS, N_POSTS, PANEL, assert_read, dated, long, per_day, text, wide, young

from tsshape import read_export


def german(counts=PANEL):
    """Whole counts with dots between thousands."""
    return counts.map(lambda count: f"{count:,}".replace(",", "."))


def workbook(table):
    """The bytes of a workbook with one sheet."""
    file = io.BytesIO()
    table.to_excel(file, index=False, sheet_name="Views")
    return file.getvalue()


def transposed():
    """A row a day, a column a post."""
    return PANEL.T.rename_axis("day").reset_index()


def with_further_counts():
    """Views, likes and comments of each sample."""
    return long().assign(likes=lambda table: table["views"] // 20, comments=lambda table: table["views"] // 90)


RENAMED = {"id": "videoId", "posted": "publishedAt", "time": "snapshotAt", "views": "viewCount"}
OTHER = {"id": "film", "posted": "went up", "time": "asked", "views": "seen"}
READ = {
    "views of each day": (wide(per_day()), {"counts": "per-step"}),
    "calendar days as columns": (dated(), {}),
    "a row a day": (transposed(), {"layout": "transposed"}),
    "dots between thousands": (
        text(wide(german(), title=[f"Look, no. {k}" for k in range(N_POSTS)]), ";"),
        {"thousands": "."},
    ),
    "Unicode text of a spreadsheet": (("\ufeff" + text(wide(), "\t")).encode("utf-16-le"), {}),
    "one sample a line of JSON": (long().to_json(orient="records", lines=True), {}),
    "several counts a sample": (with_further_counts(), {"value": "views"}),
    "names that options give": (
        long().rename(columns=OTHER),
        {"id": "film", "posted": "went up", "time": "asked", "value": "seen"},
    ),
    "names that exports have": (long().rename(columns=RENAMED), {}),
    "days first": (long(spell="%d/%m/%Y"), {}),
    "the UCR archive's form": (
        "".join("\t".join(map(str, [k % 2, *row])) + "\n" for k, row in enumerate(PANEL.to_numpy())),
        {"layout": "ucr"},
    ),
}


@pytest.mark.parametrize("kind", READ)
def test_an_export_is_read_to_the_last_count(write, kind):
    content, options = READ[kind]
    expected = PANEL.set_axis([str(row) for row in range(1, N_POSTS + 1)]) if "UCR" in kind else PANEL
    assert_read(write(content, name="export.txt"), expected, **options)


def test_a_workbook_is_read_to_the_last_count(write):
    assert_read(write(workbook(wide()), "book.xlsx"))


def test_posts_of_different_ages_keep_the_days_they_have(write):
    _, report = assert_read(write(wide(young())), young())
    assert report.ages == (10, 12.5, 14)
    assert report.n_posts == N_POSTS


def test_days_that_were_not_counted_are_missing_and_not_numbered_anew(write):
    counted = PANEL[[1, 3, 7, 14]]
    _, report = assert_read(write(wide(counted)), counted.reindex(columns=PANEL.columns))
    assert report.missing_steps == N_POSTS * 10


REFUSED = {
    "views of each day, unsaid": (wide(per_day()), ["--counts per-step", "--counts cumulative"]),
    "calendar days without posted": (dated().drop(columns="posted"), ["dates", "--posted"]),
    "dots between thousands, unsaid": (text(wide(german()), ";"), ["line 2", "--thousands .", "--decimal ."]),
    "days or months first": (
        "id,posted,time,views\na,03/04/2024,04/04/2024,5\na,03/04/2024,05/04/2024,9\n",
        ["line 3", "'05/04/2024'", "--day-first", "--month-first"],
    ),
    "numbers with suffixes": (wide(PANEL.map(lambda count: f"{count / 1000:.1f}K")), ["line 2", "--suffixes"]),
    "rows that look like days": (transposed(), ["rows look like days", "--layout transposed"]),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_an_export_that_reads_in_two_ways_is_refused_with_the_option_that_decides(write, refused, kind):
    content, words = REFUSED[kind]
    path = write(content)
    assert refused(path, *words).startswith(str(path))


@pytest.mark.parametrize("kind", READ)
def test_the_options_of_the_report_repeat_the_import(write, kind):
    content, options = READ[kind]
    expected = PANEL.set_axis([str(row) for row in range(1, N_POSTS + 1)]) if "UCR" in kind else PANEL
    path = write(content, name="export.txt")
    dataset, report = assert_read(path, expected, **options)
    again, second = assert_read(path, expected, **report.options)
    assert again.features.equals(dataset.features)
    assert second == report


def test_a_title_is_a_feature_and_further_counts_are_channels(write):
    titled, _ = assert_read(write(wide(title=[f"Look, no. {k}" for k in range(N_POSTS)])))
    assert titled.features.loc[IDS[3], "title"] == "Look, no. 3"
    counted, report = assert_read(write(with_further_counts()), value="views")
    pd.testing.assert_frame_equal(
        counted.channels["likes"].rename_axis(None), (PANEL // 20).astype(float), check_names=False
    )
    assert sorted(counted.channels) == ["comments", "likes"] == sorted(report.channels)
    assert counted.features.empty or not len(counted.features.columns)


def test_the_views_are_a_channel_where_another_count_makes_the_curves(write):
    dataset, _ = read_export(write(with_further_counts()), value="likes")
    pd.testing.assert_frame_equal(dataset.curves.rename_axis(None), (PANEL // 20).astype(float), check_names=False)
    assert sorted(dataset.channels) == ["comments", "view count"]
    pd.testing.assert_frame_equal(
        dataset.channels["view count"].rename_axis(None), PANEL.astype(float), check_names=False
    )
