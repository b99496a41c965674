"""FasterPAM against all exchanges of one medoid, tried one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tsshape._kernels import fasterpam

DTYPES = ["float32", "float64"]


@st.composite
def problems(draw, least=-4):
    """Whole distances, which sum without rounding and tie often, not symmetric; weights, some 0; a start."""
    n_curves = draw(st.integers(1, 9))
    distances = draw(hnp.arrays(np.float64, (n_curves, n_curves), elements=st.integers(least, 9).map(float)))
    weights = draw(hnp.arrays(np.float64, n_curves, elements=st.integers(0, 3).map(float)))
    start = draw(st.permutations(range(n_curves)))[: draw(st.integers(1, min(3, n_curves)))]
    return distances, weights, start


def total(distances, weights, medoids):
    """The weighted sum of the distances to the nearest medoids."""
    return float(distances[list(medoids)].min(axis=0) @ weights)


def exchanges(medoids, n_curves):
    """All sets of medoids that differ from these in one."""
    others = set(range(n_curves)) - set(medoids)
    return [{*medoids} - {out} | {new} for out, new in itertools.product(medoids, others)]


def run(distances, start, weights=None, max_sweeps=1000):
    """Medoids, total and sweeps of one start."""
    medoids, totals, sweeps = fasterpam(distances, np.array([start]), weights, max_sweeps, 1)
    return medoids[0].tolist(), totals[0], sweeps[0]


def scattered(n_curves):
    """Distances of random points."""
    points = np.random.default_rng(0).random((n_curves, 5))
    return np.linalg.norm(points - points[:, None], axis=2)


@pytest.mark.parametrize("dtype", DTYPES)
@settings(max_examples=150, deadline=None)
@given(problem=problems())
def test_no_single_exchange_improves_the_result(dtype, problem):
    distances, weights, start = problem
    medoids, found, _ = run(distances.astype(dtype), start, weights)
    assert len(set(medoids)) == len(start)
    assert found == total(distances, weights, medoids)
    assert found <= total(distances, weights, start)
    for others in exchanges(medoids, len(distances)):
        assert total(distances, weights, others) >= found


@settings(max_examples=50, deadline=None)
@given(problems())
def test_one_medoid_is_the_first_of_the_best_of_all_curves(problem):
    distances, weights, start = problem
    medoids, found, sweeps = run(distances, start[:1], weights, max_sweeps=1)
    assert medoids == [int((distances @ weights).argmin())]
    assert found == (distances @ weights).min()
    assert sweeps == 1


@pytest.mark.parametrize("dtype", DTYPES)
def test_no_single_exchange_improves_a_large_result(dtype):
    distances, weights = scattered(60).astype(dtype), np.random.default_rng(1).random(60)
    medoids, found, _ = run(distances, range(7), weights)
    assert found == pytest.approx(total(distances, weights, medoids))
    assert min(total(distances, weights, others) for others in exchanges(medoids, 60)) >= found * (1 - 1e-12)


def test_all_curves_as_medoids_stay_as_they_are():
    assert run(scattered(6), [3, 1, 5, 0, 2, 4]) == ([3, 1, 5, 0, 2, 4], 0.0, 1)


@settings(max_examples=50, deadline=None)
@given(problems(least=0))
def test_a_weight_counts_like_repetition(problem):
    distances, weights, start = problem
    medoids, found, _ = run(distances, start, weights)
    repeated = np.repeat(distances, weights.astype(int), axis=1)
    assert found == repeated[medoids].min(axis=0).sum()


def test_no_weights_are_weights_of_one():
    assert run(scattered(40), [0, 1, 2]) == run(scattered(40), [0, 1, 2], np.ones(40))


def test_row_m_holds_the_distances_to_curve_m():
    distances = np.array([[0.0, 1.0, 1.0], [9.0, 0.0, 9.0], [9.0, 9.0, 0.0]])
    assert run(distances, [1]) == ([0], 2.0, 1)


def test_no_more_sweeps_are_made_than_allowed():
    _, after_one, one = run(scattered(300), range(20), max_sweeps=1)
    _, after_all, several = run(scattered(300), range(20))
    assert one == 1
    assert several > 1
    assert after_all < after_one


def test_each_start_is_followed_alone_for_any_number_of_threads():
    distances = scattered(300)
    starts = np.array([np.random.default_rng(seed).permutation(300)[:9] for seed in range(5)])
    before = starts.copy()
    alone = [run(distances, start) for start in starts]
    for n_threads in (1, 2):
        medoids, totals, sweeps = fasterpam(distances, starts, None, 1000, n_threads)
        assert list(zip(medoids.tolist(), totals, sweeps, strict=True)) == alone
    np.testing.assert_array_equal(starts, before)
