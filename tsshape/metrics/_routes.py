"""Matrices of distances, by the fastest route of the metric."""

from typing import Any

import numpy as np

from tsshape import _kernels
from tsshape._errors import DataError, foreign_code
from tsshape._panels import by_length, is_unequal
from tsshape._typing import Floats
from tsshape._validation import choose_dtype
from tsshape.metrics._compiling import compile_errors, explain_failure
from tsshape.metrics._input import kernel_call, pack, pack_unequal, takes_unequal, window_steps
from tsshape.metrics._metric import WINDOW, Metric
from tsshape.metrics._unequal import matrix_by_lengths

LOCKSTEP = ("euclidean", "sqeuclidean", "manhattan", "minkowski", "area")


def compute_distances(
    metric: Metric, X: Floats, Y: Floats | None, parameters: dict[str, Any], n_threads: int, *, route: str | None = None
) -> Floats:
    """Compute distances, shape (n, m), between checked panels; `Y` None stands for `X`."""
    chosen = route or metric.routes[0]
    if is_unequal(X) or (Y is not None and is_unequal(Y)):
        if chosen == "kernel" and takes_unequal(parameters):
            return _by_unequal_kernel(metric, X, Y, parameters, n_threads)
        return matrix_by_lengths(
            lambda first, second: compute_distances(metric, first, second, parameters, n_threads, route=chosen),
            X,
            Y,
            symmetric=metric.symmetric,
        )
    if chosen == "kernel":
        return _by_kernel(metric, X, Y, parameters, n_threads)
    if chosen == "embed":
        return _by_embedding(metric, X, Y, parameters, n_threads)
    if chosen == "batch":
        found = _by_batch(metric, X, Y, parameters)
    else:
        try:
            found = _by_function(metric, chosen, X, Y, parameters, n_threads=n_threads)
        except compile_errors() as error:
            # numba's own report, which is long, is in the cause.
            raise ValueError(explain_failure(metric, chosen, error)) from error
    return _check_distances(found, metric, chosen)


def prepare_curves(metric: Metric, X: Floats, parameters: dict[str, Any]) -> Floats:
    """Return the curves as the kernel of the metric takes them, checked."""
    if metric.prepare is None:
        return X
    if is_unequal(X):
        parts = [(rows, prepare_curves(metric, same, parameters)) for rows, same in by_length(X)]
        curves = np.full((len(X), *parts[0][1].shape[1:-1], X.shape[-1]), np.nan, dtype=X.dtype)
        for rows, part in parts:
            curves[rows, ..., : part.shape[-1]] = part
        return curves
    known = {name: parameters[name] for name in metric.prepared_by}
    prepared = np.asarray(metric.prepare(_channels_as_rows(X), **known))
    # Several values a step are channels, and those of several channels are joined.
    curves = np.ascontiguousarray(prepared.reshape(len(X), -1, prepared.shape[-1]))
    curves = curves if curves.shape[1] > 1 else curves[:, 0]
    _check_finite(curves, f"preparing curves for the metric {metric.name!r}")
    return curves


def embed_curves(metric: Metric, X: Floats, parameters: dict[str, Any]) -> Floats:
    """Return the embedding of the curves, checked; float64 unless the metric returns float32."""
    assert metric.embed is not None  # noqa: S101
    rows = _channels_as_rows(X)
    vectors = _call(metric, "embed", metric.embed, rows, parameters=parameters)
    vectors = np.ascontiguousarray(vectors, dtype=choose_dtype(vectors.dtype))
    if vectors.ndim != 2 or len(vectors) != len(rows) or not vectors.shape[1]:  # noqa: PLR2004
        raise DataError(
            f"the route embed of metric {metric.name!r} must give one vector a curve, shape ({len(rows)}, d); "
            f"got {vectors.shape}"
        )
    vectors = vectors.reshape(len(X), -1)
    _check_finite(vectors, f"the route embed of metric {metric.name!r}")
    return vectors


def _channels_as_rows(X: Floats) -> Floats:
    """Return every channel of every curve as a row of its own."""
    return X.reshape(-1, X.shape[-1])


def _by_kernel(metric: Metric, X: Floats, Y: Floats | None, parameters: dict[str, Any], n_threads: int) -> Floats:
    """Compute distances by the built-in kernel on the prepared curves."""
    assert metric.kernel is not None  # noqa: S101
    first = prepare_curves(metric, X, parameters)
    second = None if Y is None else prepare_curves(metric, Y, parameters)
    if metric.kernel in LOCKSTEP:
        found = _kernels.lockstep(metric.kernel, first, second, n_threads, pack(parameters, 0, 0))
    else:
        lengths = first.shape[-1], (first if second is None else second).shape[-1]
        kernel, packed = kernel_call(metric, parameters, *lengths)
        found = _kernels.elastic(kernel, first, second, packed, n_threads)
    return _check_distances(found, metric, "kernel") if _may_overflow(first, second, X.dtype) else found


