"""How many clusters: every number of a range, measured in several ways."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

import tsshape
from tsshape._threads import count_threads
from tsshape._typing import Curves, FloatArray, Floats, IntArray, RandomState
from tsshape._validation import Number, check_choice, check_panel
from tsshape.cluster._criteria import CRITERIA, find_criterion
from tsshape.cluster._lloyd import Lloyd
from tsshape.cluster._prototypes import COUNT
from tsshape.cluster._recommend import Recommendation, recommend
from tsshape.cluster._silhouette import check_separable, separations
from tsshape.cluster._sweep import Fits, bootstrap_agreement, calinski_harabasz, reference_inertia, sweep
from tsshape.cluster._validation import MAX_SEED, check_n_clusters
from tsshape.metrics import Metric, get_metric

Criterion = str | Callable[[int, IntArray, Floats], float]


@dataclass(frozen=True, eq=False)
class ClusterSelection:
    """What `select_n_clusters` found.

    Attributes
    ----------
    table : DataFrame
        Index `n_clusters`; for each criterion its mean over the seeds and, named with `_sd`, their standard deviation
        (of `gap` its standard error, of `stability` that over the pairs of samples); NaN where a criterion is silent.
    votes : dict
        The number of clusters that each criterion speaks for, None if for none.
    recommended : Recommendation
        `n_clusters`, None where the criteria disagree, and the `reason`.

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

    def plot(self) -> Any:
        """The criteria against the number of clusters, as a matplotlib Figure."""
        return tsshape.plots.draw_selection(
            self.table, votes=self.votes, recommended=self.recommended.n_clusters, title="How many clusters"
        )


def select_n_clusters(
    X: Curves,
    k_values: Sequence[int],
    *,
    metric: str | Metric = "euclidean",
    metric_params: Mapping[str, Any] | None = None,
    criteria: Sequence[Criterion] | None = None,
    n_seeds: int = 3,
    n_resamples: int = 5,
    n_jobs: int | None = None,
    random_state: RandomState = None,
    on_fit: Callable[[int, int], object] = lambda _done, _total: None,
) -> ClusterSelection:
    """Cluster by k-means for each number of clusters, and say which number the criteria speak for.

    Parameters
    ----------
    X : DataFrame or array of shape (n_curves, n_times)
        Shapes, complete and finite.
    k_values : sequence of int
        Numbers of clusters, at least 1 and at most the number of distinct curves.
    metric, metric_params
        As in `ShapeKMeans`.
    criteria : sequence of str or callable, optional
        Among `inertia`, `silhouette`, `calinski_harabasz`, `davies_bouldin`, `dunn`, `gap` and `stability`, and
        functions `criterion(k, labels, prototypes) -> float` of which less is better, each of which is given the best
        clustering for each k; such as `tsshape.forecast.Predictability`. One may give several values, of which mean
        and spread are kept, or NaN. By default those that need one clustering a seed and one pass over the distances,
        as far as the metric has them: all but the last two.
    n_seeds : int, default=3
        Starts for each number of clusters.
    n_resamples : int, default=5
        Reference data sets of the gap statistic, and bootstrap samples of the stability, which takes at least 2.
    n_jobs : int, optional
        Threads, by joblib's rules. The result is the same for any number.
    random_state : int, RandomState or None
        Seed of everything drawn.
    on_fit : callable, optional
        Called with the number of finished clusterings and of all.

    Returns
    -------
    ClusterSelection

    Raises
    ------
    DataError
        If a value is missing or infinite (the row is named), or there are fewer distinct curves than clusters.
    ValueError
        If a criterion or parameter is unknown or out of range, or the metric has no use for a criterion.

    Notes
    -----
    The silhouettes and Dunn indices of all clusterings come from one pass that streams over the distances: no matrix is
    held. Stability is the mean adjusted Rand index between clusterings of bootstrap samples, each with its own seed.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> centers = np.array([[0.1, 0.3, 1.0], [0.5, 0.9, 1.0], [0.9, 0.95, 1.0]])
    >>> shapes = np.repeat(centers, 30, axis=0) + rng.normal(0, 0.02, (90, 3))
    >>> select_n_clusters(shapes, range(1, 9), random_state=0).recommended.n_clusters
    3
    """
    chosen = get_metric(metric)
    parameters = chosen.bind(metric_params or {})
    named, own = _split_criteria(criteria, chosen)
    curves = check_panel(X)
    numbers = _check_k_values(k_values, curves)
    COUNT.check("n_seeds", n_seeds)
    Number(1 + ("stability" in named), integer=True).check("n_resamples", n_resamples)
    if any(CRITERIA[name].needs == "distances" for name in named):
        check_separable(curves, chosen, parameters)
    seeds, reference_seeds, sample_seeds = (
        check_random_state(random_state).randint(MAX_SEED, size=(3, max(n_seeds, n_resamples))).tolist()
    )
    n_threads = count_threads(n_jobs)
    n_resampled = sum(CRITERIA[name].needs == "resamples" for name in named)
    counted = _counter(len(numbers) * (n_seeds + n_resampled * n_resamples), on_fit)
    lloyd = Lloyd(curves, np.ones(len(curves)), chosen, parameters, n_threads)
    fits = sweep(lloyd, numbers, seeds[:n_seeds], n_threads, counted)
    columns = _columns(lloyd, fits, named, n_threads)
    if "gap" in named:
        reference = reference_inertia(
            curves, chosen, parameters, numbers, reference_seeds[:n_resamples], n_threads=n_threads, on_fit=counted
        )
        columns |= _gap(fits, reference)
    if "stability" in named:
        agreement = bootstrap_agreement(lloyd, numbers, sample_seeds[:n_resamples], n_threads=n_threads, on_fit=counted)
        columns |= _mean_and_spread("stability", agreement)
    for name, criterion in own.items():
        columns |= _mean_and_spread(name, [_judge(criterion, k, fits) for k in numbers])
    wanted = [column for name in (*named, *own) for column in (name, f"{name}_sd")]
    table = pd.DataFrame(columns, index=pd.Index(numbers, name="n_clusters"))[wanted]
    votes = {name: find_criterion(name).vote(table) for name in (*named, *own)}
    return ClusterSelection(table, votes, recommend(votes, table, list(own)))


