"""Clusterings of curves in blocks: by passes over all of them or by a sample, with labels that are computed when asked.

What is fitted is an ordinary estimator, but for `labels_`, which is as long as the curves, and lazy.
"""

from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from tsshape import _kernels
from tsshape._blocks import Blocks, Kept, as_blocks, draw_rows, is_in_blocks, rows_by_block
from tsshape._errors import DataError
from tsshape._panels import check_series, is_unequal
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.cluster._lloyd import Lloyd
from tsshape.cluster._lloyd_in_blocks import BY_SUMS, BlockLloyd, Centers, weights_of
from tsshape.cluster._minibatch import add_batch
from tsshape.cluster._prototypes import log_fit
from tsshape.metrics import Metric, get_metric

# Curves that seeds are sought from, or prototypes whose averages are no sums: k-means of as many takes seconds.
SEED_CURVES = 2**15
# Curves that k-medoids, and mean shift, whose time is quadratic, are fitted on.
MEDOID_CURVES, SHIFT_CURVES = 2**17, 20_000


class First(NamedTuple):
    """What a first pass over curves in blocks finds.

    `sample` are the curves of some `rows`, and `share` their weights; `middle` is the mean of evenly spaced curves;
    `unequal` says whether some curve is shorter than the longest.
    """

    rows: IntArray
    sample: Floats
    share: FloatArray
    middle: Floats
    unequal: bool


def fit_kmeans(model: Any, X: Any, sample_weight: Any) -> None:
    """Fit a `ShapeKMeans`: by passes over all curves, from centres that are given or those of a sample.

    Where the average is no sum, the prototypes are those of the sample.
    """
    began, blocks = perf_counter(), as_blocks(X)
    metric, parameters = model._check_parameters()  # noqa: SLF001 - the model hands itself over
    weights = _split_weights(blocks, sample_weight)
    first = _look(model, blocks, weights, SEED_CURVES)
    given = not isinstance(model.init, str)
    by_sums = metric.average in BY_SUMS
    if given and by_sums:
        centers, n_iter, model.sample_size_ = model._given_centers(first.sample), 0, 0  # noqa: SLF001
    else:
        start = clone(model).fit(first.sample, sample_weight=first.share)
        centers, n_iter, model.sample_size_ = start.prototypes_, start.n_iter_, len(first.rows)
    lloyd = BlockLloyd(blocks, weights, unequal=first.unequal, middle=first.middle)
    if by_sums and (given or len(first.rows) < blocks.shape[0]):
        tol = model.tol * Lloyd(first.sample, first.share, metric, parameters).variance
        centers, n_iter = lloyd.iterate(Centers(centers, metric, parameters), max_iter=model.max_iter, tol=tol)
    model.prototypes_, model.n_iter_ = centers, n_iter
    model.inertia_, totals = lloyd.measure(Centers(centers, metric, parameters), power=metric.power)
    counts = totals.reshape(-1, *[1] * (centers.ndim - 1))
    model.counts_ = np.broadcast_to(counts, centers.shape).copy()
    _finish(model, blocks, began)


def fit_batches(model: Any, X: Any, sample_weight: Any) -> None:
    """Update a `ShapeKMeans` by one block after the other."""
    blocks = as_blocks(X)
    metric, parameters = model._check_parameters()  # noqa: SLF001
    weights = _split_weights(blocks, sample_weight)
    first = _look(model, blocks, weights, SEED_CURVES)
    if hasattr(model, "counts_"):
        centers, counts = model.prototypes_.astype(blocks.dtype, copy=False), model.counts_
    else:
        centers = model._first_centers(first.sample, first.share, metric, parameters)  # noqa: SLF001
        counts = np.zeros(centers.shape)
    state = blocks.fold(_add_block, (centers, counts), metric, parameters, along=[weights])
    model.prototypes_, model.counts_ = state
    found = Centers(model.prototypes_, metric, parameters)
    model.inertia_, model.n_iter_ = BlockLloyd(blocks, weights).measure(found, power=metric.power)[0], 1
    _describe_input(model, blocks)
    model.labels_ = model.predict(blocks)


def fit_kmedoids(model: Any, X: Any, sample_weight: Any) -> None:
    """Fit a `ShapeKMedoids` to a sample; its inertia is that of all curves."""
    began, blocks = perf_counter(), as_blocks(X)
    metric, parameters = model._check_parameters()  # noqa: SLF001
    weights = _split_weights(blocks, sample_weight)
    first = _look(model, blocks, weights, MEDOID_CURVES)
    start = clone(model).fit(first.sample, sample_weight=first.share)
    model.prototypes_, model.n_iter_, model.sample_size_ = start.prototypes_, start.n_iter_, len(first.rows)
    model.medoid_indices_ = first.rows[start.medoid_indices_]
    found = Centers(model.prototypes_, metric, parameters)
    model.inertia_ = BlockLloyd(blocks, weights).measure(found, power=1)[0]
    _finish(model, blocks, began)


