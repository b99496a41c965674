"""A whole forecaster as a record and arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from tsshape import cluster
from tsshape._errors import DataError
from tsshape.bundle._archive import Arrays
from tsshape.bundle._encoder import as_seed, pack_encoder, unpack_encoder, within
from tsshape.bundle._heads import check_head, pack_growth, pack_head, unpack_classifier, unpack_growth, unpack_regressor
from tsshape.bundle._schema import ClustererRecord, ForecasterRecord, InFlightRecord
from tsshape.forecast import ScaleShapeForecaster
from tsshape.forecast._bands import Bands
from tsshape.forecast._conformal import LEVELS, ConformalBands
from tsshape.forecast._history import AuthorHistory
from tsshape.forecast._inflight import InFlightModel
from tsshape.forecast._observed import N_FIRST_DAYS
from tsshape.forecast._parts import thawed
from tsshape.forecast._posts import Posts

CLUSTERERS = ("ShapeKMeans", "ShapeKMedoids", "ShapeMeanShift", "ShapeAgglomerative")
_CLUSTER_ARRAYS = ("prototypes_", "labels_", "counts_", "modes_", "medoid_indices_")
_CLUSTER_NUMBERS = ("inertia_", "n_iter_", "bandwidth_")


def check_forecaster(model: Any) -> None:
    """Refuse a model that has no form as arrays, by the name of the part."""
    if not isinstance(model, ScaleShapeForecaster):
        raise DataError(f"a {type(model).__name__} cannot be saved: tsshape saves a ScaleShapeForecaster")
    for part in ("clusterer_", "classifier_", "regressor_"):
        if not hasattr(model, part):
            raise DataError("the forecaster is not fitted: there is nothing to save")
    for head in (thawed(model.classifier_), thawed(model.regressor_)):
        check_head(head)
    clusterer = thawed(model.clusterer_)
    if type(clusterer).__name__ not in CLUSTERERS:
        raise DataError(f"a {type(clusterer).__name__} cannot be saved: it has no form as arrays")
    if not isinstance(clusterer.metric, str):
        raise DataError("a clusterer with a metric that has no name cannot be saved: register the metric")


def pack_forecaster(model: ScaleShapeForecaster) -> tuple[ForecasterRecord, Arrays]:
    """A fitted forecaster whose parts were checked."""
    clusterer, cluster_arrays = _pack_clusterer(thawed(model.clusterer_))
    classifier, classifier_arrays = pack_head(thawed(model.classifier_))
    regressor, regressor_arrays = pack_head(thawed(model.regressor_))
    encoder, encoder_arrays = pack_encoder(model.posts_.encoder)
    parts = {
        "clusterer": cluster_arrays,
        "classifier": classifier_arrays,
        "regressor": regressor_arrays,
        "encoder": encoder_arrays,
        "bands": _pack_bands(model.bands_),
    }
    in_flight = None
    if model.in_flight_ is not None:
        growth, parts["in_flight"] = pack_growth(model.in_flight_.growth_)
        parts["in_flight"]["moments"] = model.in_flight_.moments_
        in_flight = InFlightRecord(loss=model.in_flight_.loss, seed=model.in_flight_.seed, growth=growth)
    authors = None
    if model.posts_.history is not None:
        table = model.posts_.history.table_
        authors = table.index.tolist()
        parts["authors"] = {"sum": table["sum"].to_numpy(np.float64), "n": table["n"].to_numpy(np.int64)}
    record = ForecasterRecord(
        shape=model.shape,
        loss=model.loss,
        in_flight=model.in_flight,
        intervals=model.intervals,
        random_state=as_seed(model.random_state),
        monotone=model.monotone_,
        days=model.days_.tolist(),
        seed=model.posts_.seed,
        encoder=encoder,
        authors=authors,
        clusterer=clusterer,
        classifier=classifier,
        regressor=regressor,
        in_flight_model=in_flight,
        bands=model.bands_ is not None,
        in_flight_bands=model.bands_ is not None and model.bands_.in_flight_ is not None,
    )
    return record, {f"{part}/{name}": array for part, arrays in parts.items() for name, array in arrays.items()}


def unpack_forecaster(record: ForecasterRecord, arrays: Arrays) -> ScaleShapeForecaster:
    """The forecaster of a record; parts that do not fit one another are refused."""
    model = ScaleShapeForecaster(
        shape=record.shape,
        loss=record.loss,
        in_flight=record.in_flight,
        intervals=record.intervals,
        random_state=record.random_state,
    )
    model.days_, model.monotone_ = pd.Index(record.days), record.monotone
    model.posts_ = _unpack_posts(record, arrays)
    model.clusterer_ = _unpack_clusterer(record.clusterer, within(arrays, "clusterer"), n_times=len(record.days))
    model.prototypes_ = model.clusterer_.cluster_centers_
    model.classifier_ = unpack_classifier(record.classifier, within(arrays, "classifier"))
    classes = model.classifier_.classes_
    if (classes < 0).any() or (classes >= len(model.prototypes_)).any():
        raise DataError("the classifier has a class for which there is no prototype")
    model.regressor_ = unpack_regressor(record.regressor, within(arrays, "regressor"))
    model.in_flight_ = _unpack_in_flight(record, model, within(arrays, "in_flight"))
    model.bands_ = _unpack_bands(record, model, within(arrays, "bands"))
    return model


def _unpack_posts(record: ForecasterRecord, arrays: Arrays) -> Posts:
    """The encoding of the features and the authors' history."""
    posts = Posts(unpack_encoder(record.encoder, within(arrays, "encoder")), record.seed)
    if record.authors is not None:
        known = within(arrays, "authors")
        n_authors = (len(record.authors),)
        fits = all(key in known and known[key].shape == n_authors for key in ("sum", "n"))
        if not fits or not np.isfinite(known["sum"]).all() or len(set(record.authors)) < len(record.authors):
            raise DataError("the authors' history does not fit the authors")
        posts.history = AuthorHistory(record.seed)
        posts.history.table_ = pd.DataFrame(known, pd.Index(record.authors, dtype="str"), columns=["sum", "n"])
    return posts


