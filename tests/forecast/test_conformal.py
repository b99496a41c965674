from itertools import pairwise

import numpy as np
import pytest

from tsshape.forecast._conformal import ConformalBands

RNG = np.random.default_rng(0)


def forecasts(n):
    """Forecasts whose errors are wider for small posts than for large ones, and skewed."""
    scale = RNG.uniform(2, 10, n)
    center = np.column_stack([scale - 1, scale])
    noise = RNG.gamma(1.0, 1.0, (n, 2)) * np.where(scale < 5, 2.0, 0.2)[:, None]
    return center, np.ones(n), np.ones(n), center + noise


def ends(bands, *forecast, coverage):
    """The ends of the band of a coverage."""
    return [bands.predict(*forecast, level) for level in ((1 - coverage) / 2, (1 + coverage) / 2)]


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.95])
def test_bands_cover_new_posts_of_every_size(coverage):
    bands = ConformalBands().fit(*forecasts(20_000), np.zeros(20_000, dtype=int))
    center, below, above, true = forecasts(20_000)
    lower, upper = ends(bands, center, below, above, np.zeros(20_000, dtype=int), coverage=coverage)
    covered = (lower <= true) & (true <= upper)
    assert covered.mean() == pytest.approx(coverage, abs=0.01)
    for small in (center[:, 1] < 4.5, center[:, 1] > 5.5):
        assert covered[small].mean() == pytest.approx(coverage, abs=0.02)


def test_a_wider_coverage_gives_a_wider_band():
    bands = ConformalBands().fit(*forecasts(500), np.zeros(500, dtype=int))
    center, below, above, _ = forecasts(50)
    nested = [
        ends(bands, center, below, above, np.zeros(50, dtype=int), coverage=coverage) for coverage in (0.5, 0.9, 0.99)
    ]
    for (lower, upper), (wider_lower, wider_upper) in pairwise(nested):
        assert (wider_lower <= lower).all()
        assert (upper <= wider_upper).all()


def test_groups_have_bands_of_their_own():
    center = np.full((400, 1), 3.0)
    group = np.repeat([0, 1], 200)
    true = center + np.where(group == 0, 0.1, 2.0)[:, None] * RNG.standard_normal((400, 1))
    bands = ConformalBands().fit(center, np.ones(400), np.ones(400), true, group, n_groups=2)
    lower, upper = ends(bands, center[:2], np.ones(2), np.ones(2), np.array([0, 1]), coverage=0.9)
    width = (upper - lower)[:, 0]
    assert width[1] > 10 * width[0]


def test_few_posts_give_the_widest_band_that_they_know():
    center, true = np.zeros((5, 1)), np.array([[-2.0], [-1.0], [0.0], [1.0], [3.0]])
    bands = ConformalBands().fit(center, np.ones(5), np.ones(5), true, np.zeros(5, dtype=int))
    lower, upper = ends(bands, center[:1], np.ones(1), np.ones(1), np.zeros(1, dtype=int), coverage=0.9)
    assert (lower[0, 0], upper[0, 0]) == (-2.0, 3.0)


def test_a_group_without_posts_gets_the_errors_of_all():
    bands = ConformalBands().fit(*forecasts(200), np.zeros(200, dtype=int), n_groups=3)
    np.testing.assert_array_equal(bands.errors_[2], bands.errors_[0])
    assert (bands.errors_[2][..., -1] > 0).all()
