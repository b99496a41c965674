"""How the curves of posts go on: as a model says up to its last day, and as a walk from there on."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from tsshape._typing import FloatArray, IntArray
from tsshape.adapters.sktime._walk import walk_on


class Course(NamedTuple):
    """The days of a post that were seen, and its curve as far as a model knows it, with the ends of its interval.

    Without a model, and for a post that is older than the model's last day, all of them are what was seen.
    """

    seen: FloatArray
    curve: FloatArray
    lower: FloatArray
    upper: FloatArray


def point_forecasts(courses: Iterable[Course], steps: Iterable[IntArray]) -> FloatArray:
    """The forecasts so many steps after the last day seen, one post after the other."""
    return np.concatenate([_go_on(each, ahead)[0] for each, ahead in zip(courses, steps, strict=True)])


def interval_ends(
    courses: Iterable[Course], steps: Iterable[IntArray], coverage: float
) -> tuple[FloatArray, FloatArray]:
    """The ends of the intervals so many steps after the last day seen, one post after the other."""
    width = norm.ppf((1 + coverage) / 2)
    lowers, uppers = [], []
    for each, ahead in zip(courses, steps, strict=True):
        middle, error = _go_on(each, ahead)
        within = len(each.seen) + ahead <= len(each.curve)
        day = np.where(within, len(each.seen) + ahead, len(each.curve)) - 1
        beyond = np.where(within, 0.0, middle - each.curve[-1])
        floor = each.seen[-1] if (np.diff(each.seen) >= 0).all() else -np.inf
        lowers.append(np.maximum(each.lower[day] + beyond - width * error, floor))
        uppers.append(each.upper[day] + beyond + width * error)
    return np.concatenate(lowers), np.concatenate(uppers)


def _go_on(course: Course, ahead: IntArray) -> tuple[FloatArray, FloatArray]:
    """The forecasts of a post, and what the walk adds to their standard error."""
    day = len(course.seen) + ahead
    last = len(course.curve)
    walked, error = walk_on(course.curve, np.maximum(day - last, 0))
    known = course.curve[np.minimum(day, last) - 1]
    return np.where(day <= last, known, walked), error