def _by_unequal_kernel(
    metric: Metric, X: Floats, Y: Floats | None, parameters: dict[str, Any], n_threads: int
) -> Floats:
    """Compute distances between curves of unequal lengths by the built-in kernel on the prepared curves."""
    assert metric.kernel is not None  # noqa: S101
    first = prepare_curves(metric, X, parameters)
    second = None if Y is None else prepare_curves(metric, Y, parameters)
    packed = pack_unequal(metric, parameters)
    return _check_distances(
        _kernels.elastic_unequal(metric.kernel, first, second, *packed, n_threads), metric, "kernel"
    )


def _by_function(
    metric: Metric, route: str, X: Floats, Y: Floats | None, parameters: dict[str, Any], *, n_threads: int
) -> Floats:
    """Compute distances by the compiled cost or pair."""
    # Only if the metric claims to be symmetric, one half of the matrix is enough.
    other = X if Y is None and not metric.symmetric else Y
    lengths = X.shape[1], X.shape[1] if Y is None else Y.shape[1]
    if route == "cost":
        assert metric.cost is not None  # noqa: S101
        return _kernels.elastic_with_cost(metric.cost, X, other, window_steps(parameters[WINDOW], *lengths), n_threads)
    assert metric.pair is not None  # noqa: S101
    return _kernels.with_pair(metric.pair, X, other, pack(parameters, *lengths), n_threads, metric.symmetric)


def _by_embedding(metric: Metric, X: Floats, Y: Floats | None, parameters: dict[str, Any], n_threads: int) -> Floats:
    """Compute Euclidean distances of the embedded curves."""
    first = embed_curves(metric, X, parameters)
    second = None if Y is None else embed_curves(metric, Y, parameters)
    with np.errstate(over="ignore"):
        found = _kernels.lockstep("euclidean", first, second, n_threads).astype(X.dtype, copy=False)
    return _check_distances(found, metric, "embed") if _may_overflow(first, second, X.dtype) else found


def _by_batch(metric: Metric, X: Floats, Y: Floats | None, parameters: dict[str, Any]) -> Floats:
    """Compute distances by the vectorised function, in the dtype of the curves and exactly symmetric if claimed."""
    assert metric.batch is not None  # noqa: S101
    other = X if Y is None else Y
    found = _call(metric, "batch", metric.batch, X, other, parameters=parameters)
    if found.shape != (len(X), len(other)):
        raise DataError(
            f"the route batch of metric {metric.name!r} must give a matrix of shape {(len(X), len(other))}; "
            f"got {found.shape}"
        )
    with np.errstate(over="ignore"):
        distances: Floats = found.astype(X.dtype, copy=False)
    if Y is None and metric.symmetric:
        # The two halves of a vectorised result may differ in the last bit; clusterings need equal ones.
        upper = np.triu(distances)
        distances = upper + np.triu(distances, 1).T
    return distances


def _call(metric: Metric, route: str, function: Any, *curves: Floats, parameters: dict[str, Any]) -> Any:
    """Return what a function of a metric, which may be a plug-in's, gives for curves, as an array of real numbers."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    with foreign_code(f"the metric {metric.name!r} (route {route}) failed with", file):
        found = np.asarray(function(*curves, **parameters))
    if found.dtype.kind not in "fiub":
        raise DataError(f"the route {route} of metric {metric.name!r} must give real numbers; got {found.dtype}")
    return found


def _may_overflow(X: Floats, Y: Floats | None, dtype: np.dtype[Any]) -> bool:
    """Return whether sums of squares of the curves may overflow, without looking at the matrix."""
    limit = np.finfo(dtype).max ** 0.45
    return any(max(-values.min(), values.max()) > limit for values in (X, Y) if values is not None)


def _check_finite(values: Floats, what: str) -> None:
    """Refuse prepared or embedded curves that are not finite; the message names the row."""
    finite = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if not finite.all():
        raise DataError(f"{what} gives a value that is not finite for row {int(np.argmin(finite))} (counted from 0)")


def _check_distances(found: Floats, metric: Metric, route: str) -> Floats:
    """Refuse distances that are not finite, because of a fault of the route or an overflow."""
    # A finite sum, which takes no memory, implies finite terms; an infinite one may be an overflow of the sum itself.
    with np.errstate(over="ignore", invalid="ignore"):
        finite = bool(np.isfinite(found.sum(dtype=np.float64))) or bool(np.isfinite(found).all())
    if not finite:
        row, column = np.argwhere(~np.isfinite(found))[0]
        raise DataError(
            f"the metric {metric.name!r} (route {route}) gives {found[row, column]} for row {row} of X and row "
            f"{column} of the other curves (counted from 0): the distance is undefined or exceeds {found.dtype}"
        )
    return found
