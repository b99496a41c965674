"""The description of a metric: its parameters, the routes it can be computed by, how it averages."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from tsshape._typing import Floats
from tsshape._validation import check_choice

Average: TypeAlias = Literal["mean", "median", "dba", "soft_dtw", "elastic", "medoid"]
Restore: TypeAlias = tuple[Callable[..., "Metric"], tuple[str, ...]]

AVERAGES: tuple[str, ...] = get_args(Average)
# From the fastest to the slowest.
ROUTES = ("kernel", "cost", "embed", "batch", "pair")
WINDOW = "window"
# Of Itakura's parallelogram, which takes the place of the window.
SLOPE = "itakura_max_slope"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a metric.

    Parameters
    ----------
    name : str
        Keyword of the parameter. One called `window` is a Sakoe-Chiba radius: an int in steps, a float between 0 and 1
        as a fraction of the longer curve, rounded up to whole steps, or None for the full matrix. It is at least the
        difference of the lengths.
    default : object
        Default value. If it is a number, the parameter must be a number, if a bool, a bool; any other is passed on
        unchecked, which only the route `batch` can take.
    minimum, maximum : float
        Range of a number, both ends included.
    positive : bool
        Whether a number must be more than 0.
    optional : bool
        Whether the parameter is a number or None, which kernels and pairs get as NaN: the metric then has its own.

    Examples
    --------
    >>> gamma = Parameter("gamma", 1.0, positive=True)
    >>> gamma.describe(), gamma.check(0.5, metric="soft_dtw")
    ('gamma=1.0 (>0)', 0.5)
    """

    name: str
    default: Any
    minimum: float = -math.inf
    maximum: float = math.inf
    positive: bool = False
    optional: bool = False

    def check(self, value: Any, metric: str) -> Any:
        """Return `value` as the routes take it; raise ValueError if it has another type or is out of range."""
        if self.name == WINDOW:
            return _check_window(value, metric)
        is_bool = isinstance(value, bool | np.bool_)
        if isinstance(self.default, bool):
            if not is_bool:
                raise ValueError(f"{self.name} of metric {metric!r} must be True or False; got {value!r}")
            return bool(value)
        if self.optional and value is None:
            return None
        if self.optional or isinstance(self.default, int | float):
            is_number = isinstance(value, int | float | np.integer | np.floating) and not is_bool
            if not is_number:
                raise ValueError(f"{self.name} of metric {metric!r} must be a number; got {value!r}")
            return self._check_range(value.item() if isinstance(value, np.generic) else value, metric)
        return value

    def describe(self) -> str:
        """Return the parameter as the list of metrics prints it."""
        bounds = [">0"] if self.positive else []
        if math.isfinite(self.minimum):
            bounds.append(f">={self.minimum:g}")
        if math.isfinite(self.maximum):
            bounds.append(f"<={self.maximum:g}")
        return f"{self.name}={self.default!r}" + (f" ({', '.join(bounds)})" if bounds else "")

    def _check_range(self, number: float, metric: str) -> float:
        """Return a number if it is finite and within the range."""
        inside = math.isfinite(number) and self.minimum <= number <= self.maximum
        if not inside or (self.positive and number <= 0):
            bounds = "more than 0" if self.positive else f"between {self.minimum:g} and {self.maximum:g}"
            raise ValueError(f"{self.name} of metric {metric!r} must be finite and {bounds}; got {number!r}")
        return number


