"""The components that a suite names: clusterers, classifiers and regressors, and the forecasts made of them."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sklearn.dummy import DummyClassifier, DummyRegressor

from tsshape import paper
from tsshape._registry import Registry
from tsshape._typing import RandomState
from tsshape.cluster import make_clusterer
from tsshape.forecast import Loss, ScaleRegressor, ShapeClassifier

# In bytes. Fixed, so that no score depends on how much memory the machine has.
MEMORY_LIMIT = 2**29


def majority(*, random_state: RandomState = None) -> ShapeClassifier:
    """Return a classifier that names the most common cluster, whatever the features."""
    return ShapeClassifier(DummyClassifier(), random_state=random_state)


def median(*, random_state: RandomState = None) -> ScaleRegressor:
    """Return a regressor that predicts the median of the training scales, whatever the features."""
    return ScaleRegressor(DummyRegressor(strategy="median"), random_state=random_state)


CLASSIFIERS = Registry(
    "classifier",
    {"random_forest": paper.shape_classifier, "lightgbm": ShapeClassifier, "majority": majority},
)
REGRESSORS = Registry(
    "regressor",
    {"svr": paper.scale_regressor, "lightgbm": ScaleRegressor, "median": median},
)


class Component(BaseModel):
    """The registered name of an estimator, `kind`, and parameters of its constructor.

    Any name and parameters are accepted here, since a suite that was run is data; they are checked by `build`. It is
    hashable, so that variants that name the same component share what was fitted.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    make: ClassVar[Callable[..., Any]]

    kind: str

    def __hash__(self) -> int:
        return hash((self.kind, *sorted(self.model_extra or {})))

    def build(self, seed: int) -> Any:
        """Return the unfitted estimator; ValueError if there is no such name or parameter."""
        defaults = {"random_state": seed, "memory_limit": MEMORY_LIMIT}
        return type(self).make(self.kind, self.model_extra or {}, defaults)


class Clusterer(Component):
    """A name in `tsshape.cluster.clustering_methods()`."""

    make = staticmethod(make_clusterer)


class Classifier(Component):
    """A name in `CLASSIFIERS`."""

    make = CLASSIFIERS.make


class Regressor(Component):
    """A name in `REGRESSORS`."""

    make = REGRESSORS.make


class Variant(BaseModel):
    """One scale x shape forecaster to measure.

    `authors` says whether it knows the author of each post, where the data do. `in_flight` asks for forecasts from
    observed days, `intervals` for the coverage of intervals. `unfinished` says whether it learns from posts that are
    still running, too, where the split has some; forecasts from observed days complete them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    clusterer: Clusterer
    classifier: Classifier
    regressor: Regressor
    shape: Literal["soft", "hard"] = "soft"
    authors: bool = False
    in_flight: bool = False
    intervals: bool = False
    above: tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...] = ()
    watch: bool = False
    unfinished: bool = False

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        """Refuse what a forecaster cannot do that learns no intervals, or nothing in flight."""
        for name in ("above", "watch"):
            if getattr(self, name) and not (self.in_flight and self.intervals):
                raise ValueError(f"{name} needs in_flight = true and intervals = true")
        if self.unfinished and not self.in_flight:
            raise ValueError("unfinished needs in_flight = true")
        return self


class Direct(BaseModel):
    """The forecast without a decomposition."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="direct LightGBM", min_length=1)
    loss: Loss = "median"
    authors: bool = False


TRIVIAL = Variant(
    name="trivial: median scale x mean shape",
    clusterer=Clusterer.model_validate({"kind": "kmeans", "n_clusters": 1}),
    classifier=Classifier(kind="majority"),
    regressor=Regressor(kind="median"),
)
DIRECT = Direct()
