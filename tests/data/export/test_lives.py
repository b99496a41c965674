"""Samples at any times become curves on the grid; what is no life is kept apart."""

import numpy as np
import pandas as pd
import pytest
from export_panel import IDS, N_DAYS, N_POSTS, PANEL, POSTED, assert_read, dated, long, per_day, text, wide, young

from tsshape import read_export, resample
from tsshape.data import ImportOptions, import_posts

DAY = pd.Timedelta(days=1)


def irregular():
    """Samples at random instants, and one at the end of day 14."""
    rng = np.random.default_rng(3)
    rows = []
    for id_ in IDS:
        days = np.append(np.sort(rng.uniform(0.1, N_DAYS, 25)), N_DAYS)
        views = np.sort(rng.integers(1, 10**6, len(days)))
        rows += [(id_, POSTED[id_], POSTED[id_] + day * DAY, count) for day, count in zip(days, views, strict=True)]
    table = pd.DataFrame(rows, columns=["id", "posted", "time", "views"])
    return table.assign(time=table["time"].dt.round("s"))


def test_samples_at_irregular_times_give_the_curves_of_resample(write):
    samples = irregular()
    assert_read(write(samples.sample(frac=1, random_state=0)), max_gap=30, expected=_in_order(samples))


def _in_order(samples):
    """The curves of resample, in the order of the shuffled export."""
    return resample(samples, n_times=N_DAYS).loc[samples.sample(frac=1, random_state=0)["id"].unique()]


def test_samples_some_minutes_early_reach_the_last_step(write):
    early = long()
    early["time"] = (pd.to_datetime(early["time"]) - pd.Timedelta(minutes=11)).map(str)
    dataset, report = read_export(write(early))
    np.testing.assert_allclose(dataset.curves, PANEL, rtol=0.012)
    np.testing.assert_array_equal(dataset.curves[14], PANEL[14])
    assert report.early == N_POSTS
    assert any("early" in remark for remark in report.remarks)


def test_a_sample_an_hour_early_does_not_reach_its_step(write):
    table = long()
    table["time"] = (pd.to_datetime(table["time"]) - pd.Timedelta(hours=1)).map(str)
    dataset, report = read_export(write(table))
    assert dataset.curves.shape == (N_POSTS, N_DAYS - 1)
    assert report.early == 0


