"""Any posts, written in any of the forms that an import reads, come back to the last count."""

import csv
import io
import json
import tempfile
import unicodedata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openpyxl
import pandas as pd
import strategies
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tsshape import DataError, read_export

DAY, EPOCH = pd.Timedelta(days=1), pd.Timestamp(0)
# Sums of six such numbers are exact in every format.
LARGEST = 2**50 // 6
COMMAS, BLANKS = str.maketrans(",.", ".,"), str.maketrans(",.", "\u00a0,")


class Posts(NamedTuple):
    """Counts of posts of several ages, missing where a day is not over, and what else is known of them."""

    counts: pd.DataFrame
    posted: pd.Series
    known: pd.DataFrame


class Form(NamedTuple):
    """How posts are written: names of the styles below, or None where a format has its own."""

    layout: str
    format: str
    encoding: str
    separator: str
    numbers: str | None
    dates: str
    per_step: bool
    reverse: bool


def _comma(number):
    return f"{number:,.2f}" if isinstance(number, float) else f"{number:,}"


# How a number is written, and the options that say so.
NUMBERS = {
    "plain": (lambda number: _comma(number).replace(",", ""), {}),
    "US": (_comma, {"thousands": ","}),
    "German": (lambda number: _comma(number).translate(COMMAS), {"thousands": "."}),
    "Swiss": (lambda number: _comma(number).replace(",", "'"), {"thousands": "'"}),
    "French": (lambda number: _comma(number).translate(BLANKS), {"thousands": "\u00a0", "decimal": ","}),
    "with a comma": (lambda number: f"{number:.2f}".replace(".", ","), {"decimal": ","}),
}
# How a date is written, what follows for the time, and the options that say so.
DATES = {
    "ISO 8601": ("%Y-%m-%d", "T%H:%M:%S", {}),
    "ISO 8601 in UTC": ("%Y-%m-%d", " %H:%MZ", {}),
    "day first": ("%d/%m/%Y", " %H:%M", {"day_first": True}),
    "month first": ("%m/%d/%Y", " %I:%M %p", {"month_first": True}),
    "German": ("%d.%m.%Y", " %H:%M", {"day_first": True}),
    "in words": ("%b %d, %Y", " %H:%M", {}),
}
EPOCHS = {"seconds": pd.Timedelta(seconds=1), "milliseconds": pd.Timedelta(milliseconds=1)}
UNLIKE = {"unique_by": lambda id_: unicodedata.normalize("NFC", id_).strip()}


@st.composite
def posts(draw):
    """Up to five posts with up to six days; the first one has all of them."""
    # A mark that nobody can see is no id.
    ids = draw(st.lists(strategies.ids().filter(lambda id_: id_ != "\ufeff"), min_size=1, max_size=5, **UNLIKE))
    n_days = draw(st.integers(2, 6))
    more = st.one_of(st.just(0), st.integers(0, 3_000), st.integers(0, LARGEST))
    grown = [draw(st.lists(more, min_size=n_days, max_size=n_days)) for _ in ids]
    ages = np.array([n_days, *(draw(st.integers(1, n_days)) for _ in ids[1:])])
    index = pd.Index(ids, name="id", dtype="str")
    counts = pd.DataFrame(np.cumsum(grown, axis=1), index, range(1, n_days + 1)).astype("Int64")
    counts = counts.where(np.arange(1, n_days + 1) <= ages[:, np.newaxis])
    minutes = st.integers(0, 60 * 24 * 400)
    posted = pd.Series([pd.Timestamp("2023-12-01") + pd.Timedelta(minutes=draw(minutes)) for _ in ids], index)
    known = {
        "topic": st.sampled_from(["cats", "dogs; two", "F\u00fc\u00dfe, 3"]),
        "author": st.sampled_from(["me", "007", "\u00e4"]),
        "followers": st.integers(0, 10**7),
        "price": st.integers(0, 10**6).map(lambda quarters: quarters / 4),
    }
    columns = {name: [draw(values) for _ in ids] for name, values in known.items()}
    return Posts(counts, posted, pd.DataFrame(columns, index))


@st.composite
def forms(draw, ids):
    """A form in which posts with these ids can be written."""
    plain = all(id_.isascii() and id_.isprintable() and id_ == " ".join(id_.split()) for id_ in ids)
    layout = draw(st.sampled_from(["wide", "dates", "long", *(["transposed"] if plain and "day" not in ids else [])]))
    formats = ["csv"] * 4 if layout == "transposed" else [*["csv"] * 4, "jsonl", "json", "parquet"]
    format_ = draw(st.sampled_from([*formats, *(["xlsx"] if plain else [])]))
    encodings = ["utf-8", "utf-8-sig", "utf-16", *(["windows-1252"] if _fits("".join(ids)) else [])]
    return Form(
        layout,
        format_,
        draw(st.sampled_from(encodings)) if format_ == "csv" else "utf-8",
        draw(st.sampled_from(",;\t|")),
        draw(st.sampled_from(list(NUMBERS))) if format_ == "csv" else None,
        draw(st.sampled_from([*DATES, *([] if layout == "dates" else EPOCHS)])),
        # Days that a table with times lacks had no views, so that only one without times has young posts.
        layout == "transposed" and draw(st.booleans()),
        draw(st.booleans()),
    )


