from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tsshape.plots import draw_clusters, plot_cluster


def clustering(n_clusters, *, n_curves=400, n_times=30, seed=0):
    """Shapes with labels of uneven sizes, each cluster with a member, and their means."""
    rng = np.random.default_rng(seed)
    curves = rng.gamma(0.5, size=(n_curves, n_times)).cumsum(axis=1)
    labels = np.concatenate(
        [np.arange(n_clusters), rng.integers(0, n_clusters, n_curves - n_clusters) ** 2 % n_clusters]
    )
    shapes = curves / curves[:, -1:]
    return shapes, labels, np.array([shapes[labels == label].mean(axis=0) for label in range(n_clusters)])


def band(ax):
    """The lower and the upper edge of the band, day by day."""
    corners = ax.collections[0].get_paths()[0].vertices
    days = np.unique(corners[:, 0])
    return tuple(np.array([pick(corners[corners[:, 0] == day, 1]) for day in days]) for pick in (np.min, np.max))


def number(ax):
    """The number of the cluster of a panel, which stands behind its name."""
    return int(ax.get_title().split("(")[1].split(")")[0])


def headers(figure):
    """What stands above the panels, in their order."""
    return [ax.get_title() for ax in figure.axes]


def test_the_line_is_the_prototype_over_the_days_from_1():
    shapes, _, prototypes = clustering(1)
    ax = plot_cluster(shapes, prototypes[0], Figure().subplots())
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), np.arange(1, 31))
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), prototypes[0])
    assert ax.get_xticks().tolist() == [1, 15, 30]


def test_the_band_runs_from_the_10_to_the_90_percent_quantile_of_each_day():
    shapes, _, prototypes = clustering(1)
    low, high = band(plot_cluster(shapes, prototypes[0], Figure().subplots()))
    np.testing.assert_allclose(low, np.quantile(shapes, 0.1, axis=0))
    np.testing.assert_allclose(high, np.quantile(shapes, 0.9, axis=0))


def test_the_band_of_one_member_is_that_member():
    shapes, _, prototypes = clustering(1)
    low, high = band(plot_cluster(shapes[:1], prototypes[0], Figure().subplots()))
    np.testing.assert_array_equal(low, shapes[0])
    np.testing.assert_array_equal(high, shapes[0])


def test_a_cluster_without_members_has_a_line_and_no_band():
    ax = plot_cluster(np.empty((0, 3)), np.array([0.1, 0.5, 1.0]), Figure().subplots())
    assert len(ax.lines) == 1
    assert not ax.collections


def test_a_single_day_is_drawn_as_a_level_with_a_width():
    ax = plot_cluster(np.array([[0.0], [10.0]]), np.array([4.0]), Figure().subplots())
    assert ax.lines[0].get_ydata().tolist() == [4.0, 4.0]
    assert ax.lines[0].get_xdata().tolist() == [0.5, 1.5]
    assert ax.get_xticks().tolist() == [1]
    assert [edge.tolist() for edge in band(ax)] == [[1.0, 1.0], [9.0, 9.0]]


@pytest.mark.parametrize("n_clusters", [1, 2, 7, 50, 80])
def test_each_cluster_has_one_panel_with_its_own_prototype(n_clusters):
    shapes, labels, prototypes = clustering(n_clusters)
    figure = draw_clusters(shapes, labels, prototypes, title="K-means")
    assert len(figure.axes) == n_clusters
    drawn = {number(ax): ax.lines[0].get_ydata() for ax in figure.axes}
    for label in range(n_clusters):
        np.testing.assert_array_equal(drawn[label], prototypes[label])


def test_the_quickest_life_comes_first():
    shapes = np.array([[0.1, 0.2, 0.3, 1.0], [0.25, 0.5, 0.75, 1.0], [1.0, 1.0, 1.0, 1.0]])
    figure = draw_clusters(shapes, np.arange(3), shapes, title="three")
    names = [header.split("\n")[0] for header in headers(figure)]
    assert names == ["instant (2)", "steady (1)", "still growing (0)"]


def test_a_header_gives_name_number_size_and_share():
    labels, names = np.repeat([0, 1, 2], [18_000, 1_829, 1]), ["rise, half by day 20, 90 % by day 300", *"bcd"]
    figure = draw_clusters(np.ones((19_830, 2)), labels, np.ones((4, 2)), names=names, title="many")
    first, *rest = headers(figure)
    assert first == "rise, half by day 20\n90 % by day 300 (0)\n18,000 · 90.8 %"
    assert rest == ["b (1)\n1,829 · 9.2 %", "c (2)\n1 · < 0.1 %", "d (3)\n0 · 0.0 %"]


