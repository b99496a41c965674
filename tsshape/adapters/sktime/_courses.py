"""How the curves of posts go on: as a model says up to its last day, and as a walk from there on."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray
from tsshape._validation import LARGEST
from tsshape.adapters.sktime._walk import Walk, walk_on


class Course(NamedTuple):
    """The days of a post that were seen, and its curve as far as a model knows it, with the ends of its interval.

    Without a model, and for a post that is older than the model's last day, all of them are what was seen. `late` is
    how many days before the cutoff the last one seen is.
    """

    seen: FloatArray
    late: int
    curve: FloatArray
    lower: FloatArray
    upper: FloatArray


def point_forecasts(courses: Iterable[Course], steps: Iterable[IntArray]) -> FloatArray:
    """The forecasts so many steps after the cutoff, one post after the other."""
    return np.concatenate([_go_on(each, ahead).middle for each, ahead in zip(courses, steps, strict=True)])


def interval_ends(
    courses: Iterable[Course], steps: Iterable[IntArray], coverage: float
) -> tuple[FloatArray, FloatArray]:
    """The ends of the intervals so many steps after the cutoff, one post after the other."""
    lowers, uppers = [], []
    for each, ahead in zip(courses, steps, strict=True):
        middle, error, freedom = _go_on(each, ahead)
        width = student.ppf((1 + coverage) / 2, freedom) * error
        day, last = _day(each, ahead), len(each.curve)
        beyond = np.where(day <= last, 0.0, middle - each.curve[-1])
        position = np.minimum(day, last) - 1
        lowers.append(np.maximum(each.lower[position] + beyond - width, _floor(each.seen)))
        uppers.append(each.upper[position] + beyond + width)
    return np.concatenate(lowers), np.concatenate(uppers)


def seen_days(values: FloatArray, *, from_zero: bool) -> tuple[FloatArray, int]:
    """The values up to the last one that is not missing, and how many are missing after it.

    Missing ones between are on the straight line between their neighbours; those before the first are, too, where the
    curve begins at 0 before day 1, and are left out where it does not.
    """
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return values[:0], len(values)
    first, last = 0 if from_zero else known[0], known[-1] + 1
    times, given = known, values[known]
    if from_zero:
        times, given = np.concatenate([[-1], times]), np.concatenate([[0.0], given])
    return np.interp(np.arange(first, last), times, given), len(values) - int(last)


def check_finite(values: FloatArray, name: str) -> FloatArray:
    """The values, refused where one is infinite, or too large for sums of them to be finite."""
    if np.nanmax(np.abs(values), initial=0.0) > LARGEST:
        raise DataError(f"y: {name!r} holds a value beyond {LARGEST:g}")
    return values


def _floor(seen: FloatArray) -> float:
    """What a curve cannot fall below: its last value, where it has never fallen."""
    return float(seen[-1]) if len(seen) and (np.diff(seen) >= 0).all() else -np.inf


def _day(course: Course, ahead: IntArray) -> IntArray:
    """The days so many steps after the cutoff."""
    days: IntArray = len(course.seen) + course.late + ahead
    return days


def _go_on(course: Course, ahead: IntArray) -> Walk:
    """The forecasts of a post, with the errors that the walk adds."""
    day, last = _day(course, ahead), len(course.curve)
    walk = walk_on(course.curve, np.maximum(day - last, 0))
    return walk._replace(middle=np.where(day <= last, course.curve[np.minimum(day, last) - 1], walk.middle))
