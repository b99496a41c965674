"""The numbers of an export: how they are written, and the counts of samples."""

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import FloatArray, IntArray
from tsshape.data._cells import parse_numbers
from tsshape.data._export._attributes import channel_name
from tsshape.data._export._headers import DayColumns
from tsshape.data._export._joined import Joined
from tsshape.data._export._layout import Plan
from tsshape.data._export._numbers import NumberStyle, find_style
from tsshape.data._export._options import ImportOptions
from tsshape.data._export._samples import Samples, long_samples, wide_samples
from tsshape.data._export._timing import Timing, time_days, time_samples

_DAY = pd.Timedelta(days=1)


def count_columns(plan: Plan) -> list[str]:
    """Return the columns of counts: that of the samples, or those of the days."""
    if plan.days is None:
        return [] if plan.roles.value is None else [plan.roles.value]
    return [name for group in (plan.days, *plan.others) for name in group.columns]


def other_columns(plan: Plan) -> list[str]:
    """Return the columns without a role that are no days."""
    used = {*plan.roles.named().values(), *count_columns(plan)}
    return [name for name in plan.joined.cells.columns if name not in used]


def number_style(plan: Plan, others: list[str], options: ImportOptions) -> NumberStyle:
    """Return how numbers are written, decided by the counts before all other columns."""
    joined = plan.joined
    columns = [[(joined.cells[name], joined.where(name)) for name in names] for names in (count_columns(plan), others)]
    return find_style(*columns, options)


def read_samples(
    plan: Plan,
    ids: pd.Index,
    post: IntArray,
    numbers: NumberStyle,
    channels: dict[str, FloatArray],
    step: pd.Timedelta,
    options: ImportOptions,
) -> tuple[Timing, Samples]:
    """Return when the samples were taken, and the samples with their counts and those of channels."""
    joined = plan.joined
    if plan.days is None:
        timing = time_samples(plan, post, options)
        name = plan.roles.value or ""
        counts = {"views": _numbers(joined, name, numbers)} | channels
        return timing, long_samples(ids, post, counts, timing, step / _DAY)
    timing = time_days(plan, post, step, options)
    counts = {"views": _matrix(joined, plan.days.columns, numbers)}
    for group in plan.others:
        counts[channel_name(group.prefix.replace("…", " "))] = _align(joined, group, plan.days, numbers)
    return timing, wide_samples(ids, post, counts, timing, step / _DAY)


def _matrix(joined: Joined, columns: list[str], numbers: NumberStyle) -> FloatArray:
    """Return columns of counts as an array of shape (n_rows, n_columns)."""
    values = np.empty((len(joined.cells), len(columns)))
    for position, name in enumerate(columns):
        values[:, position] = _numbers(joined, name, numbers)
    return values


def _align(joined: Joined, group: DayColumns, days: DayColumns, numbers: NumberStyle) -> FloatArray:
    """Return the columns of another count at the days of the first one, NaN where it has none."""
    values = np.full((len(joined.cells), len(days.columns)), np.nan)
    at = {step: position for position, step in enumerate(days.steps or ())}
    for name, step in zip(group.columns, group.steps or (), strict=True):
        if step not in at:
            raise DataError(f"{joined.source}: column {quote(name)} is a day that the views do not have")
        values[:, at[step]] = _numbers(joined, name, numbers)
    return values


def _numbers(joined: Joined, name: str, numbers: NumberStyle) -> FloatArray:
    """Return a column of counts, NaN where missing; DataError for a word or a negative number."""
    where = joined.where(name)
    values = parse_numbers(numbers.canonical(joined.cells[name]), where)
    negative = values < 0
    if negative.any():
        position = int(negative.argmax())
        raise DataError(f"{where(position)}: {values[position]:g} is negative; counts are at least 0")
    return values
