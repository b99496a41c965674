import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from tsshape.plots import draw_growth

CURVES = np.array([[2.0, 4.0], [4.0, 4.0], [0.0, 8.0], [0.0, 0.0], [5.0, np.nan]])


def test_the_median_share_is_drawn_and_what_is_left_out_is_said():
    ax = draw_growth(CURVES, ax=Figure().subplots())
    assert ax.lines[0].get_ydata().tolist() == [0.5, 1.0]
    assert len(ax.collections) == 2
    assert [text.get_text() for text in ax.texts] == ["2 of 5 posts left out: without views, or young"]
    assert not draw_growth(CURVES[:3], ax=Figure().subplots()).texts


def test_groups_have_a_line_each_in_the_order_of_their_categories():
    groups = pd.Series(pd.Categorical(["b", "a", "b", "a", "a"], categories=["a", "b", "c"]), index=range(10, 15))
    ax = draw_growth(CURVES, groups, ax=Figure().subplots())
    assert [line.get_label() for line in ax.lines] == ["a (1)", "b (2)"]
    assert [line.get_ydata().tolist() for line in ax.lines] == [[1.0, 1.0], [0.25, 1.0]]
    many = draw_growth(np.ones((8, 1)), pd.Series([*"abcdefg", None]), ax=Figure().subplots())
    assert len(many.lines) == 7
    assert not many.collections
    assert many.texts[0].get_text().endswith("or without a group")


@pytest.mark.parametrize(
    ("curves", "groups", "words"), [(CURVES[3:], None, "no curve"), (CURVES, pd.Series([1]), "got 1 for 5 curves")]
)
def test_nothing_to_draw_is_refused(curves, groups, words):
    with pytest.raises(ValueError, match=words):
        draw_growth(curves, groups, ax=Figure().subplots())
