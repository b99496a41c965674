"""A whole forecaster as a record and arrays."""

from typing import Any

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape.bundle._clusterer import check_clusterer, clusterer_layout, pack_clusterer, unpack_clusterer
from tsshape.bundle._encoder import as_seed, encoder_layout, pack_encoder, unpack_encoder
from tsshape.bundle._heads import (
    check_head,
    classifier_layout,
    growth_layout,
    pack_classifier,
    pack_growth,
    pack_regressor,
    regressor_layout,
    unpack_classifier,
    unpack_growth,
    unpack_regressor,
)
from tsshape.bundle._npy import Arrays, Form, Layout, as_text, placed, within
from tsshape.bundle._schema import ForecasterRecord
from tsshape.forecast import ScaleShapeForecaster
from tsshape.forecast._bands import Bands
from tsshape.forecast._components import unwrap_frozen
from tsshape.forecast._conformal import LEVELS, ConformalBands
from tsshape.forecast._history import AuthorHistory
from tsshape.forecast._in_flight import InFlightModel
from tsshape.forecast._observed import OBSERVED_FEATURES
from tsshape.forecast._post_encoder import PostEncoder

_AUTHORS: Layout = {"name": Form(("U",), 1), "sum": Form(("<f8",), 1), "n": Form(("<i8",), 1)}
_CONFORMAL: Layout = {"edges": Form(("<f8",), 2), "errors": Form(("<f8",), 4)}


def check_forecaster(model: Any) -> None:
    """Refuse a model that has no form as arrays, by the name of the part."""
    if not isinstance(model, ScaleShapeForecaster):
        raise DataError(f"a {type(model).__name__} cannot be saved: tsshape saves a ScaleShapeForecaster")
    for part in ("clusterer_", "classifier_", "regressor_"):
        if not hasattr(model, part):
            raise DataError("the forecaster is not fitted: there is nothing to save")
    for head in (unwrap_frozen(model.classifier_), unwrap_frozen(model.regressor_)):
        check_head(head)
        if head.encoder_ is not model.posts_.encoder:
            raise DataError(f"a {type(head).__name__} with an encoder of its own cannot be saved with a forecaster")
    check_clusterer(unwrap_frozen(model.clusterer_))


def pack_forecaster(model: ScaleShapeForecaster) -> tuple[ForecasterRecord, Arrays]:
    """A fitted forecaster whose parts were checked."""
    clusterer, cluster_arrays = pack_clusterer(unwrap_frozen(model.clusterer_))
    classifier, classifier_arrays = pack_classifier(unwrap_frozen(model.classifier_))
    regressor, regressor_arrays = pack_regressor(unwrap_frozen(model.regressor_))
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
        in_flight, parts["in_flight"] = pack_growth(model.in_flight_.growth_)
        parts["in_flight"]["cutoffs"] = model.in_flight_.cutoffs_
    if model.posts_.history is not None:
        table = model.posts_.history.table_
        parts["authors"] = {
            "name": as_text(table.index.tolist(), what="authors"),
            "sum": table["sum"].to_numpy(np.float64),
            "n": table["n"].to_numpy(np.int64),
        }
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
        authors=model.posts_.history is not None,
        clusterer=clusterer,
        classifier=classifier,
        regressor=regressor,
        in_flight_model=in_flight,
        bands=model.bands_ is not None,
    )
    return record, {name: array for part, arrays in parts.items() for name, array in placed(part, arrays).items()}


def forecaster_layout(record: ForecasterRecord) -> Layout:
    """The arrays of a record's forecaster: all that a bundle may hold."""
    layout = {
        **placed("clusterer", clusterer_layout(record.clusterer)),
        **placed("classifier", classifier_layout(record.classifier)),
        **placed("regressor", regressor_layout(record.regressor)),
        **placed("encoder", encoder_layout(record.encoder)),
    }
    if record.authors:
        layout |= placed("authors", _AUTHORS)
    if record.bands:
        layout |= placed("bands/at_upload", _CONFORMAL)
    if record.in_flight_model is not None:
        layout |= placed("in_flight", growth_layout(record.in_flight_model)) | {"in_flight/cutoffs": Form(("<i8",), 1)}
        if record.bands:
            layout |= placed("bands/in_flight", _CONFORMAL)
    return layout


