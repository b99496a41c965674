"""How an export is laid out: a row a post, a row a sample, or a row a day."""

import re
from typing import NamedTuple

import pandas as pd

from tsshape._choices import Layout
from tsshape._errors import DataError, list_names, quote
from tsshape.data._export._headers import (
    DAY_WORDS,
    DayColumns,
    check_no_months,
    dated_columns,
    looks_like_days,
    numbered_columns,
)
from tsshape.data._export._joined import Joined
from tsshape.data._export._names import AGE_NAMES, COUNT_NAMES, KNOWN_NAMES, TEXT_NAMES, UNNAMED, find_known, plain
from tsshape.data._export._options import ImportOptions
from tsshape.data._export._roles import Roles, check_one_id, find_roles, is_total
from tsshape.data._tables import CONTROL

_FEWEST_DAYS = 2
# What the first column of a table with a row a day is called.
_DAY_WORDS = ("date", "time", "timestamp", "datetime", "tag", "datum", "jour", "dia", "fecha", "")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class Plan(NamedTuple):
    """What the columns of an export are: its layout, the role of each column, and the days of a wide table."""

    layout: Layout
    joined: Joined
    roles: Roles
    days: DayColumns | None = None
    others: tuple[DayColumns, ...] = ()


def plan_export(joined: Joined, options: ImportOptions, *, numbered_rows: bool) -> Plan:
    """Return what the columns of an export are; with `numbered_rows`, ids are the numbers of the rows.

    Raises
    ------
    DataError
        If that cannot be told, or can be read in two ways; the message names the option that decides.
    """
    if options.layout == "transposed":
        joined = _turn(joined)
    elif not numbered_rows:
        _check_header(joined)
    joined = joined.replace(joined.cells.drop(columns=_ignored(joined, options)))
    if options.layout == "long":
        return _check_long(Plan("long", joined, find_roles(joined, options)))
    names = [name for name in joined.cells.columns if not is_total(name)]
    dated = dated_columns(names, joined.source, options)
    groups = numbered_columns(names) if dated is None else []
    roles = find_roles(joined, options, skip=[*(dated.columns if dated else ()), *_day_names(groups)])
    days, others = (dated, ()) if dated else _count_of_days(groups, options, joined)
    if numbered_rows:
        joined = joined.replace(joined.cells.assign(id=[str(row) for row in range(1, len(joined.cells) + 1)]))
        roles = roles._replace(id="id")
    elif options.layout is None:
        if _is_long(joined, roles, days):
            return _check_long(Plan("long", joined, find_roles(joined, options)))
        _check_rows_are_posts(joined, roles)
    if days is None:
        _refuse_without_days(joined, roles, names)
    if roles.id is None:
        raise DataError(
            f"{joined.source}: no column is known as an id; name it with --id; the columns are {_all(joined)}"
        )
    value = options.value
    if value is not None and value in joined.cells.columns and value not in _day_names(groups):
        raise DataError(
            f"--value {value}: in a wide table, the counts are the columns of days; say --layout long if not"
        )
    roles = roles._replace(time=None, value=None)
    return Plan(options.layout or "wide", joined, roles, days, others)


def _check_header(joined: Joined) -> None:
    """Refuse a table whose first line holds numbers only, as the UCR archive's have."""
    names = [str(name).strip() for name in joined.cells.columns]
    if len(names) > _FEWEST_DAYS and all(_NUMBER.fullmatch(name) for name in names):
        raise DataError(
            f"{joined.source}: the first line holds numbers only, no names of columns: say --layout ucr for the form of"
            " the UCR archive (class, then values), or put a line with names above it"
        )


def _ignored(joined: Joined, options: ImportOptions) -> list[str]:
    """Return the columns that are left out; DataError for one that does not exist."""
    for name in options.ignore:
        if name not in joined.cells.columns:
            raise DataError(f"--ignore: {joined.source} has no column {quote(name)}; it has {_all(joined)}")
    return list(options.ignore)


