import numpy as np
import pandas as pd
import pytest

from tsshape import DataError
from tsshape.forecast._history import AuthorHistory, Outcomes, as_authors, out_of_fold_history

AUTHORS = pd.Series(["a", "a", "b", None, "a"], index=list("vwxyz"), dtype="str")
SCALE = np.expm1(np.array([1.0, 2.0, 5.0, 7.0, 6.0]))
# The last post of the first author ends early.
GROWTH = np.array([[0.1], [0.3], [0.5], [0.7], [np.nan]])
ALL = np.ones(5, dtype=bool)


@pytest.fixture
def known(monkeypatch):
    """What training posts know, if each is a part of its own and no history is hidden."""
    monkeypatch.setattr("tsshape.forecast._history._HIDDEN_SHARE", 0.0)
    monkeypatch.setattr("tsshape.forecast._history._N_PARTS", 10_000)
    return lambda known=ALL, scale=SCALE: out_of_fold_history(AUTHORS, Outcomes(scale, GROWTH), known, 0)


def test_a_training_post_does_not_count_in_its_own_history(known):
    history = known()
    mean = history["author_mean_log_scale"].tolist()
    assert mean == pytest.approx([4.0, 3.5, np.nan, np.nan, 1.5], nan_ok=True)
    assert history["author_n_posts"].tolist() == [2, 2, 0, 0, 2]
    growth = history["author_mean_log_growth_1"].tolist()
    assert growth == pytest.approx([0.3, 0.1, np.nan, np.nan, 0.2], nan_ok=True)


def test_posts_that_are_held_out_know_those_that_are_not_and_count_in_no_history(known):
    held_out = known(np.array([True, True, False, True, False]))
    assert held_out["author_mean_log_scale"].tolist() == pytest.approx([2.0, 1.0, np.nan, np.nan, 1.5], nan_ok=True)
    assert held_out["author_n_posts"].tolist() == [1, 1, 0, 0, 2]


def test_posts_of_one_part_have_one_history():
    """Their own scales cannot be read from it; histories that are not hidden are of twenty parts."""
    authors = pd.Series(["a"] * 2000, index=range(2000), dtype="str")
    history = out_of_fold_history(authors, Outcomes(np.arange(2000.0)), np.ones(2000, dtype=bool), 1)
    hidden = history["author_n_posts"] == 0
    assert 0.45 < hidden.mean() < 0.55
    assert history["author_mean_log_scale"][~hidden].round(9).nunique() == 20


def test_a_history_comes_from_other_days(known):
    del known
    days = np.array([0, 0, 0, 0, 1])
    history = out_of_fold_history(AUTHORS, Outcomes(SCALE), np.array([True, True, True, True, False]), 0, days)
    assert history["author_n_posts"].tolist() == [0, 0, 0, 0, 2]
    history = out_of_fold_history(AUTHORS, Outcomes(SCALE), np.array([False, True, True, True, True]), 0, days)
    assert history["author_mean_log_scale"].tolist() == pytest.approx([6.0, 6.0, np.nan, np.nan, 2.0], nan_ok=True)


def test_other_posts_have_the_history_of_all_training_posts():
    history = AuthorHistory(0).fit(AUTHORS, Outcomes(SCALE, GROWTH))
    later = history.transform(pd.Series(["b", "a", "new", None], index=[1, 2, 3, 4], dtype="str"))
    assert later["author_mean_log_scale"].tolist() == pytest.approx([5.0, 3.0, np.nan, np.nan], nan_ok=True)
    assert later["author_n_posts"].tolist() == [1, 3, 0, 0]
    assert later["author_mean_log_growth_1"].tolist() == pytest.approx([0.5, 0.2, np.nan, np.nan], nan_ok=True)


def test_a_scale_changes_the_history_of_the_authors_other_posts_only(known):
    changed = SCALE.copy()
    changed[0] *= 100
    before, after = known(), known(scale=changed)
    pd.testing.assert_frame_equal(before.drop(["w", "z"]), after.drop(["w", "z"]))
    assert (before.loc[["w", "z"]] != after.loc[["w", "z"]]).any(axis=None)


def test_authors_of_other_posts_are_refused():
    with pytest.raises(DataError, match="same ids"):
        as_authors(AUTHORS, AUTHORS.index[::-1])
    with pytest.raises(DataError, match="but there are 2 posts"):
        as_authors(["a"], pd.Index(["x", "y"]))
