import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from tsshape import DataError
from tsshape.cluster import ShapeKMedoids, _kmedoids
from tsshape.metrics import Metric, nearest, pairwise

RNG = np.random.default_rng(0)
SHAPES = np.sort(RNG.random((200, 12)), axis=1)
# Groups differ in values, not in times, so that DTW separates them, too.
CENTERS = np.array([[0.0, 0.0, 0.0, 1.0], [0.3, 0.3, 0.3, 1.0], [0.6, 0.6, 0.6, 1.0], [0.9, 0.9, 0.9, 1.0]])
GROUPS = np.repeat(np.arange(4), 75)
BLOBS = CENTERS[GROUPS] + 0.01 * RNG.normal(size=(300, 4))
# Bytes in which the distances of at most 100 curves fit.
SMALL = 8 * 100**2

METRICS = ["euclidean", "area", "auc", "dtw", "msm", "sbd"]

# How much later a curve is than a medoid; earlier costs three times as much.
LATENESS = Metric("lateness", batch=lambda X, Y: _lateness(X[:, None] - Y[None]), symmetric=False)


def _lateness(differences):
    return (np.maximum(-differences, 0) + 3 * np.maximum(differences, 0)).sum(axis=2)


@pytest.mark.parametrize("metric", METRICS)
def test_the_inertia_is_the_sum_of_the_distances_to_the_nearest_medoids(metric):
    weight = RNG.integers(0, 3, len(SHAPES))
    model = ShapeKMedoids(6, metric=metric, random_state=0).fit(SHAPES, sample_weight=weight)
    np.testing.assert_array_equal(model.prototypes_, SHAPES[model.medoid_indices_])
    np.testing.assert_array_equal(model.cluster_centers_, model.prototypes_)
    labels, distances = nearest(SHAPES, model.prototypes_, metric)
    np.testing.assert_array_equal(model.labels_, labels)
    assert model.inertia_ == pytest.approx((weight * distances).sum())


@pytest.mark.parametrize(
    "metric", [*METRICS, "soft_dtw", LATENESS], ids=lambda metric: str(getattr(metric, "name", metric))
)
def test_no_exchange_of_a_medoid_lowers_the_inertia(metric):
    shapes = SHAPES[:60]
    model = ShapeKMedoids(4, metric=metric, random_state=0).fit(shapes)
    to_medoid = pairwise(shapes, metric=metric).T
    others = set(range(60)) - set(model.medoid_indices_.tolist())
    for slot, candidate in itertools.product(range(4), others):
        medoids = model.medoid_indices_.copy()
        medoids[slot] = candidate
        assert to_medoid[medoids].min(axis=0).sum() > model.inertia_ - 1e-9


@pytest.mark.parametrize(
    "metric", [*METRICS, "soft_dtw", LATENESS], ids=lambda metric: str(getattr(metric, "name", metric))
)
def test_one_cluster_has_the_curve_with_the_least_sum_of_distances_to_it(metric):
    weight = RNG.random(len(SHAPES))
    model = ShapeKMedoids(1, metric=metric).fit(SHAPES, sample_weight=weight)
    assert model.medoid_indices_ == (weight @ pairwise(SHAPES, metric=metric)).argmin()


def test_as_many_clusters_as_curves_leave_no_inertia():
    model = ShapeKMedoids(30, random_state=0).fit(SHAPES[:30])
    assert model.inertia_ == 0
    assert sorted(model.labels_) == list(range(30))


def test_parameters_of_the_metric_are_used_everywhere():
    model = ShapeKMedoids(5, metric="dtw", metric_params={"window": 1}, random_state=0).fit(SHAPES)
    distances = pairwise(SHAPES, model.prototypes_, metric="dtw", window=1)
    np.testing.assert_array_equal(model.transform(SHAPES), distances)
    np.testing.assert_array_equal(model.predict(SHAPES), distances.argmin(axis=1))
    assert model.inertia_ == pytest.approx(distances.min(axis=1).sum())
    assert not np.array_equal(distances, pairwise(SHAPES, model.prototypes_, metric="dtw"))


