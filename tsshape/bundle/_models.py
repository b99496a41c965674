"""What a bundle holds of the models of a forecaster: the regressor, the classifier and the in-flight model."""

from typing import Annotated, Any, Self

import numpy as np
from lightgbm import Booster
from pydantic import Field
from sklearn.dummy import DummyClassifier

from tsshape._choices import Loss
from tsshape._errors import DataError
from tsshape.bundle._encoder import EncoderRecord
from tsshape.bundle._npy import Form
from tsshape.bundle._record import Array, Count, Integers, Matrix, Names, Numbers, Positive, Record, Seed
from tsshape.bundle._trees import BoosterRecord
from tsshape.forecast import ScaleRegressor, ShapeClassifier
from tsshape.forecast._bounded import Bounds
from tsshape.forecast._growth import MEDIAN, GrowthModel
from tsshape.forecast._in_flight import QUANTILES, InFlightModel
from tsshape.forecast._line import FORMS, QuantileLines
from tsshape.forecast._mixture import TrimmedMixture
from tsshape.forecast._post_encoder import PostEncoder

# The objectives of the point boosters of each loss, by LightGBM's names.
_OBJECTIVES = {
    "median": (),
    "mean": ("tweedie",),
    "trimmed": ("custom", "regression"),
    "relative": ("custom", "regression"),
}
_Boosters = Annotated[list[BoosterRecord], Field(max_length=100, fail_fast=True)]


class MixtureRecord(Record):
    """A `TrimmedMixture`."""

    low: Numbers
    high: Numbers
    weights: Numbers

    @classmethod
    def of(cls, mixture: TrimmedMixture) -> Self:
        """Describe a fitted mixture."""
        return cls(low=mixture.bounds.low, high=mixture.bounds.high, weights=mixture.weights)

    def build(self, levels: list[float], *, n_groups: int) -> TrimmedMixture:
        """Return the mixture, for quantiles of these levels and rows of so many groups."""
        mixture = TrimmedMixture(levels)
        if len(self.low) != n_groups or len(self.high) != n_groups or len(self.weights) != mixture.n_kinds:
            raise DataError("a mixture of forecasts does not have bounds for each group and weights for each kind")
        if not ((self.low > 0) & (self.low <= self.high) & np.isfinite(self.high)).all():
            raise DataError("the bounds of the errors of a mixture of forecasts do not ascend from above 0")
        if not ((self.weights >= 0) & (self.weights <= 1)).all():
            raise DataError("the weights of a mixture of forecasts are not shares")
        mixture.bounds, mixture.weights = Bounds(self.low, self.high), self.weights
        return mixture


class LineRecord(Record):
    """A `QuantileLines`."""

    makes = QuantileLines
    columns_: Annotated[Array, Form(("<i8",), (1,), each="terms of lines")]
    forms_: Integers
    codes_: Numbers
    fills_: Numbers
    lows_: Numbers
    highs_: Numbers
    centers_: Numbers
    scales_: Numbers
    coefficients_: Matrix
    intercepts_: Numbers
    median_: Count
    lowest_: float
    highest_: float

    def build(self, *, n_features: int, levels: list[float]) -> QuantileLines:
        """Return the lines, of `n_features` columns, for these levels."""
        n_terms = len(self.columns_)
        of_terms = (self.forms_, self.codes_, self.fills_, self.lows_, self.highs_, self.centers_, self.scales_)
        if {len(each) for each in of_terms} != {n_terms} or self.coefficients_.shape != (len(levels), n_terms):
            raise DataError("the arrays of the lines of a growth model do not fit one another")
        if len(self.intercepts_) != len(levels) or self.median_ != levels.index(MEDIAN):
            raise DataError("a growth model does not have one line for each of its quantiles")
        if not np.isin(self.columns_, np.arange(n_features)).all() or not np.isin(self.forms_, FORMS).all():
            raise DataError("a line of a growth model has a term of a column or form that does not exist")
        numbers = (self.lows_, self.highs_, self.centers_, self.scales_, self.coefficients_, self.intercepts_)
        if not all(np.isfinite(each).all() for each in numbers) or not (self.scales_ > 0).all():
            raise DataError("the lines of a growth model are not finite")
        if not (self.lows_ <= self.highs_).all() or self.lowest_ > self.highest_:
            raise DataError("the ranges of the lines of a growth model do not ascend")
        made: QuantileLines = self.make()
        return made