def fit_mean_shift(model: Any, X: Any) -> None:
    """Fit a `ShapeMeanShift` to a sample."""
    began, blocks = perf_counter(), as_blocks(X)
    first = _look(model, blocks, _split_weights(blocks, None), SHIFT_CURVES)
    start = clone(model).fit(first.sample)
    for name in ("prototypes_", "modes_", "bandwidth_", "n_iter_"):
        setattr(model, name, getattr(start, name))
    model.sample_size_ = len(first.rows)
    _finish(model, blocks, began)


def score_blocks(model: Any, X: Any, sample_weight: Any) -> float:
    """Return minus the inertia of curves in blocks under the prototypes of a `ShapeKMeans`."""
    blocks, metric = as_blocks(X), get_metric(model.metric)
    prototypes = model.prototypes_.astype(blocks.dtype, copy=False)
    centers = Centers(prototypes, metric, metric.bind(model.metric_params or {}))
    return -BlockLloyd(blocks, _split_weights(blocks, sample_weight)).measure(centers, power=metric.power)[0]


def _finish(model: Any, blocks: Blocks, began: float) -> None:
    """Set what depends on the prototypes, and log the fit."""
    _describe_input(model, blocks)
    model.labels_ = model.predict(blocks)
    log_fit(model, blocks.shape[0], began)


def _describe_input(model: Any, blocks: Blocks) -> None:
    """Set what scikit-learn says of the input: blocks have no names of columns, and channels no number of them."""
    for name in ("feature_names_in_", "n_features_in_"):
        vars(model).pop(name, None)
    if len(blocks.shape) == 2:  # noqa: PLR2004
        model.n_features_in_ = blocks.shape[1]


def _split_weights(blocks: Blocks, sample_weight: Any) -> Kept:
    """Return the weights of the curves by block, by default 1; they are checked where they are used."""
    if sample_weight is None:
        return [None] * len(blocks.n_rows)
    values = sample_weight if is_in_blocks(sample_weight) else np.asarray(sample_weight)
    weights = blocks.keep(_check_weights, along=[blocks.split(values, "sample_weight")], curves=False)
    if not blocks.sum(_total, along=[weights], curves=False)[0] > 0:
        raise ValueError("sample_weight is 0 for all curves")
    return weights


def _look(model: Any, blocks: Blocks, weights: Kept, size: int) -> First:
    """Pass over the curves once: refuse what no block may hold, and draw a sample."""
    metric, n_curves = get_metric(model.metric), blocks.shape[0]
    rows = draw_rows(n_curves, size, check_random_state(model.random_state))
    # Euclidean steps in memory take the middle of as many, so that ties fall alike.
    evenly = np.arange(0, n_curves, -(-n_curves // _kernels.LLOYD_CHUNK))
    along = [rows_by_block(blocks.n_rows, each) for each in (rows, evenly)]
    found = blocks.map(_check_and_take, metric.elastic, along=along)
    sample, spread = (np.concatenate([each[item] for each in found]) for item in (1, 2))
    share = np.concatenate(blocks.map(_pick, along=[weights, along[0]], curves=False))
    if not share.any():
        raise DataError(
            f"sample_weight is 0 for all of the {len(rows):,} curves that centres are sought from: leave out those of "
            "weight 0"
        )
    middle = spread.mean(axis=0, dtype=np.float64).astype(blocks.dtype)
    return First(rows, sample, share, middle, unequal=any(each[0] for each in found))


# What follows is called with the curves of one block.


def _check_and_take(X: Floats, elastic: Any, rows: IntArray, others: IntArray) -> tuple[bool, Floats, Floats]:
    """Refuse what curves may not hold; return whether lengths differ, and some curves, twice."""
    check_series(X, unequal=elastic)
    return is_unequal(X), X[rows], X[others]


def _check_weights(_: None, weights: Any) -> FloatArray:
    """Return the weights of a block as float64; refuse a negative one."""
    wide = np.asarray(weights, dtype=np.float64)
    bad = ~((wide >= 0) & (wide < np.inf))
    if bad.any():
        raise DataError(f"sample_weight holds {wide[bad][0]} at row {int(bad.argmax())} of a block of {len(wide):,}")
    return wide


def _total(_: None, weights: FloatArray) -> tuple[float]:
    """Return the sum of the weights."""
    return (float(weights.sum()),)


def _pick(_: None, weights: Any, rows: IntArray) -> FloatArray:
    """Return the weights of some rows."""
    return np.ones(len(rows)) if weights is None else weights[rows]


def _add_block(
    X: Floats, state: tuple[Floats, FloatArray], metric: Metric, parameters: dict[str, Any], weights: Any
) -> tuple[Floats, FloatArray]:
    """Return centres and counts after one more batch."""
    return add_batch(X, weights_of(X, weights), *state, metric=metric, parameters=parameters, n_threads=1)