def test_headers_of_a_sample_have_the_sizes_of_all_curves():
    shapes, labels, prototypes = clustering(3)
    figure = draw_clusters(shapes, labels, prototypes, title="sample", sizes=[750, 249, 1])
    sizes = {number(ax): ax.get_title().split("\n")[-1] for ax in figure.axes}
    assert sizes == {0: "750 · 75.0 %", 1: "249 · 24.9 %", 2: "1 · 0.1 %"}
    with pytest.raises(ValueError, match="got 2 for 3 prototypes"):
        draw_clusters(shapes, labels, prototypes, title="sample", sizes=[1, 2])


def test_a_panel_shows_the_band_of_its_own_members():
    shapes, labels, prototypes = clustering(7)
    for ax in draw_clusters(shapes, labels, prototypes, title="K-means").axes:
        members = shapes[labels == number(ax)]
        np.testing.assert_allclose(band(ax)[1], np.quantile(members, 0.9, axis=0))


def test_a_curve_with_a_label_of_no_prototype_counts_only_in_the_shares():
    figure = draw_clusters(np.ones((4, 2)), np.array([-1, 0, 0, 5]), np.ones((1, 2)), title="noise")
    assert headers(figure) == ["instant (0)\n2 · 50.0 %"]


def test_tables_are_drawn_as_arrays_are():
    shapes, labels, prototypes = clustering(3)
    table = pd.DataFrame(shapes, columns=range(1, 31)).add_prefix("day")
    figure = draw_clusters(table, pd.Series(labels, index=table.index[::-1]), pd.DataFrame(prototypes), title="table")
    assert headers(figure) == headers(draw_clusters(shapes, labels, prototypes, title="array"))


def test_the_axes_are_named_once_for_the_whole_figure():
    figure = draw_clusters(*clustering(7), title="K-means")
    assert (figure.get_supxlabel(), figure.get_supylabel()) == ("days", "share of the final views")
    assert {ax.get_xlabel() + ax.get_ylabel() for ax in figure.axes} == {""}
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["prototype", "10 to 90 % of the members, per day", "above: life (cluster), size · share"]


def test_numbers_stand_only_at_the_left_and_below_the_last_panel_of_each_column():
    figure = draw_clusters(*clustering(7), title="K-means")
    shown = [(ax.yaxis.get_tick_params()["labelleft"], ax.xaxis.get_tick_params()["labelbottom"]) for ax in figure.axes]
    assert [left for left, _ in shown] == [True, False, False, False, True, False, False]
    assert [below for _, below in shown] == [False, False, False, True, True, True, True]


def test_shapes_are_shown_from_0_to_1_in_every_panel():
    shapes, labels, prototypes = clustering(3)
    figure = draw_clusters(np.maximum(shapes, 0.7), labels, np.maximum(prototypes, 0.7), title="high")
    for ax in figure.axes:
        assert ax.get_ylim() == pytest.approx((-0.05, 1.05))


@pytest.mark.parametrize(("factor", "shift"), [(1000.0, 0.0), (2.0, -1.0), (0.01, 0.0)])
def test_curves_that_are_no_shapes_fill_common_limits(factor, shift):
    shapes, labels, prototypes = clustering(3)
    figure = draw_clusters(shapes * factor + shift, labels, prototypes * factor + shift, title="views")
    assert figure.get_supylabel() == "value"
    lows, highs = zip(*(ax.get_ylim() for ax in figure.axes), strict=True)
    assert len(set(lows)) == len(set(highs)) == 1
    edges = np.array([band(ax) for ax in figure.axes])
    assert lows[0] == pytest.approx(edges.min() - 0.05 * np.ptp(edges))
    assert highs[0] == pytest.approx(edges.max() + 0.05 * np.ptp(edges))


@pytest.mark.parametrize(("factor", "shift"), [(4.0, 0.0), (1.0, -0.5)])
def test_prototypes_in_another_unit_than_the_shapes_are_drawn_whole_and_not_called_shares(factor, shift):
    shapes, labels, prototypes = clustering(2)
    moved = prototypes * factor + shift
    figure = draw_clusters(shapes, labels, moved, title="another unit")
    assert figure.get_supylabel() == "value"
    low, high = figure.axes[0].get_ylim()
    assert low < moved.min() < moved.max() < high


