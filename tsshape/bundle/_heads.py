"""The heads of a forecaster, and their growth models, as records and arrays."""

from typing import Any

import numpy as np
from lightgbm import Booster
from sklearn.dummy import DummyClassifier

from tsshape._errors import DataError
from tsshape.bundle._archive import Arrays
from tsshape.bundle._encoder import as_seed, pack_encoder, unpack_encoder, within
from tsshape.bundle._schema import GrowthRecord, HeadRecord
from tsshape.bundle._trees import pack_booster, unpack_booster
from tsshape.forecast import ScaleRegressor, ShapeClassifier
from tsshape.forecast._growth import MEDIAN, GrowthModel


def check_head(head: Any) -> None:
    """Refuse a head whose estimator has no array form, by name."""
    known = (GrowthModel,) if isinstance(head, ScaleRegressor) else (Booster, DummyClassifier)
    if not isinstance(head, ScaleRegressor | ShapeClassifier) or not isinstance(head.estimator_, known):
        raise DataError(
            f"a {type(getattr(head, 'estimator_', head)).__name__} cannot be saved: it has no form as arrays; "
            "tsshape saves the heads that it comes with"
        )


def pack_head(head: Any) -> tuple[HeadRecord, Arrays]:
    """A fitted `ScaleRegressor` or `ShapeClassifier`."""
    encoder, arrays = pack_encoder(head.encoder_)
    arrays = {f"encoder/{name}": array for name, array in arrays.items()}
    common: dict[str, Any] = {
        "kind": type(head).__name__,
        "columns": list(head.columns_),
        "random_state": as_seed(head.random_state),
        "encoder": encoder,
    }
    if isinstance(head.estimator_, GrowthModel):
        growth, each = pack_growth(head.estimator_)
        return HeadRecord(growth=growth, **common), arrays | {f"growth/{name}": array for name, array in each.items()}
    if isinstance(head.estimator_, DummyClassifier):
        return HeadRecord(only_class=int(head.classes_[0]), **common), arrays
    booster, each = pack_booster(head.estimator_)
    arrays |= {f"booster/{name}": array for name, array in each.items()}
    return HeadRecord(booster=booster, **common), {**arrays, "classes": head.classes_.astype(np.int64)}


def unpack_regressor(record: HeadRecord, arrays: Arrays) -> ScaleRegressor:
    """The regressor of a record."""
    if record.kind != "ScaleRegressor" or record.growth is None:
        raise DataError("the regressor has no growth model")
    head = ScaleRegressor(loss=record.growth.loss, quantiles=tuple(record.growth.quantiles))
    _unpack_common(head, record, arrays)
    head.estimator_ = unpack_growth(record.growth, within(arrays, "growth"), n_features=_n_columns(head))
    return head


def unpack_classifier(record: HeadRecord, arrays: Arrays) -> ShapeClassifier:
    """The classifier of a record."""
    if record.kind != "ShapeClassifier" or (record.booster is None) == (record.only_class is None):
        raise DataError("the classifier has no trees")
    head = ShapeClassifier()
    _unpack_common(head, record, arrays)
    if record.booster is None:
        head.classes_ = np.array([record.only_class], dtype=np.int64)
        head.estimator_ = DummyClassifier().fit(np.zeros((1, 1)), head.classes_)
        return head
    head.classes_ = arrays.get("classes", np.empty(0))
    if head.classes_.dtype != np.int64 or head.classes_.shape != (record.booster.n_classes,):
        raise DataError("the classifier does not have one class for each column of its probabilities")
    _check_width(record.booster.n_features, _n_columns(head))
    head.estimator_ = unpack_booster(record.booster, within(arrays, "booster"), "classifier")
    return head


def pack_growth(growth: GrowthModel) -> tuple[GrowthRecord, Arrays]:
    """A fitted `GrowthModel`."""
    arrays: Arrays = {}
    records: dict[str, list[Any]] = {"quantile": [], "point": []}
    for part, boosters in (("quantile", growth.quantile_boosters), ("point", growth.point_boosters)):
        for number, booster in enumerate(boosters):
            of_booster, each = pack_booster(booster)
            records[part].append(of_booster)
            arrays |= {f"{part}_{number}/{name}": array for name, array in each.items()}
    record = GrowthRecord(
        loss=growth.loss,
        quantiles=list(growth.quantiles),
        seed=growth.seed,
        leaves=growth.leaves,
        bags=growth.bags,
        start=growth.start,
        quantile_boosters=records["quantile"],
        point_boosters=records["point"],
    )
    return record, arrays


def unpack_growth(record: GrowthRecord, arrays: Arrays, *, n_features: int) -> GrowthModel:
    """The growth model of a record."""
    levels = record.quantiles
    if MEDIAN not in levels or levels != sorted(set(levels)) or len(levels) != len(record.quantile_boosters):
        raise DataError("a growth model does not have one booster for each of its quantiles")
    if bool(record.point_boosters) == (record.loss == "median"):
        raise DataError(f"a growth model has no models for its loss {record.loss!r}, or too many")
    growth = GrowthModel(record.loss, levels, record.seed, leaves=record.leaves, bags=record.bags)
    growth.start = record.start
    for part, records in (("quantile", record.quantile_boosters), ("point", record.point_boosters)):
        boosters = []
        for number, each in enumerate(records):
            _check_width(each.n_features, n_features)
            if each.n_classes != 1:
                raise DataError("a growth model has a booster of classes")
            boosters.append(unpack_booster(each, within(arrays, f"{part}_{number}"), f"{part} {number}"))
        setattr(growth, f"{part}_boosters", boosters)
    return growth


def _unpack_common(head: Any, record: HeadRecord, arrays: Arrays) -> None:
    """Columns, seed and encoder of a head."""
    head.set_params(columns=list(record.columns), random_state=record.random_state)
    head.columns_ = list(record.columns)
    head.encoder_ = unpack_encoder(record.encoder, within(arrays, "encoder"))


def _n_columns(head: Any) -> int:
    """The width of the matrix that a head's encoder makes."""
    return max(1, len(head.encoder_.get_feature_names_out()))


def _check_width(booster: int, encoder: int) -> None:
    """Refuse a booster that takes another number of features than there are: it would read beyond a row."""
    if booster != encoder:
        raise DataError(f"a booster takes {booster} features, but there are {encoder}")
