"""The columns of an export: what each is, how numbers and times are written in it, and its counts."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import FloatArray, IntArray
from tsshape.data._cells import parse_numbers
from tsshape.data._export._headers import DayColumns, step_of, unit_of
from tsshape.data._export._joined import Joined
from tsshape.data._export._layout import Plan
from tsshape.data._export._numbers import NumberStyle, find_style
from tsshape.data._export._options import ImportOptions
from tsshape.data._export._times import TimeStyle, find_time_style


class Columns(NamedTuple):
    """What is known of the columns of an export before its samples are read.

    Attributes
    ----------
    plan : Plan
        The layout, and the role of each column.
    options : ImportOptions
        What the user has said.
    ids : Index of text of shape (n_posts,)
        The posts in the order in which they appear.
    post : array of int of shape (n_rows,)
        The position of each row's post among the ids.
    others : list of str
        The columns without a role that are no days.
    numbers, times : NumberStyle, TimeStyle
        How numbers and times are written.
    step, unit : Timedelta
        The step of the grid, and what the numbers of columns of days count.
    """

    plan: Plan
    options: ImportOptions
    ids: pd.Index
    post: IntArray
    others: list[str]
    numbers: NumberStyle
    times: TimeStyle
    step: pd.Timedelta
    unit: pd.Timedelta

    @property
    def joined(self) -> Joined:
        """The table."""
        return self.plan.joined

    @property
    def is_long(self) -> bool:
        """Whether a row is a sample."""
        return self.plan.layout == "long"

    @property
    def step_in_days(self) -> float:
        """The step of the grid in days."""
        return float(self.step / pd.Timedelta(days=1))


def read_columns(plan: Plan, options: ImportOptions) -> Columns:
    """Return what is known of the columns of an export."""
    joined, roles = plan.joined, plan.roles
    post, unique = pd.factorize(joined.names(roles.id or ""))
    ids = pd.Index(unique, name="id", dtype="str")
    joined.check_ids_differ(ids)
    used = {*roles.named().values(), *_count_columns(plan)}
    others = [name for name in joined.cells.columns if name not in used]
    counts, rest, dated = (
        [(joined.cells[name], joined.where(name)) for name in names if name is not None]
        for names in (_count_columns(plan), others, (roles.time, roles.posted))
    )
    numbers = find_style(counts, rest, options)
    step = unit = options.grid_step
    if plan.days is not None:
        unit = unit_of(plan.days, joined.source, options)
        step = step_of(plan.days, unit, options)
    return Columns(plan, options, ids, post, others, numbers, find_time_style(dated, options), step, unit)


def _count_columns(plan: Plan) -> list[str]:
    """Return the columns of counts: that of the samples, or those of the days."""
    if plan.days is None:
        return [] if plan.roles.value is None else [plan.roles.value]
    return [name for group in (plan.days, *plan.others) for name in group.columns]


def read_counts(columns: Columns) -> FloatArray:
    """Return the counts of a long table, of shape (n_rows,)."""
    return _numbers(columns, columns.plan.roles.value or "")


def read_day_counts(columns: Columns, group: DayColumns) -> FloatArray:
    """Return the columns of one count at the days of the views, of shape (n_rows, n_days), NaN where it has none."""
    days = columns.plan.days or group
    positions = {step: position for position, step in enumerate(days.steps or range(len(days.columns)))}
    for first, second in pairwise(range(len(group.columns))):
        if group.steps is not None and group.steps[first] == group.steps[second]:
            raise DataError(
                f"{columns.joined.source}: columns {quote(group.columns[first])} and {quote(group.columns[second])} are"
                " one day; leave one out with --ignore"
            )
    values = np.full((len(columns.joined.cells), len(positions)), np.nan)
    for name, step in zip(group.columns, group.steps or positions, strict=True):
        if step not in positions:
            raise DataError(f"{columns.joined.source}: column {quote(name)} is a day that the views do not have")
        values[:, positions[step]] = _numbers(columns, name)
    return values


def _numbers(columns: Columns, name: str) -> FloatArray:
    """Return a column of counts, NaN where missing; DataError for a word or a negative number."""
    where = columns.joined.where(name)
    values = parse_numbers(columns.numbers.canonical(columns.joined.cells[name]), where)
    negative = values < 0
    if negative.any():
        position = int(negative.argmax())
        of_archive = columns.plan.layout == "ucr" or columns.joined.source.lower().endswith(".ts")
        hint = "; `tsshape cluster` and `select-k` take such a file as it stands" if of_archive else ""
        raise DataError(f"{where(position)}: {values[position]:g} is negative; counts are at least 0{hint}")
    return values
