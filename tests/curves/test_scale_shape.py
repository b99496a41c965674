import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from strategies import curves as curve_tables

from tsshape import DataError, join_scale_shape, popularity_score, split_scale_shape

CURVES = pd.DataFrame([[1.0, 2.0], [0.0, 0.0]], index=["a", "b"], columns=[1, 2])


@given(curve_tables())
def test_joining_what_was_split_gives_the_curves(curves):
    scale, shape = split_scale_shape(curves, zero="nan")
    np.testing.assert_allclose(join_scale_shape(scale, shape), curves, rtol=1e-15)


@given(curve_tables())
def test_shapes_lie_between_0_and_1_and_reach_1(curves):
    scale, shape = split_scale_shape(curves, zero="nan")
    assert (shape[scale > 0].max(axis=1) == 1).all()
    assert (shape[scale > 0] >= 0).all()
    assert np.isnan(shape[scale == 0]).all()


@given(curve_tables())
def test_each_channel_has_the_scale_and_shape_that_it_has_alone(curves):
    channels = [curves, curves[::-1] * 3]
    panel = np.stack(channels, axis=1)
    found = split_scale_shape(panel, zero="nan")
    for joint, *alone in zip(found, *(split_scale_shape(each, zero="nan") for each in channels), strict=True):
        np.testing.assert_array_equal(joint, np.stack(alone, axis=1))
    np.testing.assert_allclose(join_scale_shape(*found), panel, rtol=1e-15)


def test_a_zero_curve_is_refused_by_name():
    with pytest.raises(DataError, match="row 'b'"):
        split_scale_shape(CURVES)
    with pytest.raises(DataError, match=r"1 curves .* row 1, channel 0"):
        split_scale_shape(np.stack([CURVES, CURVES + 1], axis=1))


def test_a_count_of_a_channel_that_is_none_is_refused_by_its_place():
    with pytest.raises(DataError, match=r"channel 1 of the curves holds -2.* at row 0, column 1"):
        split_scale_shape(np.array([[[1.0, 1.0], [0.0, -2.0]]]))


def test_tables_keep_their_ids_and_days():
    scale, shape = split_scale_shape(CURVES, zero="nan")
    pd.testing.assert_index_equal(scale.index, CURVES.index)
    pd.testing.assert_frame_equal(join_scale_shape(scale, shape), CURVES)


def test_scales_of_other_ids_are_refused():
    scale, shape = split_scale_shape(CURVES, zero="nan")
    with pytest.raises(DataError, match="same ids"):
        join_scale_shape(scale[::-1], shape)


def test_a_scale_without_a_shape_is_refused():
    with pytest.raises(DataError, match=r"row 1 .* no complete shape"):
        join_scale_shape([1.0, 2.0], np.array([[1.0], [np.nan]]))
    with pytest.raises(DataError, match=r"row 0, channel 1 .* no complete shape"):
        join_scale_shape([[1.0, 2.0]], np.array([[[1.0], [np.nan]]]))
    with pytest.raises(DataError, match="each needs one scale"):
        join_scale_shape([1.0], np.ones((1, 2, 3)))


def test_the_popularity_score_is_the_published_one():
    np.testing.assert_allclose(popularity_score([0, 300], [1, 30]), [0.0, np.log(11.0)])


@pytest.mark.parametrize(("views", "days"), [(-1, 1), (np.inf, 1), (1, 0), (1, np.nan)])
def test_a_popularity_that_is_not_defined_is_refused(views, days):
    with pytest.raises(DataError):
        popularity_score(views, days)
