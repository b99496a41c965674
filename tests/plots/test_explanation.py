import pandas as pd
from matplotlib.figure import Figure

from tsshape.plots import draw_explanation, plot_contributions

TABLE = pd.DataFrame({"scale": [0.7, -0.2], "shape": [0.1, 0.3]}, index=["price in $ or $", "优酷"])


def test_bars_are_as_long_as_the_contributions():
    ax = plot_contributions(TABLE["scale"], Figure().subplots())
    assert [bar.get_width() for bar in ax.patches] == [0.7, -0.2]
    assert [label.get_text() for label in ax.get_yticklabels()] == list(TABLE.index)


def test_classifier_and_regressor_are_drawn_with_a_title_in_any_script(tmp_path):
    figure = draw_explanation(TABLE, title="优酷: $1 to $2")
    assert figure.get_suptitle() == "优酷: $1 to $2"
    assert len(figure.axes) == 2
    figure.savefig(tmp_path / "x.png")


def test_the_first_feature_is_on_top_in_both():
    for ax in draw_explanation(TABLE, title="two features").axes:
        bottom, top = ax.get_ylim()
        assert top < 0 < bottom
