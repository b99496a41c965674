"""Forecasts of posts: by a model up to its last day, and by a random walk from there on."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray
from tsshape._validation import LARGEST
from tsshape.adapters.sktime._walk import Walk, walk_on


class Course(NamedTuple):
    """The observed days of a post, and its curve up to the last day that a model forecasts, with an interval.

    Without a model, and for a post that is older than the model's last day, curve and interval are the observed days.
    `n_unobserved` is the number of days between the last observed one and the cutoff.
    """

    observed: FloatArray
    n_unobserved: int
    curve: FloatArray
    lower: FloatArray
    upper: FloatArray


def point_forecasts(courses: Iterable[Course], steps: Iterable[IntArray]) -> FloatArray:
    """Return the forecasts at the given steps after the cutoff, one post after the other."""
    return np.concatenate([_extend(each, ahead).middle for each, ahead in zip(courses, steps, strict=True)])


def interval_ends(
    courses: Iterable[Course], steps: Iterable[IntArray], coverage: float
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the intervals at the given steps after the cutoff, one post after the other."""
    lowers, uppers = [], []
    for each, ahead in zip(courses, steps, strict=True):
        middle, error, freedom = _extend(each, ahead)
        width = student.ppf((1 + coverage) / 2, freedom) * error
        day, last = _day(each, ahead), len(each.curve)
        beyond = np.where(day <= last, 0.0, middle - each.curve[-1])
        position = np.minimum(day, last) - 1
        lowers.append(np.maximum(each.lower[position] + beyond - width, _floor(each.observed)))
        uppers.append(each.upper[position] + beyond + width)
    return np.concatenate(lowers), np.concatenate(uppers)


def observed_days(values: FloatArray, *, from_zero: bool) -> tuple[FloatArray, int]:
    """Return the values up to the last one that is not missing, and the number of missing ones after it.

    Missing values between others are interpolated. Those before the first are interpolated from 0 on day 0 with
    `from_zero`, and left out without.
    """
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return values[:0], len(values)
    first, last = 0 if from_zero else known[0], known[-1] + 1
    times, counts = known, values[known]
    if from_zero:
        times, counts = np.concatenate([[-1], times]), np.concatenate([[0.0], counts])
    return np.interp(np.arange(first, last), times, counts), len(values) - int(last)


def check_finite(values: FloatArray, name: str) -> FloatArray:
    """Return the values; refuse one that is infinite, or too large for sums to stay finite."""
    if np.nanmax(np.abs(values), initial=0.0) > LARGEST:
        raise DataError(f"y: {name!r} holds a value beyond {LARGEST:g}")
    return values


def _floor(observed: FloatArray) -> float:
    """Return the lower limit of a curve: its last observed value, if it has never decreased."""
    return float(observed[-1]) if len(observed) and (np.diff(observed) >= 0).all() else -np.inf


def _day(course: Course, ahead: IntArray) -> IntArray:
    """Return the days at the given steps after the cutoff."""
    days: IntArray = len(course.observed) + course.n_unobserved + ahead
    return days


def _extend(course: Course, ahead: IntArray) -> Walk:
    """Forecast a post, with the standard errors that the walk adds."""
    day, last = _day(course, ahead), len(course.curve)
    walk = walk_on(course.curve, np.maximum(day - last, 0))
    return walk._replace(middle=np.where(day <= last, course.curve[np.minimum(day, last) - 1], walk.middle))
