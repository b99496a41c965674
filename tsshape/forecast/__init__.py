"""Forecasts of whole curves from what is known at upload."""

from tsshape.forecast._classifier import ShapeClassifier
from tsshape.forecast._direct import DirectForecaster
from tsshape.forecast._forecaster import ScaleShapeForecaster
from tsshape.forecast._predictability import Predictability
from tsshape.forecast._regressor import ScaleRegressor

__all__ = ["DirectForecaster", "Predictability", "ScaleRegressor", "ScaleShapeForecaster", "ShapeClassifier"]