def _pack_clusterer(clusterer: Any) -> tuple[ClustererRecord, Arrays]:
    """A fitted clusterer."""
    params = clusterer.get_params(deep=False)
    if "random_state" in params:
        params["random_state"] = as_seed(params["random_state"])
    numbers = {name: getattr(clusterer, name) for name in _CLUSTER_NUMBERS if hasattr(clusterer, name)}
    record = ClustererRecord.model_validate(
        {
            "kind": type(clusterer).__name__,
            "params": {name: dict(value) if isinstance(value, Mapping) else value for name, value in params.items()},
            "n_features_in": clusterer.n_features_in_,
            "numbers": {name: value if isinstance(value, int) else float(value) for name, value in numbers.items()},
        }
    )
    return record, {name: getattr(clusterer, name) for name in _CLUSTER_ARRAYS if hasattr(clusterer, name)}


def _unpack_clusterer(record: ClustererRecord, arrays: Arrays, *, n_times: int) -> Any:
    """The clusterer of a record."""
    kind = getattr(cluster, record.kind)
    try:
        clusterer = kind(**record.params)
    except TypeError as error:
        raise DataError(f"{record.kind} does not have the parameters of the file: {error}") from error
    prototypes = arrays.get("prototypes_", np.empty(0))
    if prototypes.ndim != 2 or prototypes.shape[1] != n_times or not len(prototypes):  # noqa: PLR2004
        raise DataError(f"the prototypes have shape {prototypes.shape}, but there are {n_times} days")
    if prototypes.dtype.kind != "f" or not np.isfinite(prototypes).all():
        raise DataError("a prototype is not finite")
    if set(arrays) - set(_CLUSTER_ARRAYS) or set(record.numbers) - set(_CLUSTER_NUMBERS):
        raise DataError(f"{record.kind} has no such attributes")
    for name, value in {**arrays, **record.numbers, "n_features_in_": record.n_features_in}.items():
        setattr(clusterer, name, value)
    return clusterer


def _unpack_in_flight(record: ForecasterRecord, model: ScaleShapeForecaster, arrays: Arrays) -> InFlightModel | None:
    """The in-flight model."""
    if record.in_flight_model is None:
        return None
    moments = arrays.get("moments", np.empty(0))
    n_times = len(record.days)
    if moments.dtype != np.int64 or moments.ndim != 1 or not len(moments) or (np.diff(moments) < 1).any():
        raise DataError("the moments of the in-flight model do not ascend")
    if moments[0] < 1 or moments[-1] >= n_times:
        raise DataError("a moment of the in-flight model is not among the days")
    in_flight = InFlightModel(record.in_flight_model.loss, record.in_flight_model.seed)
    in_flight.moments_ = moments
    n_columns = max(1, len(model.posts_.get_feature_names_out()))
    in_flight.growth_ = unpack_growth(record.in_flight_model.growth, arrays, n_features=n_columns + N_FIRST_DAYS)
    return in_flight


def _pack_bands(bands: Bands | None) -> Arrays:
    """The intervals."""
    if bands is None:
        return {}
    named = {"at_upload": bands.at_upload_, "in_flight": bands.in_flight_}
    return {
        f"{name}/{key}": getattr(each, f"{key}_")
        for name, each in named.items()
        if each is not None
        for key in ("edges", "errors")
    }


def _unpack_bands(record: ForecasterRecord, model: ScaleShapeForecaster, arrays: Arrays) -> Bands | None:
    """The intervals of a forecaster."""
    if not record.bands:
        return None
    bands, columns = Bands(), len(record.days) + 1
    bands.at_upload_ = _unpack_conformal(within(arrays, "at_upload"), n_kinds=1, columns=columns)
    bands.in_flight_ = None
    if record.in_flight_bands != (model.in_flight_ is not None):
        raise DataError("there are intervals in flight without a model in flight, or the other way round")
    if model.in_flight_ is not None:
        n_kinds = len(model.in_flight_.moments_)
        bands.in_flight_ = _unpack_conformal(within(arrays, "in_flight"), n_kinds=n_kinds, columns=columns)
    return bands


def _unpack_conformal(arrays: Arrays, *, n_kinds: int, columns: int) -> ConformalBands:
    """The bands of arrays that fit."""
    edges, errors = arrays.get("edges", np.empty(0)), arrays.get("errors", np.empty(0))
    fits = edges.ndim == 2 and errors.shape == (n_kinds, edges.shape[1] + 1, columns, len(LEVELS))  # noqa: PLR2004
    if not fits or edges.shape[0] != n_kinds or edges.dtype != np.float64 or errors.dtype != np.float64:
        raise DataError("the arrays of the intervals do not fit")
    if not np.isfinite(edges).all() or not np.isfinite(errors).all():
        raise DataError("the arrays of the intervals are not finite")
    bands = ConformalBands()
    bands.edges_, bands.errors_ = edges, errors
    return bands
