import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tsshape.plots import draw_selection, plot_criterion

NAN = np.nan
TABLE = pd.DataFrame(
    {
        "inertia": [90.0, 40.0, 30.0, 29.0],
        "inertia_sd": [0.0, 2.0, 1.0, 1.0],
        "silhouette": [NAN, 0.3, 0.5, 0.2],
        "silhouette_sd": [NAN, 0.01, 0.02, 0.03],
        "davies_bouldin": [NAN, 1.5, 0.9, 1.1],
        "davies_bouldin_sd": NAN,
        "predictability": [0.8, NAN, 0.7, 0.75],
        "predictability_sd": NAN,
    },
    index=pd.Index([1, 2, 3, 5], name="n_clusters"),
)


def drawn(criterion, table=TABLE, **options):
    """The panel of one criterion."""
    return plot_criterion(table, criterion, Figure().subplots(), **options)


def marked(ax):
    """The k at the diamonds, and the words beside them."""
    places = [int(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "D"]
    return places, [text.get_text() for text in ax.texts]


def dashed(ax):
    """Where dashed lines stand."""
    return [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--"]


@pytest.mark.parametrize(
    ("criterion", "label"),
    [
        ("inertia", "inertia (it falls with k anyway)"),
        ("silhouette", "silhouette (higher is better)"),
        ("davies_bouldin", "Davies-Bouldin (lower is better)"),
        ("predictability", "predictability (lower is better)"),
    ],
)
def test_the_axes_say_what_is_drawn_and_which_direction_is_better(criterion, label):
    ax = drawn(criterion)
    assert ax.get_ylabel() == label
    assert ax.get_xlabel() == "number of clusters k"


@pytest.mark.parametrize("criterion", ["silhouette", "gap", "calinski_harabasz", "dunn", "stability"])
def test_the_highest_value_is_marked_where_higher_is_better(criterion):
    assert marked(drawn(criterion, pd.DataFrame({criterion: [1.0, 3.0, 2.0]}, index=[2, 4, 6]))) == ([4], ["k = 4"])


@pytest.mark.parametrize("criterion", ["davies_bouldin", "predictability"])
def test_the_lowest_value_is_marked_where_lower_is_better(criterion):
    assert marked(drawn(criterion)) == ([3], ["k = 3"])


def test_of_equal_values_the_fewest_clusters_are_marked():
    assert marked(drawn("gap", pd.DataFrame({"gap": [1.0, 3.0, 3.0]}, index=[2, 4, 6]))) == ([4], ["k = 4"])


def test_inertia_has_no_best_and_starts_at_zero():
    ax = drawn("inertia")
    assert marked(ax) == ([], [])
    assert ax.get_ylim()[0] == 0


@pytest.mark.parametrize("criterion", ["inertia", "silhouette"])
def test_a_dashed_line_stands_at_the_recommended_number_and_only_then(criterion):
    assert dashed(drawn(criterion, recommended=4)) == [4]
    assert dashed(drawn(criterion)) == []


def test_a_recommended_number_beyond_the_table_is_still_in_view():
    assert drawn("gap", pd.DataFrame({"gap": [1.0, 2.0]}, index=[2, 3]), recommended=50).get_xlim()[1] > 50


def test_the_line_joins_the_points_that_exist():
    line = drawn("predictability").lines[0]
    assert line.get_xdata().tolist() == [1, 3, 5]
    assert line.get_ydata().tolist() == [0.8, 0.7, 0.75]


def test_an_infinite_value_is_no_point_and_no_best():
    ax = drawn("dunn", pd.DataFrame({"dunn": [0.2, 0.4, np.inf]}, index=[2, 3, 4]))
    assert marked(ax) == ([3], ["k = 3"])
    assert ax.lines[0].get_xdata().tolist() == [2, 3]


def test_a_criterion_without_any_value_says_so():
    assert marked(drawn("gap", pd.DataFrame({"gap": [NAN, NAN]}, index=[2, 3]))) == ([], ["no value"])


def test_the_band_is_one_standard_deviation_on_either_side():
    corners = drawn("silhouette").collections[0].get_paths()[0].vertices
    for k, mean, deviation in [(2, 0.3, 0.01), (3, 0.5, 0.02), (5, 0.2, 0.03)]:
        values = corners[corners[:, 0] == k, 1]
        assert (values.min(), values.max()) == pytest.approx((mean - deviation, mean + deviation))


@pytest.mark.parametrize("table", [TABLE, TABLE.drop(columns="predictability_sd")])
def test_one_seed_has_no_band(table):
    assert not drawn("predictability", table).collections


def test_all_criteria_have_a_panel_in_the_order_of_the_table():
    figure = draw_selection(TABLE, title="K-means")
    assert [ax.get_ylabel().split(" ")[0] for ax in figure.axes] == [
        "inertia",
        "silhouette",
        "Davies-Bouldin",
        "predictability",
    ]
    assert figure.get_suptitle() == "K-means"


def test_a_criterion_whose_own_name_ends_in_sd_has_a_panel():
    figure = draw_selection(pd.DataFrame({"gap": [1.0], "gap_sd": [0.1], "size_sd": [2.0]}, index=[2]), title="sizes")
    assert [ax.get_ylabel() for ax in figure.axes] == ["gap statistic (higher is better)", "size_sd (lower is better)"]


def test_the_named_criteria_alone_are_drawn_in_their_order():
    figure = draw_selection(TABLE, criteria=("silhouette", "inertia"), title="two")
    assert [ax.get_ylabel().split(" ")[0] for ax in figure.axes] == ["silhouette", "inertia"]
    assert len(draw_selection(TABLE, criteria=("inertia",), title="elbow").axes) == 1


def test_the_recommended_number_stands_in_each_panel_and_once_in_the_legend():
    figure = draw_selection(TABLE, recommended=3, title="K-means")
    assert [dashed(ax) for ax in figure.axes] == [[3]] * 4
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words.count("recommended: k = 3") == 1
    assert len(words) == len(set(words)) == 4


def test_ticks_are_whole_numbers_of_at_least_one_cluster():
    for table in (TABLE, TABLE.loc[[5]], TABLE.loc[[1]]):
        ax = drawn("inertia", table)
        low, high = ax.get_xlim()
        ticks = [tick for tick in ax.get_xticks() if low <= tick <= high]
        assert ticks
        assert all(tick >= 1 and tick == int(tick) for tick in ticks)


@pytest.mark.parametrize("criteria", [("silhouette",), None])
def test_the_legend_and_the_names_of_the_axes_stay_inside_the_figure(criteria):
    figure = draw_selection(TABLE, criteria=criteria, recommended=3, title="K-means")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    boxes = [figure.legends[0].get_window_extent(renderer), *(ax.yaxis.label.get_window_extent() for ax in figure.axes)]
    for box in boxes:
        assert 0 <= box.x0 < box.x1 <= figure.bbox.width
        assert 0 <= box.y0 < box.y1 <= figure.bbox.height


@pytest.mark.parametrize("best", [2, 40, 80])
@pytest.mark.parametrize("criterion", ["gap", "davies_bouldin"])
def test_the_number_of_the_best_k_stands_beyond_the_line_and_inside_the_panel(criterion, best):
    k = np.arange(2, 81)
    values = np.abs(k - best) * (1.0 if criterion == "davies_bouldin" else -1.0)
    figure = draw_selection(pd.DataFrame({criterion: values}, index=k), title="one")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    panel, text = figure.axes[0].bbox, figure.axes[0].texts[0].get_window_extent(renderer)
    assert panel.x0 <= text.x0 < text.x1 <= panel.x1
    assert panel.y0 <= text.y0 < text.y1 <= panel.y1
    line = figure.axes[0].transData.transform((best, 0.0))[1]
    assert text.y1 < line if criterion == "davies_bouldin" else text.y0 > line


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_figure_with_names_in_any_script_is_written(tmp_path, kind):
    table = TABLE.rename(columns={"predictability": "可预测性 $x", "predictability_sd": "可预测性 $x_sd"})
    figure = draw_selection(table, recommended=2, title="优酷, $5 to $10_")
    figure.savefig(tmp_path / f"selection.{kind}")
    assert (tmp_path / f"selection.{kind}").stat().st_size > 10_000


def test_what_a_criterion_votes_for_is_marked_where_the_votes_are_given():
    votes = {"inertia": 3, "silhouette": None}
    knee = plot_criterion(TABLE, "inertia", Figure().subplots(), votes=votes)
    assert [text.get_text() for text in knee.texts] == ["k = 3"]
    assert not plot_criterion(TABLE, "silhouette", Figure().subplots(), votes=votes).texts


def test_an_inertia_below_0_is_in_the_picture():
    table = pd.DataFrame({"inertia": [-620.0, -630.0]}, index=[1, 2])
    low, high = plot_criterion(table, "inertia", Figure().subplots()).get_ylim()
    assert low < -630 < -620 < high


def test_the_recommended_k_has_a_tick_and_no_other_beside_it():
    table = pd.DataFrame({"inertia": np.linspace(9, 1, 79), "inertia_sd": 0.0}, index=range(2, 81))
    ax = drawn("inertia", table, recommended=41)
    assert 41 in ax.get_xticks()
    assert 40 not in ax.get_xticks()
    assert "41" in [label.get_text() for label in ax.get_xticklabels()]