def test_an_asymmetric_distance_is_taken_from_the_curve_to_the_medoid():
    shapes = np.arange(4.0)[:, None]
    model = ShapeKMedoids(1, metric=LATENESS).fit(shapes)
    # To the medoid 2 the distances are 2, 1, 0 and 3; those from it, 6, 3, 0 and 1, would choose the medoid 0.
    assert (model.medoid_indices_.tolist(), model.inertia_) == ([2], 6)
    assert (
        ShapeKMedoids(1, metric=replace(LATENESS, batch=lambda X, Y: LATENESS.batch(Y, X).T))
        .fit(shapes)
        .medoid_indices_
        == 0
    )
    np.testing.assert_array_equal(model.transform(shapes)[:, 0], [2, 1, 0, 3])


def test_distances_below_0_are_seeded_too(monkeypatch):
    monkeypatch.setattr(_kmedoids._kernels, "fasterpam", lambda _, starts, *__: (starts, np.zeros(1), np.ones(1)))
    seeds = ShapeKMedoids(4, metric="soft_dtw", random_state=0).fit(BLOBS).medoid_indices_
    assert pairwise(BLOBS, BLOBS[seeds], metric="soft_dtw").max() < 0
    assert len(set(GROUPS[seeds])) > 2


def test_more_starts_never_raise_the_inertia():
    inertia = [ShapeKMedoids(30, n_init=n, random_state=4).fit(SHAPES).inertia_ for n in (1, 2, 8)]
    assert inertia == sorted(inertia, reverse=True)
    assert inertia[0] > inertia[2]


