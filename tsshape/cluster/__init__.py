"""Clusterings of shapes: each gives labels and prototypes."""

from tsshape.cluster._kmeans import ShapeKMeans
from tsshape.cluster._mean_shift import ShapeMeanShift

__all__ = ["ShapeKMeans", "ShapeMeanShift"]
