import numpy as np
import pandas as pd
import pytest
from export_panel import PANEL, POSTED, assert_read, dated, long, wide

from tsshape import read_export

EPOCH = pd.Timestamp(0)
# At noon, so that no rounding to days could hide a shift by hours.
AT_NOON = POSTED + pd.Timedelta(hours=12)


def iso(offset):
    """A way to write UTC times with some offset."""
    return lambda at: (at + pd.Timedelta(offset)).strftime("%Y-%m-%dT%H:%M:%S") + f"{offset[:3]}:{offset[4:6]}"


STYLES = {
    "ISO 8601": "%Y-%m-%dT%H:%M:%S",
    "ISO 8601 with a blank": "%Y-%m-%d %H:%M",
    "ISO 8601 with Z": "%Y-%m-%dT%H:%M:%S.000Z",
    "an offset to the east": iso("+05:30:00"),
    "an offset to the west": iso("-08:00:00"),
    "an offset without a colon": "%Y-%m-%dT%H:%M:%S+0000",
    "seconds since 1970": lambda at: (at - EPOCH) // pd.Timedelta(seconds=1),
    "milliseconds since 1970": lambda at: (at - EPOCH) // pd.Timedelta(milliseconds=1),
    "month names": "%b %d, %Y %H:%M",
    "long month names": "%B %d, %Y %I:%M %p",
    "days before month names": "%d %b %Y %H:%M:%S",
    "mail": "%a, %d %b %Y %H:%M:%S GMT",
    "US": "%m/%d/%Y %H:%M",
    "US without zeros": lambda at: f"{at.month}/{at.day}/{at.year} {at:%I:%M %p}",
    "British": "%d/%m/%Y %H:%M",
    "German": "%d.%m.%Y %H:%M",
    "Dutch": "%d-%m-%Y %H:%M:%S",
    "Japanese": "%Y/%m/%d %H:%M",
}


@pytest.mark.parametrize("style", STYLES)
def test_times_of_samples_are_read_however_they_are_written(write, style):
    dataset, _ = assert_read(write(long(posted=AT_NOON, spell=STYLES[style]), separator="\t"))
    assert dataset.posted.to_list() == AT_NOON.to_list()


DATES = ["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%b %d, %Y", "%d %B %Y", "%d-%b-%Y", "%Y/%m/%d"]


@pytest.mark.parametrize("spell", DATES)
@pytest.mark.parametrize("table", [long, dated])
def test_dates_are_read_however_they_are_written(write, spell, table):
    dataset, _ = assert_read(write(table(spell=spell), separator="\t"))
    assert dataset.posted.to_list() == POSTED.to_list()


EARLY = pd.Series(pd.Timestamp("2024-04-01") + pd.to_timedelta(np.arange(12) % 3, "D"), PANEL.index)


@pytest.mark.parametrize("option", ["day_first", "month_first"])
@pytest.mark.parametrize("table", [long, dated])
def test_an_option_decides_what_dates_do_not(write, refused, option, table):
    counts = PANEL[[1, 2, 3, 4, 5, 6]]
    path = write(table(counts, EARLY, spell="%d/%m/%Y" if option == "day_first" else "%m/%d/%Y"))
    refused(path, "can be read in two ways", "--day-first", "--month-first")
    dataset, report = assert_read(path, counts, **{option: True})
    assert dataset.posted.to_list() == EARLY.to_list()
    assert report.options[option] is True


def test_dates_that_are_typed_as_numbers_are_dates_too(write):
    table = long(spell="%Y%m%d").astype({"posted": int, "time": int})
    assert_read(write(table.to_json(orient="records"), "export.json"))


def test_one_late_day_in_a_column_decides_for_all_columns(write):
    # Of the days of posting none is beyond the 12th, so that only the samples tell.
    posted = pd.Series(pd.Timestamp("2024-04-01"), PANEL.index)
    assert_read(write(long(posted=posted, spell="%d/%m/%Y")))
    assert_read(write(long(posted=posted, spell="%m/%d/%Y")))


def test_dates_that_contradict_each_other_are_refused_with_both_places(write, refused):
    path = write("id,posted,time,views\na,24/02/2024,25/02/2024,5\na,24/02/2024,02/26/2024,9\n")
    refused(path, "'25/02/2024' has the day first", "line 3", "'02/26/2024' the month")


