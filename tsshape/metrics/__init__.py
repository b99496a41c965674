"""Distances between curves: built-in ones, your own, and those of other libraries, all by one set of functions."""

# The redundant aliases are for the layers above and not public: they take what has been checked already.
from tsshape.metrics._averages import DBA_STEPS as DBA_STEPS
from tsshape.metrics._averages import align_clusters as align_clusters
from tsshape.metrics._averages import cluster_sums as cluster_sums
from tsshape.metrics._averages import update_centers as update_centers
from tsshape.metrics._barycenter import barycenter
from tsshape.metrics._builtin import BUILT_IN as BUILT_IN
from tsshape.metrics._check import Claim, MetricReport, check_metric, try_metric
from tsshape.metrics._elastic_barycenter import averages_along_paths as averages_along_paths
from tsshape.metrics._input import check_panels as check_panels
from tsshape.metrics._metric import Metric, Parameter
from tsshape.metrics._metric import MetricLike as MetricLike
from tsshape.metrics._nearest import nearest
from tsshape.metrics._pairwise import distance, pairwise
from tsshape.metrics._path import alignment_path
from tsshape.metrics._plugins import offered_by as offered_by
from tsshape.metrics._registry import add_metric, available_metrics, get_metric, load_plugin, register_metric
from tsshape.metrics._registry import is_loaded as is_loaded
from tsshape.metrics._restarts import better_centers as better_centers
from tsshape.metrics._restarts import restart_centers as restart_centers
from tsshape.metrics._routes import compute_distances as compute_distances
from tsshape.metrics._routes import embed_curves as embed_curves
from tsshape.metrics._routes import prepare_curves as prepare_curves

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
