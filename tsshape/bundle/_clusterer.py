"""One of tsshape's clusterers as a record and arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from tsshape import cluster
from tsshape._errors import DataError
from tsshape.bundle._encoder import as_seed
from tsshape.bundle._npy import Arrays, Form, Layout
from tsshape.bundle._schema import ClustererRecord
from tsshape.metrics import embed_curves, get_metric, is_loaded

# What each clusterer has learned besides its prototypes and labels: numbers, and arrays.
_LEARNED: dict[str, tuple[tuple[str, ...], Layout]] = {
    "ShapeKMeans": (("inertia_", "n_iter_"), {"counts_": Form(("<f8",), 2)}),
    "ShapeKMedoids": (("inertia_", "n_iter_"), {"medoid_indices_": Form(("<i8",), 1)}),
    "ShapeMeanShift": (("bandwidth_", "n_iter_"), {"modes_": Form(("<f8",), 2)}),
    "ShapeAgglomerative": ((), {}),
}
# Shapes are shares of their maximum; whatever a metric makes of them stays a number below this.
_MOST = 1e6
_COMMON: Layout = {"prototypes_": Form(("<f8", "<f4"), 2), "labels_": Form(("<i8",), 1)}
_RECORD: TypeAdapter[ClustererRecord] = TypeAdapter(ClustererRecord)


def check_clusterer(clusterer: Any) -> None:
    """Refuse a clusterer that has no form as arrays."""
    if type(clusterer).__name__ not in _LEARNED:
        raise DataError(f"a {type(clusterer).__name__} cannot be saved: it has no form as arrays")
    if not isinstance(clusterer.metric, str):
        raise DataError("a clusterer with a metric that has no name cannot be saved: register the metric")


def pack_clusterer(clusterer: Any) -> tuple[ClustererRecord, Arrays]:
    """A fitted clusterer that was checked."""
    kind = type(clusterer).__name__
    numbers, layout = _LEARNED[kind]
    values = clusterer.get_params(deep=False) | {name: getattr(clusterer, name) for name in numbers}
    values = {name: as_seed(value) if name == "random_state" else _plain(value) for name, value in values.items()}
    arrays = {name: getattr(clusterer, name) for name in _COMMON | layout}
    return _RECORD.validate_python({"kind": kind, **values}), arrays


def clusterer_layout(record: ClustererRecord) -> Layout:
    """The arrays of a record's clusterer."""
    return _COMMON | _LEARNED[record.kind][1]


def unpack_clusterer(record: ClustererRecord, arrays: Arrays, *, n_times: int) -> Any:
    """The clusterer of a record."""
    numbers, layout = _LEARNED[record.kind]
    params = record.model_dump()
    learned = {name: params.pop(name) for name in numbers}
    clusterer = getattr(cluster, params.pop("kind"))(**params)
    prototypes = arrays["prototypes_"]
    if prototypes.shape[1] != n_times or not len(prototypes):
        raise DataError(f"the prototypes have shape {prototypes.shape}, but there are {n_times} days")
    if not (np.abs(prototypes) <= _MOST).all():
        raise DataError(f"a prototype is no shape: it holds a value that is not within {_MOST:g} of 0")
    if params.get("n_clusters", len(prototypes)) != len(prototypes):
        raise DataError(f"there are {len(prototypes)} prototypes for {params['n_clusters']} clusters")
    _check_metric(record, prototypes, arrays)
    _check_range("labels", arrays["labels_"], len(prototypes))
    if "medoid_indices_" in layout:
        _check_range("medoids", arrays["medoid_indices_"], len(arrays["labels_"]))
    lengths = {"counts_": prototypes.shape, "medoid_indices_": prototypes.shape[:1]}
    for name in layout.keys() & lengths.keys():
        if arrays[name].shape != lengths[name] or not np.isfinite(arrays[name]).all() or (arrays[name] < 0).any():
            raise DataError(f"the {name.rstrip('_')} of a {record.kind} do not fit its prototypes")
    for name, value in {**arrays, **learned, "n_features_in_": n_times}.items():
        setattr(clusterer, name, value)
    return clusterer


def _check_metric(record: ClustererRecord, prototypes: npt.NDArray[Any], arrays: Arrays) -> None:
    """Refuse a metric that would have to be loaded, which runs code, and parameters that it does not take."""
    if not is_loaded(record.metric):
        raise DataError(
            f"the metric {record.metric!r} is neither built in nor loaded, and a file does not load code: "
            "register it, or call tsshape.metrics.get_metric with its name, if you trust it"
        )
    metric = get_metric(record.metric)
    try:
        parameters = metric.bind(record.metric_params or {})
    except ValueError as error:
        raise DataError(str(error)) from error
    if "modes_" not in arrays:
        return
    modes = arrays["modes_"]
    if metric.embed is None:
        raise DataError(f"mean shift does not go with the metric {record.metric!r}")
    if modes.shape != embed_curves(metric, prototypes, parameters).shape or not np.isfinite(modes).all():
        raise DataError("the modes do not fit the prototypes")


def _check_range(what: str, values: npt.NDArray[Any], end: int) -> None:
    """Refuse numbers that are not among 0, …, end - 1, and none at all."""
    if not len(values) or ((values < 0) | (values >= end)).any():
        raise DataError(f"the {what} are not numbers from 0 to {end - 1}")


def _plain(value: Any) -> Any:
    """A parameter as JSON has it."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return value.item() if isinstance(value, np.generic) else value
