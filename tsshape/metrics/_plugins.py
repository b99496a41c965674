"""Metrics from elsewhere: entry points of installed plug-ins, bridges to other libraries."""

from tsshape import _entry_points
from tsshape._entry_points import METRICS
from tsshape.metrics._metric import Metric

# An entry point of this group is a function that takes what follows the colon and returns a Metric.
BRIDGES = "tsshape.metric_bridges"


def offered_names() -> tuple[str, ...]:
    """Return the names of metrics that installed plug-ins offer, without loading them."""
    return _entry_points.offered_names(METRICS)


def from_entry_point(name: str) -> tuple[Metric | None, str]:
    """Return the metric that an installed plug-in offers, None if it only registers one; and the plug-in's name."""
    loaded, origin = _entry_points.load_entry_point(METRICS, name)
    return loaded if isinstance(loaded, Metric) else None, origin


def offered_by(name: str) -> str:
    """Return the distributions that offer a metric, without loading it."""
    return _entry_points.owners(METRICS, name)


def from_bridge(name: str) -> Metric:
    """Return the metric of another library by its name `prefix:what`."""
    prefix, what = name.split(":", 1)
    bridges = _entry_points.offered_names(BRIDGES)
    if prefix not in bridges:
        raise ValueError(f"there is no bridge {prefix!r} for the metric {name!r}; there are {', '.join(bridges)}")
    found = _entry_points.find_entry_point(BRIDGES, prefix).load()(what)
    if not isinstance(found, Metric):
        raise TypeError(f"the bridge {prefix!r} must give a Metric; got {type(found).__name__}")
    return found
