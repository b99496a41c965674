import numpy as np
import pytest
from sklearn.datasets import make_blobs

from tsshape.cluster import ShapeKMeans
from tsshape.cluster._knee import find_knee

K = np.arange(1, 21)


def inertia(X, numbers=K):
    """Inertia of k-means for each number of clusters."""
    return np.array([ShapeKMeans(int(k), n_init=2, random_state=0).fit(X).inertia_ for k in numbers])


@pytest.mark.parametrize("n_groups", [2, 3, 5, 8])
def test_separated_groups_make_a_knee(n_groups):
    X, _ = make_blobs(400, centers=n_groups, n_features=6, cluster_std=0.7, random_state=1)
    assert find_knee(K, inertia(X)) == n_groups


@pytest.mark.parametrize("n_times", [2, 5, 10])
def test_curves_without_groups_make_none(n_times):
    assert find_knee(K, inertia(np.random.default_rng(0).random((600, n_times)))) is None


@pytest.mark.parametrize("power", [0.1, 0.5, 1.0, 2.0])
def test_no_power_of_k_has_a_knee(power):
    assert find_knee(K, 7.0 * K**-power) is None


def test_luck_with_one_start_is_no_knee():
    lucky = 100.0 / K
    lucky[11] *= 0.97
    assert find_knee(K, lucky) is None


def test_numbers_may_be_far_between():
    numbers = np.array([1, 2, 4, 8, 16, 32])
    assert find_knee(numbers, np.where(numbers < 8, 100.0 / numbers, 2.0 / numbers**0.1)) == 8


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 1.0], [0.0, 0.0, 0.0], [np.nan, 2.0, 1.0], [-1.0, -2.0, -3.0]])
def test_too_few_usable_values_make_none(values):
    assert find_knee(np.arange(1, len(values) + 1), np.array(values)) is None
