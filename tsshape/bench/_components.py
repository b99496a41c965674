"""The components that a suite names: clusterers, classifiers and regressors, and the forecasts made of them."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StrictBool, model_validator
from sklearn.dummy import DummyClassifier, DummyRegressor

from tsshape import paper
from tsshape._registry import Registry
from tsshape._typing import RandomState
from tsshape.bench._boosting import GrowthBoosting
from tsshape.bench._mean_growth import MeanGrowth
from tsshape.cluster import make_clusterer
from tsshape.forecast import (
    LastValue,
    Loss,
    MultivariateLinear,
    RadialBasis,
    ScaleRegressor,
    ShapeClassifier,
    SzaboHuberman,
)

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
BASELINES = Registry(
    "growth baseline",
    {
        "last_value": LastValue,
        "mean_growth": MeanGrowth,
        "szabo_huberman": SzaboHuberman,
        "linear": MultivariateLinear,
        "radial_basis": RadialBasis,
        "lightgbm": GrowthBoosting,
    },
)
# Numbers of observed days after which forecasts are scored, where a suite names no others.
CUTOFFS = (1, 3, 7)
Cutoffs = Annotated[tuple[Annotated[int, Field(ge=1, strict=True)], ...], Field(min_length=1)]


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

    `features` says whether it knows the features, or forecasts from the days observed alone; `authors` whether it knows
    the author of each post, where the data do. `in_flight` asks for forecasts from observed days, after each of
    `cutoffs`, `intervals` for the coverage of intervals. `unfinished` says whether it learns from posts that are still
    running, too, where the split has some; forecasts from observed days complete them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    clusterer: Clusterer
    classifier: Classifier
    regressor: Regressor
    shape: Literal["soft", "hard"] = "soft"
    features: StrictBool = True
    authors: StrictBool = False
    in_flight: StrictBool = False
    cutoffs: Cutoffs = CUTOFFS
    intervals: StrictBool = False
    above: tuple[Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)], ...] = ()
    watch: StrictBool = False
    unfinished: StrictBool = False

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
    authors: StrictBool = False


class Baseline(Component):
    """A forecast from observed days that has no shape and nothing to say at upload: a name in `BASELINES`.

    `lightgbm` may know the `features` of the posts, and their `authors`.
    """

    make = BASELINES.make

    name: str = Field(min_length=1)
    features: StrictBool = False
    authors: StrictBool = False
    cutoffs: Cutoffs = CUTOFFS

    @model_validator(mode="after")
    def _knows_what_it_can(self) -> Self:
        """Refuse features or authors for a baseline that knows the counts alone."""
        if (self.features or self.authors) and self.kind != "lightgbm":
            raise ValueError(f"{self.kind} knows the counts alone: features and authors are for lightgbm")
        return self


class Published(BaseModel):
    """A published MRSE of the last count after some observed days, of a test part of `n_test` posts.

    `name` is that of a variant of the suite, or of a method that is quoted only; `oracle` says that the method was told
    something of the last count.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    days: Annotated[int, Field(ge=1, strict=True)]
    mrse: Annotated[FiniteFloat, Field(ge=0, strict=True)]
    n_test: Annotated[int, Field(ge=1, strict=True)]
    source: str = Field(min_length=1)
    oracle: StrictBool = False


TRIVIAL = Variant(
    name="trivial: median scale x mean shape",
    clusterer=Clusterer.model_validate({"kind": "kmeans", "n_clusters": 1}),
    classifier=Classifier(kind="majority"),
    regressor=Regressor(kind="median"),
)
DIRECT = Direct()
