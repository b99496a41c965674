"""How well probabilities of passing a count are calibrated, and how many of the greatest posts a forecast finds."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field, FiniteFloat

from tsshape._typing import FloatArray
from tsshape.bench._components import CUTOFFS
from tsshape.bench._numbers import ABSENT, CLOSED, Count, Natural, Share
from tsshape.features import Features
from tsshape.forecast import ScaleShapeForecaster

# The share of the posts that count as the greatest.
TOP = 0.05


class Tenth(BaseModel):
    """The test posts whose forecast probability lies in one tenth, such as 10 to 20 %, after some observed days.

    `forecast` is the mean probability of a final count above `above`, `share` the share of the posts that got there.
    """

    model_config = CLOSED

    above: Annotated[FiniteFloat, Field(ge=0)]
    days: Count
    tenth: Annotated[int, Field(ge=1, le=10)]
    posts: Natural
    forecast: Share
    share: Share


class Top(BaseModel):
    """Of the posts that are ranked highest, the share that are among the greatest; no count is known at upload."""

    model_config = CLOSED

    forecast: Share
    last_count: Share = ABSENT


def probability_scores(
    forecaster: ScaleShapeForecaster, features: Features, curves: pd.DataFrame, authors: Any, *, above: Sequence[float]
) -> dict[str, Any]:
    """Return the tenths of each probability, and the precision of the ranking, at upload and after each cutoff."""
    final = curves.iloc[:, -1].to_numpy(np.float64)
    tenths, top = [], {}
    for days in (0, *CUTOFFS):
        if days >= curves.shape[1] or (days and forecaster.in_flight_ is None):
            continue
        observed = curves.iloc[:, :days] if days else None
        probability = forecaster.predict_probability(features, above, observed=observed, authors=authors)
        for count in above:
            tenths += [{"above": count, "days": days, **each} for each in _tenths(probability[count], final > count)]
        forecast = forecaster.predict(features, observed=observed, authors=authors).iloc[:, -1].to_numpy()
        top[str(days)] = {"forecast": _precision(final, forecast)}
        if days:
            top[str(days)]["last_count"] = _precision(final, curves.iloc[:, days - 1].to_numpy(np.float64))
    return {"probability": tenths, "top": top}


def _tenths(probability: pd.Series, is_above: Any) -> list[dict[str, Any]]:
    """Return mean forecast and true share in each tenth between 0 and 1 that has a post."""
    tenth = np.minimum(np.floor(probability.to_numpy() * 10), 9).astype(np.int64) + 1
    table = pd.DataFrame({"tenth": tenth, "forecast": probability.to_numpy(), "share": is_above.astype(np.float64)})
    groups = table.groupby("tenth")
    found = groups.mean().assign(posts=groups.size()).reset_index()
    return [{**row, "tenth": int(row["tenth"]), "posts": int(row["posts"])} for row in found.to_dict("records")]


def _precision(final: FloatArray, rank_by: FloatArray) -> float:
    """Return the share of the highest `TOP` by one number that are among the highest `TOP` by their final count."""
    n_top = int(np.ceil(TOP * len(final)))
    greatest, highest = (np.argsort(-values, kind="stable")[:n_top] for values in (final, rank_by))
    return float(np.isin(highest, greatest).mean())