def applicable_criteria(metric: str | Metric) -> tuple[str, ...]:
    """The named criteria that a metric has a use for: of one that may be below 0, the inertia and the stability.

    Examples
    --------
    >>> applicable_criteria("soft_dtw")
    ('inertia', 'stability')
    """
    zero_self = get_metric(metric).zero_self
    return tuple(name for name, each in CRITERIA.items() if zero_self or each.any_metric)


def _split_criteria(
    criteria: Sequence[Criterion] | None, metric: Metric
) -> tuple[list[str], dict[str, Callable[[int, IntArray, Floats], float]]]:
    """Named criteria, and the caller's own by their names."""
    if criteria is None:
        return [name for name in applicable_criteria(metric) if CRITERIA[name].needs != "resamples"], {}
    named: list[str] = []
    own: dict[str, Callable[[int, IntArray, Floats], float]] = {}
    for criterion in criteria:
        name = criterion if isinstance(criterion, str) else _name_of(criterion)
        if name in (*named, *own):
            raise ValueError(f"two criteria are called {name!r}; the table has one column for each")
        if callable(criterion):
            own[name] = criterion
            continue
        check_choice("criterion", criterion, CRITERIA)
        if criterion not in applicable_criteria(metric):
            raise ValueError(f"the criterion {criterion!r} has no meaning under {metric.name!r}; take 'dtw'")
        named.append(criterion)
    return named, own


def _check_k_values(k_values: Sequence[int], curves: Floats) -> list[int]:
    """The numbers of clusters in ascending order, each once; refused if one is out of range."""
    for k in k_values:
        COUNT.check("n_clusters", k)
    numbers = sorted({int(k) for k in k_values})
    if not numbers:
        raise ValueError("k_values is empty: give at least one number of clusters")
    check_n_clusters(numbers[-1], curves)
    return numbers


def _counter(total: int, on_fit: Callable[[int, int], object]) -> Callable[[], None]:
    """A function that counts its calls and tells."""
    done = 0
    on_fit(done, total)

    def count() -> None:
        nonlocal done
        done += 1
        on_fit(done, total)

    return count


