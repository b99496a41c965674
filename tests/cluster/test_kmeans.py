from itertools import pairwise as neighbours

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score

from tsshape import DataError
from tsshape._kernels import LaneCosts
from tsshape.cluster import ShapeKMeans, ShapeKMedoids
from tsshape.cluster._lloyd import Lloyd
from tsshape.cluster._seeding import MetricCosts, choose_seeds
from tsshape.metrics import Metric, barycenter, get_metric, pairwise

RNG = np.random.default_rng(0)
SHAPES = np.sort(RNG.random((400, 12)), axis=1)
LIVES = np.repeat(np.sort(RNG.random((4, 12)), axis=1) * [[1], [2], [4], [8]], 40, axis=0)
GROUPS = LIVES + RNG.normal(0, 0.02, LIVES.shape)
METRICS = [
    ("euclidean", {}),
    ("sqeuclidean", {}),
    ("manhattan", {}),
    ("area", {}),
    ("cumulative_area", {}),
    ("dtw", {"window": 3}),
    ("soft_dtw", {"gamma": 0.01}),
    ("msm", {}),
    ("scipy:canberra", {}),
]


def fit(metric="euclidean", params=None, k=4, X=GROUPS, **options):
    """A fitted clustering, two starts."""
    options = {"n_init": 2, "random_state": 0} | options
    return ShapeKMeans(k, metric=metric, metric_params=params, **options).fit(X)


@pytest.mark.parametrize(("metric", "params"), METRICS)
def test_separated_groups_are_found_under_every_metric(metric, params):
    assert adjusted_rand_score(fit(metric, params).labels_, np.repeat(range(4), 40)) == 1


def test_it_is_as_good_as_scikit_learn():
    ours, theirs = (
        ShapeKMeans(8, n_init=10, random_state=0).fit(SHAPES),
        KMeans(8, n_init=10, random_state=0).fit(SHAPES),
    )
    assert ours.inertia_ <= theirs.inertia_ * 1.01


def test_from_the_same_centres_it_goes_where_scikit_learn_goes():
    starts = SHAPES[:6]
    theirs = KMeans(6, init=starts, n_init=1, tol=0, max_iter=300).fit(SHAPES)
    lloyd = Lloyd(SHAPES, np.ones(len(SHAPES)), get_metric("euclidean"), {})
    ours = lloyd.run(starts, max_iter=300, tol=0.0, n_threads=1)
    np.testing.assert_array_equal(ours.labels, theirs.labels_)
    np.testing.assert_allclose(ours.centers, theirs.cluster_centers_, atol=1e-12)


@pytest.mark.parametrize(("metric", "params"), METRICS)
def test_no_iteration_raises_the_inertia(metric, params):
    chosen = get_metric(metric)
    lloyd = Lloyd(SHAPES, np.ones(len(SHAPES)), chosen, chosen.bind(params))
    inertia = [lloyd.run(SHAPES[:5], max_iter=n, tol=0.0, n_threads=1).inertia for n in range(1, 6)]
    assert all(later <= earlier + 1e-9 * abs(earlier) for earlier, later in neighbours(inertia))
    assert inertia[-1] < inertia[0] or chosen.average == "medoid"


@pytest.mark.parametrize(("metric", "params"), [("euclidean", {}), ("area", {}), ("cumulative_area", {}), ("msm", {})])
def test_prototypes_are_the_barycenters_of_their_clusters(metric, params):
    model = fit(metric, params, tol=0, max_iter=300)
    for label, prototype in enumerate(model.prototypes_):
        expected = barycenter(GROUPS[model.labels_ == label], metric, **params)
        np.testing.assert_allclose(prototype, expected, atol=1e-12)
    np.testing.assert_array_equal(model.cluster_centers_, model.prototypes_)


@pytest.mark.parametrize(
    ("metric", "params", "power"), [("euclidean", {}, 2), ("dtw", {}, 2), ("area", {}, 1), ("soft_dtw", {}, 1)]
)
def test_the_inertia_is_the_sum_of_distances_to_the_prototypes(metric, params, power):
    model = fit(metric, params)
    assert model.inertia_ == pytest.approx((model.transform(GROUPS).min(axis=1) ** power).sum())
    assert model.score(GROUPS) == pytest.approx(-model.inertia_)


