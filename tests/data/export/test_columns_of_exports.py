"""Which column is what: ids, features, further counts, and what is left out."""

import unicodedata

import numpy as np
import pandas as pd
import pytest
from export_panel import IDS, N_POSTS, PANEL, POSTED, assert_read, long, text, wide

from tsshape import read_export

FOLLOWERS = [str(100 * k) for k in range(N_POSTS)]


def test_ids_keep_their_zeros_and_spelling(write):
    ids = ["007", "7", "1e5", "1.0", "-1", "NA?", "x y", "ä", "a;b", "True", "01", "0"]
    for table in (
        wide(PANEL.set_axis(pd.Index(ids, name="id"))),
        long(PANEL.set_axis(pd.Index(ids, name="id")), POSTED.set_axis(ids)),
    ):
        assert_read(write(table), PANEL.set_axis(ids))


@pytest.mark.parametrize("other", ["007 ", " 007", unicodedata.normalize("NFD", "é")])
def test_ids_that_look_alike_are_refused(write, refused, other):
    same = other.strip() if other.strip() == "007" else "é"
    path = write(f"id,day1,day2\n{same},1,2\n{other},3,4\n")
    refused(path, ascii(same), ascii(other), "Unicode form")


@pytest.mark.parametrize("id_", ["", "  ", "a\x07b"])
def test_an_empty_id_is_refused_with_its_place(write, refused, id_):
    refused(write(f'id,day1,day2\na,1,2\n"{id_}",3,4\n'), "line 3, column 'id'")


def test_the_number_of_a_row_is_not_the_id_of_a_post(write, refused):
    table = long().rename(columns={"id": "video_id"})
    table.insert(0, "id", range(1, len(table) + 1))
    path = write(table)
    refused(path, "'id' differs in every row", "--id video_id")
    assert_read(path, id="video_id")


@pytest.mark.parametrize("name", ["url", "URL", "link", "title", "Video title"])
def test_a_title_or_address_is_no_id_and_no_day(write, refused, name):
    table = wide().rename(columns={"id": name})
    refused(write(table), "--id")
    titles = [f"day{k}" for k in range(N_POSTS)]
    assert_read(write(wide(**{f"{name} 1": titles, f"{name} 2": titles})))


def test_a_permalink_is_an_id_where_there_is_no_other(write):
    links = [f"https://example.org/{id_}" for id_ in IDS]
    assert_read(write(wide(PANEL.set_axis(pd.Index(links, name="permalink")))), PANEL.set_axis(links))
    _, report = assert_read(write(wide(permalink=links)))
    assert report.roles["id"] == "id"


def test_a_title_that_looks_like_a_number_is_text(write):
    dataset, _ = assert_read(write(wide(title=["1984"] * N_POSTS)))
    assert dataset.features["title"].to_list() == ["1984"] * N_POSTS


@pytest.mark.parametrize("table", [wide, long])
def test_columns_that_are_constant_within_a_post_are_features(write, table):
    columns = {
        "followers": FOLLOWERS
        if table is wide
        else lambda frame: frame["id"].map(dict(zip(IDS, FOLLOWERS, strict=True))),
        "topic": "cats",
        "verified": "true",
        "recorded on": "2024-01-31",
    }
    dataset, report = assert_read(write(table(**columns)))
    assert dataset.features["followers"].to_list() == [float(count) for count in FOLLOWERS]
    assert dataset.features["topic"].to_list() == ["cats"] * N_POSTS
    assert dataset.features["recorded on"].dt.day.eq(31).all()
    assert list(dataset.features) == list(columns) == list(report.features)


def test_authors_labels_and_splits_are_no_features(write):
    table = wide(channel_title="me", label=["a", "b"] * 6, split=["train"] * 8 + ["test"] * 4)
    dataset, report = assert_read(write(table))
    assert (dataset.authors == "me").all()
    assert dataset.labels.to_list() == ["a", "b"] * 6
    assert dataset.split.to_list() == ["train"] * 8 + ["test"] * 4
    assert not report.features


def test_one_word_among_numbers_is_missing_and_said_with_its_place(write):
    followers = ["unknown" if k == 4 else count for k, count in enumerate(FOLLOWERS)]
    dataset, report = assert_read(write(wide(followers=followers)))
    assert dataset.features["followers"].isna().to_list() == [k == 4 for k in range(N_POSTS)]
    (remark,) = report.remarks
    for word in ("line 6", "column 'followers'", "'unknown'", "1 of 12"):
        assert word in remark


def test_a_column_with_more_words_than_a_few_is_text(write):
    followers = ["unknown" if k < 4 else count for k, count in enumerate(FOLLOWERS)]
    assert assert_read(write(wide(followers=followers)))[0].features["followers"].to_list() == followers


