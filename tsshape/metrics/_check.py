"""Checks of the contract that every metric must keep."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tsshape._errors import DataError
from tsshape._typing import Floats
from tsshape.metrics._input import check_panels
from tsshape.metrics._metric import Metric, MetricLike
from tsshape.metrics._registry import get_metric
from tsshape.metrics._routes import compute_distances

# Routes add in different orders; vectorised ones, such as by FFT, differ by a little more.
TOLERANCE = 1e-9
# Size of the example curves: enough to fill SIMD lanes and leave a remainder.
N_CURVES, N_TIMES = 21, 12


@dataclass(frozen=True)
class Claim:
    """One claim of the contract, and what was found against it (empty if it holds).

    Examples
    --------
    >>> try_metric("manhattan").claims[0]
    Claim(claim='gives a finite distance for every pair', found='')
    """

    claim: str
    found: str = ""


@dataclass(frozen=True)
class MetricReport:
    """Result of `check_metric`.

    Parameters
    ----------
    metric : str
        Name of the metric.
    claims : tuple of Claim
        In the order of the checks; `found` is what contradicts a claim, and empty where it holds.

    Examples
    --------
    >>> try_metric("dtw").failed
    ()
    """

    metric: str
    claims: tuple[Claim, ...]

    @property
    def failed(self) -> tuple[Claim, ...]:
        """The claims that do not hold."""
        return tuple(claim for claim in self.claims if claim.found)


def check_metric(metric: MetricLike, *, curves: Any = None, **params: Any) -> MetricReport:
    """Check that a metric keeps its contract, on example curves.

    Distances must be finite real numbers, 0 between a curve and itself and symmetric where the metric claims so, and
    the same bits for the same input, which must not be changed; the metric must survive pickling, and its routes must
    agree.

    Parameters
    ----------
    metric : str, Metric or callable
        As in `pairwise`.
    curves : array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), or list of arrays, optional
        Curves to check it on, as in `pairwise`, also of several channels or unequal lengths; by default 21 shapes of 12
        days, with ties, steps and a constant among them.
    **params
        Parameters of the metric.

    Returns
    -------
    MetricReport
        All claims; each of them holds.

    Raises
    ------
    DataError
        If a claim does not hold; the message lists those that failed, and why.

    Examples
    --------
    >>> [claim.claim for claim in check_metric("manhattan").claims][:2]
    ['gives a finite distance for every pair', 'leaves its input as it was']
    """
    report = try_metric(metric, curves=curves, **params)
    if report.failed:
        lines = "".join(f"\n- {claim.claim}: {claim.found}" for claim in report.failed)
        raise DataError(f"the metric {report.metric!r} breaks {len(report.failed)} of its claims:{lines}")
    return report


def try_metric(metric: MetricLike, *, curves: Any = None, **params: Any) -> MetricReport:
    """Return the report of `check_metric`, including failures.

    Parameters
    ----------
    metric, curves, **params
        As in `check_metric`.

    Returns
    -------
    MetricReport
        All claims; only the first if distances are not finite.

    Examples
    --------
    >>> one_way = Metric("one_way", embed=lambda X: X - X.mean())
    >>> [claim.claim for claim in try_metric(one_way).failed]
    ['gives the same for a part of the curves', 'survives pickling']
    """
    chosen = get_metric(metric)
    parameters = chosen.bind(params)
    shapes = example_shapes() if curves is None else check_panels(curves, None, chosen, dtype=np.float64)[0]
    claims: list[Claim] = []

    def claim(text: str, test: Callable[[], str]) -> None:
        # Whatever error a plug-in raises counts against this claim.
        try:
            found = test()
        except Exception as error:  # noqa: BLE001
            found = f"{type(error).__name__}: {error}"
        claims.append(Claim(text, found))

    def matrix(route: str | None = None, first: Floats = shapes, second: Floats | None = None) -> Floats:
        return compute_distances(
            chosen, first.copy(), (first if second is None else second).copy(), parameters, 1, route=route
        )

    claim("gives a finite distance for every pair", lambda: _finite(matrix()))
    if claims[0].found:
        return MetricReport(chosen.name, tuple(claims))
    claim("leaves its input as it was", lambda: _leaves_input(chosen, shapes, parameters))
    claim("gives the same bits again", lambda: _same_bits(matrix(), matrix()))
    if chosen.zero_self:
        claim("is 0 between a curve and itself", lambda: _zero_self(matrix()))
    if chosen.symmetric:
        claim("is symmetric", lambda: _agree(matrix(), matrix().T))
    claim("gives the same for a part of the curves", lambda: _agree(matrix()[:3], matrix(None, shapes[:3], shapes)))
    if chosen.elastic:
        claim("takes curves of different lengths", lambda: _finite(matrix(None, shapes, shapes[..., :-2].copy())))
    claim("survives pickling", lambda: _survives_pickling(chosen, shapes, parameters))
    for route in chosen.routes[1:]:
        claim(f"agrees by its routes {chosen.routes[0]} and {route}", partial(_routes_agree, matrix, route))
    return MetricReport(chosen.name, tuple(claims))


def example_shapes() -> Floats:
    """Return shapes with ties, late and early steps, and a constant."""
    rng = np.random.default_rng(0)
    shapes = np.cumsum(rng.gamma(0.5, size=(N_CURVES, N_TIMES)), axis=1)
    shapes /= shapes[:, -1:]
    shapes[0] = 1.0
    shapes[1] = np.linspace(1 / N_TIMES, 1, N_TIMES)
    shapes[2] = np.arange(N_TIMES) >= N_TIMES - 2
    shapes[3] = np.round(shapes[3], 1)
    return np.ascontiguousarray(shapes)


def _finite(distances: Floats) -> str:
    """Return a message if a distance is not finite, else an empty one."""
    return "" if np.isfinite(distances).all() else f"{_place(~np.isfinite(distances))} is not finite"


def _leaves_input(metric: Metric, shapes: Floats, parameters: dict[str, Any]) -> str:
    """Return a message if a route writes into the curves."""
    for route in metric.routes:
        curves = shapes.copy()
        compute_distances(metric, curves, curves[:4], parameters, 1, route=route)
        if curves.tobytes() != shapes.tobytes():
            return f"the route {route} writes into the curves"
    return ""


def _same_bits(first: Floats, second: Floats) -> str:
    """Return a message if two runs differ."""
    return "" if first.tobytes() == second.tobytes() else f"{_place(first != second)} differs from run to run"


def _zero_self(distances: Floats) -> str:
    """Return a message if the distance of a curve to itself is not 0."""
    diagonal = np.abs(np.diagonal(distances))
    worst = int(diagonal.argmax())
    return "" if diagonal[worst] <= TOLERANCE else f"{diagonal[worst]:g} for row {worst}"


def _agree(first: Floats, second: Floats) -> str:
    """Return a message if two matrices differ by more than rounding."""
    differ = ~np.isclose(first, second, rtol=TOLERANCE, atol=TOLERANCE)
    if not differ.any():
        return ""
    row, column = np.argwhere(differ)[0]
    return f"{_place(differ)} is {first[row, column]!s} and {second[row, column]!s}"


def _routes_agree(matrix: Callable[..., Floats], route: str) -> str:
    """Return a message if a route gives other distances than the fastest one."""
    return _agree(matrix(), matrix(route))


def _survives_pickling(metric: Metric, shapes: Floats, parameters: dict[str, Any]) -> str:
    """Return a message if a pickled copy computes other distances."""
    copy = pickle.loads(pickle.dumps(metric))  # noqa: S301
    ours, theirs = (compute_distances(each, shapes, shapes[:4].copy(), parameters, 1) for each in (metric, copy))
    return _agree(ours, theirs)


def _place(differ: Any) -> str:
    """Return the first marked cell in words."""
    row, column = np.argwhere(differ)[0]
    return f"the distance of rows {row} and {column}"
