"""What comes in is checked once, and refused with the row named."""

import numpy as np
import pandas as pd
import pytest

from tsshape import DataError
from tsshape.metrics import alignment_path, available_metrics, barycenter, distance, nearest, pairwise
from tsshape.metrics._check import example_shapes

GOOD = np.arange(6.0).reshape(2, 3)

BAD = {
    "missing": (np.array([[1.0, 2.0], [np.nan, 3.0]]), ["row 1", "NaN"]),
    "infinite": (np.array([[1.0, np.inf], [3.0, 4.0]]), ["row 0", "inf"]),
    "empty": (np.empty((0, 3)), ["(0, 3)"]),
    "without a time step": (np.empty((3, 0)), ["(3, 0)"]),
    "a vector": (np.arange(3.0), ["2 dimensions"]),
    "of four dimensions": (np.zeros((2, 2, 2, 2)), ["2 dimensions"]),
    "text": ([["a", "b"], ["c", "d"]], ["real numbers"]),
    "text among numbers": (np.array([[1.0, 2.0], [3.0, "x"]], dtype=object), ["row 1", "'x'"]),
    "complex": (np.ones((2, 2), dtype=complex), ["complex"]),
    "dates": (np.zeros((2, 2), dtype="datetime64[D]"), ["datetime64"]),
    "masked": (np.ma.masked_equal([[1.0, 2.0], [3.0, 4.0]], 3.0), ["row 1", "NaN"]),
    "a missing cell of a frame": (
        pd.DataFrame([[1.0, 2.0], [None, 3.0]], index=["a", "b"], columns=[1, 2]),
        ["'b'", "column 1"],
    ),
    "a frame with a text column": (pd.DataFrame({1: [1.0, 2.0], 2: ["x", "y"]}), ["column 2"]),
    "a missing integer": (pd.DataFrame({1: pd.array([1, None], dtype="Int64")}), ["row 1", "NaN"]),
}


@pytest.mark.parametrize("function", [pairwise, barycenter, lambda X, metric: nearest(X, GOOD, metric)])
@pytest.mark.parametrize("metric", ["dtw", "euclidean", "sbd"])
@pytest.mark.parametrize("case", BAD)
def test_curves_that_cannot_be_used_are_refused_with_the_row_named(case, metric, function):
    curves, words = BAD[case]
    with pytest.raises(DataError) as refusal:
        function(curves, metric=metric)
    for word in words:
        assert word in str(refusal.value)


def test_the_other_panel_is_named_in_the_refusal():
    with pytest.raises(DataError, match=r"Y holds NaN .* row 0"):
        pairwise(GOOD, np.full((1, 3), np.nan))
    with pytest.raises(DataError, match=r"centers holds NaN .* row 0"):
        nearest(GOOD, np.full((1, 3), np.nan))


@pytest.mark.parametrize("metric", available_metrics())
def test_lengths_may_differ_only_for_elastic_metrics(metric):
    shapes = example_shapes()
    shorter = shapes[:4, :-3]
    if metric in {"euclidean", "sqeuclidean", "manhattan", "minkowski", "area", "auc", "cumulative_area"}:
        with pytest.raises(DataError, match="12 time steps and Y has 9"):
            pairwise(shapes, shorter, metric)
    else:
        assert pairwise(shapes, shorter, metric).shape == (21, 4)


@pytest.mark.parametrize("bad", [[], [[[1.0]]], [np.nan], [np.inf, 1.0]])
def test_a_curve_that_cannot_be_used_is_refused(bad):
    for function in (distance, alignment_path):
        with pytest.raises(DataError, match="y "):
            function([0.0, 1.0], bad)


def test_float32_is_kept_and_everything_else_is_float64():
    for dtype, expected in ((np.float32, np.float32), (np.float16, np.float64), (np.int32, np.float64)):
        assert pairwise(GOOD.astype(dtype), metric="manhattan").dtype == expected
    assert pairwise(GOOD.astype(">f8"), metric="manhattan").dtype == np.float64
    assert pairwise(pd.DataFrame(GOOD.astype(np.float32)), metric="manhattan").dtype == np.float32
    assert pairwise(GOOD.astype(np.float32), GOOD, "manhattan").dtype == np.float64


def test_the_precision_can_be_chosen():
    assert pairwise(GOOD, metric="manhattan", dtype="float32").dtype == np.float32
    assert pairwise(GOOD.astype(np.float32), metric="manhattan", dtype=np.float64).dtype == np.float64
    with pytest.raises(ValueError, match="dtype must be one of 'float32', 'float64'; got 'int64'"):
        pairwise(GOOD, dtype=np.int64)


def test_a_value_that_float32_cannot_hold_is_refused():
    with pytest.raises(DataError, match=r"row 1 .* too large for float32"):
        pairwise(np.array([[1.0, 2.0], [1e300, 1.0]]), dtype="float32")


def test_a_distance_too_large_for_its_dtype_is_refused_by_name():
    curves = np.array([[0.0, 0.0], [1e200, 1e200]])
    with pytest.raises(DataError, match=r"'sqeuclidean' .* inf for row 0"):
        pairwise(curves, metric="sqeuclidean")


def test_input_in_any_memory_order_gives_the_same_bits_and_is_left_as_it_was():
    shapes = example_shapes()
    fortran = np.asfortranarray(shapes)
    doubled = np.repeat(shapes, 2, axis=1)[:, ::2]
    expected = pairwise(shapes).tobytes()
    assert pairwise(fortran).tobytes() == expected
    assert pairwise(doubled).tobytes() == expected
    assert np.array_equal(fortran, shapes)


def test_a_matrix_beyond_the_memory_limit_is_refused_with_its_size_and_the_remedy(monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "3 KiB")
    with pytest.raises(DataError, match=r"21 x 21 .* 3.445 KiB, .* 3 KiB: use nearest"):
        pairwise(example_shapes())
    assert pairwise(example_shapes(), dtype="float32").shape == (21, 21)


def test_a_memory_limit_that_is_no_size_is_refused(monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "plenty")
    with pytest.raises(ValueError, match=r"TSSHAPE_MEMORY_LIMIT .* 'plenty'"):
        pairwise(example_shapes())


def test_without_a_limit_half_of_the_physical_memory_may_be_taken(monkeypatch):
    monkeypatch.delenv("TSSHAPE_MEMORY_LIMIT", raising=False)
    vast = np.zeros((2_000_000, 1), dtype=np.float32)
    with pytest.raises(DataError, match=r"14.55 TiB"):
        pairwise(vast)


def test_a_limit_given_by_the_caller_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "3 KiB")
    assert pairwise(example_shapes(), memory_limit=2**20).shape == (21, 21)
    with pytest.raises(DataError, match="100 B"):
        pairwise(example_shapes(), memory_limit=100)
