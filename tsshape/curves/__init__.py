"""Curves as scale x shape: splitting, joining, describing."""

from tsshape.curves._describe import CurvesDescription, describe_curves
from tsshape.curves._scale_shape import join_scale_shape, popularity_score, split_scale_shape

__all__ = ["CurvesDescription", "describe_curves", "join_scale_shape", "popularity_score", "split_scale_shape"]
