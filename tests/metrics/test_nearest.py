"""The nearest centres are those of the matrix."""

import numpy as np
import pytest

from tsshape import DataError
from tsshape.metrics import _memory as memory
from tsshape.metrics import _nearest as nearest_module
from tsshape.metrics import available_metrics, nearest, pairwise
from tsshape.metrics._check import example_shapes

SHAPES = example_shapes()
CENTERS = SHAPES[[2, 5, 9, 14, 20]]


@pytest.mark.parametrize("metric", available_metrics())
def test_labels_and_distances_are_the_least_of_the_matrix(metric):
    matrix = pairwise(SHAPES, CENTERS, metric)
    labels, distances = nearest(SHAPES, CENTERS, metric)
    assert labels.dtype == np.int64
    assert np.allclose(distances, matrix.min(axis=1), rtol=1e-12, atol=1e-12)
    assert np.allclose(matrix[np.arange(21), labels], matrix.min(axis=1), rtol=1e-12, atol=1e-12)


def test_the_first_of_centres_that_tie_is_taken():
    for metric in ("euclidean", "dtw", "auc", "sbd"):
        assert nearest(SHAPES, np.repeat(CENTERS[:1], 3, axis=0), metric)[0].tolist() == [0] * 21


def test_parameters_reach_the_metric():
    matrix = pairwise(SHAPES, CENTERS, "dtw", window=1)
    assert np.allclose(nearest(SHAPES, CENTERS, "dtw", window=1)[1], matrix.min(axis=1), rtol=1e-12)


def test_centres_follow_the_precision_of_the_curves():
    assert nearest(SHAPES.astype(np.float32), CENTERS, "manhattan")[1].dtype == np.float32
    assert nearest(SHAPES, CENTERS.astype(np.float32), "manhattan")[1].dtype == np.float64


def test_centres_may_have_another_length_where_the_metric_is_elastic():
    labels, distances = nearest(SHAPES, CENTERS[:, :-4], "dtw")
    matrix = pairwise(SHAPES, CENTERS[:, :-4], "dtw")
    assert np.array_equal(labels, matrix.argmin(axis=1))
    assert np.allclose(distances, matrix.min(axis=1), rtol=1e-12)


def test_blocks_of_rows_give_what_the_whole_matrix_gives(monkeypatch):
    expected = nearest(SHAPES, CENTERS, "sbd")
    monkeypatch.setattr(nearest_module, "block_rows", lambda n_columns: memory.block_rows(n_columns, target=200))
    labels, distances = nearest(SHAPES, CENTERS, "sbd")
    assert np.array_equal(labels, expected[0])
    assert np.allclose(distances, expected[1], rtol=1e-12, atol=1e-12)


def test_no_matrix_is_needed_where_it_would_not_fit(monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "100")
    for metric in ("euclidean", "dtw", "auc", "sbd"):
        assert len(nearest(SHAPES, CENTERS, metric)[0]) == 21


@pytest.mark.parametrize("metric", available_metrics())
def test_the_k_nearest_are_the_first_of_the_sorted_matrix(metric):
    matrix = pairwise(SHAPES, CENTERS, metric)
    labels, distances = nearest(SHAPES, CENTERS, metric, k=3)
    order = matrix.argsort(axis=1, kind="stable")[:, :3]
    assert labels.dtype == np.int64
    assert np.array_equal(labels, order)
    assert np.array_equal(distances, np.take_along_axis(matrix, order, axis=1))


@pytest.mark.parametrize("k", [1, 2, 4, 6])
def test_of_centres_that_tie_the_first_are_taken(k):
    # Two kinds of centres, three of each, so that ties lie on both sides of the k-th.
    centers = np.tile([[1.0, 1.0], [0.0, 0.0]], (3, 1))
    labels = nearest(np.array([[0.0, 0.0], [2.0, 2.0]]), centers, "manhattan", k=k)[0]
    assert labels.reshape(2, k).tolist() == [[1, 3, 5, 0, 2, 4][:k], [0, 2, 4, 1, 3, 5][:k]]


def test_the_k_nearest_need_no_matrix_and_no_particular_number_of_threads(monkeypatch):
    expected = nearest(SHAPES, CENTERS, "dtw", k=2)
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "100")
    for found, wanted in zip(nearest(SHAPES, CENTERS, "dtw", k=2, n_jobs=2), expected, strict=True):
        assert np.array_equal(found, wanted)


@pytest.mark.parametrize(("k", "error"), [(0, ValueError), (1.5, ValueError), (True, ValueError), (6, DataError)])
def test_a_number_of_neighbours_that_there_are_not_is_refused(k, error):
    with pytest.raises(error, match="k must be"):
        nearest(SHAPES, CENTERS, "dtw", k=k)
