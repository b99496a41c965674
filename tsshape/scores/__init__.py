"""Errors of forecast curves, as the paper measures them, and where they come from."""

from tsshape.scores._budget import error_budget
from tsshape.scores._errors import (
    interval_coverage,
    median_rmse,
    rmse_per_post,
    scale_spearman,
    trimmed_rmse,
)

__all__ = ["error_budget", "interval_coverage", "median_rmse", "rmse_per_post", "scale_spearman", "trimmed_rmse"]
