import numpy as np
import pytest

from tsshape.forecast._bands import Bands, center_at_upload
from tsshape.forecast._observed import Observed

N_POSTS = 2000
HAS_HISTORY = np.arange(N_POSTS) % 2 == 0
# Forecasts that are alike for all posts; those of authors with a history are five times as good.
QUANTILES = np.tile([4.0, 5.0, 6.0], (N_POSTS, 1))
ERRORS = np.random.default_rng(0).normal(size=N_POSTS) * np.where(HAS_HISTORY, 0.2, 1.0)
CURVES = np.expm1(5 + ERRORS)[:, None]
ONE_DAY = np.ones((N_POSTS, 1))


def fitted(n_posts, has_history, at_random=HAS_HISTORY):
    """Bands from the first posts."""
    rows, curves, shape = np.arange(n_posts), CURVES[:n_posts], ONE_DAY[:n_posts]
    kinds = {"has_history": has_history[:n_posts], "at_random": at_random[:n_posts]}
    return Bands().fit(curves, rows, shape, QUANTILES[:n_posts], None, **kinds)


def coverage(bands):
    """The shares of posts of authors with and without a history whose count is in its 90 % interval."""
    nothing = Observed(np.full((N_POSTS, 1), np.nan), np.zeros(N_POSTS, dtype=np.int64))
    center = center_at_upload(QUANTILES, ONE_DAY)
    lower, upper = bands.predict(
        center, None, np.empty(0, dtype=np.int64), nothing, [0.05, 0.95], has_history=HAS_HISTORY, monotone=True
    )
    is_inside = (lower[:, 0] <= CURVES[:, 0]) & (CURVES[:, 0] <= upper[:, 0])
    return is_inside[HAS_HISTORY].mean(), is_inside[~HAS_HISTORY].mean()


@pytest.mark.parametrize("at_random", [HAS_HISTORY, np.ones(N_POSTS, dtype=bool)], ids=["by author", "the latest"])
def test_posts_of_known_authors_and_of_new_ones_are_covered_alike(at_random):
    assert coverage(fitted(N_POSTS, HAS_HISTORY, at_random)) == pytest.approx((0.9, 0.9), abs=0.01)


def test_posts_of_new_authors_are_compared_with_those_held_out_with_their_author():
    large = np.abs(ERRORS) > 1
    _, new = coverage(fitted(N_POSTS, HAS_HISTORY, at_random=HAS_HISTORY | large))
    assert new == pytest.approx(0.9 * (~large[~HAS_HISTORY]).mean(), abs=0.01)


@pytest.mark.parametrize("has_history", [np.zeros(N_POSTS, dtype=bool), np.ones(N_POSTS, dtype=bool)])
def test_where_one_kind_is_rare_all_posts_are_one_group(has_history):
    known, new = coverage(fitted(N_POSTS, has_history))
    assert known > 0.99
    assert new < 0.85
    assert fitted(300, HAS_HISTORY).at_upload_.edges_.shape[0] == 1
