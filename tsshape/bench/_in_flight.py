"""Scores of forecasts after some observed days, and of intervals."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tsshape import scores
from tsshape._errors import DataError
from tsshape.bench._post_errors import POST_ERRORS, later_errors
from tsshape.features import Features
from tsshape.forecast import ScaleShapeForecaster

# Nominal coverages of intervals after a cutoff, and at upload.
COVERAGES, UPLOAD_COVERAGES = (0.5, 0.8, 0.9), (0.5, 0.8, 0.9, 0.95)


def in_flight_scores(
    forecaster: ScaleShapeForecaster,
    features: Features,
    curves: pd.DataFrame,
    authors: Any,
    *,
    cutoffs: Sequence[int],
) -> dict[str, Any]:
    """Return by cutoff the errors on the later days, and coverage and width of intervals."""
    found = {}
    for cutoff in cutoffs:
        if cutoff >= curves.shape[1]:
            continue
        observed, future = curves.iloc[:, :cutoff], curves.iloc[:, cutoff:]
        forecast = forecaster.predict(features, observed=observed, authors=authors).iloc[:, cutoff:]
        found[str(cutoff)] = later_scores(future, forecast)
        if forecaster.bands_ is not None:
            for name, ends in _intervals(forecaster, COVERAGES, features, observed=observed, authors=authors):
                lower, upper = (end.iloc[:, cutoff:] for end in ends)
                found[str(cutoff)][f"coverage_{name}"] = scores.interval_coverage(future, lower, upper)
                found[str(cutoff)][f"log_width_{name}"] = _log_width(lower, upper)
    return found


def later_scores(future: pd.DataFrame, forecast: pd.DataFrame) -> dict[str, Any]:
    """Return the errors on the later days, the MRSE of the last count, and the errors of each post."""
    return {
        "trmse": scores.trimmed_rmse(future, forecast),
        "med": scores.median_rmse(future, forecast),
        "mrse": scores.mean_relative_squared_error(future.iloc[:, -1], forecast.iloc[:, -1]),
        POST_ERRORS: later_errors(future, forecast),
    }


def interval_scores(
    forecaster: ScaleShapeForecaster, features: Features, curves: pd.DataFrame, authors: Any
) -> dict[str, Any]:
    """Return by nominal coverage the coverage at upload, overall and by quarter of forecast scale, and the width."""
    scale = forecaster.predict_scale(features, authors=authors)
    found = {}
    for name, (lower, upper) in _intervals(forecaster, UPLOAD_COVERAGES, features, authors=authors):
        found[name] = {
            "coverage": scores.interval_coverage(curves, lower, upper),
            "quarters": scores.coverage_by_quarter(curves, lower, upper, scale),
            "width": scores.interval_width(lower, upper),
            "log_width": _log_width(lower, upper),
        }
    return found


def _intervals(
    forecaster: ScaleShapeForecaster, coverages: Sequence[float], features: Features, **known: Any
) -> Iterator[tuple[str, tuple[pd.DataFrame, pd.DataFrame]]]:
    """Yield each coverage as a percentage, with its interval; without those that so few training posts cannot give."""
    for coverage in coverages:
        try:
            ends = forecaster.predict_interval(features, coverage=coverage, **known)
        except DataError:
            if forecaster.bands_ is None:
                raise
        else:
            yield f"{coverage:.0%}", ends


def _log_width(lower: pd.DataFrame, upper: pd.DataFrame) -> float:
    """Return the median over the posts of the logarithm of upper / lower end on the last day, with 1 added to each."""
    low, high = (end.iloc[:, -1].to_numpy(np.float64) for end in (lower, upper))
    return float(np.median(np.log1p(high) - np.log1p(low)))