class GrowthRecord(Record):
    """A `GrowthModel`."""

    loss: Loss
    quantiles: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], Field(max_length=100, fail_fast=True)]
    seed: Count
    leaves: Positive
    bags: Positive
    lines: bool
    line: LineRecord | None
    line_weight: Annotated[float, Field(ge=0, le=1)]
    start: float
    mixture: MixtureRecord | None
    quantile_boosters: _Boosters
    point_boosters: _Boosters

    def build(self, *, n_features: int, n_groups: int) -> GrowthModel:
        """Return the model, which takes `n_features` columns, and rows of `n_groups` groups."""
        levels = self.quantiles
        if MEDIAN not in levels or levels != sorted(set(levels)) or len(levels) != len(self.quantile_boosters):
            raise DataError("a growth model does not have one booster for each of its quantiles")
        if len(self.point_boosters) != {"median": 0, "trimmed": self.bags}.get(self.loss, 1):
            raise DataError(f"a growth model has {len(self.point_boosters)} models for its loss {self.loss!r}")
        growth = GrowthModel(self.loss, levels, self.seed, leaves=self.leaves, bags=self.bags, lines=self.lines)
        growth.start, growth.line_weight = self.start, self.line_weight
        growth.line = None if self.line is None else self.line.build(n_features=n_features, levels=levels)
        if (self.mixture is None) != (growth.mixture is None):
            raise DataError("a growth model has a mixture of forecasts if and only if its loss is 'trimmed'")
        growth.mixture = None if self.mixture is None else self.mixture.build(levels, n_groups=n_groups)
        growth.quantile_boosters = _build_boosters(self.quantile_boosters, "quantile", n_features, ("quantile",))
        growth.point_boosters = _build_boosters(self.point_boosters, "point", n_features, _OBJECTIVES[self.loss])
        return growth


class InFlightRecord(Record):
    """An `InFlightModel`."""

    makes = InFlightModel
    growth_: GrowthRecord
    # Of each cutoff, an author's history has a column.
    cutoffs_: Annotated[Array, Form(("<i8",), (1,), each="columns of posts")]

    def build(self, *, n_features: int, n_times: int) -> InFlightModel:
        """Return the model, which takes `n_features` columns and curves of `n_times` days."""
        cutoffs = self.cutoffs_
        if not len(cutoffs) or ((cutoffs < 1) | (cutoffs >= n_times)).any() or (np.diff(cutoffs) < 1).any():
            raise DataError("the cutoffs of the in-flight model do not ascend among the days")
        if tuple(self.growth_.quantiles) != QUANTILES:
            raise DataError("the in-flight model does not have the quantiles of one")
        growth = self.growth_.build(n_features=n_features, n_groups=len(cutoffs))
        model: InFlightModel = self.make(loss=growth.loss, seed=growth.seed, growth_=growth)
        return model


class _FeatureModelRecord(Record):
    """What a regressor and a classifier have in common.

    `columns_` are columns of the encoded posts or, for a model with an encoder of its own, of the features.
    """

    random_state: Seed
    columns_: Names
    encoder_: EncoderRecord | None

    @classmethod
    def _of_model(cls, model: Any, posts: PostEncoder, **fields: Any) -> Self:
        """Describe a fitted model; its encoder only if it is not that of the posts."""
        encoder = None if model.encoder_ is posts.encoder else EncoderRecord.of(model.encoder_)
        return cls.of_attributes(model, encoder_=encoder, **fields)

    def _build_design(self, posts: PostEncoder) -> dict[str, Any]:
        """Return the attributes that say how posts become the design matrix."""
        name, columns = self.makes.__name__, self.columns_
        encoder, known, design_columns = posts.encoder, posts.get_feature_names_out(), columns
        if self.encoder_ is not None:
            if self.encoder_.feature_names_in_ != columns:
                raise DataError(f"the encoder of the {name} was not fitted on the columns of the {name}")
            encoder, known = self.encoder_.build(), posts.encoder.feature_names_in_.tolist()
            design_columns = list(encoder.get_feature_names_out())
        if len(set(columns)) < len(columns):
            raise DataError(f"the {name} lists a column twice")
        if unknown := set(columns) - set(known):
            raise DataError(f"the {name} takes the column {min(unknown)!r}, which the posts do not have")
        return {"columns": columns, "encoder_": encoder, "design_columns_": design_columns}


