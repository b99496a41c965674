import numpy as np
import pandas as pd
import pytest

from tsshape import read_curves
from tsshape.data import day_column, day_number, write_table


@pytest.mark.parametrize(
    ("label", "column"),
    [(1, "day01"), (np.int64(7), "day07"), (np.float64(12), "day12"), (100, "day100"), ("d2", "d2"), ("7", "7")],
)
def test_whole_numbers_become_days_and_other_labels_stay(label, column):
    assert day_column(label) == column


@pytest.mark.parametrize(
    ("label", "day"),
    [("day01", 1), ("Day30", 30), ("1", 1), (np.int64(4), 4), ("week", None), ("d1234567", None)]
    + [(name, None) for name in ("2024-02-21", "Feb 1", "week 8", "w8", "H1", "post1", "Unnamed: 0", "q1 2024")]
    + [("marker3", 3), ("decay3", 3), ("d+3", 3), ("view_count_003", 3)],
)
def test_a_column_means_the_day_that_its_name_ends_in(label, day):
    assert day_number(label) == day


@pytest.mark.parametrize("labels", [[1, 2, 3], ["d1", "d2", "d3"], [1.0, 2.0, 3.0]])
def test_a_file_of_named_days_is_read_as_the_same_curves(labels, tmp_path):
    curves = pd.DataFrame([[1.0, 2.0, 4.0]], index=pd.Index(["a"], name="id"), columns=labels)
    write_table(curves.rename(columns=day_column), tmp_path / "curves.csv")
    pd.testing.assert_frame_equal(read_curves(tmp_path / "curves.csv"), curves.set_axis([1, 2, 3], axis=1))
