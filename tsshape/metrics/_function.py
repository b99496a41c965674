"""A plain Python function of two curves as a metric."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tsshape._typing import FloatArray, Floats
from tsshape.metrics._metric import Metric, Parameter


@dataclass(frozen=True)
class PairByPair:
    """A function of two curves as one of two panels; the two halves of the matrix of one panel are equal."""

    function: Callable[..., Any]
    name: str

    def __call__(self, X: Floats, Y: Floats, **parameters: Any) -> FloatArray:
        """Return the distances, shape (n, m)."""
        found = np.empty((len(X), len(Y)))
        for row, x in enumerate(X):
            first = row if X is Y else 0
            found[row, first:] = [self._call(x, y, parameters) for y in Y[first:]]
            if X is Y:
                found[first:, row] = found[row, first:]
        return found

    def _call(self, x: Floats, y: Floats, parameters: dict[str, Any]) -> float:
        """Return the distance between two curves; refuse what is no number."""
        value = self.function(x, y, **parameters)
        try:
            return float(value)
        except (TypeError, ValueError) as error:
            raise ValueError(f"the metric {self.name!r} must return a number; got {value!r}") from error


def from_function(function: Callable[..., Any]) -> Metric:
    """Return a function of two curves as a metric; its other arguments, which have defaults, are the parameters.

    It is taken to be symmetric and 0 between a curve and itself, as scikit-learn takes it.
    """
    name = getattr(function, "__name__", type(function).__name__)
    try:
        signature = inspect.signature(function)
    except ValueError:
        # Some functions written in C have none.
        signature = inspect.Signature([inspect.Parameter(each, inspect.Parameter.POSITIONAL_ONLY) for each in "xy"])
    try:
        signature.bind("x", "y")
    except TypeError as error:
        raise ValueError(
            f"metric must be a function of two curves; {name} takes {signature}: give further arguments defaults, or "
            "register what numba shall compile with register_metric"
        ) from error
    more = [each for each in list(signature.parameters.values())[2:] if each.default is not inspect.Parameter.empty]
    parameters = tuple(Parameter(each.name, each.default) for each in more)
    return Metric(name, parameters, batch=PairByPair(function, name), elastic=True, origin="a function")
