import re

import numpy as np
import pytest

from tsshape.report._charts import calibration_chart, criterion_chart, forecast_chart, shape_chart

WIDTH, HEIGHT = 300, 190


def places(picture):
    """All coordinates of lines, areas and dots."""
    lists = re.findall(r' points="([^"]*)"', picture)
    points = [tuple(map(float, pair.split(","))) for each in lists for pair in each.split()]
    dots = re.findall(r'cx="([^"]*)" cy="([^"]*)"', picture)
    return np.array([*points, *((float(x), float(y)) for x, y in dots)])


@pytest.mark.parametrize("size", [1e-300, 1e-3, 1.0, 1e12, 1e300])
@pytest.mark.parametrize("n_days", [1, 2, 30])
def test_forecasts_of_any_size_lie_within_the_picture(size, n_days):
    curve = (np.linspace(0.5, 1, n_days) * size).tolist()
    high = (np.linspace(1, 9, n_days) * size).tolist()
    picture = forecast_chart("post", curve, curve, 1, lower=[0.0] * n_days, upper=high)
    across, down = places(picture).T
    assert ((across >= 0) & (across <= WIDTH)).all()
    assert ((down >= 0) & (down <= HEIGHT)).all()


def test_a_wide_band_is_cut_off_where_the_lines_could_not_be_seen():
    lines = [5.0, 10.0]
    band, line = (
        np.array([tuple(map(float, pair.split(","))) for pair in re.search(pattern, picture)[1].split()])
        for picture in [forecast_chart("post", lines, lines, 0, lower=[0.0, 0.0], upper=[1e6, 1e6])]
        for pattern in (r'class="band" points="([^"]*)"', r'class="forecast" points="([^"]*)"')
    )
    floor = band[:, 1].max()
    # Three times as high as the line's end.
    assert (floor - band[:, 1].min()) == pytest.approx(3 * (floor - line[-1, 1]), rel=0.01)


def test_prototypes_below_zero_lie_within_the_picture():
    assert places(shape_chart("prototype", [-2.0, 0.0, 3.0])).min() >= 0


def test_a_calibration_that_fails_altogether_is_drawn():
    picture = calibration_chart("none", {"90% intervals cover 0.0 %": (0.9, 0.0)})
    assert places(picture)[-1, 1] <= HEIGHT


def test_a_criterion_without_values_is_an_empty_picture():
    assert places(criterion_chart("gap", [1, 2], [np.nan, np.nan], None)).size == 0


def test_a_criterion_of_one_number_and_one_value_is_drawn():
    assert len(places(criterion_chart("inertia", [3], [5.0], 3))) == 1


def test_labels_are_text():
    assert "<b>" not in shape_chart("<b>", [0.0, 1.0])