class RegressorRecord(_FeatureModelRecord):
    """A `ScaleRegressor`."""

    makes = ScaleRegressor
    estimator_: GrowthRecord

    @classmethod
    def of_model(cls, regressor: Any, posts: PostEncoder) -> Self:
        """Describe a fitted regressor; refuse another than LightGBM."""
        if not isinstance(regressor, ScaleRegressor) or not isinstance(regressor.estimator_, GrowthModel):
            raise _no_arrays(regressor)
        return cls._of_model(regressor, posts)

    def build(self, posts: PostEncoder) -> ScaleRegressor:
        """Return the regressor."""
        design = self._build_design(posts)
        growth = self.estimator_.build(n_features=_n_features(design), n_groups=1)
        made: ScaleRegressor = self.make(loss=growth.loss, quantiles=growth.quantiles, estimator_=growth, **design)
        return made


class ClassifierRecord(_FeatureModelRecord):
    """A `ShapeClassifier`; it has no trees where there was only one class."""

    makes = ShapeClassifier
    classes_: Integers
    estimator_: BoosterRecord | None

    @classmethod
    def of_model(cls, classifier: Any, posts: PostEncoder) -> Self:
        """Describe a fitted classifier; refuse another than LightGBM."""
        known = isinstance(classifier, ShapeClassifier)
        if not known or not isinstance(classifier.estimator_, Booster | DummyClassifier):
            raise _no_arrays(classifier)
        one_class = isinstance(classifier.estimator_, DummyClassifier)
        booster = None if one_class else BoosterRecord.of(classifier.estimator_)
        return cls._of_model(classifier, posts, classes_=classifier.classes_.astype(np.int64), estimator_=booster)

    def build(self, posts: PostEncoder) -> ShapeClassifier:
        """Return the classifier."""
        design, booster = self._build_design(posts), self.estimator_
        n_features, n_classes = _n_features(design), 1 if booster is None else booster.n_classes
        if len(self.classes_) != n_classes or (booster is None) != (n_classes == 1):
            raise DataError("the classifier does not have one class for each column of its probabilities")
        if (np.diff(self.classes_) < 1).any():
            raise DataError("the classes of the classifier do not ascend")
        if booster is None:
            estimator: Any = DummyClassifier().fit(np.zeros((1, 1)), self.classes_)
        else:
            estimator = booster.build("classifier", n_features=n_features, objectives=("multiclass",))
        made: ShapeClassifier = self.make(estimator_=estimator, **design)
        return made


def _n_features(design: dict[str, Any]) -> int:
    """Return the number of columns of the design matrix; without any it has one column of zeros."""
    return max(1, len(design["design_columns_"]))


def _build_boosters(records: list[BoosterRecord], name: str, n_features: int, objectives: tuple[str, ...]) -> list[Any]:
    """Return the boosters of a growth model."""
    if any(each.n_classes != 1 for each in records):
        raise DataError("a growth model has a booster of several classes")
    return [
        each.build(f"{name} {number}", n_features=n_features, objectives=objectives)
        for number, each in enumerate(records)
    ]


def _no_arrays(model: Any) -> DataError:
    """Return the error of an estimator that has no form as arrays, by its name."""
    name = type(getattr(model, "estimator_", model)).__name__
    return DataError(f"a {name} cannot be saved: it has no form as arrays; tsshape saves the models that it comes with")
