import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from tsshape.plots import draw_forecast, draw_forecasts

LINE = np.array([10.0, 20.0, 30.0, 40.0])
FAN = {0.5: (LINE - 5, LINE + 5), 0.95: (LINE / 2, LINE * 2), 0.8: (LINE - 8, LINE + 15)}


def drawn(forecast=LINE, intervals=None, **options):
    """The axes of one forecast."""
    return draw_forecast(forecast, intervals, ax=Figure().subplots(), **options)


def band(ax, label, day):
    """The ends of a band on a day."""
    found = next(each for each in ax.collections if each.get_label() == label)
    corners = found.get_paths()[0].vertices
    return corners[np.isclose(corners[:, 0], day), 1].min(), corners[np.isclose(corners[:, 0], day), 1].max()


def notes(ax):
    """The notes on the axes."""
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("log", [False, True])
def test_bands_and_line_pass_through_every_day(log):
    ax = drawn(intervals=FAN, log=log)
    assert [each.get_label() for each in ax.collections] == ["95 % of posts", "80 % of posts", "50 % of posts"]
    for coverage, (lower, upper) in FAN.items():
        for day in (1, 2, 4):
            expected = (lower[day - 1], upper[day - 1])
            assert band(ax, f"{100 * coverage:.0f} % of posts", day) == pytest.approx(expected)
    days, values = ax.lines[0].get_data()
    np.testing.assert_allclose(values[np.isin(days, range(1, 5))], LINE)
    assert (np.diff(values) >= 0).all()


def test_observed_days_and_the_truth_are_drawn_where_they_are_known():
    ax = drawn(observed=[9.0, np.nan], truth=[9.0, 22.0, np.nan, np.nan])
    marks = {line.get_label(): line for line in ax.lines}
    np.testing.assert_array_equal(marks["observed"].get_ydata(), [9.0, np.nan])
    np.testing.assert_array_equal(marks["truth"].get_ydata()[:2], [9.0, 22.0])
    assert [line.get_label() for line in drawn(observed=[], truth=[np.nan] * 4).lines] == ["forecast"]


def test_a_band_of_decades_is_drawn_on_a_logarithmic_axis_and_low_counts_at_1():
    ax = drawn(intervals={0.9: (np.zeros(4), 100 * LINE)})
    tables = [pd.DataFrame([ends]) for ends in (LINE, LINE, 100 * LINE)]
    assert draw_forecasts(tables[0], {0.9: (*tables[1:],)}, axes=[Figure().subplots()])[0].get_yscale() == "log"
    assert (ax.get_yscale(), ax.get_ylabel()) == ("log", "views (log scale)")
    assert band(ax, "90 % of posts", 1)[0] == 1
    assert notes(ax) == ["counts below 1 are drawn at 1"]
    assert ax.get_ylim()[0] < 1
    assert drawn(log=True).get_ylim()[0] == pytest.approx(9)
    assert drawn(intervals=FAN).get_yscale() == "linear"
    assert not notes(drawn(intervals=FAN, log=True))


def test_what_a_linear_axis_cuts_is_said():
    ax = drawn(intervals={0.5: FAN[0.5], 0.95: (LINE / 2, 30 * LINE)}, log=False)
    assert notes(ax) == ["↑ cut: 95 % reach 1,200"]
    assert ax.get_ylim()[1] == pytest.approx(1.05 * 3 * 45)
    whole = drawn(intervals=FAN, log=False)
    assert not notes(whole)
    assert whole.get_ylim()[1] > FAN[0.95][1].max()


def test_panels_that_share_an_axis_show_all_of_each():
    high, low = Figure().subplots(1, 2, sharey=True)
    draw_forecast(LINE, {0.9: (LINE, 3 * LINE)}, ax=high)
    draw_forecast(LINE, ax=low)
    assert high.get_ylim() == low.get_ylim() == (0, pytest.approx(1.05 * 120))


@pytest.mark.parametrize("log", [None, True])
@pytest.mark.parametrize("forecast", [[0.0, 0.0], [5.0], [3.0, 3.0, 1.0]])
def test_zeros_a_single_day_and_falling_counts_are_drawn(forecast, log):
    counts = np.array(forecast)
    ax = drawn(counts, {0.9: (counts, counts)}, observed=counts[:1], truth=counts, log=log)
    low, high = ax.get_ylim()
    assert low < high
    assert np.isfinite([low, high, *ax.lines[0].get_ydata()]).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"observed": [1.0] * 5}, "observed has 5 days, the forecast 4"),
        ({"truth": [1.0] * 3}, "truth has 3 days, the forecast 4"),
        ({"intervals": {0.9: (LINE[:2], LINE)}}, "the interval for 90 % has 2 days, the forecast 4"),
        ({"intervals": {90: (LINE, LINE)}}, "between 0 and 1; got 90"),
        ({"forecast": [LINE]}, "one post by day"),
        ({"forecast": [1.0, np.nan]}, "forecast holds a missing"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        drawn(**options)


def test_each_post_has_a_panel_with_its_own_counts():
    table = pd.DataFrame([LINE, 7 * LINE, 9 * LINE], index=["a", "b", "c"], columns=range(1, 5))
    fan = {0.8: (table / 2, table * 2)}
    panels = draw_forecasts(table, fan, observed=table.loc[["b"], [1, 2]], truth=table.loc[["a"]], titles={"c": "优 $"})
    assert [ax.get_title() for ax in panels] == ["a", "b", "优 $"]
    assert [band(ax, "80 % of posts", 4)[1] for ax in panels] == [80, 560, 720]
    assert [[line.get_label() for line in ax.lines] for ax in panels] == [
        ["forecast", "truth"],
        ["forecast", "observed"],
        ["forecast"],
    ]
    words = [text.get_text() for text in panels[0].figure.legends[0].get_texts()]
    assert words == ["80 % of posts", "forecast", "truth", "observed"]
    plt.close(panels[0].figure)
    with pytest.raises(ValueError, match="as many as there are panels, 3; got 1"):
        draw_forecasts(table, axes=[panels[0]])
    with pytest.raises(ValueError, match="no rows"):
        draw_forecasts(table[:0])
