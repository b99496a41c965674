"""What the metadata of a bundle may say: all of it, and nothing else."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tsshape._choices import ForecastShape, Loss

# Text as it may stand where it is printed, or where it names nothing of the user's.
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z.+!-]{1,64}$")]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Positive = Annotated[int, Field(ge=1, le=2**31 - 1)]
Whole = Annotated[int, Field(ge=-(2**63), le=2**64 - 1)]
Share = Annotated[float, Field(ge=0)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)] | None
Level = Annotated[float, Field(gt=0, lt=1)]
Threads = Annotated[int, Field(ge=1, le=1024)] | Annotated[int, Field(ge=-1024, le=-1)] | None
# A list of another type is refused at its first element: errors are larger than what they are about.
Names = Annotated[list[str], Field(fail_fast=True)]


class Record(BaseModel):
    """One part of a model."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class BoosterRecord(Record):
    """Boosted trees."""

    objective: Literal["quantile", "tweedie", "custom", "regression", "multiclass"]
    n_classes: Positive
    n_features: Positive


class GrowthRecord(Record):
    """A `GrowthModel`."""

    loss: Loss
    quantiles: Annotated[list[Level], Field(max_length=100, fail_fast=True)]
    seed: Count
    leaves: Positive
    bags: Positive
    start: float
    quantile_boosters: Annotated[list[BoosterRecord], Field(max_length=100, fail_fast=True)]
    point_boosters: Annotated[list[BoosterRecord], Field(max_length=100, fail_fast=True)]


class TextRecord(Record):
    """The encoder of a column of text."""

    n_components: Positive
    random_state: Seed
    decomposed: bool


class CategoryRecord(Record):
    """The categories of a column."""

    values: (
        Names
        | Annotated[list[Whole], Field(fail_fast=True)]
        | Annotated[list[float], Field(fail_fast=True)]
        | Annotated[list[bool], Field(fail_fast=True)]
    )
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
    feature_names_in: Names


class HeadRecord(Record):
    """What a `ScaleRegressor` and a `ShapeClassifier` have in common."""

    columns: Names
    random_state: Seed


class RegressorRecord(HeadRecord):
    """A `ScaleRegressor`."""

    growth: GrowthRecord


class ClassifierRecord(HeadRecord):
    """A `ShapeClassifier`; it has no trees where there was only one class."""

    booster: BoosterRecord | None
    only_class: Count | None


class ClusteringRecord(Record):
    """What tsshape's clusterers have in common: the parameters."""

    metric: str
    metric_params: dict[str, bool | Whole | float | None] | None
    n_jobs: Threads


class KMeansRecord(ClusteringRecord):
    """A `ShapeKMeans`."""

    kind: Literal["ShapeKMeans"]
    n_clusters: Positive
    n_init: Positive
    max_iter: Positive
    tol: Share
    random_state: Seed
    inertia_: float
    n_iter_: Count


class KMedoidsRecord(ClusteringRecord):
    """A `ShapeKMedoids`."""

    kind: Literal["ShapeKMedoids"]
    n_clusters: Positive
    n_init: Positive
    max_iter: Positive
    memory_limit: Annotated[int, Field(ge=1, le=2**63 - 1)] | None
    random_state: Seed
    inertia_: float
    n_iter_: Count


class MeanShiftRecord(ClusteringRecord):
    """A `ShapeMeanShift`."""

    kind: Literal["ShapeMeanShift"]
    bandwidth: Annotated[float, Field(gt=0)] | None
    max_iter: Count
    random_state: Seed
    bandwidth_: Share
    n_iter_: Count


class AgglomerativeRecord(ClusteringRecord):
    """A `ShapeAgglomerative`."""

    kind: Literal["ShapeAgglomerative"]
    n_clusters: Positive
    linkage: Literal["average", "complete", "single"]


ClustererRecord = Annotated[
    KMeansRecord | KMedoidsRecord | MeanShiftRecord | AgglomerativeRecord, Field(discriminator="kind")
]


class ForecasterRecord(Record):
    """A `ScaleShapeForecaster`."""

    shape: ForecastShape
    loss: Loss
    in_flight: bool
    intervals: bool
    random_state: Seed
    monotone: bool
    days: Annotated[list[Whole], Field(fail_fast=True)] | Names
    seed: Count
    encoder: EncoderRecord
    authors: bool
    clusterer: ClustererRecord
    classifier: ClassifierRecord
    regressor: RegressorRecord
    in_flight_model: GrowthRecord | None
    bands: bool


class BundleRecord(Record):
    """A bundle: its format, the version of tsshape that wrote it, and the model."""

    format: Positive
    tsshape: Version
    model: ForecasterRecord