@dataclass(frozen=True)
class Metric:
    """A metric: name, parameters, the routes it can be computed by, and how it averages.

    At least one route must be given; of several, the fastest is used, in the order kernel, cost, embed, batch, pair.

    Parameters
    ----------
    name : str
        Name by which functions and estimators find it.
    parameters : tuple of Parameter
        In the order in which `pair` takes them.
    pair : callable, optional
        `pair(x, y, params) -> float`: two curves of shape (n_times,) and the parameters as a tuple of floats; a plain
        function in numba's subset.
    cost : callable, optional
        `cost(a, b)`: branch-free cost of matching two values; the distance is its sum along the best warping path. The
        only parameter is `window`.
    batch : callable, optional
        `batch(X, Y, **params)`: matrix of shape (n, m) between the rows of X and of Y; the parameters are keywords.
    embed : callable, optional
        `embed(X, **params)`: vectors of shape (n, n_dimensions) whose Euclidean distance is the metric. Of curves with
        several channels, each channel is embedded by itself, and the vectors are joined.
    kernel : str, optional
        Name of a built-in kernel of `tsshape._kernels`; the parameters are those of the kernel.
    prepare : callable, optional
        `prepare(X, **params)`: applied to the curves, or to each channel by itself, before the kernel. It returns
        curves, or several values for each step, shape (n, n_values, n_times).
    prepared_by : tuple of str
        Names of the parameters that `prepare` takes; the kernel takes the others.
    average : {"mean", "median", "dba", "soft_dtw", "elastic", "medoid"}
        What `barycenter` computes. "elastic" averages along the paths of a built-in elastic kernel.
    elastic : bool
        Whether two curves may differ in length.
    symmetric : bool
        Whether the distance of x to y is that of y to x; only one half of a symmetric matrix is computed.
    zero_self : bool
        Whether the distance of a curve to itself is 0.
    origin : str
        Where the metric comes from, for the list of metrics.
    restore : tuple of (callable, arguments), optional
        How another process finds this metric, set by the registry; by default its functions are pickled.

    Examples
    --------
    >>> import numpy as np
    >>> last = Metric("last", embed=lambda X: X[:, -1:], average="mean")
    >>> last.routes, last.power, last.multichannel
    (('embed',), 2, True)
    >>> from tsshape.metrics import get_metric
    >>> get_metric("wdtw").bind({"window": 3})
    {'g': 0.05, 'itakura_max_slope': None, 'window': 3}
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    pair: Callable[[Any, Any, Any], float] | None = None
    cost: Callable[[Any, Any], Any] | None = None
    batch: Callable[..., Any] | None = None
    embed: Callable[..., Any] | None = None
    kernel: str | None = None
    prepare: Callable[..., Floats] | None = None
    prepared_by: tuple[str, ...] = ()
    average: Average = "medoid"
    elastic: bool = False
    symmetric: bool = True
    zero_self: bool = True
    origin: str = "user-defined"
    restore: Restore | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.name or not isinstance(self.name, str):
            raise ValueError(f"a metric's name must be a non-empty str; got {self.name!r}")
        if not self.routes:
            raise ValueError(f"metric {self.name!r} has no route: give one of pair, cost, batch, embed")
        check_choice("average", self.average, AVERAGES)
        names = [parameter.name for parameter in self.parameters]
        if len(set(names)) < len(names):
            raise ValueError(f"metric {self.name!r} declares a parameter twice: {', '.join(names)}")
        needed = {"dba": WINDOW, "soft_dtw": "gamma"}.get(self.average)
        if needed is not None and needed not in names:
            raise ValueError(f"metric {self.name!r} averages by {self.average}, which takes a parameter {needed!r}")
        if self.average == "elastic" and (self.kernel is None or self.prepare is not None):
            raise ValueError(f"metric {self.name!r} averages along the paths of a kernel, but has none of its own")
        if self.cost is not None and names != [WINDOW]:
            raise ValueError(
                f"metric {self.name!r} has the route cost, whose only parameter is {WINDOW!r}; got {names}"
            )

    def __reduce__(self) -> tuple[Callable[..., "Metric"], tuple[Any, ...]]:
        if self.restore is not None:
            return self.restore
        return Metric, tuple(getattr(self, each.name) for each in fields(self))

    @property
    def routes(self) -> tuple[str, ...]:
        """Names of the routes, from the fastest to the slowest."""
        return tuple(route for route in ROUTES if getattr(self, route) is not None)

    @property
    def multichannel(self) -> bool:
        """Whether curves may have several channels: the fastest route is a kernel or an embedding."""
        return self.routes[0] in {"kernel", "embed"}

    @property
    def power(self) -> int:
        """Power of the distance, 1 or 2, whose sum over curves is least at their average."""
        return 2 if self.average == "dba" or (self.average == "mean" and self.embed is not None) else 1

    def bind(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return all parameters in declared order: the given ones, checked, and the defaults of the others.

        Raises
        ------
        ValueError
            If a parameter is unknown or out of range, or two exclude each other; the message names it.
        """
        known = {parameter.name for parameter in self.parameters}
        unknown = [name for name in given if name not in known]
        if unknown:
            has = f"its parameters are {', '.join(sorted(known))}" if known else "it has none"
            raise ValueError(f"metric {self.name!r} has no parameter {unknown[0]!r}; {has}")
        bound = {each.name: each.check(given.get(each.name, each.default), self.name) for each in self.parameters}
        if bound.get(SLOPE) is not None and bound.get(WINDOW) is not None:
            raise ValueError(f"metric {self.name!r} takes {WINDOW} or {SLOPE}, not both")
        return bound


# What functions and estimators take: a name, a metric, or a function of two curves.
MetricLike: TypeAlias = str | Metric | Callable[..., Any]


def _check_window(value: Any, metric: str) -> int | float | None:
    """Check a Sakoe-Chiba radius: None, steps, or a fraction."""
    number = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, np.floating):
        # The shortest decimal: a float32 of 0.07 is 0.07, not 0.07000000029802322, which would be rounded up.
        number = float(str(value))
    if number is None:
        return None
    if isinstance(number, int) and not isinstance(number, bool) and number >= 0:
        return number
    if isinstance(number, float) and 0 <= number <= 1:
        return number
    raise ValueError(
        f"{WINDOW} of metric {metric!r} must be an int of at least 0 (steps), a float between 0 and 1 (a fraction of "
        f"the length) or None (full); got {number!r}"
    )
