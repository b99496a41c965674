"""Modes of the density of points under a flat window: where seeds start, how they move, and which are kept."""

import warnings
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import gen_batches

from tsshape import _kernels
from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray

# Distances that one thread holds at once, 8 MB: enough for efficient matrix products, and about what a cache holds.
BLOCK_CELLS = 2**20
# Points that are looked at together when seeds are chosen.
COVER_BLOCK = 256
# Seeds that meet go on as one: on average a seed has made so many moves by then. With few blocks no time is estimated.
USUAL_MOVES, FEW_BLOCKS, LONG_SECONDS = 6, 50, 60.0
# A seed has converged when it moves less than this share of the bandwidth; scikit-learn uses the same.
STOP = 1e-3
# Squared distances are differences of squared lengths: below this share of the longest they are rounding errors.
NARROWEST = 1e-6


class Density(NamedTuple):
    """Distinct points about their mean `center`, their squared lengths, and points times counts beside the counts."""

    points: FloatArray
    center: FloatArray
    lengths: FloatArray
    weighted: FloatArray
    bandwidth: float


class Peaks(NamedTuple):
    """Where seeds have converged, the number of curves in their last windows, and the middles of these windows."""

    modes: FloatArray
    counts: FloatArray
    windows: FloatArray


def center_points(points: FloatArray, counts: FloatArray, bandwidth: float) -> Density:
    """Center the points, and compute what does not change while seeds move."""
    center = points.mean(axis=0)
    # Far from 0, the differences of squared lengths would lose their digits.
    centered = points - center
    lengths = np.einsum("ij,ij->i", centered, centered)
    # A squared distance is up to four times the greatest squared length.
    if not lengths.max() < np.finfo(np.float64).max / 8:
        raise DataError("the squares of the curves' values are too large for a float: rescale the curves")
    narrowest = NARROWEST * float(np.sqrt(lengths.max()))
    if bandwidth < narrowest:
        raise ValueError(f"bandwidth must be at least {narrowest:.3g} for curves this far apart; got {bandwidth:.3g}")
    return Density(centered, center, lengths, np.column_stack((centered * counts[:, None], counts)), bandwidth)


def cover(density: Density, n_threads: int) -> FloatArray:
    """Choose points, one after the other, such that every point is within half a bandwidth of one that is chosen."""
    left, chosen = np.arange(len(density.points)), []
    while len(left):
        first, left = left[:COVER_BLOCK], left[COVER_BLOCK:]
        near = _within(density, first, first)
        kept, open_ = [], np.ones(len(first), bool)
        while open_.any():
            kept.append(int(np.argmax(open_)))
            open_ &= ~near[kept[-1]]
        chosen.append(first[kept])
        far = np.empty(len(left), bool)

        def test(rows: slice, left: IntArray = left, far: Any = far) -> None:
            far[rows] = ~_within(density, left[rows], chosen[-1]).any(axis=1)

        _kernels.run_chunks(test, [*gen_batches(len(left), BLOCK_CELLS // COVER_BLOCK)] if len(left) else [], n_threads)
        left = left[far]
    return density.points[np.concatenate(chosen)]


def _within(density: Density, rows: IntArray, others: IntArray) -> Any:
    """Return which points are within half a bandwidth of which others; every point is of itself."""
    squares = density.lengths[rows, None] + density.lengths[others]
    squares -= 2 * density.points[rows] @ density.points[others].T
    return (squares <= (density.bandwidth / 2) ** 2) | (rows[:, None] == others)


def warn_of_time(density: Density, n_seeds: int, n_threads: int, *, bin_seeding: bool) -> None:
    """Warn if the seeds are likely to take longer than a minute, by the time of one block of them."""
    block = max(1, BLOCK_CELLS // len(density.points))
    n_blocks = -(-n_seeds // block)
    if n_blocks < FEW_BLOCKS:
        return
    seconds = []
    for _ in range(2):
        start = perf_counter()
        _sum_inside(density, density.weighted, density.points[:block])
        seconds.append(perf_counter() - start)
    # The first call also pays for what is not in the cache yet.
    estimate = min(seconds) * n_blocks * USUAL_MOVES / min(n_threads, n_blocks)
    if estimate > LONG_SECONDS:
        remedy = "take another clustering" if bin_seeding else "bin_seeding=True takes fewer seeds"
        warnings.warn(
            f"mean shift of {n_seeds:,} seeds among {len(density.points):,} distinct curves takes about "
            f"{estimate / 60:.0f} min: {remedy}",
            stacklevel=3,
        )


def shift(density: Density, seeds: FloatArray, max_iter: int, n_threads: int) -> tuple[Peaks, int]:
    """Move the seeds until all have converged; return the peaks and the most moves of one seed."""
    arrived, n_moves = [], 0
    block = max(1, BLOCK_CELLS // len(density.points))
    with _kernels.shared_threads(n_threads):
        while len(seeds):
            sums = np.empty((len(seeds), density.weighted.shape[1]))
            _kernels.run_chunks(partial(_sum_block, density, seeds, sums), [*gen_batches(len(seeds), block)], n_threads)
            means = sums[:, :-1] / sums[:, -1:]
            moved = np.linalg.norm(means - seeds, axis=1) > STOP * density.bandwidth
            stays = ~moved | (n_moves == max_iter)
            arrived.append(Peaks(means[stays], sums[stays, -1], seeds[stays]))
            # Seeds that have met go on as one.
            seeds = np.unique(means[~stays], axis=0)
            n_moves += bool(len(seeds))
    return Peaks(*(np.concatenate(arrays) for arrays in zip(*arrived, strict=True))), n_moves


def _sum_block(density: Density, seeds: FloatArray, sums: FloatArray, rows: slice) -> None:
    """Fill in the sums of a block of seeds."""
    sums[rows] = _sum_inside(density, density.weighted, seeds[rows])


def _sum_inside(density: Density, values: FloatArray, middles: FloatArray) -> FloatArray:
    """Sum the rows of `values` over the points in the window about each middle."""
    inside = (-2 * middles) @ density.points.T
    inside += density.lengths
    limits = density.bandwidth**2 - np.einsum("ij,ij->i", middles, middles)
    np.less_equal(inside, limits[:, None], out=inside)
    sums: FloatArray = inside @ values
    return sums


def mean_curves(density: Density, totals: FloatArray, middles: FloatArray) -> FloatArray:
    """Average the curves in the window about each middle; `totals` are the sums of the curves at each point."""
    values = np.column_stack((totals, density.weighted[:, -1]))
    block = max(1, BLOCK_CELLS // len(density.points))
    sums = [_sum_inside(density, values, middles[rows]) for rows in gen_batches(len(middles), block)]
    whole = np.concatenate(sums)
    means: FloatArray = whole[:, :-1] / whole[:, -1:]
    return means


def merge(peaks: Peaks, bandwidth: float) -> Peaks:
    """Keep the peaks with the most curves, each instead of all others within the bandwidth."""
    left = np.lexsort((*peaks.modes.T[::-1], peaks.counts))[::-1]
    kept = []
    while len(left):
        kept.append(left[0])
        left = left[np.linalg.norm(peaks.modes[left] - peaks.modes[left[0]], axis=1) > bandwidth]
    return Peaks(*(array[kept] for array in peaks))
