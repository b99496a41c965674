"""Silhouettes and Dunn indices of many clusterings in one pass over the distances."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils import check_random_state

from tsshape import _kernels
from tsshape._blocks import is_in_blocks
from tsshape._errors import DataError
from tsshape._panels import is_unequal
from tsshape._threads import count_threads
from tsshape._typing import Curves, FloatArray, Floats, IntArray, RandomState
from tsshape._validation import Number, check_panel, check_parameters
from tsshape.cluster._cost import within_range
from tsshape.cluster._precomputed import check_matrix, is_precomputed, lookup, number_rows
from tsshape.cluster._silhouette_sample import (
    N_PARTS,
    Compared,
    Sample,
    Separations,
    draw_rows_of,
    draw_sample,
    estimate,
)
from tsshape.metrics import (
    Metric,
    MetricLike,
    check_panels,
    compute_distances,
    embed_curves,
    get_metric,
    prepare_curves,
)

# Few lock-step distances are computed from both of their curves: they take hardly longer than to be added up.
FEW_CURVES = 5000
# Of curves in blocks silhouettes are computed from so many, unless another number is asked for.
SAMPLE_OF_BLOCKS = 20_000
SAMPLE_SIZE = Number(2 * N_PARTS, integer=True, optional=True)
# Curves whose distances are checked for what a silhouette needs.
N_PROBES = 16


def silhouette(
    X: Curves,
    labels: Any,
    metric: MetricLike = "euclidean",
    *,
    sample_size: int | None = None,
    return_error: bool = False,
    random_state: RandomState = None,
    n_jobs: int | None = None,
    **params: Any,
) -> Any:
    """Mean silhouette of a clustering, or of each of many in one pass over the distances.

    The silhouette of a curve is (b - a) / max(a, b), where a is its mean distance to the other curves of its cluster
    and b the least of its mean distances to the curves of each other cluster; it is 0 in a cluster of one. It lies
    between -1 and 1, and higher values mean better separation. All distances are computed, of a symmetric metric mostly
    one half, but not held in memory.

    Parameters
    ----------
    X : DataFrame, array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), or list of arrays
        As in `tsshape.metrics.pairwise`, also of unequal lengths; float32 is computed in float32, everything else in
        float64.
    labels : array of shape (n_curves,) or (n_labelings, n_curves)
        Cluster of each curve, of any type; of shape (n_labelings, n_curves), each row is a clustering. Many
        clusterings take little more time than one. Noise, with the label -1, counts as one more cluster, as in
        scikit-learn: leave it out if that is not what you want.
    metric : str, Metric or callable
        As in `tsshape.metrics.pairwise`; it must be 0 between a curve and itself, and never negative. With
        "precomputed", `X` holds the distances between all curves, shape (n_curves, n_curves).
    sample_size : int, optional
        If there are more curves, this many are drawn, and at least 10 of each cluster; their silhouettes among each
        other are averaged, each cluster with the weight of its size. By default all curves, which takes quadratic time.
        Of a `dask.array` 20,000 curves are drawn; then labels are one clustering, numbered from 0.
    return_error : bool, default=False
        Also return the standard errors of a sample, 0 without one.
    random_state : int, RandomState or None
        Seed of the draw.
    n_jobs : int, optional
        Threads, by joblib's rules (None is 1, -1 all cores). The result is the same bits for any number.
    **params
        Parameters of the metric, such as `window`.

    Returns
    -------
    float or array of shape (n_labelings,), float64
        With `return_error`, a pair of these.

    Raises
    ------
    DataError
        If a curve is not finite (the row is named), a label is missing, or there is not one label for each curve.
    ValueError
        If a clustering has fewer than 2 clusters or more than n_curves - 1, or the metric or a parameter does not fit.

    References
    ----------
    P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis", Journal of
    Computational and Applied Mathematics 20, 53-65, 1987.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.0, 1.0], [0.1, 1.0], [0.9, 1.0], [1.0, 1.0]])
    >>> round(silhouette(shapes, ["late", "late", "early", "early"]), 3)
    0.889
    >>> silhouette(shapes, [[0, 0, 1, 1], [0, 1, 0, 1]]).round(3).tolist()
    [0.889, -0.444]
    """
    check_parameters({"sample_size": sample_size}, {"sample_size": SAMPLE_SIZE})
    labelings = labels if is_in_blocks(X) else np.atleast_2d(_as_array(labels))
    found = separations(
        X, labelings, metric, sample_size=sample_size, random_state=random_state, n_jobs=n_jobs, **params
    )
    many = not is_in_blocks(labels) and np.ndim(labels) > 1
    values, errors = (each if many else float(each[0]) for each in (found.silhouettes, found.errors))
    return (values, errors) if return_error else values


def silhouette_samples(
    X: Curves, labels: Any, metric: MetricLike = "euclidean", *, n_jobs: int | None = None, **params: Any
) -> FloatArray:
    """Silhouette of each curve in a clustering.

    Parameters
    ----------
    X : DataFrame, array or list of arrays
        As for `silhouette`.
    labels : array of shape (n_curves,)
        Cluster of each curve, of any type.
    metric, n_jobs, **params
        As for `silhouette`.

    Returns
    -------
    array of shape (n_curves,), float64
        Between -1 and 1; their mean is the `silhouette` of the clustering.

    Raises
    ------
    DataError, ValueError
        As in `silhouette`.

    References
    ----------
    As for `silhouette`.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.0, 1.0], [0.1, 1.0], [1.0, 1.0]])
    >>> silhouette_samples(shapes, [0, 0, 1]).round(3).tolist()
    [0.9, 0.889, 0.0]
    """
    labels = _as_array(labels)
    if labels.ndim != 1:
        raise DataError(f"labels must have 1 dimension, one label for each curve; got shape {labels.shape}")
    curves, distances, mirror = _distances(*_as_curves(X, metric), params, n_labelings=1)
    clusters = _check_labelings(labels[None], len(curves))
    samples = _kernels.silhouette_samples(distances, curves, clusters[0], count_threads(n_jobs), mirror=mirror)
    within_range(float(samples.sum()))
    return samples


def separations(
    X: Curves,
    labelings: Any,
    metric: MetricLike = "euclidean",
    *,
    dunn: bool = False,
    sample_size: int | None = None,
    random_state: RandomState = None,
    n_jobs: int | None = None,
    **params: Any,
) -> Separations:
    """Compute the mean silhouette and, if asked for, the Dunn index of each clustering, in one pass over the distances.

    The Dunn index is the least distance between curves of different clusters divided by the greatest within a cluster:
    infinite if all curves of each cluster are equal, 0 if two equal curves are in different clusters. Of a sample it is
    an upper bound. The error of a silhouette is told by the parts of the sample: how far theirs differ, and how far
    their mean is from that of the sample, since fewer curves shift it.

    References
    ----------
    J. C. Dunn, "Well-separated clusters and optimal fuzzy partitions", Journal of Cybernetics 4, 95-104, 1974.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.0, 1.0], [0.25, 1.0], [0.75, 1.0], [1.0, 1.0]])
    >>> separations(shapes, [[0, 0, 1, 1]], dunn=True).dunns.tolist()
    [2.0]
    """
    if is_in_blocks(X):
        rng = check_random_state(random_state)
        sample = draw_sample(X, labelings, sample_size or SAMPLE_OF_BLOCKS, rng)
        curves, _ = check_panels(sample.curves, None, get_metric(metric))
        compared = _distances(curves, metric, params, n_labelings=1)
        return estimate(sample, compared, rng, count_threads(n_jobs), dunn=dunn)
    (curves, metric), clusters = _as_curves(X, metric), _as_array(labelings)
    clusters, n_threads = _check_labelings(clusters, len(curves)), count_threads(n_jobs)
    if sample_size is None or sample_size >= len(curves):
        prepared, distances, mirror = _distances(curves, metric, params, n_labelings=len(clusters))
        silhouettes, dunns = _kernels.separations(distances, prepared, clusters, n_threads, dunn=dunn, mirror=mirror)
        within_range(float(silhouettes.sum()))
        return Separations(silhouettes, np.zeros(len(clusters)), dunns, len(curves))
    rng = check_random_state(random_state)
    drawn = draw_rows_of(clusters, sample_size, rng)
    sizes = [np.bincount(labels) for labels in clusters]
    sample = Sample(np.ascontiguousarray(curves[drawn]), clusters[:, drawn], sizes)
    return estimate(
        sample, _distances(sample.curves, metric, params, n_labelings=len(clusters)), rng, n_threads, dunn=dunn
    )


def _as_curves(X: Curves, metric: MetricLike) -> tuple[Floats, MetricLike]:
    """Return the curves and the metric; of given distances, the numbers of their rows and what looks them up."""
    if not is_precomputed(metric):
        return check_panels(X, None, get_metric(metric))[0], metric
    matrix = check_matrix(check_panel(X))
    return number_rows(matrix), lookup(matrix)


def _distances(curves: Floats, metric: MetricLike, params: dict[str, Any], *, n_labelings: int) -> Compared:
    """Return what the metric compares of the curves, and how."""
    chosen = get_metric(metric)
    parameters = chosen.bind(params)
    # Each curve is prepared or embedded once, not once per block.
    if chosen.routes[0] == "kernel":
        curves, chosen = prepare_curves(chosen, curves, parameters), replace(chosen, prepare=None)
    elif chosen.routes[0] == "embed" and not is_unequal(curves):
        vectors = embed_curves(chosen, curves, parameters)
        fit = np.abs(vectors).max() <= np.finfo(curves.dtype).max
        curves = vectors.astype(curves.dtype, copy=False) if fit else vectors
        chosen, parameters = get_metric("euclidean"), {}
    check_separable(curves, chosen, parameters)

    def distances(rows: Floats, block: Floats) -> Floats:
        if chosen.symmetric:
            return compute_distances(chosen, rows, None if block is rows else block, parameters, 1)
        return compute_distances(chosen, block, rows, parameters, 1).T

    cheap = chosen.kernel in _kernels.LOCKSTEP and (len(curves) < FEW_CURVES or n_labelings > 1)
    return Compared(curves, distances, chosen.symmetric and not cheap)


def check_separable(curves: Floats, metric: Metric, parameters: dict[str, Any], *, what: str = "a silhouette") -> None:
    """Refuse a metric that does not claim to be 0 between a curve and itself, or is not in a sample, or is negative."""
    sample = compute_distances(metric, curves[:N_PROBES], curves[:N_PROBES], parameters, 1)
    precision = np.finfo(sample.dtype).eps
    rounding = max(100 * precision, np.sqrt(precision) * np.abs(sample).max())
    if not metric.zero_self or sample.min() < -rounding or np.abs(sample.diagonal()).max() > rounding:
        raise ValueError(
            f"{what} compares distances, which are 0 from a curve to itself and never negative; {metric.name!r} "
            "is not so: take another metric, such as 'dtw'"
        )


def _as_array(labels: Any) -> npt.NDArray[Any]:
    """Return labels as an array; refuse clusterings of different lengths."""
    try:
        return np.asarray(labels)
    except ValueError as error:
        raise DataError(f"labels must be of shape (n_curves,) or (n_labelings, n_curves): {error}") from error


def _check_labelings(labelings: npt.NDArray[Any], n_curves: int) -> IntArray:
    """Return labels that count from 0 in each clustering, shape (n_labelings, n_curves)."""
    if labelings.ndim != 2 or labelings.shape[1] != n_curves or not len(labelings):  # noqa: PLR2004
        raise DataError(
            f"labels must have one label for each of the {n_curves} curves, in one row or in one row a clustering; "
            f"got shape {labelings.shape}"
        )
    clusters = np.empty(labelings.shape, np.int64)
    for number, labels in enumerate(labelings):
        clusters[number], found = pd.factorize(labels)
        where = f" in labeling {number} (counted from 0)" if len(labelings) > 1 else ""
        if clusters[number].min() < 0:
            raise DataError(f"the label of row {clusters[number].argmin()} (counted from 0) is missing{where}")
        if not 1 < len(found) < n_curves:
            valid = f"from 2 to n_curves - 1 = {n_curves - 1}"
            raise ValueError(f"the number of clusters must be {valid}; got {len(found)}{where}")
    return clusters
