"""Scores of forecasts from the first days on, and of intervals."""

from typing import Any

import numpy as np
import pandas as pd

from tsshape import scores
from tsshape._typing import FloatArray
from tsshape.forecast import ScaleShapeForecaster
from tsshape.forecast._counts import grown

# After so many days posts are looked at again.
DAYS_SEEN = (1, 3, 7)
COVERAGES = (0.8, 0.9)
# Intervals from upload on are looked at more closely.
UPLOAD_COVERAGES = (0.5, 0.8, 0.9, 0.95)
Figures = dict[str, Any]


def in_flight_scores(
    forecaster: ScaleShapeForecaster, train: pd.DataFrame, features: pd.DataFrame, curves: pd.DataFrame, authors: Any
) -> Figures:
    """By days seen: the errors on the days to come, beside those of the mean growth; and, with bands, the coverage."""
    figures = {}
    for n_days in DAYS_SEEN:
        if n_days >= curves.shape[1]:
            continue
        seen, rest = curves.iloc[:, :n_days], curves.iloc[:, n_days:]
        forecast = forecaster.predict(features, observed=seen, authors=authors).iloc[:, n_days:]
        naive = _mean_growth(train.to_numpy(np.float64), seen.to_numpy(np.float64))
        figures[str(n_days)] = {
            "trmse": scores.trimmed_rmse(rest, forecast),
            "med": scores.median_rmse(rest, forecast),
            "naive_trmse": scores.trimmed_rmse(rest.to_numpy(), naive),
            "naive_med": scores.median_rmse(rest.to_numpy(), naive),
        }
        if forecaster.bands_ is not None:
            for coverage in COVERAGES:
                ends = forecaster.predict_interval(features, coverage=coverage, observed=seen, authors=authors)
                lower, upper = (end.iloc[:, n_days:] for end in ends)
                figures[str(n_days)][f"coverage_{coverage:.0%}"] = scores.interval_coverage(rest, lower, upper)
    return figures


def interval_scores(
    forecaster: ScaleShapeForecaster, features: pd.DataFrame, curves: pd.DataFrame, authors: Any
) -> Figures:
    """By nominal coverage: the share of days covered, overall and in each quarter of forecast scale, and the width.

    The width is the median over the posts of the last day's upper end less its lower, in the unit of the counts. Of
    fewer than four posts a quarter may be empty: None.
    """
    rank = forecaster.predict_scale(features, authors=authors).rank(method="first").to_numpy()
    quarter = ((rank - 1) * 4 // len(rank)).astype(np.int64)
    figures = {}
    for coverage in UPLOAD_COVERAGES:
        lower, upper = forecaster.predict_interval(features, coverage=coverage, authors=authors)
        figures[f"{coverage:.0%}"] = {
            "coverage": scores.interval_coverage(curves, lower, upper),
            "quarters": [
                scores.interval_coverage(*(table[quarter == each] for table in (curves, lower, upper)))
                if (quarter == each).any()
                else None
                for each in range(4)
            ],
            "width": float((upper.iloc[:, -1] - lower.iloc[:, -1]).median()),
        }
    return figures


def _mean_growth(train: FloatArray, seen: FloatArray) -> FloatArray:
    """The naive forecast: the last count seen times the mean growth of the training posts (the geometric mean)."""
    last = seen.shape[1] - 1
    growth = (np.log1p(train[:, last + 1 :]) - np.log1p(train[:, [last]])).mean(axis=0)
    return grown(1 + seen[:, [last]], growth) - 1