@pytest.mark.parametrize("n_clusters", [1, 2, 12, 24, 50, 80])
def test_no_header_touches_another_or_a_panel_or_the_title_or_leaves_the_figure(n_clusters):
    shapes, _, prototypes = clustering(n_clusters, n_times=2)
    sizes = np.where(np.arange(n_clusters) < 8, 123_456, 1_234)
    labels = np.repeat(np.arange(n_clusters), sizes)
    figure = draw_clusters(np.broadcast_to(shapes[0], (len(labels), 2)), labels, prototypes, title="K-means " * 11)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    boxes = [ax.title.get_window_extent(renderer) for ax in figure.axes]
    others = [ax.get_window_extent(renderer) for ax in figure.axes]
    others += [text.get_window_extent(renderer) for text in figure.texts]
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:place] + others)
    for box in (*boxes, *(text.get_window_extent(renderer) for text in figure.texts)):
        assert 0 <= box.x0 < box.x1 <= figure.bbox.width


def test_axis_names_and_legend_stand_apart_below_the_panels():
    figure = draw_clusters(*clustering(50), title="K-means")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    ticks = min(label.get_window_extent(renderer).y0 for label in figure.axes[-1].get_xticklabels())
    name = figure._supxlabel.get_window_extent(renderer)
    legend = figure.legends[0].get_window_extent(renderer)
    for upper, lower in pairwise([ticks, name.y1, name.y0, legend.y1 - 1, legend.y0, 0]):
        assert upper >= lower


@pytest.mark.parametrize("title", ["K-means on 优酷", "हिन्दी, العربية", "from 5 $ to \\x $", "Köln"])
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_figure_with_a_title_in_any_script_is_written(tmp_path, title, kind):
    figure = draw_clusters(*clustering(3), title=title)
    figure.savefig(tmp_path / f"clusters.{kind}")
    assert (tmp_path / f"clusters.{kind}").stat().st_size > 10_000
    assert figure.get_suptitle() == title


def test_labels_of_another_length_are_refused():
    with pytest.raises(ValueError, match="got 2 labels for 3 curves"):
        draw_clusters(np.ones((3, 2)), np.array([0, 0]), np.ones((1, 2)), title="short")


def test_names_of_another_length_are_refused():
    with pytest.raises(ValueError, match="got 1 for 2 prototypes"):
        draw_clusters(np.ones((2, 2)), np.array([0, 1]), np.ones((2, 2)), names=["one"], title="short")


def test_channels_stand_below_each_other_with_the_days_in_common():
    shapes, labels, prototypes = clustering(7)
    panel, centers = (np.stack([each, 1 - (1 - each) ** 2], axis=1) for each in (shapes, prototypes))
    figure = draw_clusters(panel, labels, centers, title="two", channels=["views", "likes and comments of a post"])
    alone = draw_clusters(shapes, labels, prototypes, title="one")
    upper, lower = figure.axes[::2], figure.axes[1::2]
    assert [ax.get_title() for ax in upper] == headers(alone)
    assert {ax.get_title() for ax in lower} == {""}
    for above, below in zip(upper, lower, strict=True):
        np.testing.assert_array_equal(below.lines[0].get_ydata(), centers[number(above), 1])
        np.testing.assert_allclose(band(below)[0], np.quantile(panel[labels == number(above), 1], 0.1, axis=0))
        boxes = above.get_position(), below.get_position()
        assert boxes[0].x0 == boxes[1].x0
        assert boxes[0].y0 > boxes[1].y1
    named = ["views", "likes and comments of a…"]
    assert [ax.get_ylabel() for ax in figure.axes] == [*named, *[""] * 6, *named, *[""] * 4]
    shown = [ax.xaxis.get_tick_params()["labelbottom"] for ax in figure.axes]
    assert [place for place, below in enumerate(shown) if below] == [7, 9, 11, 13]
    assert figure.get_supylabel() == "share of the final count"


def test_channels_that_are_no_shapes_have_limits_of_their_own():
    panel = np.stack([np.ones((3, 4)), np.full((3, 4), 50.0)], axis=1) * np.arange(4)
    figure = draw_clusters(panel, np.zeros(3, int), panel[:1], title="counts")
    assert [ax.get_ylabel() for ax in figure.axes] == ["channel 0", "channel 1"]
    assert [ax.get_ylim()[1] for ax in figure.axes] == pytest.approx([3.15, 157.5])


def test_names_of_other_channels_are_refused():
    with pytest.raises(ValueError, match="got 1 for 2 channels"):
        draw_clusters(np.ones((2, 2, 3)), np.array([0, 0]), np.ones((1, 2, 3)), title="two", channels=["views"])
