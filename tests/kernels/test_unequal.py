"""Kernels of curves of unequal lengths against those of equal ones; the text of each strip is run by Python, too."""

import numpy as np
import pytest

from tsshape._kernels import ELASTIC, _pairwise, elastic, elastic_unequal, nearest_unequal
from tsshape.metrics import get_metric
from tsshape.metrics._input import pack_unequal, window_steps

# A slope in place of the window is computed for each pair of lengths by itself.
ALL = sorted(name for name, recurrence in ELASTIC.items() if recurrence.bounds is None)
LENGTHS = (6, 3, 9, 3, 7, 9, 1, 8)


def panel(lengths, n_channels=1, dtype=np.float64):
    X = np.random.default_rng(0).normal(size=(len(lengths), n_channels, max(lengths))).astype(dtype)
    for row, length in enumerate(lengths):
        X[row, :, length:] = np.nan
    return X if n_channels > 1 else X[:, 0]


def defaults(name):
    """The parameters of a metric without its window, as kernels take them."""
    metric = get_metric(name)
    return pack_unequal(metric, metric.bind({}))[0]


def one_by_one(name, X, Y, window):
    lengths = [(~np.isnan(Z if Z.ndim == 2 else Z[:, 0])).sum(axis=1) for Z in (X, Y)]
    found = np.empty((len(X), len(Y)), X.dtype)
    for i, T in enumerate(lengths[0]):
        for j, U in enumerate(lengths[1]):
            pair = (np.ascontiguousarray(Z[k : k + 1, ..., :n]) for Z, k, n in ((X, i, T), (Y, j, U)))
            found[i, j] = elastic(name, *pair, (*defaults(name), window_steps(window, int(T), int(U))), 1)[0, 0]
    return found


@pytest.mark.usefixtures("run_by_python")
@pytest.mark.parametrize("window", [None, 1, 4, 0.3])
@pytest.mark.parametrize("n_channels", [1, 2])
@pytest.mark.parametrize("name", ALL)
def test_the_text_of_a_kernel_gives_what_that_of_equal_lengths_gives(name, n_channels, window):
    X, Y = panel(LENGTHS, n_channels), panel(LENGTHS[2:5], n_channels)
    truth = one_by_one(name, X, Y, window)
    for first, second, expected in (
        (X, Y, truth),
        (Y, X[3:], truth[3:].T),
        (Y, X[:2], truth[:2].T),
        (X, None, one_by_one(name, X, X, window)),
    ):
        found = elastic_unequal(name, first, second, defaults(name), window, 1)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["dtw", "lcss"])
def test_a_compiled_kernel_gives_the_same_bits_for_any_number_of_threads(name, monkeypatch):
    monkeypatch.setattr(_pairwise, "CELLS_WORTH_A_THREAD", 0)
    X = panel(np.random.default_rng(1).integers(2, 12, size=75), dtype=np.float32)
    matrix = elastic_unequal(name, X, None, defaults(name), 3, 1)
    np.testing.assert_array_equal(matrix, elastic_unequal(name, X, None, defaults(name), 3, 2))
    np.testing.assert_array_equal(matrix, matrix.T)
    some = [0, 7, 8, 74]
    np.testing.assert_allclose(matrix[:, some], one_by_one(name, X, X[some], 3), rtol=1e-5, atol=1e-6)
    labels, distances = nearest_unequal(name, X, X[some], defaults(name), 3, 2)
    np.testing.assert_array_equal(distances, matrix[:, some].min(axis=1))
    np.testing.assert_array_equal(labels, matrix[:, some].argmin(axis=1))
