"""What a report draws of a forecaster: its prototypes, forecasts of a few posts, its most important features."""

from typing import Annotated, Any, Self

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field, model_validator

from tsshape._typing import Floats
from tsshape.bench._components import CUTOFFS
from tsshape.bench._numbers import CLOSED, Count, Days, Log, Size, Value
from tsshape.features import Features
from tsshape.forecast import ScaleShapeForecaster

# Numbers of posts and features that are kept; features are ranked by contributions to this many forecasts at most.
N_POSTS, N_FEATURES, MOST_EXPLAINED = 6, 12, 500
# Nominal coverage of the bands.
COVERAGE = 0.9
# Decimals that are enough to draw.
_SHAPE_DIGITS, _COUNT_DIGITS = 4, 1

# One value for each day.
_Curve = Annotated[list[Value], Field(min_length=1, fail_fast=True)]


class Forecast(BaseModel):
    """A forecast curve and, if the forecaster has intervals, its band."""

    model_config = CLOSED

    forecast: _Curve
    lower: _Curve | None = None
    upper: _Curve | None = None

    @model_validator(mode="after")
    def _band_has_two_ends(self) -> Self:
        """Refuse one end of a band."""
        if (self.lower is None) != (self.upper is None):
            raise ValueError("a band must have both ends")
        return self


class Post(BaseModel):
    """A test post: its true curve, and its forecasts by the number of observed days."""

    model_config = CLOSED

    id: str
    truth: _Curve
    forecasts: dict[Days, Forecast]

    @model_validator(mode="after")
    def _days_are_the_same(self) -> Self:
        """Refuse curves of different lengths, and forecasts after the last day."""
        for days, each in self.forecasts.items():
            if int(days) >= len(self.truth):
                raise ValueError(f"a forecast after {days} of {len(self.truth)} days")
            for curve in (each.forecast, each.lower, each.upper):
                if curve is not None and len(curve) != len(self.truth):
                    raise ValueError(f"a forecast has {len(curve)} days, the truth {len(self.truth)}")
        return self


class Feature(BaseModel):
    """Mean absolute contributions of a feature to the logarithm of the scale and to the scores of the clusters."""

    model_config = CLOSED

    feature: str
    scale: Annotated[Log, Field(ge=0)]
    shape: Size


class Illustration(BaseModel):
    """What a report draws of a forecaster.

    Attributes
    ----------
    prototypes : list of list of float
        The shape of each cluster, one value per day.
    sizes : list of int
        Number of training posts in each cluster.
    posts : list of Post
        Test posts, one from the middle of each sixth by true scale, in ascending order.
    features : list of Feature or None
        Those with the largest contributions to the scale; None if the models have no explanation.
    """

    model_config = CLOSED

    prototypes: Annotated[list[_Curve], Field(min_length=1, fail_fast=True)]
    sizes: Annotated[list[Count], Field(fail_fast=True)]
    posts: Annotated[list[Post], Field(max_length=N_POSTS)]
    features: Annotated[list[Feature], Field(max_length=N_FEATURES)] | None = None

    @model_validator(mode="after")
    def _prototypes_are_a_table(self) -> Self:
        """Refuse prototypes of different lengths, or without one size each."""
        if len({len(prototype) for prototype in self.prototypes}) > 1 or len(self.sizes) != len(self.prototypes):
            raise ValueError("all prototypes must have the same number of days, and each must have a size")
        return self


def illustrate(
    forecaster: ScaleShapeForecaster,
    features: Features,
    curves: pd.DataFrame,
    authors: Any,
    *,
    explain: bool,
) -> Illustration:
    """Return the illustration of a forecaster, with test posts."""
    chosen = _spread_by_scale(curves)
    rows = features.take(chosen)
    of_rows = None if authors is None else authors.iloc[chosen]
    days = (0, *CUTOFFS) if forecaster.in_flight_ is not None else (0,)
    forecasts = {
        n_days: _forecast(forecaster, rows, curves.iloc[chosen, :n_days], of_rows)
        for n_days in days
        if n_days < curves.shape[1]
    }
    posts = [
        Post(
            id=str(curves.index[row]),
            truth=_round(curves.iloc[row], _COUNT_DIGITS),
            forecasts={str(n_days): each[position] for n_days, each in forecasts.items()},
        )
        for position, row in enumerate(chosen)
    ]
    labels = forecaster.clusterer_.labels_
    return Illustration(
        prototypes=[_round(prototype, _SHAPE_DIGITS) for prototype in forecaster.prototypes_],
        sizes=np.bincount(labels[labels >= 0], minlength=len(forecaster.prototypes_)).tolist(),
        posts=posts,
        features=_weightiest(forecaster, features, authors) if explain else None,
    )


def _spread_by_scale(curves: pd.DataFrame) -> list[int]:
    """Return the positions of the middle posts of `N_POSTS` equal groups by true scale, each once."""
    order = np.argsort(curves.max(axis=1).to_numpy(), kind="stable")
    middles = (np.arange(N_POSTS) + 0.5) / N_POSTS * len(order)
    return list(dict.fromkeys(order[middles.astype(np.int64)].tolist()))


def _forecast(forecaster: ScaleShapeForecaster, features: Features, seen: pd.DataFrame, authors: Any) -> list[Any]:
    """Return the forecast of each post after its observed days."""
    known: dict[str, Any] = {"observed": seen if seen.shape[1] else None, "authors": authors}
    tables = [forecaster.predict(features, **known)]
    if forecaster.bands_ is not None:
        tables += forecaster.predict_interval(features, coverage=COVERAGE, **known)
    names = ("forecast", "lower", "upper")[: len(tables)]
    return [
        Forecast(**{name: _round(table.iloc[row], _COUNT_DIGITS) for name, table in zip(names, tables, strict=True)})
        for row in range(len(features))
    ]


def _weightiest(forecaster: ScaleShapeForecaster, features: Features, authors: Any) -> list[Feature]:
    """Return the features with the largest contributions to the scale."""
    rows = np.arange(min(MOST_EXPLAINED, len(features)))
    table = forecaster.explain(features.take(rows), authors=None if authors is None else authors.iloc[rows]).table
    return [
        Feature(feature=str(name), scale=row["scale"], shape=row["shape"])
        for name, row in table.head(N_FEATURES).iterrows()
    ]


def _round(values: Floats, digits: int) -> list[float]:
    """Return rounded values."""
    return [round(float(value), digits) for value in values]
