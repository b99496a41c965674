"""The heads of a forecaster, and their growth models, as records and arrays."""

from typing import Any

import numpy as np
from lightgbm import Booster
from sklearn.dummy import DummyClassifier

from tsshape._errors import DataError
from tsshape.bundle._encoder import as_seed
from tsshape.bundle._npy import Arrays, Form, Layout, placed, within
from tsshape.bundle._schema import BoosterRecord, ClassifierRecord, GrowthRecord, HeadRecord, RegressorRecord
from tsshape.bundle._trees import TREES, pack_booster, unpack_booster
from tsshape.forecast import ScaleRegressor, ShapeClassifier
from tsshape.forecast._growth import MEDIAN, GrowthModel

# Contributions that an explanation of one post may hold, 1 GiB.
_MOST_CELLS = 2**27
# What the point boosters of each loss are trained for, by LightGBM's names.
_OBJECTIVES = {"median": (), "mean": ("tweedie",), "trimmed": ("custom", "regression")}


def check_head(head: Any) -> None:
    """Refuse a head whose estimator has no array form, by name."""
    known = (GrowthModel,) if isinstance(head, ScaleRegressor) else (Booster, DummyClassifier)
    if not isinstance(head, ScaleRegressor | ShapeClassifier) or not isinstance(head.estimator_, known):
        raise DataError(
            f"a {type(getattr(head, 'estimator_', head)).__name__} cannot be saved: it has no form as arrays; "
            "tsshape saves the heads that it comes with"
        )


def pack_regressor(head: ScaleRegressor) -> tuple[RegressorRecord, Arrays]:
    """A fitted `ScaleRegressor`."""
    common = _pack_common(head)
    growth, each = pack_growth(head.estimator_)
    return RegressorRecord(growth=growth, **common), placed("growth", each)


def pack_classifier(head: ShapeClassifier) -> tuple[ClassifierRecord, Arrays]:
    """A fitted `ShapeClassifier`."""
    common = _pack_common(head)
    if isinstance(head.estimator_, DummyClassifier):
        return ClassifierRecord(booster=None, only_class=int(head.classes_[0]), **common), {}
    booster, each = pack_booster(head.estimator_)
    arrays = {**placed("booster", each), "classes": head.classes_.astype(np.int64)}
    return ClassifierRecord(booster=booster, only_class=None, **common), arrays


def pack_growth(growth: GrowthModel) -> tuple[GrowthRecord, Arrays]:
    """A fitted `GrowthModel`."""
    arrays: Arrays = {}
    records: dict[str, list[BoosterRecord]] = {"quantile": [], "point": []}
    for part, boosters in (("quantile", growth.quantile_boosters), ("point", growth.point_boosters)):
        for number, booster in enumerate(boosters):
            of_booster, each = pack_booster(booster)
            records[part].append(of_booster)
            arrays |= placed(f"{part}_{number}", each)
    record = GrowthRecord(
        loss=growth.loss,
        quantiles=list(map(float, growth.quantiles)),
        seed=growth.seed,
        leaves=growth.leaves,
        bags=growth.bags,
        start=growth.start,
        quantile_boosters=records["quantile"],
        point_boosters=records["point"],
    )
    return record, arrays


def regressor_layout(record: RegressorRecord) -> Layout:
    """The arrays of a record's regressor."""
    return placed("growth", growth_layout(record.growth))


def classifier_layout(record: ClassifierRecord) -> Layout:
    """The arrays of a record's classifier."""
    if record.booster is None:
        return {}
    return placed("booster", TREES) | {"classes": Form(("<i8",), 1)}


def growth_layout(record: GrowthRecord) -> Layout:
    """The arrays of a record's growth model."""
    layout: Layout = {}
    for part, boosters in (("quantile", record.quantile_boosters), ("point", record.point_boosters)):
        for number in range(len(boosters)):
            layout |= placed(f"{part}_{number}", TREES)
    return layout


