"""Choose the number of clusters: each number of a range is measured by several criteria."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

import tsshape
from tsshape._blocks import is_in_blocks
from tsshape._html import format_shortly, html_table
from tsshape._panels import is_unequal
from tsshape._threads import count_threads
from tsshape._typing import Curves, FloatArray, Floats, IntArray, RandomState
from tsshape._validation import Number, check_choice, check_parameters
from tsshape.cluster._agreement import class_columns, match_classes
from tsshape.cluster._criteria import CLASS_COLUMNS, CRITERIA, class_columns_of, find_criterion
from tsshape.cluster._equal_distances import warn_of_equal_distances
from tsshape.cluster._lloyd import Lloyd
from tsshape.cluster._prototypes import COUNT, METRIC_CONSTRAINTS
from tsshape.cluster._recommend import Recommendation, recommend
from tsshape.cluster._selection_sample import SelectionSample, draw_curves
from tsshape.cluster._silhouette import SAMPLE_SIZE, check_separable, separations
from tsshape.cluster._sweep import Fits, bootstrap_agreement, calinski_harabasz, reference_inertia, sweep
from tsshape.cluster._validation import MAX_SEED, check_n_clusters, count_distinct
from tsshape.metrics import Metric, MetricLike, check_panels, get_metric

UserDefined: TypeAlias = Callable[[int, IntArray, Floats], float]


@dataclass(frozen=True, eq=False)
class ClusterSelection:
    """The result of `select_n_clusters`.

    Attributes
    ----------
    table : DataFrame
        Index `n_clusters`; for each criterion its mean over the seeds and, in a column with the suffix `_sd`, their
        standard deviation (of `gap` its standard error, of `stability` that over the pairs of samples); NaN where a
        criterion is not defined. If classes are known, `class_ari`, `class_nmi` and `class_accuracy` follow, by
        `class_agreement`, with theirs: they have no vote, and no part in what is recommended.
    votes : dict
        The number of clusters that each criterion votes for, None if for none.
    recommended : Recommendation
        `n_clusters` and the `reason`. The number is None where the criteria disagree, where fewer than three numbers
        were tried, and where they agree on the largest number tried, unless the curves allow no more, or on the
        smallest, unless it is 2 or less.
    sample : SelectionSample or None
        The sample of curves that silhouettes and Dunn indices are computed from; None if from all.

    Examples
    --------
    >>> centers = np.array([[0.1, 0.3, 1.0], [0.5, 0.9, 1.0], [0.9, 0.95, 1.0]])
    >>> shapes = np.repeat(centers, 30, axis=0) + np.random.default_rng(0).normal(0, 0.02, (90, 3))
    >>> choice = select_n_clusters(shapes, range(2, 6), criteria=["silhouette"], random_state=0)
    >>> choice.votes
    {'silhouette': 3}
    >>> len(choice.plot().axes)
    1
    """

    table: pd.DataFrame
    votes: Mapping[str, int | None]
    recommended: Recommendation
    sample: SelectionSample | None = None

    def _repr_html_(self) -> str:
        means = self.table[[*(name for name in self.votes if name in self.table), *class_columns_of(self.table)]]
        rows = [[str(k), *map(format_shortly, row)] for k, row in zip(means.index, means.to_numpy(), strict=True)]
        votes = ["vote", *("-" if self.votes.get(name) is None else str(self.votes[name]) for name in means)]
        k, reason = self.recommended
        caption = f"{'No number of clusters' if k is None else f'{k} clusters'}: {reason}"
        caption += f"; {self.sample.words}" if self.sample else ""
        return html_table(caption, [*rows, votes], header=("clusters", *means))

    def plot(self) -> Any:
        """The criteria against the number of clusters, as a matplotlib Figure."""
        return tsshape.plots.draw_selection(
            self.table, votes=self.votes, recommended=self.recommended.n_clusters, title="How many clusters"
        )


def select_n_clusters(
    X: Curves,
    k_values: Sequence[int],
    *,
    metric: MetricLike = "euclidean",
    metric_params: Mapping[str, Any] | None = None,
    criteria: Sequence[str | UserDefined] | None = None,
    classes: Any = None,
    n_seeds: int = 3,
    n_resamples: int = 5,
    sample_size: int | None = 20_000,
    n_jobs: int | None = None,
    random_state: RandomState = None,
    on_fit: Callable[[int, int], object] = lambda _done, _total: None,
) -> ClusterSelection:
    """Cluster by k-means with each number of clusters, and recommend the number that the criteria vote for, if any.

    Parameters
    ----------
    X : DataFrame, array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), or list of arrays
        Shapes, complete and finite, of several channels or unequal lengths where the metric and its average take them.
        Of a `dask.array` with more curves, 100,000 are drawn, which have their share of each block.
    k_values : sequence of int
        Numbers of clusters, at least 1 and at most the number of distinct curves.
    metric, metric_params
        As in `ShapeKMeans`.
    criteria : sequence of str or callable, optional
        Among `inertia`, `silhouette`, `calinski_harabasz`, `davies_bouldin`, `dunn`, `gap` and `stability`, and
        functions `criterion(k, labels, prototypes) -> float`, such as `tsshape.forecast.Predictability`. A function is
        called with the best clustering for each k; lower values are better, NaN stands for none, and of several values
        the table has mean and standard deviation. By default all that have a meaning under the metric, without `gap`
        and `stability`, which take further clusterings.
    classes : Series or array of shape (n_curves,), optional
        The known class of each curve, missing where it is not known; a Series is matched to a table by id. The
        clusterings are compared with it in further columns of the table. It has no influence on anything else.
    n_seeds : int, default=3
        Starts for each number of clusters.
    n_resamples : int, default=5
        Reference data sets of the gap statistic, and bootstrap samples of the stability, which takes at least 2.
    sample_size : int or None, default=20_000
        If there are more curves, silhouettes and Dunn indices, which take all distances, are computed from this many,
        which are drawn, and at least 10 of each cluster; each cluster has the weight of its size. All curves are
        clustered. None computes them from all curves, which takes quadratic time.
    n_jobs : int, optional
        Threads, by joblib's rules. The result is the same for any number.
    random_state : int, RandomState or None
        Seed of everything drawn.
    on_fit : callable, optional
        Called with the number of finished clusterings and the number of all.

    Returns
    -------
    ClusterSelection

    Raises
    ------
    DataError
        If a value is missing or infinite (the row is named), there are fewer distinct curves than clusters, or
        `classes` has another length or none that is known.
    ValueError
        If a criterion or parameter is unknown or out of range, or a criterion has no meaning under the metric.

    Warns
    -----
    UserWarning
        If all distances between curves that differ are equal, by a sample: then the clusters mean nothing.

    Notes
    -----
    The silhouettes and Dunn indices of all clusterings are computed in one pass over the distances, without a matrix in
    memory; of more than `sample_size` curves they are estimates, whose error `sample` states. Stability is the mean
    adjusted Rand index between clusterings of bootstrap samples, each with its own seed.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> centers = np.array([[0.1, 0.3, 1.0], [0.5, 0.9, 1.0], [0.9, 0.95, 1.0]])
    >>> shapes = np.repeat(centers, 30, axis=0) + rng.normal(0, 0.02, (90, 3))
    >>> select_n_clusters(shapes, range(1, 9), random_state=0).recommended.n_clusters
    3
    """
    chosen = get_metric(metric)
    named, user_defined = _split_criteria(criteria, chosen)
    check_parameters(
        {
            "metric_params": metric_params, "n_jobs": n_jobs, "n_seeds": n_seeds, "n_resamples": n_resamples,
            "sample_size": sample_size,
        },
        {
            **METRIC_CONSTRAINTS, "n_seeds": COUNT, "n_resamples": Number(1 + ("stability" in named), integer=True),
            "sample_size": SAMPLE_SIZE,
        },
    )  # fmt: skip
    parameters = chosen.bind(metric_params or {})
    rng = check_random_state(random_state)
    n_all = None
    if is_in_blocks(X):
        n_all, X = draw_curves(X, classes, rng)
    curves, _ = check_panels(X, None, chosen)
    if "gap" in named and is_unequal(curves):
        raise ValueError("the gap statistic draws curves of one length, and these have several: leave out 'gap'")
    known = None if classes is None else match_classes(classes, X)
    numbers = _check_k_values(k_values, curves)
    if any(CRITERIA[name].needs == "distances" for name in named):
        check_separable(curves, chosen, parameters)
    if numbers[-1] > 1:
        warn_of_equal_distances(curves, chosen, parameters)
    seeds, reference_seeds, sample_seeds = rng.randint(MAX_SEED, size=(3, max(n_seeds, n_resamples))).tolist()
    n_resampled = sum(CRITERIA[name].needs == "resamples" for name in named)
    counted = _counter(len(numbers) * (n_seeds + n_resampled * n_resamples), on_fit)
    lloyd = Lloyd(curves, np.ones(len(curves)), chosen, parameters, count_threads(n_jobs))
    fits = sweep(lloyd, numbers, seeds[:n_seeds], counted)
    columns, sample = _columns(lloyd, fits, named, sample_size, rng)
    if n_all is not None and n_all > len(curves):
        sample = sample or SelectionSample((), len(curves), n_all, None)
        sample = sample._replace(n_all=n_all, n_clustered=len(curves))
    if "gap" in named:
        columns |= _gap(fits, reference_inertia(lloyd, numbers, reference_seeds[:n_resamples], counted))
    if "stability" in named:
        agreement = bootstrap_agreement(lloyd, numbers, sample_seeds[:n_resamples], counted)
        columns |= _mean_and_spread("stability", agreement)
    for name, criterion in user_defined.items():
        columns |= _mean_and_spread(name, [_evaluate(criterion, k, fits) for k in numbers])
    of_classes = () if known is None else tuple(CLASS_COLUMNS)
    if known is not None:
        columns |= class_columns(known, [[fit.labels for fit in fits[k]] for k in numbers])
    wanted = [column for name in (*named, *user_defined, *of_classes) for column in (name, f"{name}_sd")]
    table = pd.DataFrame(columns, index=pd.Index(numbers, name="n_clusters"))[wanted]
    votes = {name: find_criterion(name).vote(table) for name in (*named, *user_defined)}
    most = count_distinct(curves, numbers[-1] + 1)
    return ClusterSelection(table, votes, recommend(votes, table, list(user_defined), most=most), sample)


def applicable_criteria(metric: MetricLike) -> tuple[str, ...]:
    """Return the criteria that have a meaning under a metric: if it may be negative, the inertia and the stability.

    Examples
    --------
    >>> applicable_criteria("soft_dtw")
    ('inertia', 'stability')
    """
    zero_self = get_metric(metric).zero_self
    return tuple(name for name, each in CRITERIA.items() if zero_self or each.any_metric)


def _split_criteria(
    criteria: Sequence[str | UserDefined] | None, metric: Metric
) -> tuple[list[str], dict[str, UserDefined]]:
    """Return the names of built-in criteria, and the user-defined criteria by their names."""
    if criteria is None:
        return [name for name in applicable_criteria(metric) if CRITERIA[name].needs != "resamples"], {}
    named: list[str] = []
    user_defined: dict[str, UserDefined] = {}
    for criterion in criteria:
        name = (
            str(getattr(criterion, "__name__", type(criterion).__name__.lower())) if callable(criterion) else criterion
        )
        if name in CLASS_COLUMNS:
            raise ValueError(f"a criterion cannot be called {name!r}: that column compares with known classes")
        if name in (*named, *user_defined):
            raise ValueError(f"two criteria are called {name!r}; the table has one column for each")
        if callable(criterion):
            user_defined[name] = criterion
            continue
        check_choice("criterion", name, tuple(CRITERIA))
        if name not in applicable_criteria(metric):
            raise ValueError(f"the criterion {name!r} has no meaning under {metric.name!r}; take 'dtw'")
        named.append(name)
    return named, user_defined


def _check_k_values(k_values: Sequence[int], curves: Floats) -> list[int]:
    """Return the distinct numbers of clusters in ascending order; refuse one that is out of range."""
    values = [*k_values]
    if not values:
        raise ValueError("k_values is empty: give at least one number of clusters")
    for k in values:
        COUNT.check("n_clusters", k)
    check_n_clusters(max(values), curves)
    return sorted({int(k) for k in values})


def _counter(total: int, on_fit: Callable[[int, int], object]) -> Callable[[], None]:
    """Return a function that counts its calls and reports the count to `on_fit`."""
    done = 0
    on_fit(done, total)

    def count() -> None:
        nonlocal done
        done += 1
        on_fit(done, total)

    return count


def _columns(
    lloyd: Lloyd, fits: Fits, named: Sequence[str], sample_size: int | None, rng: np.random.RandomState
) -> tuple[dict[str, FloatArray], SelectionSample | None]:
    """Compute the columns of all criteria that need no further clusterings."""
    n_curves, numbers = len(lloyd.X), np.array(list(fits))
    inertia = np.array([[fit.inertia for fit in fits[k]] for k in fits])
    known = {"inertia": inertia, "davies_bouldin": np.array([[fit.davies_bouldin for fit in fits[k]] for k in fits])}
    if "calinski_harabasz" in named:
        one = fits[1][0].inertia if 1 in fits else sweep(lloyd, [1], [0], lambda: None)[1][0].inertia
        known["calinski_harabasz"] = calinski_harabasz(inertia, numbers[:, None], total=one, n_curves=n_curves)
    sample, of_distances = None, tuple(name for name in named if CRITERIA[name].needs == "distances")
    if of_distances:
        separate, sample = _separations(lloyd, fits, of_distances, sample_size, rng)
        known |= separate
    columns: dict[str, FloatArray] = {}
    for name in known:
        columns |= _mean_and_spread(name, known[name])
    return columns, sample


def _separations(
    lloyd: Lloyd, fits: Fits, criteria: tuple[str, ...], sample_size: int | None, rng: np.random.RandomState
) -> tuple[dict[str, FloatArray], SelectionSample | None]:
    """Compute silhouettes and Dunn indices, shape (n_k, n_seeds); NaN for a single cluster and for one per curve."""
    every = [(position, seed, fit) for position, k in enumerate(fits) for seed, fit in enumerate(fits[k])]
    usable = [each for each in every if 1 < len(np.unique(each[2].labels)) < len(lloyd.X)]
    values = {name: np.full((len(fits), len(every) // len(fits)), np.nan) for name in ("silhouette", "dunn")}
    if not usable:
        return values, None
    found = separations(
        lloyd.X, np.stack([fit.labels for *_, fit in usable]), lloyd.metric, dunn="dunn" in criteria,
        sample_size=sample_size, random_state=rng, n_jobs=lloyd.n_threads, **lloyd.parameters,
    )  # fmt: skip
    rows, columns = [position for position, *_ in usable], [seed for _, seed, _ in usable]
    values["silhouette"][rows, columns] = found.silhouettes
    if found.dunns is not None:
        values["dunn"][rows, columns] = found.dunns
    if found.n_curves == len(lloyd.X):
        return values, None
    errors = found.errors[np.isfinite(found.errors)] if "silhouette" in criteria else np.empty(0)
    error = float(errors.max()) if len(errors) else None
    return values, SelectionSample(criteria, found.n_curves, len(lloyd.X), error)


def _mean_and_spread(name: str, values: Any) -> dict[str, FloatArray]:
    """Compute mean and standard deviation of each row of (n_k, n), or each of n_k lists; that of infinities is NaN."""
    frame = pd.DataFrame(values, dtype=np.float64)
    # A power of two is taken out first, which is exact, so that no square leaves the range of floats.
    unit = np.ldexp(1.0, np.frexp(frame.where(np.isfinite(frame), 0.0).abs().max(axis=None))[1])
    with np.errstate(invalid="ignore"):
        mean, spread = (frame / unit).mean(axis=1), (frame / unit).std(axis=1)
    return {name: unit * mean.to_numpy(), f"{name}_sd": unit * spread.to_numpy()}


def _gap(fits: Fits, reference: FloatArray) -> dict[str, FloatArray]:
    """Compute the expected minus the found logarithm of the inertia, and its standard error; NaN if an inertia is 0.

    References have one start each, so that the found logarithm is the mean over the starts, not that of the best.
    """
    inertia = np.array([[fit.inertia for fit in fits[k]] for k in fits])
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.log(reference)
        gap = expected.mean(axis=0) - np.log(inertia).mean(axis=1)
        error = expected.std(axis=0) * np.sqrt(1 + 1 / len(reference))
    return {"gap": np.where(np.isfinite(gap), gap, np.nan), "gap_sd": error}


def _evaluate(criterion: UserDefined, k: int, fits: Fits) -> FloatArray:
    """Return the values of a user-defined criterion for the best clustering with k clusters."""
    best = min(fits[k], key=lambda fit: fit.inertia)
    return np.atleast_1d(np.asarray(criterion(k, best.labels.astype(np.int64), best.prototypes), dtype=np.float64))
