"""Pictures: arrays and tables in, matplotlib Axes out."""

from tsshape.plots._benchmark import draw_benchmark, plot_budget, plot_scores

__all__ = ["draw_benchmark", "plot_budget", "plot_scores"]
