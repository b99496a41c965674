"""Silhouettes and Dunn indices of many labelings against scikit-learn and against the definition."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import silhouette_samples as theirs
from sklearn.metrics import silhouette_score

from tsshape._kernels import _silhouette as module
from tsshape._kernels import lockstep, separations, silhouette_samples

DTYPES = ["float32", "float64"]


def euclidean(rows, block):
    return lockstep("euclidean", rows, block, 1)


def absolute(rows, block):
    return np.abs(rows - block.T)


def curves(n_curves, dtype="float64", n_times=6, seed=0):
    rng = np.random.default_rng(seed)
    return np.sort(rng.random((n_curves, n_times)), axis=1).astype(dtype)


def labels_of(n_curves, *sizes, seed=0):
    """Random labelings with the given numbers of clusters, none of them empty."""
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(np.arange(n_curves) % size) for size in sizes])


def dunn(matrix, labels):
    """The definition, pair by pair."""
    same = labels[:, None] == labels[None, :]
    gap, diameter = matrix[~same].min(), matrix[same].max()
    return gap / diameter if diameter > 0 else np.inf if gap > 0 else 0.0


@st.composite
def problems(draw):
    """Integers on a line, so that distances tie and clusters touch, and labelings with clusters of any size."""
    n_curves = draw(st.integers(3, 40))
    points = draw(st.lists(st.integers(-9, 9), min_size=n_curves, max_size=n_curves))
    labelings = []
    for _ in range(draw(st.integers(1, 9))):
        n_clusters = draw(st.integers(2, n_curves - 1))
        drawn = draw(st.lists(st.integers(0, n_clusters - 1), min_size=n_curves, max_size=n_curves))
        drawn[:n_clusters] = range(n_clusters)
        labelings.append(drawn)
    return np.array(points, float)[:, None], np.array(labelings)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_silhouettes_are_scikit_learns_and_dunn_indices_the_definitions(problem):
    points, labelings = problem
    found, dunns = separations(absolute, points, labelings, 1, dunn=True, mirror=False)
    matrix = np.abs(points - points.T)
    np.testing.assert_allclose(
        found, [silhouette_score(matrix, each, metric="precomputed") for each in labelings], rtol=1e-12, atol=1e-14
    )
    np.testing.assert_array_equal(dunns, [dunn(matrix, each) for each in labelings])


@settings(max_examples=50, deadline=None)
@given(problems())
def test_sorted_curves_keep_their_labels_and_those_of_a_cluster_of_the_finest_labeling_follow_each_other(problem):
    _, labelings = problem
    found = module._sort(labelings)
    np.testing.assert_array_equal(found.clusters - found.first[:, None], labelings[:, found.order])
    np.testing.assert_array_equal(np.sort(found.order), np.arange(labelings.shape[1]))
    np.testing.assert_array_equal(found.sizes, np.concatenate([np.bincount(labels) for labels in labelings]))
    most = labelings.max()
    finest = found.clusters[labelings.max(axis=1) == most]
    assert most in (finest[:, 1:] != finest[:, :-1]).sum(axis=1)


@pytest.mark.parametrize("tile_rows", [1, 5, 16])
@pytest.mark.parametrize(("panel_rows", "mirror"), [(16, False), (40, False), (40, True)])
@pytest.mark.parametrize("n_curves", [15, 16, 17, 127, 128, 129, 200])
def test_curves_at_the_edges_of_tiles_panels_and_blocks_are_counted_once(
    n_curves, tile_rows, panel_rows, mirror, monkeypatch
):
    monkeypatch.setattr(module, "TILE_ROWS", tile_rows)
    monkeypatch.setattr(module, "PANEL_ROWS", panel_rows)
    monkeypatch.setattr(module, "CURVES_PER_CLUSTER", 0)
    X, labelings = curves(n_curves), labels_of(n_curves, 2, 5, 9, 13)
    found, dunns = separations(euclidean, X, labelings, 1, dunn=True, mirror=mirror)
    matrix = euclidean(X, X)
    expected = [silhouette_score(matrix, labels, metric="precomputed") for labels in labelings]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(dunns, [dunn(matrix, labels) for labels in labelings], rtol=1e-12)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("n_curves", [255, 256, 257, 2049, 2300])
def test_sizes_around_those_of_the_real_tiles_and_panels_give_scikit_learns_samples(n_curves, mirror):
    X, labels = curves(n_curves), labels_of(n_curves, 11)[0]
    expected = theirs(euclidean(X, X), labels, metric="precomputed")
    found = silhouette_samples(euclidean, X, labels, 2, mirror=mirror)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
def test_any_number_of_threads_gives_the_same_bits(dtype, mirror, monkeypatch):
    monkeypatch.setattr(module, "PANEL_ROWS", 256)
    X, labelings = curves(900, dtype), labels_of(900, *range(2, 10))
    one = separations(euclidean, X, labelings, 1, dunn=True, mirror=mirror)
    for n_threads in (2, 3, 7):
        many = separations(euclidean, X, labelings, n_threads, dunn=True, mirror=mirror)
        np.testing.assert_array_equal(many[0], one[0])
        np.testing.assert_array_equal(many[1], one[1])


def test_float32_sums_keep_five_digits_of_the_mean_silhouette():
    X, sizes = curves(6000, n_times=30), (2, 9, 80)
    labelings = np.array([np.digitize(X[:, 15], np.quantile(X[:, 15], np.arange(1, k) / k)) for k in sizes])
    double = separations(euclidean, X, labelings, 1, dunn=True, mirror=True)
    single = separations(euclidean, X.astype(np.float32), labelings, 1, dunn=True, mirror=True)
    np.testing.assert_allclose(single[0], double[0], rtol=1e-5)
    np.testing.assert_allclose(single[1], double[1], rtol=1e-4)


@pytest.mark.parametrize("mirror", [False, True])
def test_no_panel_of_distances_grows_with_the_square_of_the_curves(mirror):
    asked = []

    def recording(rows, block):
        asked.append((len(rows), len(block)))
        return euclidean(rows, block)

    n_curves = 5000
    separations(recording, curves(n_curves), labels_of(n_curves, 4), 1, dunn=False, mirror=mirror)
    assert max(rows * columns for rows, columns in asked) <= 2048 * 128
    total = sum(rows * columns for rows, columns in asked)
    assert total < 0.6 * n_curves**2 if mirror else total == n_curves**2


def test_tables_that_would_be_as_large_as_a_matrix_are_not_made(monkeypatch):
    monkeypatch.delattr(module, "_stream_half")
    monkeypatch.setattr(module, "TABLES_BYTES", 2 * 8 * 400)
    for labels in (labels_of(400, 26), labels_of(400, 3)):
        assert separations(euclidean, curves(400), labels, 1, dunn=False, mirror=True)[0].shape == (1,)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 12])
def test_rounds_have_every_pair_once_and_no_number_twice_at_once(n):
    rounds = [*module._rounds(n)]
    assert sorted(tuple(sorted(pair)) for pairs in rounds for pair in pairs) == [
        *itertools.combinations_with_replacement(range(n), 2)
    ]
    for pairs in rounds[1:]:
        assert len({*itertools.chain(*pairs)}) == 2 * len(pairs)


def test_equal_curves_are_neither_well_nor_badly_separated():
    X = np.zeros((6, 3))
    found, dunns = separations(euclidean, X, np.array([[0, 0, 0, 1, 1, 1]]), 1, dunn=True, mirror=False)
    assert (found[0], dunns[0]) == (0, 0)


def test_clusters_of_equal_curves_that_lie_apart_have_an_infinite_dunn_index():
    X = np.repeat([[0.0], [1.0]], 3, axis=0)
    found, dunns = separations(euclidean, X, np.array([[0, 0, 0, 1, 1, 1]]), 1, dunn=True, mirror=False)
    assert (found[0], dunns[0]) == (1, np.inf)
