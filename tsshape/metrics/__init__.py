"""Distances between curves: built-in ones, your own, and those of other libraries, all by one set of functions."""

from tsshape.metrics._barycenter import barycenter
from tsshape.metrics._check import Claim, MetricReport, check_metric, try_metric
from tsshape.metrics._metric import Metric, Parameter
from tsshape.metrics._nearest import nearest
from tsshape.metrics._pairwise import distance, pairwise
from tsshape.metrics._path import alignment_path
from tsshape.metrics._registry import add_metric, available_metrics, get_metric, load_plugin, register_metric

__all__ = [
    "Claim",
    "Metric",
    "MetricReport",
    "Parameter",
    "add_metric",
    "alignment_path",
    "available_metrics",
    "barycenter",
    "check_metric",
    "distance",
    "get_metric",
    "load_plugin",
    "nearest",
    "pairwise",
    "register_metric",
    "try_metric",
]