def unpack_regressor(record: RegressorRecord, arrays: Arrays) -> ScaleRegressor:
    """The regressor of a record."""
    head = ScaleRegressor(loss=record.growth.loss, quantiles=tuple(record.growth.quantiles))
    width = _unpack_common(head, record)
    head.estimator_ = unpack_growth(record.growth, within(arrays, "growth"), n_features=width)
    return head


def unpack_classifier(record: ClassifierRecord, arrays: Arrays) -> ShapeClassifier:
    """The classifier of a record."""
    if (record.booster is None) == (record.only_class is None):
        raise DataError("the classifier has no trees, or trees for one class")
    head = ShapeClassifier()
    width = _unpack_common(head, record)
    if record.booster is None:
        head.classes_ = np.array([record.only_class], dtype=np.int64)
        head.estimator_ = DummyClassifier().fit(np.zeros((1, 1)), head.classes_)
        return head
    head.classes_ = arrays["classes"]
    _check_booster(record.booster, width, ("multiclass",))
    if record.booster.n_classes < 2 or head.classes_.shape != (record.booster.n_classes,):  # noqa: PLR2004
        raise DataError("the classifier does not have one class for each column of its probabilities")
    if len(head.classes_) * (width + 1) > _MOST_CELLS:
        raise DataError(f"{len(head.classes_)} classes of {width} features are more than can be explained")
    if (np.diff(head.classes_) < 1).any():
        raise DataError("the classes of the classifier do not ascend")
    head.estimator_ = unpack_booster(record.booster, within(arrays, "booster"), "classifier")
    return head


def unpack_growth(record: GrowthRecord, arrays: Arrays, *, n_features: int) -> GrowthModel:
    """The growth model of a record."""
    levels = record.quantiles
    if MEDIAN not in levels or levels != sorted(set(levels)) or len(levels) != len(record.quantile_boosters):
        raise DataError("a growth model does not have one booster for each of its quantiles")
    n_points = {"median": 0, "mean": 1, "trimmed": record.bags}[record.loss]
    if len(record.point_boosters) != n_points:
        raise DataError(f"a growth model has {len(record.point_boosters)} models for its loss {record.loss!r}")
    growth = GrowthModel(record.loss, levels, record.seed, leaves=record.leaves, bags=record.bags)
    growth.start = record.start
    for part, records, objectives in (
        ("quantile", record.quantile_boosters, ("quantile",)),
        ("point", record.point_boosters, _OBJECTIVES[record.loss]),
    ):
        boosters = []
        for number, each in enumerate(records):
            _check_booster(each, n_features, objectives)
            if each.n_classes != 1:
                raise DataError("a growth model has a booster of classes")
            boosters.append(unpack_booster(each, within(arrays, f"{part}_{number}"), f"{part} {number}"))
        setattr(growth, f"{part}_boosters", boosters)
    return growth


def _pack_common(head: Any) -> dict[str, Any]:
    """Return columns and seed of a classifier or regressor."""
    return {"columns": list(head.design_columns_), "random_state": as_seed(head.random_state)}


def _unpack_common(head: Any, record: HeadRecord) -> int:
    """Set columns and seed of a classifier or regressor, and return the number of columns of its matrix."""
    if len(set(record.columns)) < len(record.columns):
        raise DataError(f"the {type(head).__name__} lists a column twice")
    head.set_params(columns=list(record.columns), random_state=record.random_state)
    head.columns_ = head.design_columns_ = list(record.columns)
    return max(1, len(record.columns))


def _check_booster(record: BoosterRecord, n_features: int, objectives: tuple[str, ...]) -> None:
    """Refuse a booster that takes another number of features than there are: it would read beyond a row."""
    if record.n_features != n_features:
        raise DataError(f"a booster takes {record.n_features} features, but there are {n_features}")
    if record.objective not in objectives:
        raise DataError(f"a booster is one of {record.objective}, which does not belong where it stands")