@pytest.mark.parametrize("day", ["31/02/2024", "2024-13-01", "2024-02-30", "Smarch 3, 2024", "yesterday", "12:30", "0"])
def test_a_time_that_is_none_is_refused_with_its_place(write, refused, day):
    table = long()
    table.loc[4, "time"] = day
    refused(write(table, separator="\t"), "line 6", "column 'time'")


@pytest.mark.parametrize(("role", "line"), [("time", 6), ("posted", 2)])
def test_a_missing_time_is_refused(write, refused, role, line):
    table = long()
    table.loc[table["id"] == table["id"][0] if role == "posted" else table.index == 4, role] = None
    refused(write(table), f"line {line}, column '{role}'", "missing")


BERLIN = "Europe/Berlin"
CHANGES = {"spring": "2024-03-27", "autumn": "2024-10-23"}


def polled_at_nine(start):
    """Samples at 9 o'clock in Berlin on ten days across a change of the clock, and when the post went up there."""
    days = pd.date_range(start, periods=11, freq="D", tz=BERLIN) + pd.Timedelta(0)
    nine = pd.DatetimeIndex([day.replace(hour=9) for day in days])
    return nine[0], nine[1:]


@pytest.mark.parametrize("season", CHANGES)
def test_local_times_are_right_on_both_sides_of_a_change_of_the_clock(write, season):
    posted, times = polled_at_nine(CHANGES[season])
    # A steady stream: 100 views an hour.
    hours = (times - posted) / pd.Timedelta(hours=1)
    local = pd.DataFrame({"id": "a", "posted": posted, "time": times, "views": np.rint(hours * 100).astype(int)})
    for name in ("posted", "time"):
        local[name] = local[name].dt.strftime("%Y-%m-%dT%H:%M")
    dataset, report = read_export(write(local), timezone=BERLIN)
    assert BERLIN in report.times
    assert dataset.posted["a"] == posted.tz_convert("UTC").tz_localize(None)
    # In autumn the tenth day is over an hour before the last sample; in spring it is not.
    n_days = 10 if season == "autumn" else 9
    np.testing.assert_allclose(dataset.curves.loc["a"].dropna(), 2_400 * np.arange(1, n_days + 1), rtol=1e-12)


@pytest.mark.parametrize("table", [long, dated])
@pytest.mark.parametrize("season", CHANGES)
def test_dates_of_local_days_are_whole_days_across_a_change_of_the_clock(write, season, table):
    posted = pd.Series(pd.Timestamp(CHANGES[season]), PANEL.index)
    assert_read(write(table(posted=posted, spell="%Y-%m-%d")), timezone=BERLIN)


@pytest.mark.parametrize("local", ["2024-10-27T02:30", "2024-03-31T02:30"])
def test_a_local_time_that_comes_twice_or_never_is_refused(write, refused, local):
    path = write(f"id,posted,time,views\na,2024-03-01T00:00,{local},5\na,2024-03-01T00:00,2024-11-30T00:00,9\n")
    refused(path, "line 2, column 'time'", "twice or never", "offset", "--timezone UTC", timezone=BERLIN)
    offset = write(path.read_text().replace(":30", ":30+02:00"))
    assert read_export(offset, timezone=BERLIN)[0].curves.shape[0] == 1


def test_an_unknown_time_zone_is_refused(write, refused):
    refused(write(long()), "--timezone", "Europe/Atlantis", timezone="Europe/Atlantis")


def test_times_of_posting_in_a_wide_table_are_read_too(write):
    table = wide(published_at=[f"{at.month}/{at.day}/{at.year}" for at in POSTED])
    dataset, report = assert_read(write(table))
    assert dataset.posted.to_list() == POSTED.to_list()
    assert report.roles["posted"] == "published_at"


def test_a_date_stands_for_the_end_of_its_day_where_posts_have_views_on_the_day_they_went_up(write):
    posted = POSTED + pd.Timedelta(hours=18)
    for table in (long, dated):
        shifted = table(posted=POSTED - pd.Timedelta(days=1), spell="%Y-%m-%d")
        columns = shifted.assign(posted=shifted["posted"].map(lambda day: f"{pd.Timestamp(day) + pd.Timedelta('42h')}"))
        dataset, report = assert_read(write(columns))
        assert dataset.posted.to_list() == posted.to_list()
        assert any("day 1" in remark for remark in report.remarks)