def test_more_starts_never_raise_the_inertia():
    inertia = [ShapeKMeans(12, n_init=n, random_state=0).fit(SHAPES).inertia_ for n in (1, 2, 8)]
    assert inertia == sorted(inertia, reverse=True)


@pytest.mark.parametrize(("metric", "params"), METRICS)
def test_predicting_the_training_curves_gives_their_labels(metric, params):
    model = fit(metric, params)
    np.testing.assert_array_equal(model.predict(GROUPS), model.labels_)
    assert model.predict(GROUPS).dtype == np.int64


@pytest.mark.parametrize(("metric", "params"), METRICS)
def test_single_precision_gives_the_same_clusters_in_single_precision(metric, params):
    single = fit(metric, params, X=GROUPS.astype(np.float32))
    assert single.prototypes_.dtype == np.float32
    assert adjusted_rand_score(single.labels_, fit(metric, params).labels_) == 1


def test_a_constant_column_changes_nothing():
    wider = np.column_stack([SHAPES, np.full(len(SHAPES), 7.0)])
    np.testing.assert_array_equal(fit(X=wider, k=6).labels_, fit(X=SHAPES, k=6).labels_)


@pytest.mark.parametrize("metric", ["euclidean", "dtw", "area"])
def test_the_order_of_the_rows_changes_the_numbers_of_the_clusters_only(metric):
    order = np.random.default_rng(1).permutation(len(GROUPS))
    shuffled, straight = fit(metric, X=GROUPS[order]), fit(metric)
    assert adjusted_rand_score(shuffled.labels_, straight.labels_[order]) == 1
    # Under DTW the barycenter that is found depends on its start, a curve.
    assert shuffled.inertia_ == pytest.approx(straight.inertia_, rel=1e-2 if metric == "dtw" else 1e-9)


@pytest.mark.parametrize("metric", ["euclidean", "dtw", "area"])
def test_a_weight_counts_like_repetition(metric):
    weight = np.random.default_rng(1).integers(0, 4, len(GROUPS))
    weighted = ShapeKMeans(1, metric=metric, tol=0, random_state=0).fit(GROUPS, sample_weight=weight)
    repeated = ShapeKMeans(1, metric=metric, tol=0, random_state=0).fit(np.repeat(GROUPS, weight, axis=0))
    if metric != "dtw":
        # Many centres are as good under DTW; which is found depends on the seed, a curve.
        np.testing.assert_allclose(weighted.prototypes_, repeated.prototypes_)
    assert weighted.inertia_ == pytest.approx(repeated.inertia_, rel=1e-2)


def test_a_cluster_that_loses_all_its_curves_gets_another():
    far = np.array([[1e3] * 12, [2e3] * 12])
    lloyd = Lloyd(SHAPES, np.ones(len(SHAPES)), get_metric("euclidean"), {})
    found = lloyd.run(np.concatenate([SHAPES[:2], far]), max_iter=50, tol=0.0, n_threads=1)
    assert set(found.labels) == {0, 1, 2, 3}


def test_more_clusters_than_distinct_curves_are_refused_with_the_number():
    with pytest.raises(ValueError, match="3 distinct curves; got 4"):
        ShapeKMeans(4).fit(np.repeat(SHAPES[:3], 5, axis=0))


def test_as_many_clusters_as_distinct_curves_leave_no_inertia():
    model = ShapeKMeans(3, random_state=0).fit(np.repeat(SHAPES[:3], 5, axis=0))
    assert model.inertia_ == pytest.approx(0, abs=1e-25)
    assert len(set(model.labels_)) == 3


def test_clusters_that_a_metric_cannot_distinguish_are_warned_of():
    of_two_areas = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5], [1.0, 1.0]])
    with pytest.warns(ConvergenceWarning, match="only 2 of 3 clusters"):
        ShapeKMeans(3, metric="auc", random_state=0).fit(of_two_areas)


@pytest.mark.parametrize(
    "parameters",
    [
        {"metric": "cosine"},
        {"metric_params": {"p": 2}},
        {"metric": "dtw", "metric_params": {"window": -1}},
    ],
)
def test_a_parameter_out_of_range_is_refused(parameters):
    with pytest.raises(ValueError, match=r"cosine|'p'|window"):
        ShapeKMeans(**({"n_clusters": 2} | parameters)).fit(SHAPES)


