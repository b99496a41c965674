import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from tsshape.plots import draw_calibration

MEASURED = pd.DataFrame({"at upload": [0.52, np.nan, 0.91], 3: [0.2, 0.8, 1.0]}, index=[0.5, 0.8, 0.9])


def lines(ax):
    """The points of each line by its label."""
    return {line.get_label(): np.transpose(line.get_data()).tolist() for line in ax.lines}


def test_each_group_has_a_line_of_its_measured_shares_within_the_limits():
    ax = draw_calibration(MEASURED[::-1], ax=Figure().subplots())
    found = lines(ax)
    assert found["at upload"] == [[0.5, 0.52], [0.9, 0.91]]
    assert found["3"] == [[0.5, 0.2], [0.8, 0.8], [0.9, 1.0]]
    low, high = ax.get_ylim()
    assert low <= 0.2
    assert high > 1.0
    assert ax.get_xlim() == (low, high)


def test_chance_is_the_normal_approximation_of_a_binomial_share():
    ax = draw_calibration(MEASURED[3], n_posts=100, ax=Figure().subplots())
    corners = ax.collections[0].get_paths()[0].vertices
    half = corners[np.isclose(corners[:, 0], 0.5, atol=0.003), 1]
    assert half.max() - half.min() == pytest.approx(2 * 1.96 * 0.05, abs=0.01)


def test_probabilities_are_labelled_as_such():
    ax = draw_calibration(pd.Series([0.1, 0.6], index=[0.05, 0.65]), quantity="probability", ax=Figure().subplots())
    assert ax.get_xlabel() == "forecast probability"


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (pd.Series([50.0], index=[0.5]), "between 0 and 1"),
        (pd.Series([0.5], index=[50]), "between 0 and 1"),
        (pd.Series([np.nan], index=[0.5]), "no share"),
        (pd.DataFrame(index=[0.5]), "no share"),
    ],
)
def test_what_is_no_share_is_refused(measured, words):
    with pytest.raises(ValueError, match=words):
        draw_calibration(measured, ax=Figure().subplots())