def test_a_count_of_a_wide_table_was_taken_after_upload_and_is_left_out(write):
    dataset, report = assert_read(write(wide(likes=FOLLOWERS, comment_count=FOLLOWERS)))
    assert list(dataset.features) == []
    assert set(report.left_out) == {"likes", "comment_count"}
    assert "after upload" in report.left_out["likes"]


@pytest.mark.parametrize("constant", [True, False])
def test_further_counts_of_a_long_table_are_channels(write, constant):
    table = long(likes=lambda frame: 3 if constant else frame["views"] // 20)
    dataset, report = assert_read(write(table))
    assert report.channels == ("likes",)
    expected = PANEL * 0 + 3 if constant else PANEL // 20
    np.testing.assert_array_equal(dataset.channels["likes"], expected)
    assert dataset.channels["likes"].index.equals(dataset.curves.index)


def test_what_changes_and_is_no_count_is_left_out_and_said(write):
    table = long(
        mood=lambda frame: frame["views"].map(lambda count: "ab"[count % 2]), trend=lambda frame: frame.index - 20
    )
    dataset, report = assert_read(write(table))
    assert set(report.left_out) == {"mood", "trend"}
    assert not dataset.channels


def test_columns_are_left_out_by_an_option(write, refused):
    path = write(long(likes=lambda frame: frame["views"] // 20, note="x"))
    dataset, report = assert_read(path, ignore=["likes", "note"])
    assert not dataset.channels
    assert not report.features
    refused(path, "--ignore", "'lykes'", ignore=["lykes"])


@pytest.mark.parametrize("role", ["id", "time", "posted", "author", "label"])
def test_a_column_that_an_option_names_must_exist(write, refused, role):
    refused(write(long()), f"--{role}", "'nothing'", "'views'", **{role: "nothing"})


def test_a_post_that_is_left_out_must_exist(write, refused):
    path = write(wide())
    refused(path, "--ignore-post", "'nothing'", ignore_post=["nothing"])
    assert_read(path, PANEL.iloc[1:], ignore_post=[IDS[0]])
    refused(path, "no post is left", ignore_post=list(IDS))


WRONG = {
    "an unknown option": {"colour": "red"},
    "an unknown layout": {"layout": "round"},
    "unknown counts": {"counts": "daily"},
    "a step of no unit": {"step": "3"},
    "a step of years": {"step": "52w"},
    "no steps": {"steps": 0},
    "no gap": {"max_gap": 0},
    "a mark of two characters": {"thousands": ".."},
    "a digit as a mark": {"thousands": "1"},
    "one mark for both": {"thousands": ".", "decimal": "."},
    "a decimal mark that is none": {"decimal": ";"},
    "both orders of dates": {"day_first": True, "month_first": True},
    "an export made at no time": {"as_of": "soon"},
    "an unknown encoding": {"encoding": "klingon"},
    "a sheet of a text file": {"sheet": "Views"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_options_that_make_no_sense_are_refused_by_name(write, refused, wrong):
    options = WRONG[wrong]
    name = next(iter(options)).replace("_", "-")
    refused(write(long()), name if name == "colour" else f"--{name}", **options)


def test_columns_without_a_name_or_cells_are_left_out(write):
    content = "\n".join(line + ",," for line in text(wide()).splitlines()) + "\n"
    assert assert_read(write(content))[1].remarks == ("left out 2 columns without a name and without cells",)
    assert read_export(write(content))[1].n_rows == N_POSTS


@pytest.mark.parametrize("name", ["total_views", "views_total", "Likes (lifetime)", "currentViews", "final views"])
def test_a_lifetime_total_of_a_wide_table_is_no_feature(write, name):
    dataset, report = assert_read(write(wide(name="day{}", **{name: PANEL[14].to_numpy()})))
    assert list(report.left_out) == [name]
    assert not len(dataset.features.columns)


@pytest.mark.parametrize("name", ["author_total_views", "channel_views_total", "mean_views", "followers"])
def test_a_count_of_the_author_is_a_feature(write, name):
    assert list(assert_read(write(wide(**{name: FOLLOWERS})))[0].features) == [name]


def test_further_times_of_samples_are_neither_features_nor_counts(write):
    table = long(day=lambda frame: frame.groupby("id").cumcount() + 1, fetched_at="2024-05-31")
    dataset, report = assert_read(write(table))
    assert set(report.left_out) == {"day", "fetched_at"}
    assert not dataset.channels
    assert list(assert_read(write(wide(scraped_at="2024-05-31")))[1].left_out) == ["scraped_at"]


@pytest.mark.parametrize("name", ["video_published_at", "postCreatedAt", "snippet.publishedAt", "Video publish time"])
def test_the_time_of_posting_is_known_by_many_names(write, name):
    assert assert_read(write(long().rename(columns={"posted": name})))[1].roles["posted"] == name
