from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tsshape import DataError, clean_curves

NAN = np.nan


def frame(rows: Any) -> pd.DataFrame:
    values = np.asarray(rows, dtype=float)
    return pd.DataFrame(values, index=[f"p{i}" for i in range(len(values))], columns=range(1, values.shape[1] + 1))


CELLS = st.one_of(st.just(NAN), st.integers(0, 50).map(float), st.floats(0, 1e12))
curves_with_gaps = arrays(float, array_shapes(min_dims=2, max_dims=2, max_side=7), elements=CELLS).map(frame)


@given(curves_with_gaps, st.sampled_from(["keep", "maximum"]), st.sampled_from(["drop", "truncate"]))
def test_cleaned_curves_are_complete_and_counted(curves: pd.DataFrame, decreasing: str, incomplete: str) -> None:
    reached = curves.notna().mul(curves.columns).max(axis=1)
    left = (reached == curves.shape[1]).any() if incomplete == "drop" else reached.min() > 0
    if not left:
        with pytest.raises(DataError, match="would be left"):
            clean_curves(curves, decreasing=decreasing, incomplete=incomplete)
        return
    cleaned, report = clean_curves(curves, decreasing=decreasing, incomplete=incomplete)
    assert not cleaned.isna().any(axis=None)
    assert cleaned.to_numpy().flags.c_contiguous
    assert (report.n_curves_in, report.n_times_in) == curves.shape
    assert (report.n_curves_out, report.n_times_out) == cleaned.shape
    assert report.dropped_ids == tuple(curves.index.difference(cleaned.index))
    kept = curves.loc[cleaned.index, cleaned.columns]
    assert report.missing_cells_interpolated == kept.isna().sum(axis=None)
    assert report.curves_with_missing == curves.isna().any(axis=1).sum()
    assert report.incomplete_curves == curves[curves.shape[1]].isna().sum()
    if decreasing == "keep":
        assert report.decreases == (cleaned.diff(axis=1) < 0).sum(axis=None)
        pd.testing.assert_frame_equal(cleaned.where(kept.notna()), kept)
    else:
        assert (cleaned.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
        assert (cleaned >= kept.fillna(0)).all(axis=None)


@given(curves_with_gaps)
def test_interpolated_cells_lie_between_their_neighbours(curves: pd.DataFrame) -> None:
    curves = curves.assign(last=1.0).set_axis(range(1, curves.shape[1] + 2), axis=1)
    cleaned, _ = clean_curves(curves)
    before = curves.ffill(axis=1).fillna(0)
    after = curves.bfill(axis=1)
    low, high = np.minimum(before, after), np.maximum(before, after)
    slack = 1e-12 * high
    assert (cleaned >= low - slack).all(axis=None)
    assert (cleaned <= high + slack).all(axis=None)


@given(curves_with_gaps)
def test_cleaning_twice_changes_nothing(curves: pd.DataFrame) -> None:
    curves = curves.assign(last=1.0).set_axis(range(1, curves.shape[1] + 2), axis=1)
    once, _ = clean_curves(curves, decreasing="maximum")
    twice, report = clean_curves(once, missing="refuse", decreasing="refuse", incomplete="refuse")
    pd.testing.assert_frame_equal(once, twice)
    assert report.decreases == report.missing_cells_interpolated == 0


def test_gaps_are_filled_by_straight_lines_from_zero_on_day_zero() -> None:
    cleaned, report = clean_curves(frame([[NAN, NAN, 6, NAN, NAN, 3]]))
    assert cleaned.loc["p0"].tolist() == [2, 4, 6, 5, 4, 3]
    assert report.missing_cells_interpolated == 4


def test_decreases_are_kept_or_replaced_by_the_running_maximum() -> None:
    curves = frame([[3, 1, 2, 5]])
    kept, report = clean_curves(curves)
    assert kept.loc["p0"].tolist() == [3, 1, 2, 5]
    assert (report.decreases, report.curves_with_decreases) == (1, 1)
    raised, report = clean_curves(curves, decreasing="maximum")
    assert raised.loc["p0"].tolist() == [3, 3, 3, 5]
    assert (report.decreases, report.curves_with_decreases) == (1, 1)


def test_incomplete_curves_are_dropped_or_all_are_cut_to_the_days_they_share() -> None:
    curves = frame([[1, 2, 3], [1, 2, NAN], [0, NAN, 0]])
    dropped, report = clean_curves(curves)
    assert dropped.index.tolist() == ["p0", "p2"]
    assert report.dropped_ids == ("p1",)
    cut, report = clean_curves(curves, incomplete="truncate")
    assert cut.shape == (3, 2)
    assert report.dropped_ids == ()
    assert (report.n_times_in, report.n_times_out, report.incomplete_curves) == (3, 2, 1)


def test_incomplete_curves_are_kept_as_they_are_and_those_without_a_count_are_dropped() -> None:
    curves = frame([[1, NAN, 3, 4], [2, NAN, 1, NAN], [0, NAN, NAN, NAN], [NAN, NAN, NAN, NAN]])
    kept, report = clean_curves(curves, decreasing="maximum", incomplete="keep")
    np.testing.assert_array_equal(kept, [[1, 2, 3, 4], [2, 2, 2, NAN], [0, NAN, NAN, NAN]])
    assert kept.index.tolist() == ["p0", "p1", "p2"]
    assert (report.incomplete_curves, report.incomplete_kept, report.dropped_ids) == (3, 2, ("p3",))
    assert (report.missing_cells_interpolated, report.decreases, report.zero_curves) == (2, 2, 1)
    assert "incomplete curves: 3; 1 dropped, 2 kept" in str(report)
    assert report.summary.startswith("2 of 4 curves end early and are kept; 1 curve without any count left out")
    with pytest.raises(DataError, match=r"curve 'p0': day 2 has no value \(2 such days in 2 curves\)"):
        clean_curves(curves, missing="refuse", incomplete="keep")
    with pytest.raises(DataError, match="none of the 1 curves has a value: nothing would be left"):
        clean_curves(curves[3:], incomplete="keep")


def test_days_that_are_cut_off_still_serve_as_neighbours() -> None:
    cleaned, _ = clean_curves(frame([[2, NAN, 6], [1, 2, NAN]]), incomplete="truncate")
    assert cleaned.to_numpy().tolist() == [[2, 4], [1, 2]]


def test_a_curve_without_any_value_is_dropped_and_cannot_be_truncated() -> None:
    curves = frame([[1, 2], [NAN, NAN]])
    assert clean_curves(curves)[1].dropped_ids == ("p1",)
    with pytest.raises(DataError, match=r"curve 'p1' has no value at all \(1 such curves\): no day would be left"):
        clean_curves(curves, incomplete="truncate")


def test_zero_curves_are_kept_and_counted() -> None:
    cleaned, report = clean_curves(frame([[0, 0], [0, 1]]))
    assert len(cleaned) == 2
    assert report.zero_curves == 1


@pytest.mark.parametrize(
    ("rows", "options", "says"),
    [
        ([[1, 2], [NAN, 2]], {"missing": "refuse"}, "curve 'p1': day 1 has no value (1 such days in 1 curves)"),
        (
            [[1, 2, 3], [3, 2, 1], [1, 2, 1]],
            {"decreasing": "refuse"},
            "curve 'p1': day 2 falls below the day before (3 such days in 2 curves)",
        ),
        (
            [[1, 2, 3], [3, NAN, NAN]],
            {"incomplete": "refuse"},
            "curve 'p1': day 2 and all later days have no value (2 such days in 1 curves)",
        ),
        ([[1, NAN], [3, NAN]], {}, 'nothing would be left; use incomplete="truncate"'),
        ([[1, -2]], {}, "holds -2.0 at row 'p0', column 2"),
        ([[1, np.inf]], {}, "holds inf at row 'p0', column 2"),
    ],
)
def test_what_is_to_be_refused_is_refused_with_id_day_and_count(
    rows: list[list[float]], options: dict[str, str], says: str
) -> None:
    with pytest.raises(DataError) as caught:
        clean_curves(frame(rows), **options)
    assert says in str(caught.value)


def test_a_repeated_id_is_refused() -> None:
    with pytest.raises(DataError, match="id 'a' appears more than once"):
        clean_curves(frame([[1], [2]]).set_axis(["a", "a"]))


@pytest.mark.parametrize("option", ["missing", "decreasing", "incomplete"])
def test_an_unknown_option_is_refused_with_the_choices(option: str) -> None:
    with pytest.raises(ValueError, match=f"{option} must be one of .*'refuse'.*; got 'guess'"):
        clean_curves(frame([[1]]), **{option: "guess"})


def test_the_input_is_left_alone() -> None:
    curves = frame([[3, NAN, 1]])
    before = curves.copy()
    clean_curves(curves, decreasing="maximum")
    pd.testing.assert_frame_equal(curves, before)


def test_the_report_reads_as_plain_lines() -> None:
    _, report = clean_curves(frame([[3, NAN, 1], [1, 2, NAN], [0, 0, 0]]), decreasing="maximum")
    assert str(report).splitlines() == [
        "in: 3 curves of 3 days",
        "out: 2 curves of 3 days",
        "missing cells: in 2 curves; 1 interpolated",
        "incomplete curves: 1; 1 dropped",
        "decreases: 2 in 1 curves; replaced by the running maximum",
        "zero curves: 1; kept",
    ]


@pytest.mark.parametrize(
    ("options", "summary", "lost"),
    [
        ({}, "1 of 2 curves end early and are left out; 1 missing cell interpolated; 1 decrease kept", 0.5),
        ({"incomplete": "truncate"}, "all curves are cut from 4 days to the 3 that each of them has; 1 missing", 0.25),
        ({"decreasing": "maximum"}, "1 decrease replaced by the running maximum", 0.5),
    ],
)
def test_the_report_sums_up_on_one_line_and_says_what_was_lost(options: Any, summary: str, lost: float) -> None:
    _, report = clean_curves(frame([[3, NAN, 5, 4], [1, 2, 3, NAN]]), **options)
    assert summary in report.summary
    assert report.share_lost == lost


def test_the_report_of_good_curves_says_so() -> None:
    assert clean_curves(frame([[1, 2], [2, 3]]))[1].summary == "nothing to clean in 2 curves of 2 days"
