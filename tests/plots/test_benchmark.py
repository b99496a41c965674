import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from tsshape.plots import draw_benchmark, plot_budget, plot_scores

SCORES = pd.DataFrame({"trmse": [90.0, 65.0], "trmse_sd": [4.0, np.nan]}, index=["trivial", "direct"])
BUDGET = pd.DataFrame({"nothing": [90.0], "scale": [12.0], "prototype": [89.0], "shape": [91.0]}, index=["trivial"])


def names(ax):
    """The labels down the side."""
    return [label.get_text() for label in ax.get_yticklabels()]


def test_each_variant_has_a_row_with_its_error_in_words():
    ax = plot_scores(SCORES, Figure().subplots())
    assert names(ax) == ["trivial", "direct"]
    assert [text.get_text() for text in ax.texts] == ["90.0", "65.0"]
    assert ax.get_xscale() == "log"


def test_the_first_variant_is_on_top():
    low, high = plot_scores(SCORES, Figure().subplots()).get_ylim()
    assert low > high


def test_each_known_part_has_a_mark_of_its_own():
    ax = plot_budget(BUDGET, Figure().subplots())
    assert {line.get_marker() for line in ax.lines} == {"o", "s", "D", "^"}
    assert {line.get_color() for line in ax.lines} == {"#000000", "#D55E00", "#009E73", "#CC79A7"}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["nothing", "scale", "prototype", "shape"]


def test_the_whole_picture_is_written_with_a_variant_that_has_no_budget(tmp_path):
    figure = draw_benchmark(SCORES, BUDGET, title="paper on Köln")
    figure.savefig(tmp_path / "picture.svg")
    assert len(figure.axes) == 2
    assert "tRMSE" in (tmp_path / "picture.svg").read_text()
