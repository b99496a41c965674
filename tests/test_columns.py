import numpy as np
import pytest

from tsshape._columns import Column, format_count, format_percent, format_significant


@pytest.mark.parametrize(("count", "text"), [(1234.56, "1,234.6"), (-0.25, "-0.2"), (2.5e12, "2.5e+12")])
def test_a_count_is_as_short_as_a_column_is_wide(count, text):
    assert format_count(count) == text


def test_a_share_is_a_percentage_of_as_many_digits_as_asked_for():
    assert format_percent(0.897) == "89.7 %"
    assert format_percent(0.897, 0) == "90 %"


@pytest.mark.parametrize("missing", [None, np.nan, float("nan")])
def test_a_missing_value_is_a_dash(missing):
    column = Column("rho", "rho", "{:.3f}".format)
    assert column.text(missing) == "-"
    assert column.text(missing, missing="none") == "none"
    assert column.text(0.5) == "0.500"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0461299, "0.04613"), (57.6123, "57.61"), (-12345.6, "-12,346"), (0, "0"), (1.5e-6, "1.5e-06"), (2e13, "2e+13")],
)
def test_a_score_of_any_size_has_four_significant_digits(value, text):
    assert format_significant(value) == text
