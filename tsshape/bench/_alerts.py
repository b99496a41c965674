"""Whether posts that run outside their interval end outside it, beside posts that are flagged by their last count."""

from typing import Any, Self

import numpy as np
import pandas as pd
from pydantic import BaseModel, model_validator

from tsshape._typing import FloatArray, IntArray
from tsshape.bench._components import CUTOFFS
from tsshape.bench._numbers import CLOSED, Count
from tsshape.features import Features
from tsshape.forecast import ScaleShapeForecaster, find_alerts

COVERAGE = 0.9


class Alerts(BaseModel):
    """Numbers of test posts after some observed days.

    `flagged` are outside the interval that was forecast for that day at upload, and `right` of them end on the same
    side outside the interval of the last day, as `ended` posts do in all. `right_by_count` is what flagging as many
    posts by their last count gets right: the highest as above, the lowest as below.
    """

    model_config = CLOSED

    ended: Count
    flagged: Count
    right: Count
    right_by_count: Count

    @model_validator(mode="after")
    def _are_parts(self) -> Self:
        """Refuse more posts that are right than there are posts that end outside, or are flagged."""
        if max(self.right, self.right_by_count) > min(self.ended, self.flagged):
            raise ValueError("more posts are flagged rightly than are flagged or end outside")
        return self


def alert_scores(
    forecaster: ScaleShapeForecaster, features: Features, curves: pd.DataFrame, authors: Any
) -> dict[str, dict[str, int]]:
    """Return the numbers of `Alerts` after each cutoff."""
    lower, upper = (
        end.iloc[:, -1].to_numpy() for end in forecaster.predict_interval(features, coverage=COVERAGE, authors=authors)
    )
    counts = curves.to_numpy(np.float64)
    ended = (counts[:, -1] > upper).astype(np.int64) - (counts[:, -1] < lower)
    found = {}
    for days in CUTOFFS:
        if days >= curves.shape[1]:
            continue
        alerts = find_alerts(forecaster, features, curves.iloc[:, :days], coverage=COVERAGE, authors=authors)
        side = alerts["side"].map({"above": 1, "below": -1}).reindex(curves.index, fill_value=0).to_numpy(np.int64)
        by_count = _flag_by_count(counts[:, days - 1], n_above=int((side > 0).sum()), n_below=int((side < 0).sum()))
        found[str(days)] = {
            "ended": int(np.count_nonzero(ended)),
            "flagged": int(np.count_nonzero(side)),
            "right": _count_right(side, ended),
            "right_by_count": _count_right(by_count, ended),
        }
    return found


def _flag_by_count(count: FloatArray, *, n_above: int, n_below: int) -> IntArray:
    """Return 1 for the posts with the highest counts, -1 for those with the lowest, and 0 for the others."""
    order = np.argsort(count, kind="stable")
    side = np.zeros(len(count), dtype=np.int64)
    side[order[:n_below]] = -1
    side[order[len(order) - n_above :]] = 1
    return side


def _count_right(side: IntArray, ended: IntArray) -> int:
    """Return how many posts are flagged on the side on which they ended."""
    return int(((side != 0) & (side == ended)).sum())
