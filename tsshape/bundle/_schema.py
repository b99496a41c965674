"""What the metadata of a bundle may say: all of it, and nothing else."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Positive = Annotated[int, Field(ge=1, le=2**31 - 1)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)] | None
Level = Annotated[float, Field(gt=0, lt=1)]


class Record(BaseModel):
    """One part of a model."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class BoosterRecord(Record):
    """Boosted trees."""

    objective: Literal["quantile", "tweedie", "custom", "multiclass"]
    n_classes: Positive
    n_features: Positive


class GrowthRecord(Record):
    """A `GrowthModel`."""

    loss: Literal["median", "mean", "trimmed"]
    quantiles: list[Level]
    seed: Count
    leaves: Positive
    bags: Positive
    start: float
    quantile_boosters: list[BoosterRecord]
    point_boosters: list[BoosterRecord]


class TextRecord(Record):
    """The encoder of a column of text."""

    n_components: Positive
    random_state: Seed
    output_names: list[str]
    decomposed: bool


class CategoryRecord(Record):
    """The categories of a column."""

    values: list[str] | list[int] | list[float] | list[bool]
    ordered: bool


class EncoderRecord(Record):
    """A `TableEncoder`."""

    categories: Literal["native", "onehot"]
    max_categories: Positive
    n_components: Positive
    random_state: Seed
    kinds: dict[str, Literal["number", "category", "text", "date"]]
    category_values: dict[str, CategoryRecord]
    texts: dict[str, TextRecord]
    n_features_in: Count
    feature_names_in: list[str] | None


class HeadRecord(Record):
    """A `ScaleRegressor` or `ShapeClassifier`."""

    kind: Literal["ScaleRegressor", "ShapeClassifier"]
    columns: list[str]
    random_state: Seed
    encoder: EncoderRecord
    growth: GrowthRecord | None = None
    booster: BoosterRecord | None = None
    only_class: Count | None = None


class ClustererRecord(Record):
    """One of tsshape's clusterers: its parameters, and how many curves it has seen."""

    kind: Literal["ShapeKMeans", "ShapeKMedoids", "ShapeMeanShift", "ShapeAgglomerative"]
    params: dict[str, Any]
    n_features_in: Positive
    numbers: dict[str, float | int]


class InFlightRecord(Record):
    """An `InFlightModel`."""

    loss: Literal["median", "mean", "trimmed"]
    seed: Count
    growth: GrowthRecord


class ForecasterRecord(Record):
    """A `ScaleShapeForecaster`."""

    shape: Literal["soft", "hard"]
    loss: Literal["median", "mean", "trimmed"]
    in_flight: bool
    intervals: bool
    random_state: Seed
    monotone: bool
    days: list[int] | list[str]
    seed: Count
    encoder: EncoderRecord
    authors: list[str] | None
    clusterer: ClustererRecord
    classifier: HeadRecord
    regressor: HeadRecord
    in_flight_model: InFlightRecord | None
    bands: bool
    in_flight_bands: bool


class BundleRecord(Record):
    """A bundle: its format, the version of tsshape that wrote it, and the model."""

    format: Positive
    tsshape: str
    model: ForecasterRecord
