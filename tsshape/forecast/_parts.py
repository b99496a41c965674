"""The parts of a forecaster, whatever was given for them."""

from typing import Any

from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from tsshape._choices import Loss
from tsshape._typing import RandomState
from tsshape.forecast._classifier import ShapeClassifier
from tsshape.forecast._regressor import ScaleRegressor


def shape_head(part: Any, random_state: RandomState) -> Any:
    """A shape classifier, not fitted: one as it comes if nothing is given, a plain classifier put into one."""
    if part is None or not isinstance(thawed(part), ShapeClassifier):
        return ShapeClassifier(part, random_state=random_state)
    return clone(part)


def scale_head(part: Any, loss: Loss, random_state: RandomState) -> Any:
    """A scale regressor, not fitted: one for the loss if nothing is given, a plain regressor put into one."""
    if part is None or not isinstance(thawed(part), ScaleRegressor):
        return ScaleRegressor(part, loss=loss, random_state=random_state)
    return clone(part)


def fresh(part: Any) -> Any:
    """A clone that can be fitted anew, even of a frozen part."""
    return clone(thawed(part))


def thawed(part: Any) -> Any:
    """The part itself where it is frozen."""
    return part.estimator if isinstance(part, FrozenEstimator) else part
