"""Curves of unequal lengths: a list of arrays, or a panel whose shorter curves end in NaN."""

import numpy as np
import pandas as pd
import pytest

from tsshape import DataError
from tsshape.metrics import Metric, Parameter, alignment_path, distance, nearest, pairwise

LENGTHS = (5, 3, 7, 3, 6, 7)
RNG = np.random.default_rng(0)
CURVES = [RNG.normal(size=n) for n in LENGTHS]
CHANNELS = [RNG.normal(size=(3, n)) for n in LENGTHS]
ABSOLUTE = Metric("absolute_dtw", (Parameter("window", None),), cost=lambda a, b: abs(a - b), elastic=True)


def padded(curves):
    return np.array(
        [np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, 7 - x.shape[-1])], constant_values=np.nan) for x in curves]
    )


def first_gap(x, y, _params):
    return abs(x[0] - y[-1])


def cases():
    # The others differ in the kernel only, which has tests of its own and takes seconds to be compiled.
    yield from ((name, CURVES) for name in ("dtw", "ddtw", "lcss", "sbd"))
    yield "dtw", CHANNELS
    yield ABSOLUTE, CURVES
    yield Metric("first_gap", pair=first_gap, elastic=True, symmetric=False), CURVES


@pytest.mark.parametrize(("metric", "curves"), list(cases()))
def test_distances_are_those_of_the_pairs_of_curves(metric, curves):
    parameters = {"window": 0.4} if metric == "dtw" else {}
    truth = np.array([[distance(x, y, metric, **parameters) for y in curves[:4]] for x in curves])
    for X in (curves, padded(curves)):
        matrix = pairwise(X, metric=metric, **parameters)
        np.testing.assert_allclose(matrix[:, :4], truth, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(pairwise(X, X[:4], metric, **parameters), truth, rtol=1e-12, atol=1e-12)
        labels, least = nearest(X, X[:4], metric, **parameters)
        np.testing.assert_allclose(least, truth.min(axis=1), rtol=1e-12, atol=1e-12)
        assert labels.tolist() == truth.argmin(axis=1).tolist()
        assert nearest(X, X[:4], metric, k=3, **parameters)[1].shape == (6, 3)


def test_of_centres_that_tie_the_first_is_nearest_whatever_its_length():
    labels, _ = nearest([[1.0, 1.0], [2.0]], [[1.0, 1.0, 1.0], [1.0], [1.0, 1.0], [3.0]], "dtw")
    assert labels.tolist() == [0, 1]


def test_days_that_are_missing_at_the_end_of_a_table_make_its_curves_shorter():
    table = pd.DataFrame(padded(CURVES), index=list("abcdef"), columns=range(1, 8))
    np.testing.assert_array_equal(pairwise(table), pairwise(CURVES))
    # A column without values is no day.
    np.testing.assert_array_equal(pairwise(table.assign(**{"8": np.nan})), pairwise(CURVES))
    assert alignment_path(table.loc["a"], table.loc["b"]).tolist() == alignment_path(*CURVES[:2]).tolist()
    with pytest.raises(DataError, match=r"holds NaN .* at row 'a', column 6"):
        pairwise(table, metric="euclidean")


def test_single_precision_stays():
    matrix = pairwise([curve.astype(np.float32) for curve in CURVES])
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(matrix, pairwise(CURVES), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        ([[1, 2], [3, np.nan, 3.0]], r"NaN .* at row 1, column 1"),
        ([[1, 2], [np.nan, np.nan, np.nan]], r"NaN .* at row 1, column 0"),
        ([[1, 2], []], r"X\[1\] must be a curve, .* got shape \(0,\)"),
        ([[1, 2], "abc"], r"X\[1\] must hold real numbers only"),
        ([np.ones((2, 3)), np.ones((3, 4))], r"X\[1\] must have the channels of X\[0\]"),
        ([np.ones((2, 3)), np.ones(4)], r"X\[1\] must have the channels of X\[0\]"),
        ([np.ones((2, 2)), np.array([[1, 2, np.nan], [1, 2, 3.0]])], r"NaN .* at row 1, channel 0, column 2"),
    ],
)
def test_what_is_no_panel_is_refused_by_row(curves, message):
    with pytest.raises(DataError, match=message):
        pairwise(curves)


def test_a_metric_that_compares_step_by_step_refuses_unequal_lengths():
    with pytest.raises(DataError, match=r"row 1 .* has 3 values where row 0 has 5"):
        pairwise(CURVES, metric="euclidean")