@pytest.mark.parametrize(
    ("metric", "method"),
    [(metric, method) for metric in ("euclidean", "dtw", "area") for method in ("fit", "predict", "transform")]
    + [("euclidean", "partial_fit"), ("dtw", "partial_fit")],
)
def test_a_missing_value_is_refused_with_its_row(metric, method):
    shapes = pd.DataFrame(SHAPES, index=[f"post{i}" for i in range(len(SHAPES))], columns=range(1, 13))
    model = ShapeKMeans(2, metric=metric, n_init=1)
    if method in {"predict", "transform"}:
        model.fit(shapes)
    shapes.loc["post7", 3] = np.nan
    with pytest.raises(DataError, match="'post7', column 3"):
        getattr(model, method)(shapes)


@pytest.mark.parametrize("metric", ["euclidean", "dtw"])
def test_curves_whose_squares_overflow_are_refused(metric):
    with pytest.raises(DataError, match="rescale"):
        ShapeKMeans(2, metric=metric).fit(SHAPES * 1e200)


def test_weights_that_are_all_0_are_refused():
    with pytest.raises(ValueError, match="at least one non-zero"):
        ShapeKMeans(2).fit(SHAPES, sample_weight=np.zeros(len(SHAPES)))


@pytest.mark.parametrize("metric", ["euclidean", "cumulative_area", "dtw"])
def test_batches_find_the_groups_too(metric):
    model = ShapeKMeans(4, metric=metric, random_state=0)
    order = np.random.default_rng(2).permutation(len(GROUPS))
    for rows in np.array_split(order, 4):
        model.partial_fit(GROUPS[rows])
    assert adjusted_rand_score(model.predict(GROUPS), np.repeat(range(4), 40)) == 1
    assert model.counts_.min() > 0


def test_one_batch_with_one_cluster_is_the_mean():
    model = ShapeKMeans(1, random_state=0)
    for batch in np.array_split(SHAPES, 3):
        model.partial_fit(batch)
    np.testing.assert_allclose(model.prototypes_[0], SHAPES.mean(axis=0))


def test_a_batch_after_a_fit_counts_by_its_weight():
    fitted = ShapeKMeans(1).fit(SHAPES[:300])
    np.testing.assert_allclose(fitted.partial_fit(SHAPES[300:]).prototypes_[0], SHAPES.mean(axis=0))
    np.testing.assert_allclose(fitted.counts_, len(SHAPES))


def test_batches_need_an_average_that_can_be_updated():
    assert not hasattr(ShapeKMeans(2, metric="area"), "partial_fit")
    with pytest.raises(AttributeError) as error:
        ShapeKMeans(2, metric="area").partial_fit(SHAPES)
    assert "median" in str(error.value.__cause__)


def test_it_takes_a_metric_that_is_not_registered():
    last = Metric("last", embed=lambda X: X[:, -1:], average="mean")
    assert fit(last).prototypes_.shape == (4, 12)


def test_both_ways_to_cost_seeds_agree():
    chosen, weights = get_metric("euclidean"), np.random.default_rng(3).random(len(SHAPES))
    lloyd = Lloyd(SHAPES, weights, chosen, {})
    lanes, any_metric = LaneCosts(lloyd.points, weights, 1), MetricCosts(SHAPES, weights, chosen, {}, 1)
    assert lanes.add_best(SHAPES[3:9]) == any_metric.add_best(SHAPES[3:9])
    ratio = lanes.potentials / any_metric.potentials.clip(min=1e-300)
    np.testing.assert_allclose(ratio[any_metric.potentials > 0], np.median(ratio), rtol=1e-9)