def unpack_forecaster(record: ForecasterRecord, arrays: Arrays) -> ScaleShapeForecaster:
    """The forecaster of a record and the arrays of its layout; parts that do not fit one another are refused."""
    model = ScaleShapeForecaster(
        shape=record.shape,
        loss=record.loss,
        in_flight=record.in_flight,
        intervals=record.intervals,
        random_state=record.random_state,
    )
    model.days_, model.monotone_ = _unpack_days(record.days), record.monotone
    model.posts_ = _unpack_posts(record, arrays)
    model.clusterer_ = unpack_clusterer(record.clusterer, within(arrays, "clusterer"), n_times=len(record.days))
    model.prototypes_ = model.clusterer_.cluster_centers_
    model.classifier_ = unpack_classifier(record.classifier, within(arrays, "classifier"))
    classes = model.classifier_.classes_
    if (classes < 0).any() or (classes >= len(model.prototypes_)).any():
        raise DataError("the classifier has a class for which there is no prototype")
    model.regressor_ = unpack_regressor(record.regressor, within(arrays, "regressor"))
    names = model.posts_.get_feature_names_out()
    columns = model.posts_.encoder.feature_names_in_
    # What was fitted on an array has no names, although its encoder has them.
    named = columns.tolist() != [f"x{column}" for column in range(len(columns))]
    for part in (model.classifier_, model.regressor_):
        if not set(part.design_columns_) <= set(names):
            raise DataError("the classifier or the regressor takes a column that the encoded posts do not have")
        part.encoder_ = model.posts_.encoder
    for part in (model, model.classifier_, model.regressor_):
        part.n_features_in_ = len(columns)
        if named:
            part.feature_names_in_ = columns
    model.in_flight_ = _unpack_in_flight(record, model, within(arrays, "in_flight"))
    model.bands_ = _unpack_bands(record, model, within(arrays, "bands"))
    return model


def _unpack_days(days: list[int] | list[str]) -> pd.Index:
    """The columns of the curves."""
    if not days or len(set(days)) < len(days):
        raise DataError("there are no days, or one twice")
    if isinstance(days[0], int) and sorted(days) != days:
        raise DataError("the days do not ascend")
    return pd.Index(days)


def _unpack_posts(record: ForecasterRecord, arrays: Arrays) -> PostEncoder:
    """The encoding of the features and the authors' history."""
    posts = PostEncoder(unpack_encoder(record.encoder, within(arrays, "encoder")), record.seed)
    if record.authors:
        posts.history = AuthorHistory(record.seed)
        posts.history.table_ = _unpack_authors(within(arrays, "authors"))
    names = posts.get_feature_names_out()
    if len(set(names)) < len(names):
        raise DataError("two columns of the encoded posts have one name")
    return posts


def _unpack_authors(known: Arrays) -> pd.DataFrame:
    """What is known of the authors."""
    index = pd.Index(known["name"].tolist(), dtype="str")
    if any(len(array) != len(index) for array in known.values()) or not index.is_unique:
        raise DataError("the authors' history does not fit the authors, or one stands twice")
    if not np.isfinite(known["sum"]).all() or (known["n"] < 1).any():
        raise DataError("the authors' history holds values that no history has")
    return pd.DataFrame({"sum": known["sum"], "n": known["n"]}, index)


def _unpack_in_flight(record: ForecasterRecord, model: ScaleShapeForecaster, arrays: Arrays) -> InFlightModel | None:
    """The in-flight model."""
    growth, n_times = record.in_flight_model, len(record.days)
    if (growth is not None) != (record.in_flight and n_times > 1):
        raise DataError("there is a model in flight where there can be none, or the other way round")
    if growth is None:
        return None
    cutoffs = arrays["cutoffs"]
    if not len(cutoffs) or ((cutoffs < 1) | (cutoffs >= n_times)).any() or (np.diff(cutoffs) < 1).any():
        raise DataError("the cutoffs of the in-flight model do not ascend among the days")
    in_flight = InFlightModel(growth.loss, growth.seed)
    in_flight.cutoffs_ = cutoffs
    n_columns = max(1, len(model.posts_.get_feature_names_out()))
    in_flight.growth_ = unpack_growth(growth, arrays, n_features=n_columns + len(OBSERVED_FEATURES))
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
        for key in _CONFORMAL
    }


def _unpack_bands(record: ForecasterRecord, model: ScaleShapeForecaster, arrays: Arrays) -> Bands | None:
    """The intervals of a forecaster."""
    if record.bands and not record.intervals:
        raise DataError("there are intervals in a forecaster without intervals")
    if not record.bands:
        return None
    bands, columns = Bands(), len(record.days) + 1
    bands.at_upload_ = _unpack_conformal(within(arrays, "at_upload"), n_groups=1, columns=columns)
    bands.in_flight_ = None
    if model.in_flight_ is not None:
        n_groups = len(model.in_flight_.cutoffs_)
        bands.in_flight_ = _unpack_conformal(within(arrays, "in_flight"), n_groups=n_groups, columns=columns)
    return bands


def _unpack_conformal(arrays: Arrays, *, n_groups: int, columns: int) -> ConformalBands:
    """The bands of arrays that fit."""
    edges, errors = arrays["edges"], arrays["errors"]
    if edges.shape[0] != n_groups or errors.shape != (n_groups, edges.shape[1] + 1, columns, len(LEVELS)):
        raise DataError("the arrays of the intervals do not fit")
    if not np.isfinite(edges).all() or not np.isfinite(errors).all():
        raise DataError("the arrays of the intervals are not finite")
    bands = ConformalBands()
    bands.edges_, bands.errors_ = edges, errors
    return bands
