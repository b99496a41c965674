import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as theirs

from tsshape import DataError
from tsshape.cluster import silhouette, silhouette_samples
from tsshape.cluster._silhouette import separations
from tsshape.cluster._silhouette_sample import draw_rows_of
from tsshape.metrics import Metric, Parameter, pairwise

RNG = np.random.default_rng(0)
SHAPES = np.sort(RNG.random((300, 12)), axis=1)
LABELINGS = np.array([RNG.permutation(np.arange(300) % k) for k in (2, 5, 9, 40, 299)])


def skewed(rows, others):
    """Twice as far to a curve that ends higher as back from it."""
    difference = others[:, -1] - rows[:, -1, None]
    return np.where(difference > 0, 2 * difference, -difference)


@pytest.mark.parametrize(
    ("metric", "params"),
    [("euclidean", {}), ("dtw", {"window": 2}), ("area", {}), ("ddtw", {}), ("sbd", {}), ("cumulative_area", {})],
)
def test_the_silhouette_of_every_curve_is_scikit_learns(metric, params):
    matrix = pairwise(SHAPES, metric=metric, **params)
    np.fill_diagonal(matrix, 0)
    for labels in LABELINGS:
        expected = theirs.silhouette_samples(matrix, labels, metric="precomputed")
        found = silhouette_samples(SHAPES, labels, metric, **params)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
        assert silhouette(SHAPES, labels, metric, **params) == pytest.approx(expected.mean(), rel=1e-12, abs=1e-15)


def test_the_euclidean_silhouette_is_scikit_learns_to_twelve_digits():
    matrix = pairwise(SHAPES, metric="euclidean")
    expected = [theirs.silhouette_score(matrix, labels, metric="precomputed") for labels in LABELINGS]
    np.testing.assert_allclose(silhouette(SHAPES, LABELINGS), expected, rtol=1e-12)


def test_many_labelings_at_once_have_the_silhouettes_of_each_by_itself():
    together = silhouette(SHAPES, LABELINGS)
    assert together.shape == (len(LABELINGS),)
    np.testing.assert_allclose(together, [silhouette(SHAPES, labels) for labels in LABELINGS], rtol=1e-12)


def test_one_labeling_gives_a_float_and_a_row_of_one_an_array():
    assert isinstance(silhouette(SHAPES, LABELINGS[1]), float)
    assert silhouette(SHAPES, LABELINGS[1:2]).shape == (1,)


def test_a_curve_alone_in_its_cluster_has_the_silhouette_zero():
    labels = np.zeros(300, int)
    labels[7] = 1
    samples = silhouette_samples(SHAPES, labels)
    assert samples[7] == 0
    assert np.count_nonzero(samples) == 299


def test_the_order_of_the_curves_does_not_matter():
    order = RNG.permutation(300)
    plain = separations(SHAPES, LABELINGS, dunn=True)
    permuted = separations(SHAPES[order], LABELINGS[:, order], dunn=True)
    np.testing.assert_allclose(permuted.silhouettes, plain.silhouettes, rtol=1e-12)
    np.testing.assert_allclose(permuted.dunns, plain.dunns, rtol=1e-12)


def test_labels_may_be_any_ints_words_or_a_series():
    numbers = LABELINGS[1]
    expected = silhouette(SHAPES, numbers)
    assert silhouette(SHAPES, 10**12 - 7 * numbers) == pytest.approx(expected, rel=1e-12)
    assert silhouette(SHAPES, [f"cluster {label}" for label in numbers]) == pytest.approx(expected, rel=1e-12)
    assert silhouette(pd.DataFrame(SHAPES), pd.Series(numbers).astype("category")) == pytest.approx(expected, rel=1e-12)


def test_float32_curves_agree_with_float64_to_five_digits():
    labels = np.digitize(SHAPES[:, 6], [0.4, 0.5, 0.6])
    assert silhouette(SHAPES.astype(np.float32), labels) == pytest.approx(silhouette(SHAPES, labels), rel=1e-5)


def test_the_dunn_index_is_the_least_gap_by_the_greatest_diameter():
    matrix = pairwise(SHAPES, metric="dtw")
    for labels, found in zip(LABELINGS, separations(SHAPES, LABELINGS, "dtw", dunn=True).dunns, strict=True):
        same = labels[:, None] == labels
        assert found == pytest.approx(matrix[~same].min() / matrix[same].max(), rel=1e-12)


def test_dunn_indices_are_given_only_when_asked_for():
    assert separations(SHAPES, LABELINGS).dunns is None