def test_seeds_are_distinct_curves_with_a_weight():
    weights = (np.arange(len(GROUPS)) % 2).astype(np.float64)
    rows = choose_seeds(
        GROUPS, weights, get_metric("dtw"), {"window": None}, 4, rng=np.random.RandomState(0), n_threads=1
    )
    assert sorted(row // 40 for row in rows) == [0, 1, 2, 3]
    assert all(row % 2 for row in rows)


def test_an_asymmetric_metric_is_measured_from_curve_to_centre():
    above = Metric("above", batch=lambda X, Y: np.maximum(X[:, None] - Y[None], 0).sum(axis=2), symmetric=False)
    costs = MetricCosts(SHAPES, np.ones(len(SHAPES)), above, {}, 1)
    costs.add_best(SHAPES[5:6])
    np.testing.assert_allclose(costs.potentials, pairwise(SHAPES, SHAPES[5:6], above)[:, 0])


@pytest.mark.parametrize("metric", ["euclidean", "dtw", "area"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("factor", [1e-50, 1e30])
def test_the_scale_of_the_weights_scales_the_inertia_only(metric, dtype, factor):
    weights, X = np.random.default_rng(5).random(len(SHAPES)) + 0.5, SHAPES.astype(dtype)
    model = ShapeKMeans(3, metric=metric, n_init=1, random_state=0)
    one, other = (clone(model).fit(X, sample_weight=weights * scale) for scale in (1.0, factor))
    np.testing.assert_array_equal(one.labels_, other.labels_)
    assert other.inertia_ == pytest.approx(one.inertia_ * factor, rel=1e-6)


@pytest.mark.parametrize("metric", ["euclidean", "dtw", "area"])
@pytest.mark.parametrize("factor", [2.0**-80, 2.0**80])
def test_the_scale_of_the_curves_leaves_the_clusters_in_single_precision_too(metric, factor):
    X = SHAPES.astype(np.float32)
    one, other = (fit(metric, X=scale * X) for scale in (np.float32(1), np.float32(factor)))
    np.testing.assert_array_equal(one.labels_, other.labels_)
    assert one.n_iter_ == other.n_iter_ > 1


@pytest.mark.parametrize("metric", ["euclidean", "dtw"])
def test_groups_finer_than_single_precision_are_found(metric):
    groups = np.concatenate([place + np.repeat(np.arange(4), 5)[:, None] * 1e-9 * np.ones(3) for place in (0.0, 1.0)])
    fine = groups + np.random.default_rng(0).normal(0, 1e-12, groups.shape)
    model = ShapeKMeans(8, metric=metric, random_state=0).fit(fine)
    assert adjusted_rand_score(model.labels_, np.repeat(range(8), 5)) == 1


def test_an_asymmetric_metric_is_clustered_by_the_distances_from_the_curves():
    def above(X, Y):
        return (3 * np.maximum(X[:, None] - Y[None], 0) + np.maximum(Y[None] - X[:, None], 0)).sum(axis=2)

    asymmetric = Metric("above", batch=above, symmetric=False)
    for k in (1, 5):
        best = ShapeKMedoids(k, metric=asymmetric, random_state=0).fit(SHAPES).inertia_
        assert ShapeKMeans(k, metric=asymmetric, random_state=0).fit(SHAPES).inertia_ <= 1.1 * best


def test_empty_clusters_are_filled_with_curves_that_have_weight():
    X = np.sort(np.random.default_rng(6).random((12, 5)), axis=1)
    weights = (np.arange(12) % 2).astype(np.float64)
    metric = get_metric("soft_dtw")
    lloyd = Lloyd(X, weights, metric, metric.bind({}))
    centers = np.concatenate([X[:2], X[:2] + 100])
    found = lloyd.run(centers, max_iter=1, tol=0.0, n_threads=1)
    assert not np.isin(found.centers, X[::2]).all(axis=1).any()


def test_a_heavy_curve_far_off_does_not_blur_the_others_in_a_batch():
    X = np.array([[1e16, 1e16]] * 2 + [[1.0, 1.0], [1.2, 1.2]])
    for seed in range(4):
        low = ShapeKMeans(2, random_state=seed).partial_fit(X).prototypes_.min(axis=0)
        np.testing.assert_allclose(low, [1.1, 1.1])


def test_a_curve_without_weight_does_not_decide_when_a_start_ends():
    X = np.concatenate([SHAPES, np.full((1, 12), 1e6)])
    weights = np.append(np.ones(len(SHAPES)), 0.0)
    with_it = ShapeKMeans(4, n_init=1, random_state=0).fit(X, sample_weight=weights)
    assert with_it.inertia_ == pytest.approx(ShapeKMeans(4, n_init=8, random_state=0).fit(SHAPES).inertia_, rel=0.05)


def test_it_clones():
    assert clone(ShapeKMeans(7, n_init=2)).get_params()["n_init"] == 2
