"""Pictures drawn with matplotlib, from arrays and tables."""

from tsshape.plots._benchmark import draw_benchmark, plot_budget, plot_scores
from tsshape.plots._calibration import draw_calibration
from tsshape.plots._clusters import draw_clusters, plot_cluster
from tsshape.plots._explanation import draw_explanation, plot_contributions
from tsshape.plots._forecast import draw_forecast, draw_forecasts
from tsshape.plots._growth import draw_growth
from tsshape.plots._lives import draw_lives
from tsshape.plots._ranks import draw_ranks, plot_ranks
from tsshape.plots._selection import draw_selection, plot_criterion

__all__ = [
    "draw_benchmark",
    "draw_calibration",
    "draw_clusters",
    "draw_explanation",
    "draw_forecast",
    "draw_forecasts",
    "draw_growth",
    "draw_lives",
    "draw_ranks",
    "draw_selection",
    "plot_budget",
    "plot_cluster",
    "plot_contributions",
    "plot_criterion",
    "plot_ranks",
    "plot_scores",
]
