import numpy as np
import pytest

from tsshape import DataError, read_curves
from tsshape.curves import describe_curves


def test_each_type_of_fault_is_counted():
    curves = np.array([[1, 3, 2, 4], [0, 0, 0, 0], [np.nan, 2, np.nan, 1], [np.nan] * 4, [1, 2, 3, 4]], dtype=float)
    found = describe_curves(curves)
    assert (found.n_curves, found.n_times) == (5, 4)
    assert (found.missing_cells, found.curves_with_missing) == (6, 2)
    assert (found.decreases, found.curves_with_decreases) == (2, 2)
    assert found.zero_curves == 1
    assert found.scale_quantiles[1.0] == 4


def test_the_mean_shape_is_that_of_complete_curves_above_0():
    found = describe_curves(np.array([[1.0, 2.0], [0.0, 0.0], [4.0, np.nan], [10.0, 10.0]]))
    assert found.mean_shape == [0.75, 1.0]


def test_a_table_of_missing_cells_has_no_statistics():
    found = describe_curves(np.full((2, 3), np.nan))
    assert found.scale_quantiles == {}
    assert found.mean_shape == []


def test_an_infinite_count_is_refused():
    with pytest.raises(DataError, match="inf"):
        describe_curves(np.array([[np.inf]]))


def test_real_uncleaned_curves_hold_what_their_source_says(real_data):
    found = describe_curves(read_curves(real_data / "youku30_raw" / "curves.parquet"))
    assert (found.n_curves, found.curves_with_missing, found.curves_with_decreases) == (20_852, 1_251, 10_323)
