"""From samples to curves on a regular grid."""

from typing import NamedTuple

import numpy as np

from tsshape._typing import FloatArray, IntArray
from tsshape.data._resample import interpolate_curve

# A last sample that is early by at most so much of a step still reaches the step.
TOLERANCE = 0.02
_ON_GRID = 1e-9


class Grid(NamedTuple):
    """Curves, and what was missing between samples.

    Attributes
    ----------
    curves : array of shape (n_posts, n_times)
        NaN where missing.
    wide_gaps : int
        Number of gaps between two samples of more than the allowed steps.
    early : int
        Number of posts whose last sample reaches its step within the tolerance only.
    """

    curves: FloatArray
    wide_gaps: int
    early: int


def n_steps_reached(elapsed: FloatArray) -> int:
    """Return the number of steps that the oldest post has; at least 1."""
    return max(1, int(np.floor(elapsed.max(initial=0.0) + TOLERANCE)))


def to_grid(
    bounds: IntArray, elapsed: FloatArray, values: FloatArray, n_times: int, *, max_gap: int, fill: bool
) -> Grid:
    """Return curves at the steps 1…n_times.

    Parameters
    ----------
    bounds : array of int of shape (n_posts + 1,)
        Where the samples of each post begin, and where the last ones end.
    elapsed, values : array of shape (n_samples,)
        Steps since upload, ascending within a post, and counts.
    n_times : int
        Length of the grid.
    max_gap : int
        Samples further apart, in steps, leave the steps between them missing.
    fill : bool
        Whether steps between samples are interpolated (`resample`); otherwise they are missing.
    """
    n_posts = len(bounds) - 1
    elapsed, early = _reach_steps(elapsed, bounds[1:][np.diff(bounds) > 0] - 1)
    post = np.repeat(np.arange(n_posts), np.diff(bounds))
    curves = np.full((n_posts, n_times), np.nan)
    step = np.rint(elapsed)
    exact = np.abs(elapsed - step) < _ON_GRID
    inside = exact & (step >= 1) & (step <= n_times)
    before = np.where(np.diff(post, prepend=-1) == 0, np.roll(elapsed, 1), 0.0)
    gap = elapsed - before
    if fill:
        between = np.bincount(post, weights=(gap > 1 + _ON_GRID) | ~exact, minlength=n_posts) > 0
        grid = np.arange(1.0, n_times + 1)
        for row in np.flatnonzero(between):
            part = slice(bounds[row], bounds[row + 1])
            curve = interpolate_curve(elapsed[part], values[part], grid)
            curves[row, : len(curve)] = curve
    too_wide = np.flatnonzero(gap > max_gap + TOLERANCE)
    for sample in too_wide if fill else ():
        curves[post[sample], int(np.floor(before[sample])) : int(np.ceil(elapsed[sample]) - 1)] = np.nan
    curves[post[inside], step[inside].astype(np.int64) - 1] = values[inside]
    return Grid(curves, len(too_wide), early)


def _reach_steps(elapsed: FloatArray, last: IntArray) -> tuple[FloatArray, int]:
    """Return times whose last of each post are put on a step that they nearly reach, and the number of those."""
    whole = np.ceil(elapsed[last] - _ON_GRID)
    early = (whole - elapsed[last] > _ON_GRID) & (whole - elapsed[last] <= TOLERANCE)
    elapsed = elapsed.copy()
    elapsed[last[early]] = whole[early]
    return elapsed, int(early.sum())


def carry_forward(curves: FloatArray, n_steps: IntArray) -> FloatArray:
    """Return curves in which a step without a count has that of the step before, up to each post's number of steps."""
    filled = np.column_stack([np.zeros(len(curves)), curves])
    known = np.where(np.isnan(filled), 0, np.arange(filled.shape[1]))
    carried = np.take_along_axis(filled, np.maximum.accumulate(known, axis=1), axis=1)[:, 1:]
    over = np.arange(1, curves.shape[1] + 1) <= n_steps[:, np.newaxis]
    result: FloatArray = np.where(over, carried, np.nan)
    return result


def gaps_within(curves: FloatArray) -> int:
    """Return the number of missing steps before the last count of their curve."""
    known = ~np.isnan(curves)
    later = np.logical_or.accumulate(known[:, ::-1], axis=1)[:, ::-1]
    return int((~known & later).sum())