def test_the_draws_depend_on_the_seed_alone():
    one, same, other = (ShapeKMedoids(12, random_state=seed).fit(SHAPES).medoid_indices_ for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert set(one) != set(other)


@pytest.mark.parametrize("metric", ["euclidean", "dtw", "area"])
def test_float32_agrees_with_float64_on_separated_curves(metric):
    double, single = (
        ShapeKMedoids(4, metric=metric, n_init=4, random_state=0).fit(BLOBS.astype(dtype)) for dtype in ("d", "f")
    )
    assert single.prototypes_.dtype == np.float32
    assert single.transform(BLOBS.astype("f")).dtype == np.float32
    np.testing.assert_array_equal(single.medoid_indices_, double.medoid_indices_)
    np.testing.assert_array_equal(single.labels_, double.labels_)
    assert single.inertia_ == pytest.approx(double.inertia_, rel=1e-5)


def test_a_weight_counts_like_repetition():
    weight = np.random.default_rng(7).integers(0, 4, len(SHAPES))
    weighted = ShapeKMedoids(1).fit(SHAPES, sample_weight=weight)
    repeated = ShapeKMedoids(1).fit(np.repeat(SHAPES, weight, axis=0))
    np.testing.assert_array_equal(weighted.prototypes_, repeated.prototypes_)
    assert weighted.inertia_ == pytest.approx(repeated.inertia_)


def test_a_weight_counts_like_repetition_of_separated_curves():
    weight = RNG.integers(1, 4, len(BLOBS))
    weighted = ShapeKMedoids(4, random_state=0).fit(BLOBS, sample_weight=weight)
    repeated = ShapeKMedoids(4, random_state=0).fit(np.repeat(BLOBS, weight, axis=0))
    assert weighted.inertia_ == pytest.approx(repeated.inertia_)
    np.testing.assert_array_equal(np.sort(weighted.prototypes_, axis=0), np.sort(repeated.prototypes_, axis=0))


@pytest.mark.parametrize("memory_limit", [None, SMALL])
def test_no_cluster_is_empty_where_most_curves_are_equal_or_without_weight(memory_limit):
    shapes = np.concatenate((np.repeat(SHAPES[:1], 300, axis=0), SHAPES[:5]))
    weight = np.r_[np.ones(301), np.zeros(4)]
    model = ShapeKMedoids(5, memory_limit=memory_limit, random_state=0).fit(shapes, sample_weight=weight)
    assert model.inertia_ == 0
    assert set(model.labels_) == set(range(5))


@pytest.mark.parametrize("metric", ["euclidean", "dtw", LATENESS], ids=["euclidean", "dtw", "lateness"])
def test_samples_find_separated_groups_as_all_distances_do(metric, monkeypatch):
    sizes = []
    search = ShapeKMedoids._search
    monkeypatch.setattr(
        ShapeKMedoids,
        "_search",
        lambda model, shapes, *others: sizes.append(len(shapes)) or search(model, shapes, *others),
    )
    exact = ShapeKMedoids(4, metric=metric, random_state=0).fit(BLOBS)
    sampled = ShapeKMedoids(4, metric=metric, memory_limit=SMALL, random_state=0).fit(BLOBS)
    assert sizes == [300] + 5 * [70 if metric is LATENESS else 100]
    for model in (exact, sampled):
        assert len({*zip(GROUPS, model.labels_, strict=True)}) == 4
    assert exact.inertia_ <= sampled.inertia_ < 1.1 * exact.inertia_
    np.testing.assert_array_equal(sampled.prototypes_, BLOBS[sampled.medoid_indices_])


def test_the_medoids_of_the_best_sample_are_kept(monkeypatch):
    found = []
    evaluate = ShapeKMedoids._evaluate
    monkeypatch.setattr(ShapeKMedoids, "_evaluate", lambda *arguments: found.append(evaluate(*arguments)) or found[-1])
    model = ShapeKMedoids(12, memory_limit=SMALL, random_state=2).fit(SHAPES)
    samples = [inertia for _, inertia in found[:5]]
    assert model.inertia_ == min(samples) < samples[-1]


def test_samples_that_hold_all_curves_give_the_exact_result():
    exact = ShapeKMedoids(4, random_state=0).fit(BLOBS[::7])
    assert ShapeKMedoids(4, memory_limit=1, random_state=0).fit(BLOBS[::7]).inertia_ == exact.inertia_


def test_every_sample_holds_the_best_medoids_so_far_and_weighted_curves_first():
    weight = np.r_[np.zeros(50), np.ones(50)]
    rows = _kmedoids._draw_sample(np.array([7, 3]), weight, 40, np.random.RandomState(0))
    assert len(set(rows)) == 40
    assert {3, 7} == {*rows[rows < 50]}
    assert (np.diff(rows) > 0).all()


def test_the_limit_of_the_machine_is_kept(monkeypatch):
    model = ShapeKMedoids(4)
    assert model._sample_size(BLOBS) == 300
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", str(SMALL))
    assert model._sample_size(BLOBS) == 100


def test_more_sweeps_than_max_iter_are_not_made():
    assert ShapeKMedoids(20, max_iter=1, random_state=0).fit(SHAPES).n_iter_ == 1
    assert ShapeKMedoids(20, random_state=0).fit(SHAPES).n_iter_ > 1


def test_more_clusters_than_distinct_curves_are_refused_with_the_number():
    with pytest.raises(DataError, match="3 distinct curves; got 4"):
        ShapeKMedoids(4).fit(np.repeat(SHAPES[:3], 5, axis=0))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"metric": "nonsense"}, "no metric 'nonsense'"),
        ({"metric_params": {"p": 2}}, "no parameter 'p'"),
    ],
)
def test_a_metric_or_parameter_that_there_is_not_is_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        ShapeKMedoids(**parameters).fit(SHAPES)


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="Negative values"):
        ShapeKMedoids(2).fit(SHAPES, sample_weight=np.r_[-1.0, np.ones(len(SHAPES) - 1)])


def test_a_missing_value_is_refused_with_its_row():
    shapes = pd.DataFrame(SHAPES, index=[f"post{i}" for i in range(len(SHAPES))], columns=range(1, 13))
    shapes.loc["post7", 3] = np.nan
    with pytest.raises(DataError, match="'post7', column 3"):
        ShapeKMedoids(2).fit(shapes)


def test_it_clones_and_names_its_columns():
    model = clone(ShapeKMedoids(3, metric=LATENESS, n_init=2))
    assert model.get_params()["n_init"] == 2
    names = model.fit(SHAPES).get_feature_names_out().tolist()
    assert names == ["shapekmedoids0", "shapekmedoids1", "shapekmedoids2"]
