import pandas as pd
import pytest
from matplotlib.figure import Figure

from tsshape.plots import draw_ranks, plot_ranks

RANKS = pd.Series({"a": 1.5, "b": 1.75, "$c$": 3.0, "优酷": 3.75})


def test_names_of_the_better_half_stand_on_the_left():
    ax = plot_ranks(RANKS, [], Figure().subplots())
    assert [(text.get_text(), text.get_ha()) for text in ax.texts] == [
        ("a (1.50)", "right"),
        ("b (1.75)", "right"),
        ("$c$ (3.00)", "left"),
        ("优酷 (3.75)", "left"),
    ]
    assert [line.get_xdata()[0] for line in ax.lines] == RANKS.tolist()


def test_a_bar_spans_the_ranks_of_each_group():
    ax = plot_ranks(RANKS, [["a", "b"], ["b", "$c$"]], Figure().subplots())
    bars = [line for line in ax.lines if line.get_linewidth() > 1]
    assert [tuple(line.get_xdata()) for line in bars] == [
        pytest.approx((1.5, 1.75), abs=0.1),
        pytest.approx((1.75, 3.0), abs=0.1),
    ]
    assert len({line.get_ydata()[0] for line in bars}) == 2


def test_the_picture_has_a_title_and_all_names_fit(tmp_path):
    figure = draw_ranks(RANKS, [["a", "b"]], title="Mean ranks")
    figure.savefig(tmp_path / "ranks.png")
    width = figure.get_window_extent().width
    assert all(0 <= text.get_window_extent().x0 < text.get_window_extent().x1 <= width for text in figure.axes[0].texts)
    assert figure.get_suptitle() == "Mean ranks"