def _fits(text):
    """Whether Windows-1252 has all characters of a text."""
    try:
        return text.encode("windows-1252").decode("windows-1252") == text
    except UnicodeError:
        return False


def _spell_time(at, form, *, clock=True):
    """A time as text or a number."""
    if form.dates in EPOCHS:
        return int((at - EPOCH) / EPOCHS[form.dates])
    date, time, _ = DATES[form.dates]
    return at.strftime(date + time * clock)


def arrange(found, form):
    """The names of columns and the rows of an export."""
    counts, posted, known = found
    if form.per_step:
        counts = counts.diff(axis=1).fillna(counts)
    if form.layout == "transposed":
        return ["day", *counts.index], [[day, *counts[day]] for day in counts]
    clock = form.layout != "dates"
    first = {
        id_: [id_, _spell_time(posted[id_], form, clock=clock), *known.loc[id_].astype(object)] for id_ in counts.index
    }
    names = ["id", "posted", *known]
    if form.layout == "wide":
        return [*names, *(f"day{day:02d}" for day in counts)], [[*first[id_], *counts.loc[id_]] for id_ in first]
    if form.layout == "dates":
        dates = sorted({posted[id_].normalize() + day * DAY for id_ in first for day in counts})
        by_date = counts.apply(
            lambda row: {posted[row.name].normalize() + day * DAY: count for day, count in row.items()}, axis=1
        )
        rows = [[*first[id_], *(by_date[id_].get(date, pd.NA) for date in dates)] for id_ in first]
        return [*names, *(_spell_time(date, form, clock=False) for date in dates)], rows
    rows = [
        [*first[id_], _spell_time(posted[id_] + day * DAY, form), count, count // 20]
        for day in counts
        for id_, count in counts[day].dropna().items()
    ]
    return [*names, "time", "views", "likes"], rows


def write(path, names, rows, form):
    """Write an export as a file of its format."""
    rows = [
        [None if cell is pd.NA else getattr(cell, "item", lambda cell=cell: cell)() for cell in row]
        for row in (rows[::-1] if form.reverse else rows)
    ]
    if form.format == "csv":
        spell = NUMBERS[form.numbers][0]
        kept = {names.index(name) for name in ("id", "posted", "time", "day") if name in names}
        file = io.StringIO()
        writer = csv.writer(file, delimiter=form.separator)
        writer.writerow(names)
        for row in rows:
            writer.writerow(
                cell if position in kept or isinstance(cell, str) or cell is None else spell(cell)
                for position, cell in enumerate(row)
            )
        path.write_bytes(file.getvalue().encode(form.encoding))
    elif form.format == "xlsx":
        book = openpyxl.Workbook()
        for line, row in enumerate([names, *rows], start=1):
            for column, value in enumerate(row, start=1):
                cell = book.active.cell(line, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
        book.save(path)
    elif form.format == "parquet":
        pd.DataFrame(rows, columns=names).to_parquet(path)
    else:
        records = [dict(zip(names, row, strict=True)) for row in rows]
        lines = form.format == "jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in records) if lines else json.dumps(records))


def options_of(form, *, told):
    """The options that the form needs, those for styles only if they are told."""
    options = {"encoding": form.encoding} if form.encoding == "windows-1252" else {}
    if form.layout == "transposed":
        options |= {"layout": "transposed"}
    if form.per_step:
        options |= {"counts": "per-step"}
    if told:
        options |= NUMBERS[form.numbers][1] if form.numbers else {}
        options |= DATES[form.dates][2] if form.dates in DATES else {}
    return options


@settings(max_examples=150)
@given(st.data(), posts(), st.booleans())
def test_posts_come_back_from_every_form(data, found, told):
    """With the options that say how they are written; without them they come back, too, or are refused."""
    form = data.draw(forms(list(found.counts.index)))
    event(f"{form.layout}, {form.format}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{form.format}"
        write(path, *arrange(found, form), form)
        try:
            dataset, _ = read_export(path, **options_of(form, told=told))
        except DataError:
            event("refused")
            if told:
                raise
            return
    ids = found.counts.index
    assert set(dataset.curves.index) == set(ids)
    assert list(dataset.curves) == list(found.counts)
    np.testing.assert_array_equal(dataset.curves.loc[ids], found.counts.astype(float))
    if form.layout == "transposed":
        return
    posted = found.posted.dt.normalize() if form.layout == "dates" else found.posted
    assert dataset.posted[ids].to_list() == posted.to_list()
    assert dataset.authors[ids].to_list() == found.known["author"].to_list()
    for name in ("topic", "followers", "price"):
        assert dataset.features.loc[ids, name].to_list() == found.known[name].to_list()
    if form.layout == "long":
        np.testing.assert_array_equal(dataset.channels["likes"].loc[ids], (found.counts // 20).astype(float))
