"""Distances of sktime: `sktime:DtwDist` and the like, classes of `sktime.dists_kernels`."""

from functools import partial
from inspect import Parameter as Argument
from inspect import isclass, signature
from typing import Any

import numpy as np
import sktime
from sktime import dists_kernels
from sktime.dists_kernels.base import BasePairwiseTransformer, BasePairwiseTransformerPanel
from sktime.utils.dependencies import _check_estimator_deps

from tsshape.metrics import Metric, Parameter

BASES = (BasePairwiseTransformer, BasePairwiseTransformerPanel)


def metric(name: str) -> Metric:
    """Return the distance of a class of sktime as a metric; its parameters are those of the constructor."""
    classes = _distance_classes()
    if name not in classes:
        raise ValueError(f"there is no metric 'sktime:{name}'; there are {', '.join(classes)}")
    chosen = classes[name]
    if not _check_estimator_deps(chosen, severity="none"):
        needed = chosen.get_class_tag("python_dependencies")
        raise ValueError(f"the metric 'sktime:{name}' needs {needed}, which is not installed")
    arguments = list(signature(chosen.__init__).parameters.values())[1:]
    required = tuple(each.name for each in arguments if each.default is Argument.empty)
    return Metric(
        f"sktime:{name}",
        tuple(Parameter(each.name, None if each.default is Argument.empty else each.default) for each in arguments),
        batch=partial(_distances, chosen, required),
        elastic=bool(chosen.get_class_tag("capability:unequal_length")),
        symmetric=bool(chosen.get_class_tag("symmetric")),
        origin=f"sktime {sktime.__version__}",
    )


def _distance_classes() -> dict[str, Any]:
    """Return the classes of sktime.dists_kernels that compute distances, not similarities."""
    public = {name: getattr(dists_kernels, name) for name in dir(dists_kernels)}
    classes: dict[str, Any] = {
        name: each for name, each in public.items() if isclass(each) and issubclass(each, BASES) and each not in BASES
    }
    return {name: each for name, each in classes.items() if each.get_class_tag("pwtrafo_type") == "distance"}


def _distances(chosen: Any, required: tuple[str, ...], X: Any, Y: Any, **parameters: Any) -> Any:
    """Compute distances by the class, which takes curves as panels of one channel, or as plain rows."""
    missing = [name for name in required if parameters[name] is None]
    if missing:
        raise ValueError(f"the metric 'sktime:{chosen.__name__}' needs the parameter {missing[0]!r}")
    transformer = chosen(**parameters)
    if issubclass(chosen, BasePairwiseTransformerPanel):
        return np.asarray(transformer.transform(X[:, None, :], Y[:, None, :]))
    return np.asarray(transformer.transform(X, Y))
