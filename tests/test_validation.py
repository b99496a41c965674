import numpy as np
import pandas as pd
import pytest

from tsshape import DataError
from tsshape._validation import (
    check_choice,
    check_curves,
    check_same_ids,
    check_unique_ids,
    describe_similar,
    format_label,
)

CURVES = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], index=["a", "b"], columns=[1, 2])


@pytest.mark.parametrize(("value", "word"), [(np.nan, "NaN"), (np.inf, "inf"), (-1.0, "-1.0")])
def test_a_bad_value_is_refused_with_its_row_and_column(value, word):
    curves = CURVES.copy()
    curves.loc["b", 2] = value
    with pytest.raises(DataError, match=rf"{word}.* at row 'b', column 2"):
        check_curves(curves)
    with pytest.raises(DataError, match=rf"{word}.* at row 1, column 1 \(counted from 0\)"):
        check_curves(curves.to_numpy())


def test_missing_and_negative_values_pass_where_they_are_allowed():
    curves = CURVES.copy()
    curves.loc["b"] = [np.nan, -1.0]
    assert check_curves(curves, missing=True, signed=True).shape == (2, 2)


@pytest.mark.parametrize("curves", [np.zeros(3), np.zeros((0, 3)), np.zeros((3, 0)), np.zeros((1, 1, 1)), [["x"]]])
def test_what_is_no_table_of_numbers_is_refused(curves):
    with pytest.raises(DataError):
        check_curves(curves)


def test_curves_become_c_ordered_float64():
    values = check_curves(np.asfortranarray(np.ones((3, 2), dtype=np.int32)))
    assert values.dtype == np.float64
    assert values.flags.c_contiguous


def test_an_unknown_choice_is_refused_with_the_choices():
    with pytest.raises(ValueError, match="shape must be one of 'soft', 'hard'; got 'firm'"):
        check_choice("shape", "firm", ("soft", "hard"))


@pytest.mark.parametrize(
    ("label", "shown"),
    [("a", "'a'"), (np.str_("a"), "'a'"), (np.int64(3), "3"), (2.5, "2.5"), (("a", np.int64(3)), "('a', 3)")],
)
def test_a_label_is_shown_as_python_would_write_it(label, shown):
    assert format_label(label) == shown


def test_ids_that_are_numbers_are_shown_as_numbers():
    ids = pd.Index([7, 8])
    with pytest.raises(DataError, match="curves: id 7 appears more than once"):
        check_unique_ids(ids[[0, 0, 1]], name="curves")
    with pytest.raises(DataError, match="of the ids in left, the first of them 8"):
        check_same_ids(ids, ids[:1], left_name="left", right_name="right")
    with pytest.raises(DataError, match="at row 8, column 1"):
        check_curves(pd.DataFrame({1: [1.0, np.inf]}, index=ids))


@pytest.mark.parametrize(
    ("missing", "known", "says"),
    [
        (["a"], ["b"], ""),
        ([7], [8], ""),
        (["\u00e9"], ["e\u0301"], "Unicode form (NFC, NFD)"),
        (["a"], ["a "], "blanks around it"),
        (["a"], ["A"], "capitals"),
        (["x", "a ", "b"], ["A", "b "], "blanks around it and in capitals; so are 1 more"),
    ],
)
def test_a_missing_id_that_is_there_in_another_spelling_is_named_as_that(missing, known, says):
    assert describe_similar(pd.Index(missing), pd.Index(known)).partition("which differs in ")[2] == says


def test_a_repeated_id_is_named():
    with pytest.raises(DataError, match=r"curves: id 'a' .*1 repeated"):
        check_unique_ids(pd.Index(["a", "b", "a"]), name="curves")


def test_an_id_missing_in_one_table_is_named():
    with pytest.raises(DataError, match="features lacks 1 of the ids in curves, the first of them 'b'"):
        check_same_ids(pd.Index(["a", "b"]), pd.Index(["a"]), left_name="curves", right_name="features")
