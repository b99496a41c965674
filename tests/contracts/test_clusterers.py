"""What every clustering keeps, whichever its method and metric."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from tsshape import DataError
from tsshape.cluster import clustering_methods, get_clusterer

RNG = np.random.default_rng(0)
LIVES = np.array([[0.1, 0.2, 0.3, 0.6, 0.9, 1.0], [0.8, 0.9, 0.95, 0.97, 0.99, 1.0], [0.1, 0.1, 0.9, 0.9, 0.9, 1.0]])
TRUTH = np.repeat(range(3), 20)
SHAPES = np.sort(LIVES[TRUTH] + RNG.normal(0, 0.02, (60, 6)), axis=1)
METRICS = {"meanshift": ["euclidean", "cumulative_area"], "kshape": [None], "tslearn:kernel-kmeans": [None]}
OPTIONS = {
    "n_clusters": 3,
    "random_state": 0,
    "bandwidth": 0.4,
    "eps": 0.25,
    "min_cluster_size": 10,
}
CLUSTERERS = [
    (method, metric)
    for method in clustering_methods()
    for metric in METRICS.get(method, ["euclidean", "dtw", "area", "msm"])
]


def make(method, metric):
    """A clustering into three, seeded."""
    kind = get_clusterer(method)
    options = OPTIONS | ({"bandwidth": 0.6} if metric == "cumulative_area" else {})
    if metric is not None:
        options["metric"] = metric
    return kind(**{name: value for name, value in options.items() if name in kind().get_params()})


@pytest.fixture(params=CLUSTERERS, ids=lambda case: "-".join(filter(None, case)))
def model(request):
    return make(*request.param)


def test_the_groups_are_found(model):
    assert adjusted_rand_score(model.fit(SHAPES).labels_, TRUTH) == 1


def test_labels_are_int64_and_prototypes_curves_of_the_precision_of_the_shapes(model):
    for dtype in ("float64", "float32"):
        fitted = clone(model).fit(SHAPES.astype(dtype))
        assert fitted.labels_.dtype == np.int64
        assert fitted.prototypes_.shape == (3, 6)
        assert fitted.prototypes_.dtype == dtype
        assert fitted.cluster_centers_ is fitted.prototypes_


def test_precision_leaves_the_clusters(model):
    single, double = (clone(model).fit(SHAPES.astype(dtype)).labels_ for dtype in ("float32", "float64"))
    assert adjusted_rand_score(single, double) == 1


def test_the_order_of_the_rows_leaves_the_clusters(model):
    order = np.random.default_rng(1).permutation(60)
    straight, shuffled = clone(model).fit(SHAPES).labels_, clone(model).fit(SHAPES[order]).labels_
    assert adjusted_rand_score(straight[order], shuffled) == 1


def test_a_second_fit_and_any_number_of_threads_give_the_same_bits(model):
    first = clone(model).fit(SHAPES)
    others = [clone(model)]
    if "n_jobs" in model.get_params():
        others.append(clone(model).set_params(n_jobs=2))
    for other in others:
        other.fit(SHAPES)
        np.testing.assert_array_equal(other.labels_, first.labels_)
        np.testing.assert_array_equal(other.prototypes_, first.prototypes_)


def test_predicting_one_curve_does_not_depend_on_the_others(model):
    model.fit(SHAPES)
    alone = np.concatenate([model.predict(SHAPES[row : row + 1]) for row in range(0, 60, 7)])
    np.testing.assert_array_equal(alone, model.predict(SHAPES)[::7])


def test_a_missing_value_is_refused_with_its_id(model):
    table = pd.DataFrame(SHAPES, index=[f"post{row}" for row in range(60)])
    table.iloc[17, 2] = np.nan
    with pytest.raises(DataError, match="'post17', column 2"):
        model.fit(table)
    with pytest.raises(DataError, match="row 17, column 2"):
        model.fit(table.to_numpy())


def test_more_clusters_than_distinct_curves_are_refused_with_the_number(model):
    if "n_clusters" not in model.get_params():
        pytest.skip("the method finds the number of clusters")
    with pytest.raises(DataError, match=r"\b2\b.*got 3"):
        model.fit(np.repeat(LIVES[:2], 5, axis=0))
