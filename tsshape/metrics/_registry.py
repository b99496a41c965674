"""Registry of metrics by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeVar

from tsshape._entry_points import METRICS
from tsshape._plugin_files import loaded_files, registered, run_once
from tsshape._validation import check_choice
from tsshape.metrics._builtin import BUILT_IN
from tsshape.metrics._function import from_function
from tsshape.metrics._metric import WINDOW, Average, Metric, MetricLike, Parameter
from tsshape.metrics._plugins import from_bridge, from_entry_point, offered_names

Function = TypeVar("Function", bound=Callable[..., Any])

_registered: dict[str, Metric] = registered(METRICS)


def register_metric(
    name: str,
    *,
    route: Literal["pair", "cost", "batch", "embed"] = "pair",
    defaults: Mapping[str, Any] | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    average: Average | None = None,
    elastic: bool | None = None,
    symmetric: bool = True,
    zero_self: bool = True,
) -> Callable[[Function], Function]:
    """Register the decorated function as a metric; the function itself is returned unchanged.

    Parameters
    ----------
    name : str
        Name of the metric. That of a built-in metric is refused; that of another metric is replaced.
    route : {"pair", "cost", "batch", "embed"}, default="pair"
        Route that the function implements; see `Metric`. A `cost` always has the parameter `window`.
    defaults : mapping, optional
        Parameters and their defaults, in the order in which `pair` gets them in its tuple.
    ranges : mapping, optional
        Minimum and maximum of a parameter, both included.
    average : str, optional
        What `barycenter` computes; by default the mean for `embed` (exact if the embedding is linear), else the medoid.
    elastic : bool, optional
        Whether two curves may differ in length; by default only for `cost`.
    symmetric : bool, default=True
        Whether the distance of x to y is that of y to x.
    zero_self : bool, default=True
        Whether the distance of a curve to itself is 0.

    Raises
    ------
    ValueError
        If the name is taken, a choice is unknown, or `ranges` names a parameter without a default.

    Examples
    --------
    >>> @register_metric("late", defaults={"power": 2.0}, ranges={"power": (1.0, 8.0)})
    ... def late(x, y, params):
    ...     total = 0.0
    ...     for i in range(len(x)):
    ...         total += i * abs(x[i] - y[i]) ** params[0]
    ...     return total
    >>> get_metric("late").routes
    ('pair',)
    """
    check_choice("route", route, ("pair", "cost", "batch", "embed"))
    parameters = _declare(defaults or {}, ranges or {}, name)
    if route == "cost" and not parameters:
        parameters = (Parameter(WINDOW, None),)

    def register(function: Function) -> Function:
        routes: dict[str, Any] = {route: function}
        metric = Metric(
            name,
            parameters,
            **routes,
            average=average or ("mean" if route == "embed" else "medoid"),
            elastic=route == "cost" if elastic is None else elastic,
            symmetric=symmetric,
            zero_self=zero_self,
            origin=f"module {function.__module__}",
        )
        add_metric(metric)
        return function

    return register


def add_metric(metric: Metric) -> None:
    """Register a `Metric`, for metrics with several routes.

    Parameters
    ----------
    metric : Metric
        Metric that functions of this process find by its name.

    Raises
    ------
    ValueError
        If a built-in metric has that name, or the name has a colon, which is reserved for bridges.

    Examples
    --------
    >>> from tsshape.metrics import distance
    >>> add_metric(Metric("last_day", embed=lambda X: X[:, -1:], average="mean"))
    >>> distance([1.0, 4.0], [2.0, 9.0], "last_day")
    5.0
    """
    if metric.name in BUILT_IN:
        raise ValueError(f"{metric.name!r} is the name of a built-in metric: choose another")
    if ":" in metric.name:
        raise ValueError(f"the name of a metric may not have a colon, which stands for a bridge; got {metric.name!r}")
    _registered[metric.name] = metric


def get_metric(metric: MetricLike) -> Metric:
    """Return the metric of that name; a `Metric` is returned unchanged, and a function is made into one.

    Parameters
    ----------
    metric : str, Metric or callable
        Name of a built-in or registered metric, of one that an installed plug-in offers in the entry-point group
        `tsshape.metrics` (which is then loaded), or `tslearn:…`, `sktime:…`, `scipy:…`. Or a Python function of two
        curves that returns their distance, which must be symmetric; it is called for each pair, so that it is slow.

    Raises
    ------
    ValueError
        If there is no such metric (the message lists all that there are), or a function does not take two curves.

    Examples
    --------
    >>> get_metric("dtw").average
    'dba'
    >>> def late(x, y, power=2.0):
    ...     return (abs(x - y) ** power)[-2:].sum()
    >>> get_metric(late).bind({})
    {'power': 2.0}
    """
    if isinstance(metric, Metric):
        return metric
    if callable(metric):
        return from_function(metric)
    if metric == "precomputed":
        raise ValueError(
            "metric='precomputed' stands for distances instead of curves, which ShapeKMedoids, ShapeAgglomerative, "
            "ShapeDBSCAN, ShapeHDBSCAN and silhouettes take; this takes curves"
        )
    if not isinstance(metric, str):
        raise ValueError(f"metric must be a name, a Metric or a function of two curves; got {metric!r}")  # noqa: TRY004
    known = BUILT_IN.get(metric) or _registered.get(metric)
    if known is None:
        _load(metric)
        known = _registered[metric]
    return known


def is_loaded(name: str) -> bool:
    """Return whether there is a metric of that name without loading code."""
    return name in BUILT_IN or name in _registered


def _load(name: str) -> None:
    """Register the metric of a bridge or of an installed plug-in; other processes find it by the same name."""
    if ":" in name:
        _registered[name] = replace(from_bridge(name), name=name, restore=(get_metric, (name,)))
        return
    if name not in offered_names():
        there_are = ", ".join(available_metrics())
        raise ValueError(f"there is no metric {name!r}; there are {there_are}, and tslearn:…, sktime:…, scipy:…")
    before = set(_registered)
    metric, origin = from_entry_point(name)
    if metric is not None:
        _registered[name] = replace(metric, name=name)
    # One module may register several of the metrics that its distribution offers.
    for each in set(_registered).intersection(offered_names()) - before:
        _registered[each] = replace(_registered[each], origin=origin, restore=(get_metric, (each,)))
    if name not in _registered:
        raise ValueError(f"{origin} offers the metric {name!r}, but gives no Metric and registers none of that name")


def available_metrics() -> tuple[str, ...]:
    """Return the names of all metrics: the built-in ones, then those of registered and installed plug-ins.

    Metrics of bridges (`tslearn:dtw` …) are not included.

    Examples
    --------
    >>> "msm" in available_metrics()
    True
    """
    return (*BUILT_IN, *sorted(name for name in {*_registered, *offered_names()} if ":" not in name))


def load_plugin(path: str | PathLike[str]) -> tuple[str, ...]:
    r"""Run a Python file that registers metrics or clusterers, and return their names.

    Parameters
    ----------
    path : path
        File ending in `.py`. It is run once, with the rights of this process: only load files that you trust.

    Raises
    ------
    DataError
        If there is no such file, it fails, or it registers nothing; then nothing of it stays registered.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "mine.py"
    ...     _ = path.write_text(
    ...         "from tsshape.metrics import register_metric\n"
    ...         "@register_metric('first_day', route='embed')\n"
    ...         "def first_day(X):\n"
    ...         "    return X[:, :1]\n"
    ...     )
    ...     load_plugin(path)
    ('first_day',)
    """
    resolved = str(Path(path).resolve())
    is_new = resolved not in loaded_files()
    names = run_once(path)
    for name in names.get(METRICS, ()) if is_new else ():
        _registered[name] = replace(_registered[name], origin=f"file {path}", restore=(_from_file, (resolved, name)))
    return tuple(name for group in names.values() for name in group)


def _from_file(path: str, name: str) -> Metric:
    """Return a metric of a plug-in file: pickles of metrics call this, so that other processes find it."""
    load_plugin(path)
    return get_metric(name)


def _declare(
    defaults: Mapping[str, Any], ranges: Mapping[str, tuple[float, float]], metric: str
) -> tuple[Parameter, ...]:
    """Return parameters in the order of their defaults, which must be valid themselves."""
    for name in ranges:
        if name not in defaults:
            raise ValueError(f"metric {metric!r} has a range for {name!r}, but no default")
    parameters = tuple(Parameter(name, default, *ranges.get(name, ())) for name, default in defaults.items())
    for parameter in parameters:
        parameter.check(parameter.default, metric)
    return parameters