def _columns(lloyd: Lloyd, fits: Fits, named: Sequence[str], n_threads: int) -> dict[str, FloatArray]:
    """What one clustering a seed and one pass over the distances give."""
    n_curves, numbers = len(lloyd.X), np.array(list(fits))
    inertia = np.array([[fit.inertia for fit in fits[k]] for k in fits])
    known = {"inertia": inertia, "davies_bouldin": np.array([[fit.davies_bouldin for fit in fits[k]] for k in fits])}
    if "calinski_harabasz" in named:
        one = fits[1][0].inertia if 1 in fits else sweep(lloyd, [1], [0], 1, lambda: None)[1][0].inertia
        known["calinski_harabasz"] = calinski_harabasz(inertia, numbers[:, None], total=one, n_curves=n_curves)
    if any(CRITERIA[name].needs == "distances" for name in named):
        known |= _separations(lloyd, fits, dunn="dunn" in named, n_threads=n_threads)
    columns: dict[str, FloatArray] = {}
    for name in known:
        columns |= _mean_and_spread(name, known[name])
    return columns


def _separations(lloyd: Lloyd, fits: Fits, *, dunn: bool, n_threads: int) -> dict[str, FloatArray]:
    """Silhouettes and Dunn indices, shape (n_k, n_seeds); NaN for one cluster and for one a curve."""
    every = [(position, seed, fit) for position, k in enumerate(fits) for seed, fit in enumerate(fits[k])]
    usable = [each for each in every if 1 < len(np.unique(each[2].labels)) < len(lloyd.X)]
    values = {name: np.full((len(fits), len(every) // len(fits)), np.nan) for name in ("silhouette", "dunn")}
    if usable:
        labelings = np.stack([fit.labels for *_, fit in usable])
        silhouettes, dunns = separations(
            lloyd.X, labelings, lloyd.metric, dunn=dunn, n_jobs=n_threads, **lloyd.parameters
        )
        rows, columns = [position for position, *_ in usable], [seed for _, seed, _ in usable]
        values["silhouette"][rows, columns] = silhouettes
        if dunns is not None:
            values["dunn"][rows, columns] = dunns
    return values


def _mean_and_spread(name: str, values: Any) -> dict[str, FloatArray]:
    """Mean and standard deviation of each row of (n_k, n), or of each of n_k lists; NaN where there is none.

    Infinite values have a mean and no deviation.
    """
    frame = pd.DataFrame(values, dtype=np.float64)
    # A power of two is taken out first, which is exact, so that no square leaves the range of floats.
    unit = np.ldexp(1.0, np.frexp(frame.where(np.isfinite(frame), 0.0).abs().max(axis=None))[1])
    with np.errstate(invalid="ignore"):
        mean, spread = (frame / unit).mean(axis=1), (frame / unit).std(axis=1)
    return {name: unit * mean.to_numpy(), f"{name}_sd": unit * spread.to_numpy()}


def _gap(fits: Fits, reference: FloatArray) -> dict[str, FloatArray]:
    """Expected minus found logarithm of the inertia, and its standard error; NaN where an inertia is 0.

    Both are of single starts, the found one their mean: the best of several would look better than any one start.
    """
    inertia = np.array([[fit.inertia for fit in fits[k]] for k in fits])
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.log(reference)
        gap = expected.mean(axis=0) - np.log(inertia).mean(axis=1)
        error = expected.std(axis=0) * np.sqrt(1 + 1 / len(reference))
    return {"gap": np.where(np.isfinite(gap), gap, np.nan), "gap_sd": error}


def _judge(criterion: Callable[[int, IntArray, Floats], float], k: int, fits: Fits) -> FloatArray:
    """The values of the caller's criterion on the best clustering with k clusters."""
    best = min(fits[k], key=lambda fit: fit.inertia)
    return np.atleast_1d(np.asarray(criterion(k, best.labels.astype(np.int64), best.prototypes), dtype=np.float64))


def _name_of(criterion: Callable[..., Any]) -> str:
    """What the column of a caller's criterion is called."""
    return str(getattr(criterion, "__name__", type(criterion).__name__.lower()))
