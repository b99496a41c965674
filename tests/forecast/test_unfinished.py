"""Training posts that are still running: they teach what they know, and no more."""

import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import DataError
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster, _fitting, _prediction
from tsshape.forecast._unfinished import complete_curves

POSTS = tsshape.simulate_spid(700, n_times=8, random_state=0)
FEATURES = POSTS.features[["MeanViews", "Contacts"]]
TRAIN, TEST = slice(0, 500), slice(500, 700)
YOUNG = np.arange(500) >= 250
ROW, DAY, ALL = np.arange(500)[:, None], np.arange(1, 9), np.ones((500, 1), dtype=bool)
# Of a young post one to three days are over.
SEEN = POSTS.curves[TRAIN].where(~YOUNG[:, None] | (np.arange(8) < 1 + np.arange(500)[:, None] % 3))


def forecaster(**parameters):
    return ScaleShapeForecaster(ShapeKMeans(4, random_state=0), random_state=0, **parameters)


def fit(curves, rows=slice(None), model=None):
    posts = POSTS.curves[TRAIN].index[rows]
    return (model or forecaster()).fit(FEATURES.loc[posts], curves[rows], authors=POSTS.authors.loc[posts])


@pytest.fixture(scope="module")
def fitted():
    return fit(SEEN)


def test_young_posts_teach_what_complete_ones_do_not_know():
    """A topic that is new, and gets fifty times as many views."""
    topic = (np.arange(700) % 4 == 0) & (np.arange(700) >= 250)
    features, curves = FEATURES.assign(topic=topic), POSTS.curves * np.where(topic, 50.0, 1.0)[:, None]
    seen, of_topic = curves[TRAIN].where(SEEN.notna()), topic[TEST]
    ratio = {
        used: forecaster().fit(features[TRAIN][rows], seen[rows]).predict(features[TEST])[8][of_topic]
        / curves[TEST][8][of_topic]
        for used, rows in {"complete": ~YOUNG, "all": ALL[:, 0]}.items()
    }
    assert ratio["complete"].median() < 0.1
    assert 0.4 < ratio["all"].median() < 2


def test_a_young_post_counts_in_its_authors_history_at_once(fitted):
    history = fitted.posts_.history
    assert history.n_posts_.sum() == POSTS.authors[TRAIN].notna().sum()
    assert POSTS.authors[TRAIN][YOUNG].isin(history.authors_).all()


def test_young_posts_go_on_as_complete_ones_did(monkeypatch):
    drawn = []
    monkeypatch.setattr(_fitting, "complete_curves", lambda *given: drawn.append(complete_curves(*given)) or drawn[0])
    fit(SEEN)
    curves, scale = drawn[0]
    np.testing.assert_array_equal(curves[SEEN.notna()], SEEN.to_numpy()[SEEN.notna()])
    np.testing.assert_array_equal(scale[~YOUNG], curves[~YOUNG].max(axis=1))
    share = curves[:, [3, 5]] / np.maximum(curves[:, [-1]], 1)
    for young, complete in zip(share[YOUNG].T, share[~YOUNG].T, strict=True):
        assert young.std() == pytest.approx(complete.std(), rel=0.3)
        assert young.mean() == pytest.approx(complete.mean(), abs=0.03)
    # Half of the draws are above the median.
    assert 0.4 < np.mean(curves[YOUNG, -1] > scale[YOUNG]) < 0.6


def test_intervals_are_learned_from_complete_posts_and_cover(fitted):
    assert fitted.bands_.n_posts == (~YOUNG).sum()
    assert set(fitted.in_flight_.validation_.post) == set(np.flatnonzero(~YOUNG))
    lower, upper = fitted.predict_interval(FEATURES[TEST], authors=POSTS.authors[TEST])
    covered = (lower <= POSTS.curves[TEST]) & (POSTS.curves[TEST] <= upper)
    assert covered.to_numpy().mean() == pytest.approx(0.9, abs=0.05)


def test_the_same_posts_give_the_same_bits_for_any_number_of_threads(fitted, monkeypatch):
    # The test posts are few, and are to be divided among the threads as many are.
    monkeypatch.setattr(_prediction, "_MIN_ROWS", 1)
    threads = fit(SEEN, model=forecaster(n_jobs=2))
    observed = POSTS.curves[TEST].iloc[:, :2]
    for days in (None, observed):
        one, two = (each.summary(FEATURES[TEST], observed=days, above=1000) for each in (fitted, threads))
        pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_a_model_of_young_posts_is_saved(fitted, tmp_path):
    tsshape.save(fitted, tmp_path / "model")
    again = tsshape.load(tmp_path / "model")
    one, two = (each.summary(FEATURES[TEST], authors=POSTS.authors[TEST]) for each in (fitted, again))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


@pytest.mark.parametrize(
    ("change", "parameters", "message"),
    [
        (lambda curves: curves.where(ALL & (DAY < 8)), {}, "no curve is complete"),
        (lambda curves: curves.where(YOUNG[:, None] & (DAY > 0), 0.0), {}, "all complete curves are 0"),
        (lambda curves: curves.where((ROW != 400) & (DAY > 0)), {}, "has no count on any day"),
        (lambda curves: curves.where((ROW != 3) | (DAY != 5)), {}, "no count on day 5, but"),
        (lambda curves: curves, {"in_flight": False}, "250 curves end early, .* in_flight=True only"),
    ],
)
def test_posts_that_teach_nothing_are_refused(change, parameters, message):
    with pytest.raises(DataError, match=message):
        fit(change(SEEN), model=forecaster(**parameters))


def test_times_of_posting_are_checked():
    for posted, message in ((["soon"] * 500, "no time"), ([1], "has shape"), (POSTS.curves[TEST][8], "same ids")):
        with pytest.raises(DataError, match=message):
            forecaster().fit(FEATURES[TRAIN], SEEN, posted=posted)
