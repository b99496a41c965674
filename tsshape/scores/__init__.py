"""Errors of forecast curves as the paper defines them, scores of intervals, and the error budget."""

from tsshape.scores._budget import error_budget
from tsshape.scores._errors import (
    mean_relative_squared_error,
    median_rmse,
    rmse_per_post,
    scale_spearman,
    trimmed_rmse,
)
from tsshape.scores._errors import squared_relative_errors as squared_relative_errors  # for layers above, not public
from tsshape.scores._intervals import coverage_by_quarter, interval_coverage, interval_width

__all__ = [
    "coverage_by_quarter",
    "error_budget",
    "interval_coverage",
    "interval_width",
    "mean_relative_squared_error",
    "median_rmse",
    "rmse_per_post",
    "scale_spearman",
    "trimmed_rmse",
]
