"""Columns that are days: numbers behind one prefix, or calendar dates."""

import re
from collections.abc import Iterable
from typing import NamedTuple, NoReturn

import pandas as pd

from tsshape._errors import DataError, quote
from tsshape.data._export._dates import find_date_style
from tsshape.data._export._names import TEXT_NAMES, plain
from tsshape.data._export._options import ImportOptions
from tsshape.data._export._times import TimeStyle

_NUMBER = re.compile(r"\D*?[ _.\-]?(\d{1,4})(?!.*\d)\D*")
_DATE_LIKE = re.compile(
    r"\D*\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}.*|[A-Za-z]{3,9}\.? \d{1,2}, ?\d{4}|\d{1,2}[ \-][A-Za-z]{3,9}[ \-]\d{4}"
)
# A word, but not the name of a month before its day.
_BEFORE_DATE = re.compile(r"(\D*?)(?:[A-Za-z]{3,9}\.? \d{1,2}, ?\d{4}|\d)")
_MONTH_LIKE = re.compile(
    r"\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{4}|[A-Za-z]{3,9}\.?[ \-]\d{2,4}|\d{4}[ \-]?[Ww]\d{1,2}|20\d{4}"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_DAY, _NONE = pd.Timedelta(days=1), pd.Timedelta(0)
DAY_WORDS = {"day", "tag", "jour", "dia", "giorno", "d", "j"}
# What the word in the names of columns says about their distance.
_UNITS = {
    "hour": "1h",
    "hr": "1h",
    "h": "1h",
    "stunde": "1h",
    "min": "1min",
    "minute": "1min",
    "week": "7D",
    "wk": "7D",
    "w": "7D",
}
_MONTH_WORDS = {"month", "monat", "mois", "mes", "quarter", "quartal", "trimestre", "year", "kw", "calendarweek"}
# What is numbered with these words is a post, not a day.
_POST_WORDS = {"post", "video", "item", "media", "clip", "article", "story", "reel", "id"}


class DayColumns(NamedTuple):
    """Columns of one count: the number of the step of each, or its date."""

    prefix: str
    columns: list[str]
    steps: list[int] | None = None
    dates: pd.Series | None = None


def numbered_columns(names: list[str]) -> list[DayColumns]:
    """Return the groups of columns whose names differ only in a number, two or more in a group."""
    groups: dict[str, dict[str, int]] = {}
    for name in names:
        found = _NUMBER.fullmatch(name)
        if found is not None and plain(name[: found.start(1)]) not in TEXT_NAMES | _POST_WORDS:
            prefix = plain(name[: found.start(1)]) + ("…" + plain(name[found.end(1) :]) if name[found.end(1) :] else "")
            groups.setdefault(prefix, {})[name] = int(found[1])
    return [
        DayColumns(prefix, sorted(by_name, key=by_name.__getitem__), sorted(by_name.values()))
        for prefix, by_name in groups.items()
        if len(by_name) > 1
    ]


def dated_columns(names: list[str], source: str, options: ImportOptions) -> DayColumns | None:
    """Return the columns that are calendar dates, in their order; None if fewer than two are."""
    candidates = [name for name in names if _DATE_LIKE.fullmatch(name) or (name.isdigit() and len(name) == 8)]  # noqa: PLR2004
    if len(candidates) < 2:  # noqa: PLR2004
        return None
    prefixes = {_BEFORE_DATE.match(name)[1]: name for name in candidates}  # type: ignore[index]
    if len(prefixes) > 1:
        first, second, *_ = prefixes.values()
        raise DataError(
            f"{source}: columns such as {quote(first)} and {quote(second)} are dates of several counts: leave all but"
            " one out with --ignore, or export each count by itself"
        )
    cells = pd.Series([name.removeprefix(next(iter(prefixes))) for name in candidates], dtype="str")

    def where(position: int) -> str:
        return f"{source}, column {quote(candidates[position])}"

    # The clock of the columns is that of the dates of posting, which are compared with them as dates.
    dates = TimeStyle(find_date_style([(cells, where)], options), None).parse(cells, where).local
    order = dates.argsort().to_numpy()
    repeated = dates.duplicated()
    if repeated.any():
        raise DataError(f"{where(int(repeated.to_numpy().argmax()))}: another column has the same date")
    return DayColumns("", [candidates[each] for each in order], dates=dates.iloc[order].reset_index(drop=True))


def check_no_months(names: list[str], source: str) -> None:
    """Refuse columns that are months, calendar weeks or years, which are no equal steps of a post's life."""
    months = [name for name in names if _MONTH_LIKE.fullmatch(name)]
    years = [name for name in names if name.isdigit() and _FIRST_YEAR <= int(name) <= _LAST_YEAR]
    for found, what in ((months, "months or calendar weeks"), (years, "years")):
        if len(found) > 1:
            _refuse_uneven(found[0], found[1], what, source)


def _refuse_uneven(first: str, second: str, what: str, source: str) -> NoReturn:
    """Refuse columns that are no equal steps of a life."""
    raise DataError(
        f"{source}: columns such as {quote(first)} and {quote(second)} are {what}, not days since a post went up;"
        " export counts by day, or leave out with --ignore what is no count"
    )


def unit_of(group: DayColumns, source: str, options: ImportOptions) -> pd.Timedelta:
    """Return what the numbers of columns count: what their name says, or steps of the grid."""
    if group.dates is not None:
        return _DAY
    first, last = group.columns[0], group.columns[-1]
    if group.steps and group.steps[0] >= _FIRST_YEAR and group.steps[-1] <= _LAST_YEAR:
        _refuse_uneven(first, group.columns[1], "years", source)
    words = set(re.findall(r"[a-z]+", group.prefix))
    words |= {word.rstrip("s") for word in words}
    if _ending_in(words, _MONTH_WORDS):
        if options.step is not None:
            return options.grid_step
        raise DataError(
            f"{source}: columns such as {quote(first)} and {quote(last)} count months, quarters or years, which differ"
            " in length: say --step 30d to take all as equal"
        )
    units = _ending_in(words, _UNITS)
    if units:
        return pd.Timedelta(_UNITS[units.pop()])
    # Of steps below a day, a day is only a word.
    return _DAY if _ending_in(words, DAY_WORDS) and options.grid_step > _DAY else options.grid_step


def step_of(group: DayColumns, unit: pd.Timedelta, options: ImportOptions) -> pd.Timedelta:
    """Return the step of the grid: what an option says, a day if all columns are whole days, or what they count."""
    if options.step is not None or group.steps is None:
        return options.grid_step
    return _DAY if unit < _DAY and all(step * unit % _DAY == _NONE for step in group.steps) else unit


def _ending_in(words: Iterable[str], units: Iterable[str]) -> set[str]:
    """Return the units that some word is, or ends in if they are long enough to tell."""
    return {unit for unit in units for word in words if word == unit or (len(unit) > 3 and word.endswith(unit))}  # noqa: PLR2004


def looks_like_days(label: pd.Series) -> bool:
    """Whether the cells of a column are dates, or numbers of at most four digits behind a word, each once."""
    cells = label.dropna().astype("str").str.strip()
    if len(cells) < 2 or not cells.is_unique:  # noqa: PLR2004
        return False
    return bool(cells.str.fullmatch(_DATE_LIKE.pattern).all() or cells.str.fullmatch(r"\D*\d{1,4}").all())