def test_an_asymmetric_distance_is_taken_from_the_curve_that_is_scored():
    metric = Metric("skewed", batch=skewed, symmetric=False)
    expected = theirs.silhouette_samples(skewed(SHAPES, SHAPES), LABELINGS[1], metric="precomputed")
    np.testing.assert_allclose(silhouette_samples(SHAPES, LABELINGS[1], metric), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("route", ["pair", "cost", "embed"])
def test_a_user_defined_metric_serves_by_each_route(route):
    functions = {
        "pair": lambda x, y, _params: abs(x[-1] - y[-1]),
        "cost": lambda a, b: abs(a - b),
        "embed": lambda X: X[:, -2:],
    }
    parameters = (Parameter("window", None),) if route == "cost" else ()
    metric = Metric("own", parameters, **{route: functions[route]})
    matrix = pairwise(SHAPES, metric=metric)
    expected = theirs.silhouette_score(matrix, LABELINGS[2], metric="precomputed")
    assert silhouette(SHAPES, LABELINGS[2], metric) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("metric", ["soft_dtw", Metric("negative", batch=lambda X, Y: -np.abs(X[:, :1] - Y[:, 0]))])
def test_what_is_not_zero_between_a_curve_and_itself_or_negative_is_refused(metric):
    with pytest.raises(ValueError, match=r"never negative.*'dtw'"):
        silhouette(SHAPES, LABELINGS[1], metric)


def test_a_metric_that_hides_its_self_distance_is_refused():
    metric = Metric("hiding", batch=lambda X, Y: 1 + np.abs(X[:, :1] - Y[:, 0]))
    with pytest.raises(ValueError, match="'hiding' is not so"):
        silhouette(SHAPES, LABELINGS[1], metric)


@pytest.mark.parametrize("n_clusters", [1, 300])
def test_too_few_and_too_many_clusters_are_refused_with_their_number(n_clusters):
    labels = np.arange(300) % n_clusters
    with pytest.raises(ValueError, match=f"from 2 to n_curves - 1 = 299; got {n_clusters}$"):
        silhouette(SHAPES, labels)
    with pytest.raises(ValueError, match=f"got {n_clusters} in labeling 1"):
        silhouette(SHAPES, [LABELINGS[0], labels])


@pytest.mark.parametrize("labels", [LABELINGS[0, 1:], LABELINGS[None], 3, [], [[0, 1], [0]]])
def test_labels_of_another_shape_than_the_curves_are_refused(labels):
    with pytest.raises(DataError, match="labels must"):
        silhouette(SHAPES, labels)


def test_samples_of_several_labelings_are_refused():
    with pytest.raises(DataError, match="1 dimension"):
        silhouette_samples(SHAPES, LABELINGS)


def test_a_missing_label_is_refused_with_its_row():
    labels = LABELINGS[1].astype(float)
    labels[11] = np.nan
    with pytest.raises(DataError, match="row 11"):
        silhouette(SHAPES, labels)


def test_a_curve_with_a_gap_is_refused_with_its_row():
    shapes = SHAPES.copy()
    shapes[17, 3] = np.nan
    with pytest.raises(DataError, match="row 17"):
        silhouette(shapes, LABELINGS[1])


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ValueError, match="has no parameter 'window'"):
        silhouette(SHAPES, LABELINGS[1], "euclidean", window=3)


# Six groups of very different sizes; the last has three curves.
SIZES = (900, 540, 300, 200, 57, 3)
GROUPED = np.repeat(np.sort(RNG.random((6, 8)), axis=1), SIZES, axis=0) + RNG.normal(0, 0.15, (2000, 8))
GROUPS = np.repeat(np.arange(6), SIZES)


def test_a_sample_has_at_least_ten_of_each_cluster_that_has_them_and_each_cluster_weighs_as_many_as_it_has():
    drawn = draw_rows_of(GROUPS[None], 100, np.random.RandomState(4))
    counts = np.bincount(GROUPS[drawn], minlength=6)
    assert counts.min() == 3
    assert counts[4] == 10
    assert 100 < len(drawn) <= 113
    samples = theirs.silhouette_samples(GROUPED[drawn], GROUPS[drawn])
    expected = np.average(samples, weights=(np.array(SIZES) / counts)[GROUPS[drawn]])
    found = silhouette(GROUPED, GROUPS, sample_size=100, random_state=4)
    assert found == pytest.approx(expected, rel=1e-12)
    assert found == silhouette(GROUPED, GROUPS, sample_size=100, random_state=4, n_jobs=2)


def test_the_error_of_a_sample_is_that_of_repeated_samples():
    labelings = np.stack([GROUPS, np.digitize(GROUPED[:, 3], np.quantile(GROUPED[:, 3], np.arange(1, 5) / 5))])
    exact = separations(GROUPED, labelings, dunn=True)
    runs = [separations(GROUPED, labelings, dunn=True, sample_size=400, random_state=seed) for seed in range(30)]
    actual = np.sqrt(np.mean([(run.silhouettes - exact.silhouettes) ** 2 for run in runs], axis=0))
    stated = np.mean([run.errors for run in runs], axis=0)
    assert (actual < 1.5 * stated).all()
    assert (stated < 2 * actual).all()
    assert all((run.dunns >= exact.dunns).all() for run in runs)


def test_a_sample_of_all_curves_is_no_sample():
    assert separations(SHAPES, LABELINGS, sample_size=300).errors.tolist() == [0] * len(LABELINGS)
    assert silhouette(SHAPES, LABELINGS[1], sample_size=301) == silhouette(SHAPES, LABELINGS[1])
    with pytest.raises(ValueError, match="sample_size must be at least 16"):
        silhouette(SHAPES, LABELINGS[1], sample_size=15)
