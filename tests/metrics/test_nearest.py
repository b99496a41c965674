"""The nearest centres are those of the matrix."""

import numpy as np
import pytest

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