@pytest.mark.parametrize(("max_gap", "missing"), [(2, 2), (3, 0), (None, 0)])
def test_a_gap_beyond_the_longest_one_leaves_its_days_missing(write, max_gap, missing):
    table = long()[lambda table: ~(table["id"].eq(IDS[0]) & table.groupby("id").cumcount().isin([5, 6]))]
    options = {} if max_gap is None else {"max_gap": max_gap}
    dataset, report = read_export(write(table), **options)
    assert dataset.curves.loc[IDS[0]].isna().to_list() == [False] * 5 + [missing > 0] * 2 + [False] * 7
    assert (report.missing_steps, report.wide_gaps) == (missing, missing // 2)
    assert dataset.curves.iloc[1:].notna().all(axis=None)
    if not missing:
        assert dataset.curves.loc[IDS[0]].is_monotonic_increasing


def test_a_gap_after_upload_is_a_gap_too(write):
    late = long()[lambda table: table["id"].ne(IDS[0]) | (table.groupby("id").cumcount() >= 6)]
    dataset, report = read_export(write(late))
    assert dataset.curves.loc[IDS[0]].isna().sum() == 6
    assert report.wide_gaps == 1


def test_one_count_that_is_no_first_day_is_a_total_and_no_line(write):
    table = long()[lambda table: table["id"].ne(IDS[3]) | (table.groupby("id").cumcount() == 9)]
    imported = import_posts(write(table), ImportOptions())
    assert IDS[3] not in imported.dataset.curves.index
    assert imported.totals.reset_index().to_dict("records") == [
        {"id": IDS[3], "step": 10.0, "views": PANEL.loc[IDS[3], 10], "time": POSTED[IDS[3]] + 10 * DAY}
    ]
    assert imported.report.n_totals == 1
    assert "totals.csv" in str(imported.report)


def test_a_young_post_stays_with_its_first_day(write):
    counts = PANEL.where((PANEL.index != IDS[3])[:, np.newaxis] | (PANEL.columns == 1)).astype("Int64")
    for table in (long(counts), wide(counts), dated(counts)):
        _, report = assert_read(write(table), counts)
        assert report.n_totals == 0
        assert report.samples[0] == 1


def test_an_export_of_totals_only_is_refused(write, refused):
    refused(write(long(PANEL[[9]])), "no post has more than one count")


def test_a_post_without_a_count_is_left_out_and_counted(write):
    counts = PANEL.astype("Int64")
    counts.loc[IDS[3]] = None
    for table in (wide(counts), dated(counts)):
        _, report = assert_read(write(table), counts.drop(IDS[3]))
        assert report.n_without_count == 1


@pytest.mark.parametrize("form", [long, dated])
def test_a_post_of_before_an_export_of_daily_counts_is_left_out(write, refused, form):
    daily, first = per_day(), "2024-02-23"
    table = form(daily)
    if form is dated:
        table = table.drop(columns=[name for name in table if name[0] == "2" and name < first])
    else:
        table = table[table["time"] >= first]
    began = pd.Timestamp(first) - DAY <= POSTED
    _, report = assert_read(write(table), PANEL[began], counts="per-step")
    assert report.n_older == (~began).sum() == 4
    refused(write(table[table["id"] == IDS[0]]), "2024-02-23", "went up before it", counts="per-step")


@pytest.mark.parametrize("kind", ["long", "dated"])
def test_days_without_views_are_0_up_to_the_age_at_the_export(write, kind):
    daily = per_day()
    daily.loc[IDS[0], [4, 5, 13, 14]] = 0
    expected = daily.cumsum(axis=1)
    told = daily.where(daily > 0)
    table = long(told) if kind == "long" else dated(told)
    last = POSTED + N_DAYS * DAY
    as_of = last[IDS[0]]
    expected = pd.DataFrame(expected.astype(float))
    for id_ in IDS:
        expected.loc[id_, int((as_of - POSTED[id_]) / DAY) + 1 :] = np.nan
    expected = expected.dropna(axis=1, how="all")
    dataset, report = read_export(write(table), counts="per-step", as_of=f"{as_of:%Y-%m-%d}")
    pd.testing.assert_frame_equal(dataset.curves, expected, check_names=False, check_column_type=False)
    assert report.counts == "per-step"
    assert report.after_export == sum(int(max(0, (last[id_] - as_of) / DAY)) for id_ in IDS)


def test_counts_of_each_day_that_are_some_minutes_early_are_those_of_the_day(write):
    daily = per_day()
    daily[5] = None
    early = long(daily)
    early["time"] = (pd.to_datetime(early["time"]) - pd.Timedelta(minutes=5)).map(str)
    assert_read(write(early), daily.fillna(0).cumsum(axis=1), counts="per-step")


def test_empty_cells_of_numbered_days_are_days_that_are_not_over(write):
    daily = per_day(young())
    _, report = assert_read(write(wide(daily)), young(), counts="per-step")
    assert report.ages[0] == 10


def test_later_samples_than_the_export_are_left_out(write):
    dataset, report = read_export(write(long()), as_of="2024-02-27")
    assert report.as_of == "2024-02-27 00:00:00"
    ages = ((pd.Timestamp("2024-02-27") - POSTED) / DAY).astype(int)
    assert dataset.curves.notna().sum(axis=1).to_dict() == {id_: ages[id_] for id_ in dataset.curves.index}
    assert report.after_export == N_POSTS * N_DAYS - ages.clip(lower=0).sum()


@pytest.mark.parametrize("steps", [5, 14, 20])
def test_steps_are_the_length_of_the_grid(write, steps):
    assert_read(write(long()), PANEL.reindex(columns=range(1, steps + 1)), steps=steps)


def test_a_year_of_days_keeps_365(write):
    rng = np.random.default_rng(0)
    year = pd.DataFrame(rng.integers(1, 90, (2, 365)).cumsum(axis=1), IDS[:2], range(1, 366))
    for table in (wide(year, "{}"), long(year)):
        assert_read(write(table), year)


def test_the_step_is_that_of_an_option(write):
    stamps = [f"2024-03-01T{hour:02d}:{minute:02d}" for hour in range(2) for minute in (0, 20, 40)]
    rows = [f"a,2024-03-01T00:00,{stamp},{100 * position}" for position, stamp in enumerate(stamps)]
    path = write("id,posted,time,views\n" + "\n".join(rows) + "\n")
    dataset, report = read_export(path, step="20min")
    assert dataset.curves.loc["a"].to_list() == [100, 200, 300, 400, 500]
    assert report.step == "20 minutes"
    assert read_export(path, step="1h")[0].curves.loc["a"].to_list() == [300]


def test_ages_of_samples_are_days_or_what_their_column_counts(write):
    for name, step in (("day", None), ("age", None), ("week", "7d"), ("hour", "1h"), ("step", None)):
        table = long().assign(**{name: long().groupby("id").cumcount() + 1}).drop(columns=["posted", "time"])
        _, report = assert_read(write(table), **({} if step is None else {"step": step}))
        assert report.layout == "long"


@pytest.mark.parametrize("form", [long, dated])
def test_counts_without_a_time_of_posting_are_refused_unless_the_first_one_is_the_first_step(write, refused, form):
    path = write(form().drop(columns="posted"))
    refused(path, "--posted", "--from-first-sample")
    assert_read(path, from_first_sample=True)


def monthly(table):
    """Two files: samples until the end of February, and later ones with the last two days again."""
    at = pd.to_datetime(table["time"])
    return table[at < "2024-03-01"], table[at >= "2024-02-28"]


def test_files_of_several_months_are_one_export(write):
    first, second = monthly(long())
    _, report = assert_read([write(first, "february.csv"), write(second, "march.csv")])
    assert report.duplicates == len(first) + len(second) - len(long()) > 0
    assert report.n_rows == len(first) + len(second)


def test_a_sample_that_differs_between_files_is_refused_with_both_places(write, refused):
    first, second = monthly(long())
    second = second.assign(views=second["views"] + 1)
    paths = [write(first, "february.csv"), write(second, "march.csv")]
    refused(paths, f"{paths[0]}, line", f"{paths[1]}, line 2", f"id '{IDS[0]}'", "add them up")


def test_files_without_a_common_column_are_refused(write, refused):
    second = write(long().add_prefix("x_"), "b.csv")
    assert refused([write(long()), second], "no column in common").startswith(str(second))


def test_equal_samples_are_kept_once_and_different_ones_refused(write, refused):
    table = long()
    path = write(pd.concat([table, table.iloc[3:5]]))
    assert assert_read(path)[1].duplicates == 2
    other = table.iloc[[3]].assign(views=1)
    refused(write(pd.concat([table, other])), f"line {len(table) + 2}", "line 5", f"id '{IDS[0]}'")


def test_two_rows_of_a_wide_table_with_one_id_are_refused_if_they_differ(write, refused):
    table = wide()
    assert assert_read(write(pd.concat([table, table.iloc[[2]]])))[1].duplicates == N_DAYS
    refused(write(pd.concat([table, table.iloc[[2]].assign(day03=0)])), f"line {N_POSTS + 2}", "line 4")


def test_posts_that_name_two_times_of_posting_are_refused(write, refused):
    table = long()
    table.loc[3, "posted"] = "2024-02-01T00:00:00"
    refused(write(table), "line 5, column 'posted'", "in a row before")


def test_views_before_upload_are_refused_and_empty_samples_before_it_left_out(write, refused):
    before = long().iloc[[0]].assign(time="2024-02-01T00:00:00")
    refused(write(pd.concat([long(), before])), "before its post was posted", "--timezone")
    assert assert_read(write(pd.concat([long(), before.assign(views=0)])))[1].before_upload == 1


def test_decreases_are_kept_and_said(write):
    counts = PANEL.copy()
    counts.loc[IDS[2], 6] = 1
    _, report = assert_read(write(wide(counts)), counts)
    assert (report.decreases, report.posts_with_decreases) == (1, 1)
    assert any("fall below the one before" in remark for remark in report.remarks)
    assert_read(write(wide(per_day())), per_day(), counts="cumulative")


def test_fractional_counts_are_kept_and_said(write):
    for table in (wide(PANEL + 0.25), long(PANEL + 0.25)):
        _, report = assert_read(write(table), PANEL + 0.25)
        assert any("no whole numbers" in remark for remark in report.remarks)


def test_reading_says_how_far_it_is(write):
    seen = []
    path = write(long())
    read_export(path, on_read=lambda *bytes_: seen.append(bytes_))
    assert seen[-1] == (path.stat().st_size,) * 2


def test_text_of_the_report_has_ten_lines(write):
    _, report = read_export(write(text(long())))
    assert len(str(report).splitlines()) == 10


@pytest.mark.parametrize("table", [long, dated])
def test_one_post_with_views_on_the_day_it_went_up_does_not_shift_the_others(write, refused, table):
    posted = POSTED.copy()
    posted[IDS[2]] += DAY
    shifted = table(spell="%Y-%m-%d")
    shifted["posted"] = shifted["id"].map(posted).dt.strftime("%Y-%m-%d")
    refused(write(shifted), f"id '{IDS[2]}'", "on the day its post went up", "1 of 12", "--posted")


def test_a_date_in_another_millennium_is_refused_unless_steps_are_named(write, refused):
    table = long()
    table.loc[20, "time"] = "9999-12-31T00:00:00"
    path = write(table)
    refused(path, f"id '{table['id'][20]}'", "steps of 1 day", "--steps")
    assert read_export(path, steps=14)[0].curves.shape == (N_POSTS, 14)


def test_counts_beyond_all_sense_are_refused(write, refused):
    refused(write(wide(PANEL.astype(object).replace(PANEL.iloc[2, 3], 1e301))), f"id '{IDS[2]}'", "1e+301")
    table = long(likes=lambda frame: frame["views"].astype(float).where(frame.index != 4, 1e301))
    refused(write(table), f"id '{IDS[0]}'", "1e+301 of 'likes'")


def test_a_huge_count_of_one_post_does_not_round_those_of_others(write):
    daily = per_day().astype(object)
    daily.loc[IDS[0], 1] = 10**22
    dataset, _ = read_export(write(wide(daily)), counts="per-step")
    np.testing.assert_array_equal(dataset.curves.iloc[1:], PANEL.iloc[1:])


def test_a_transposed_post_needs_a_name(write, refused):
    table = PANEL.T.rename_axis("day").reset_index().rename(columns={IDS[4]: ""})
    refused(write(table), "column 6 is a post without an id", layout="transposed")
