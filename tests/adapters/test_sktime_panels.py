"""Tables go to sktime's containers and tslearn's arrays and come back as they were."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sktime.datatypes import check_is_mtype, convert, convert_to
from strategies import ids
from tslearn.utils import to_time_series_dataset

from tsshape import DataError
from tsshape.adapters.sktime import from_mtype, from_tslearn, to_mtype, to_tslearn

CURVES = pd.DataFrame([[1.0, 4.0, 9.0], [2.0, 3.0, 5.0]], pd.Index(["a", "b"], name="id", dtype="str"), range(1, 4))
PANEL = to_mtype(CURVES)
LONG = to_mtype(CURVES, "pd-long")
ARRAY = to_mtype(CURVES, "numpy3D")
VALUES = st.floats(-1e300, 1e300)


@st.composite
def tables(draw):
    index = draw(st.lists(ids(), min_size=1, max_size=6, unique=True))
    values = draw(hnp.arrays(np.float64, (len(index), draw(st.integers(1, 5))), elements=VALUES))
    return pd.DataFrame(values, pd.Index(index, name="id", dtype="str"), range(1, values.shape[1] + 1))


@given(tables(), st.sampled_from(["pd-multiindex", "pd-long"]))
def test_a_table_comes_back_from_a_frame_as_it_was(curves, mtype):
    pd.testing.assert_frame_equal(from_mtype(to_mtype(curves, mtype)), curves, check_exact=True)


@given(tables())
def test_a_table_comes_back_from_an_array_with_its_ids_given(curves):
    for back in (
        from_mtype(to_mtype(curves, "numpy3D"), ids=curves.index),
        from_tslearn(to_tslearn(curves), ids=curves.index),
    ):
        pd.testing.assert_frame_equal(back, curves, check_exact=True)


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_posts_in_a_long_table_does_not_matter(curves, random):
    long = to_mtype(curves, "pd-long")
    order = list(curves.index)
    random.shuffle(order)
    mixed = pd.concat([long[long["id"] == each] for each in order])
    pd.testing.assert_frame_equal(from_mtype(mixed).loc[curves.index], curves, check_exact=True)
    # By time first: the posts take turns.
    turns = long.sort_values("day", kind="stable")
    pd.testing.assert_frame_equal(from_mtype(turns), curves, check_exact=True)


@pytest.mark.parametrize("mtype", ["pd-multiindex", "numpy3D"])
def test_sktime_takes_the_panels_and_converts_them_as_we_do(mtype):
    panel = to_mtype(CURVES, mtype)
    assert check_is_mtype(panel, mtype, scitype="Panel", msg_return_dict="list")
    array = convert_to(panel, "numpy3D", as_scitype="Panel")
    np.testing.assert_array_equal(array, to_mtype(CURVES, "numpy3D"))


def test_the_long_table_is_what_sktime_converts_from_and_to():
    pd.testing.assert_frame_equal(convert(LONG, "pd-long", "pd-multiindex", as_scitype="Panel"), PANEL)
    theirs = convert(PANEL, "pd-multiindex", "pd-long", as_scitype="Panel")
    pd.testing.assert_frame_equal(from_mtype(theirs), CURVES)


def test_tslearn_takes_the_array():
    np.testing.assert_array_equal(to_tslearn(CURVES), to_time_series_dataset(CURVES.to_numpy()))
    np.testing.assert_array_equal(to_tslearn(CURVES.to_numpy()), to_tslearn(CURVES))


def test_an_array_without_ids_gets_positions():
    assert from_mtype(to_mtype(CURVES, "numpy3D")).index.tolist() == ["0", "1"]
    assert from_tslearn(to_tslearn(CURVES)).index.tolist() == ["0", "1"]


@pytest.mark.parametrize(
    ("there", "back"), [(lambda table: to_mtype(table, "numpy3D"), from_mtype), (to_tslearn, from_tslearn)]
)
def test_what_comes_out_is_not_shared_with_what_went_in(there, back):
    array = there(CURVES)
    table = back(array)
    array[:] = 0
    assert CURVES.loc["a", 1] == table.iloc[0, 0] == 1


@pytest.mark.parametrize(
    "times",
    [
        pd.RangeIndex(3),
        pd.Index([7, 8, 9]),
        pd.date_range("2024-05-01", periods=3),
        pd.date_range("2024-05-01", periods=3, freq="6h"),
        pd.period_range("2024-01", periods=3, freq="M"),
        pd.timedelta_range("1D", periods=3),
    ],
    ids=["range", "whole numbers", "dates", "hours", "months", "ages"],
)
def test_the_first_time_point_is_day_1_in_any_notation_of_times(times):
    panel = pd.DataFrame({"v": CURVES.to_numpy().ravel()}, pd.MultiIndex.from_product([CURVES.index, times]))
    pd.testing.assert_frame_equal(from_mtype(panel), CURVES)


def test_every_post_may_have_dates_of_its_own():
    dates = [*pd.date_range("2024-05-01", periods=3), *pd.date_range("2023-01-07", periods=3)]
    index = pd.MultiIndex.from_arrays([["a"] * 3 + ["b"] * 3, dates])
    pd.testing.assert_frame_equal(from_mtype(pd.DataFrame({"v": CURVES.to_numpy().ravel()}, index)), CURVES)


def with_days(*days):
    return PANEL.set_axis(pd.MultiIndex.from_arrays([list("aaabbb"), [1, 2, 3, *days]]), axis=0)


def with_value(value):
    panel = PANEL.copy()
    panel.iloc[4] = value
    return panel


def of_array(value):
    array = ARRAY.copy()
    array[1, 0, 1] = value
    return array


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        (PANEL.iloc[:5], "'b' has 2 time points, 'a' has 3"),
        (LONG.iloc[:5], "'b' has 2 time points, 'a' has 3"),
        (with_days(1, 2, 4), "times of 'b' are not one step apart: look at its time points 2 and 3"),
        (with_days(1, 1, 2), "times of 'b' are not one step apart"),
        (with_days(3, 2, 1), "times of 'b' are not one step apart"),
        (with_days(1.0, 2.0, 3.5), "whole numbers, dates or periods"),
        (with_value(np.nan), "NaN .* row 'b', column 2"),
        (with_value(np.inf), "inf at row 'b', column 2"),
        (of_array(np.nan), "NaN .* row '1', column 2"),
        (PANEL.assign(other=1.0), r"has 2: \['views', 'other'\]"),
        (pd.concat([LONG, LONG.assign(variable="other")]), r"has 2: \['views', 'other'\]"),
        (np.concatenate([ARRAY, ARRAY], axis=1), "the panel has 2"),
        (ARRAY[:, 0], "3 dimensions"),
        (pd.concat({"x": PANEL}), "has 3"),
        (PANEL.iloc[:0], "empty"),
        (LONG.assign(id=["a", "a", "a", None, None, None]), r"row 3 \(counted from 0\) of the panel has no instance"),
        (PANEL.astype(str).replace("3.0", "x"), "real numbers only"),
        (PANEL.set_axis(pd.MultiIndex.from_product([[1, "1"], [1, 2, 3]]), axis=0), "id '1' appears more than once"),
    ],
)
def test_a_panel_that_is_no_table_of_curves_is_refused(panel, message):
    with pytest.raises(DataError, match=message):
        from_mtype(panel)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (to_time_series_dataset([[1.0, 2.0], [1.0]]), "NaN .* row '1', column 2"),
        (np.ones((2, 3, 2)), "the array has 2"),
        (np.ones((2, 3)), "3 dimensions"),
    ],
)
def test_an_array_that_is_no_table_of_curves_is_refused(array, message):
    with pytest.raises(DataError, match=message):
        from_tslearn(array)


@pytest.mark.parametrize(("names", "message"), [(["a"], "1 ids for 2 curves"), (["a", "a"], "'a' appears more than")])
def test_ids_that_do_not_fit_are_refused(names, message):
    for back, array in ((from_mtype, ARRAY), (from_tslearn, to_tslearn(CURVES))):
        with pytest.raises(DataError, match=message):
            back(array, ids=names)


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        (CURVES.mask(CURVES == 3), "NaN .* row 'b', column 2"),
        (CURVES.rename(index={"b": "a"}), "'a' appears more than once"),
        (CURVES.rename(columns={3: 4}), "the days 1…3"),
        (CURVES.iloc[:0], "at least one curve"),
    ],
)
def test_a_table_that_breaks_the_contract_is_refused(curves, message):
    with pytest.raises(DataError, match=message):
        to_mtype(curves)


def test_other_containers_are_refused_by_name():
    with pytest.raises(ValueError, match="mtype must be one of 'pd-multiindex'"):
        to_mtype(CURVES, "nested_univ")
    with pytest.raises(TypeError, match="got ndarray"):
        to_mtype(CURVES.to_numpy())
    with pytest.raises(TypeError, match="got list"):
        from_mtype([CURVES])
    with pytest.raises(TypeError, match="got 3 columns"):
        from_mtype(CURVES)
    with pytest.raises(TypeError, match="ids are for a numpy3D"):
        from_mtype(PANEL, ids=["a", "b"])
