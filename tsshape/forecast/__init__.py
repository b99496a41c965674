"""Forecasts of whole curves from what is known at upload, and from the observed days.

`Loss` is the type of what a forecast can minimise: "median", "mean" or "trimmed".
"""

from tsshape._choices import Loss
from tsshape.forecast._alerts import find_alerts
from tsshape.forecast._baselines import LastValue, SzaboHuberman
from tsshape.forecast._baselines_linear import MultivariateLinear, RadialBasis
from tsshape.forecast._blocks import Block as Block  # for the layers above; no public name
from tsshape.forecast._blocks import forecast_blocks as forecast_blocks  # for the layers above; no public name
from tsshape.forecast._blocks import possible_coverages as possible_coverages  # for the layers above; no public name
from tsshape.forecast._blocks import posts_at_once as posts_at_once  # for the layers above; no public name
from tsshape.forecast._classifier import ShapeClassifier
from tsshape.forecast._components import FittedComponent as FittedComponent  # for the layers above; no public name
from tsshape.forecast._counts import grown as grown  # for the layers above; no public name
from tsshape.forecast._direct import DirectForecaster
from tsshape.forecast._explanation import (
    EXPLANATION_COLUMNS as EXPLANATION_COLUMNS,  # for the layers above; no public name
)
from tsshape.forecast._explanation import Explanation
from tsshape.forecast._fitting import default_n_clusters as default_n_clusters  # for the layers above; no public name
from tsshape.forecast._forecaster import ScaleShapeForecaster
from tsshape.forecast._predictability import Predictability
from tsshape.forecast._regressor import ScaleRegressor

__all__ = [
    "DirectForecaster",
    "Explanation",
    "LastValue",
    "Loss",
    "MultivariateLinear",
    "Predictability",
    "RadialBasis",
    "ScaleRegressor",
    "ScaleShapeForecaster",
    "ShapeClassifier",
    "SzaboHuberman",
    "find_alerts",
]
