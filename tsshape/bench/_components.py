"""The parts that a suite can name, and the estimators that they stand for."""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sklearn.dummy import DummyClassifier, DummyRegressor

from tsshape import paper
from tsshape._choices import ForecastShape, Loss
from tsshape.cluster import ShapeKMeans, ShapeKMedoids, ShapeMeanShift, get_clusterer
from tsshape.forecast import ScaleRegressor, ShapeClassifier
from tsshape.metrics import get_metric


class Part(BaseModel):
    """A part of a forecaster: hashable, so that variants which name the same one share it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def __hash__(self) -> int:
        return hash(self.model_dump_json())


class Distance(Part):
    """The metric of a clustering."""

    metric: str = "euclidean"
    metric_params: dict[str, bool | int | float] = {}

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        """Refuse a metric or parameter that there is not."""
        get_metric(self.metric).bind(self.metric_params)
        return self


class KMeans(Distance):
    """`ShapeKMeans`."""

    kind: Literal["kmeans"] = "kmeans"
    n_clusters: int = Field(ge=1)
    n_init: int = Field(default=4, ge=1)
    max_iter: int = Field(default=100, ge=1)

    def build(self, seed: int) -> ShapeKMeans:
        """The estimator, not fitted."""
        return ShapeKMeans(
            self.n_clusters,
            metric=self.metric,
            metric_params=self.metric_params,
            n_init=self.n_init,
            max_iter=self.max_iter,
            random_state=seed,
        )


class KMedoids(Distance):
    """`ShapeKMedoids`, in samples where the distances of all pairs take more than `memory_limit` bytes."""

    kind: Literal["kmedoids"] = "kmedoids"
    n_clusters: int = Field(ge=1)
    memory_limit: int = Field(default=2**29, ge=1)

    def build(self, seed: int) -> ShapeKMedoids:
        """The estimator, not fitted."""
        return ShapeKMedoids(
            self.n_clusters,
            metric=self.metric,
            metric_params=self.metric_params,
            memory_limit=self.memory_limit,
            random_state=seed,
        )


class KShape(Part):
    """`ShapeKShape`."""

    kind: Literal["kshape"] = "kshape"
    n_clusters: int = Field(ge=1)
    max_iter: int = Field(default=100, ge=1)

    def build(self, seed: int) -> Any:
        """The estimator, not fitted."""
        return get_clusterer("kshape")(self.n_clusters, max_iter=self.max_iter, random_state=seed)


class MeanShift(Part):
    """`ShapeMeanShift`."""

    kind: Literal["mean_shift"] = "mean_shift"
    bandwidth: float = Field(gt=0)

    def build(self, seed: int) -> ShapeMeanShift:
        """The estimator, not fitted."""
        return ShapeMeanShift(self.bandwidth, random_state=seed)


class RandomForest(Part):
    """The paper's random forest with grid search."""

    kind: Literal["random_forest"] = "random_forest"

    def build(self, seed: int) -> ShapeClassifier:
        """The estimator, not fitted."""
        return paper.shape_classifier(random_state=seed)


class LightGBMShape(Part):
    """`ShapeClassifier` as it comes."""

    kind: Literal["lightgbm"] = "lightgbm"

    def build(self, seed: int) -> ShapeClassifier:
        """The estimator, not fitted."""
        return ShapeClassifier(random_state=seed)


class Majority(Part):
    """The most common cluster, whatever the features."""

    kind: Literal["majority"] = "majority"

    def build(self, seed: int) -> ShapeClassifier:
        """The estimator, not fitted."""
        return ShapeClassifier(DummyClassifier(), random_state=seed)


class SupportVectors(Part):
    """The paper's support vector machine on the raw scale."""

    kind: Literal["svr"] = "svr"
    feature_set: Literal["views", "views_groups", "views_contacts", "three", "five", "six", "eight"]

    def build(self, seed: int) -> ScaleRegressor:  # noqa: ARG002 - the machine has nothing to seed
        """The estimator, not fitted."""
        return paper.scale_regressor(self.feature_set)


class LightGBMScale(Part):
    """`ScaleRegressor` as it comes, for a loss."""

    kind: Literal["lightgbm"] = "lightgbm"
    loss: Loss = "median"

    def build(self, seed: int) -> ScaleRegressor:
        """The estimator, not fitted."""
        return ScaleRegressor(loss=self.loss, random_state=seed)


class Median(Part):
    """The median of the training scales, whatever the features."""

    kind: Literal["median"] = "median"

    def build(self, seed: int) -> ScaleRegressor:
        """The estimator, not fitted."""
        return ScaleRegressor(DummyRegressor(strategy="median"), random_state=seed)


Clusterer: TypeAlias = Annotated[KMeans | KMedoids | KShape | MeanShift, Field(discriminator="kind")]
Classifier: TypeAlias = Annotated[RandomForest | LightGBMShape | Majority, Field(discriminator="kind")]
Regressor: TypeAlias = Annotated[SupportVectors | LightGBMScale | Median, Field(discriminator="kind")]


class Variant(BaseModel):
    """One scale x shape forecaster to measure.

    `authors` says whether it is told who published each post, where the data say so. `in_flight` asks for forecasts
    from first days on, `intervals` for how often intervals cover.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    clusterer: Clusterer
    classifier: Classifier
    regressor: Regressor
    shape: ForecastShape = "soft"
    authors: bool = False
    in_flight: bool = False
    intervals: bool = False


class Direct(BaseModel):
    """The forecast without a decomposition."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="direct LightGBM", min_length=1)
    loss: Loss = "median"
    authors: bool = False


TRIVIAL = Variant(
    name="trivial: median scale x mean shape", clusterer=KMeans(n_clusters=1), classifier=Majority(), regressor=Median()
)
DIRECT = Direct()