def _turn(joined: Joined) -> Joined:
    """Return a table with a row a day as one with a row a post."""
    if len(joined.paths) > 1:
        raise DataError(f"--layout transposed takes one file; got {joined.source} and {joined.paths[1]}")
    for position, name in enumerate(joined.cells.columns[1:], start=2):
        if name == f"column {position}":
            raise DataError(f"{joined.source}: {name} is a post without an id; name it in the first line")
    cells = joined.cells.set_index(joined.cells.columns[0])
    labels = cells.index.astype("str").str.strip()
    if pd.api.types.is_datetime64_any_dtype(cells.index):
        labels = cells.index.strftime("%Y-%m-%d")
    bad = labels.isna() | (labels == "") | labels.duplicated() | labels.str.contains(CONTROL, na=False)
    if bad.any():
        raise DataError(f"{joined.place(int(bad.argmax()))}: the first cell names the day, each once")
    if (labels == "id").any():
        raise DataError(f"{joined.place(int((labels == 'id').argmax()))}: the first cell names the day; 'id' is none")
    turned = cells.set_axis(labels, axis=0).T
    turned = turned.rename_axis(None, axis=1).reset_index(names="id")
    if not all(pd.api.types.is_numeric_dtype(dtype) for dtype in cells.dtypes):
        turned = turned.astype("str")
    return Joined(turned, joined.paths, pd.Series(0, turned.index).to_numpy(), turned.index.to_numpy() + 2, "column")


def _day_names(groups: list[DayColumns]) -> list[str]:
    """Return the columns of all groups."""
    return [name for group in groups for name in group.columns]


def _count_of_days(
    groups: list[DayColumns], options: ImportOptions, joined: Joined
) -> tuple[DayColumns | None, tuple[DayColumns, ...]]:
    """Return the columns of days of the count that is wanted, and those of other counts."""
    if not groups:
        return None, ()
    if options.value is not None:
        wanted = [
            group
            for group in groups
            if plain(options.value) in group.prefix.split("…") or group.prefix.startswith(plain(options.value))
        ]
        if not wanted:
            return None, tuple(groups)
    else:
        usual = [group for group in groups if any(name in group.prefix for name in KNOWN_NAMES["value"])]
        days = [group for group in groups if group.prefix in {*DAY_WORDS, ""}]
        wanted = usual or days or groups
    if len(wanted) > 1:
        names = [quote(group.columns[0]) for group in wanted]
        raise DataError(
            f"{joined.source}: columns such as {' and '.join(names[:2])} are days of several counts:"
            " say which with --value, by what the names begin with"
        )
    return wanted[0], tuple(group for group in groups if group is not wanted[0] and _is_count(group, wanted[0]))


def _is_count(group: DayColumns, days: DayColumns) -> bool:
    """Whether numbered columns are another count at the days of the views, and not features such as embeddings."""
    return group.steps == days.steps or any(name in group.prefix for name in COUNT_NAMES)


def _is_long(joined: Joined, roles: Roles, days: DayColumns | None) -> bool:
    """Whether a table has a row a sample: an id, a time and a count, and no days or several rows a post."""
    if roles.id is None or roles.time is None or roles.value is None:
        return False
    return days is None or bool(joined.cells[roles.id].duplicated().any())


def _check_rows_are_posts(joined: Joined, roles: Roles) -> None:
    """Refuse a table whose rows are days rather than posts."""
    first = joined.cells.columns[0]
    named = plain(first) in {*AGE_NAMES, *UNNAMED, *_DAY_WORDS}
    if roles.id is None and named and looks_like_days(joined.cells[first]):
        raise DataError(
            f"{joined.source}: the rows look like days, counted by column {quote(first)}: say --layout transposed"
            " if each row is a day and each column a post, or name the id with --id"
        )


def _check_long(plan: Plan) -> Plan:
    """Check that a table of samples has an id, a time and a count."""
    for role, what in (("id", "post"), ("time", "time of the sample"), ("value", "count")):
        if getattr(plan.roles, role) is None:
            raise DataError(
                f"{plan.joined.source}: no column is known as the {what} of a sample; name it with --{role};"
                f" the columns are {_all(plan.joined)}"
            )
    check_one_id(plan.joined, plan.roles)
    return plan


def _refuse_without_days(joined: Joined, roles: Roles, names: list[str]) -> None:
    """Refuse a table without columns of days, saying what it lacks."""
    check_no_months(names, joined.source)
    if roles.id is not None and roles.value is not None and roles.time is None:
        raise DataError(
            f"{joined.source} has one count a post and no time: a curve takes several counts; name the time of each"
            " with --time"
        )
    texts = [name for name in names if plain(name) in TEXT_NAMES]
    usual = sum(bool(find_known(role, names)) for role in ("id", "time", "value"))
    hint = "" if usual or texts else "; a file without a header, of the UCR archive, takes --layout ucr"
    raise DataError(
        f"{joined.source}: neither columns of days (day01, day02, … or dates) nor id, time and count of samples are"
        f" known by their names; name them with --id, --time and --value; the columns are {_all(joined)}{hint}"
    )


def _all(joined: Joined) -> str:
    """Return the columns of a table as text."""
    return list_names(joined.cells.columns, spell=quote)
