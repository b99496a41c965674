import numpy as np
import pandas as pd
import pytest

from tsshape import DataError
from tsshape.forecast._history import AuthorHistory, as_authors

AUTHORS = pd.Series(["a", "a", "b", None, "a"], index=list("vwxyz"), dtype="str")
SCALE = np.expm1(np.array([1.0, 2.0, 5.0, 7.0, 6.0]))


@pytest.fixture
def history(monkeypatch):
    monkeypatch.setattr("tsshape.forecast._history._HIDDEN_SHARE", 0.0)
    history = AuthorHistory(0)
    history.known = history.fit_transform(AUTHORS, SCALE)
    return history


def test_a_training_post_does_not_count_in_its_own_history(history):
    mean = history.known["author_mean_log_scale"].tolist()
    assert mean == pytest.approx([4.0, 3.5, np.nan, np.nan, 1.5], nan_ok=True)
    assert history.known["author_n_posts"].tolist() == [2, 2, 0, 0, 2]


def test_other_posts_have_the_history_of_all_training_posts(history):
    later = history.transform(pd.Series(["b", "a", "new", None], index=[1, 2, 3, 4], dtype="str"))
    assert later["author_mean_log_scale"].tolist() == pytest.approx([5.0, 3.0, np.nan, np.nan], nan_ok=True)
    assert later["author_n_posts"].tolist() == [1, 3, 0, 0]


def test_half_of_the_histories_are_withheld():
    authors = pd.Series(["a"] * 2000, index=range(2000), dtype="str")
    hidden = AuthorHistory(1).fit_transform(authors, np.arange(2000.0))["author_n_posts"] == 0
    assert 0.45 < hidden.mean() < 0.55


def test_a_scale_changes_the_history_of_the_authors_other_posts_only(history):
    del history
    changed = SCALE.copy()
    changed[0] *= 100
    before, after = (AuthorHistory(0).fit_transform(AUTHORS, scale) for scale in (SCALE, changed))
    pd.testing.assert_frame_equal(before.drop(["w", "z"]), after.drop(["w", "z"]))


def test_authors_of_other_posts_are_refused():
    with pytest.raises(DataError, match="same ids"):
        as_authors(AUTHORS, AUTHORS.index[::-1])
    with pytest.raises(DataError, match="but there are 2 posts"):
        as_authors(["a"], pd.Index(["x", "y"]))
