"""Charts as inline SVG, coloured by the style sheet of the page."""

from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from tsshape._columns import format_percent

Points = Sequence[float]
# In units of the chart, which are pixels at its natural width.
_WIDTH, _HEIGHT = 300, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 22, 12, 42
# From here on ticks at days 10 and 20 would touch the first one.
_MANY_DAYS = 60
_GROUP = Markup('<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{content}</svg>')
_LINE = Markup('<polyline class="{kind}" points="{points}"><title>{kind}</title></polyline>')
_AREA = Markup('<polygon class="{kind}" points="{points}"><title>{kind}</title></polygon>')
_RULE = Markup('<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
_TEXT = Markup('<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>')
_DOT = Markup('<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{title}</title></circle>')


class Plane:
    """The coordinate system of a chart, with its axes.

    Parameters
    ----------
    x, y : (float, float)
        The limits of each axis.
    """

    def __init__(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.x, self.y = x, y

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return a point in the units of the chart."""
        across, up = _share(x, *self.x), _share(y, *self.y)
        return _LEFT + across * (_WIDTH - _LEFT - _RIGHT), _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM)

    def path(self, xs: Points, ys: Points) -> str:
        """Return points as an attribute of SVG."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.place(*point) for point in zip(xs, ys, strict=True)))

    def line(self, kind: str, xs: Points, ys: Points) -> Markup:
        """Return a line of a class of the style sheet, which also names it."""
        return _LINE.format(kind=kind, points=self.path(xs, ys))

    def band(self, kind: str, xs: Points, lower: Points, upper: Points) -> Markup:
        """Return the area between two lines."""
        return _AREA.format(kind=kind, points=f"{self.path(xs, upper)} {self.path([*xs][::-1], [*lower][::-1])}")

    def dot(self, kind: str, x: float, y: float, title: str) -> Markup:
        """Return a point with a tooltip."""
        across, down = self.place(x, y)
        return _DOT.format(kind=kind, x=across, y=down, title=title)

    def rule(self, kind: str, start: tuple[float, float], end: tuple[float, float]) -> Markup:
        """Return a straight line between two points."""
        (x1, y1), (x2, y2) = self.place(*start), self.place(*end)
        return _RULE.format(kind=kind, x1=x1, y1=y1, x2=x2, y2=y2)

    def axes(self, x_ticks: Mapping[float, str], y_ticks: Mapping[float, str], *, title: str) -> Markup:
        """Return ticks with their labels, horizontal grid lines and the title of the horizontal axis."""
        parts = [_TEXT.format(x=(_LEFT + _WIDTH - _RIGHT) / 2, y=_HEIGHT - 6, anchor="middle", text=title)]
        for value, text in x_ticks.items():
            parts.append(_TEXT.format(x=self.place(value, 0)[0], y=_HEIGHT - 25, anchor="middle", text=text))
        for value, text in y_ticks.items():
            parts.append(self.rule("tick", (self.x[0], value), (self.x[1], value)))
            parts.append(_TEXT.format(x=_LEFT - 5, y=self.place(self.x[0], value)[1] + 4, anchor="end", text=text))
        return Markup("").join(parts)


def picture(label: str, *content: Markup) -> Markup:
    """Return a chart with these elements; screen readers say the label."""
    return _GROUP.format(width=_WIDTH, height=_HEIGHT, label=label, content=Markup("").join(content))


def forecast_chart(
    label: str,
    truth: Points,
    forecast: Points,
    cutoff: int,
    *,
    lower: Points | None = None,
    upper: Points | None = None,
) -> Markup:
    """Return a chart of a post's true curve and its forecast with the band, and a rule at the cutoff.

    The band is cut off at three times the maximum of the lines, so that they remain visible.
    """
    days = range(1, len(truth) + 1)
    reached = max(1.0, *truth, *forecast)
    top = reached if upper is None else min(max(reached, *upper), 3 * reached)
    plane = Plane((1, max(2, len(truth))), (0, top))
    parts = [plane.axes(_day_ticks(len(truth)), _ticks(0, top), title="day")]
    if lower is not None and upper is not None:
        parts.append(plane.band("band", days, np.minimum(lower, top).tolist(), np.minimum(upper, top).tolist()))
    if cutoff:
        parts.append(plane.rule("seen", (cutoff, 0), (cutoff, top)))
    parts += [plane.line("truth", days, truth), plane.line("forecast", days, forecast)]
    return picture(label, *parts)


def shape_chart(label: str, shape: Points, band: tuple[Points, Points] | None = None, *, shares: bool = True) -> Markup:
    """Return a chart of a prototype, over the band of its members: shares of the views by day, or any values."""
    days = range(1, len(shape) + 1)
    lower, upper = band or (shape, shape)
    low, top = min(*shape, *lower), max(*shape, *upper)
    if shares:
        low, top = min(0.0, low), max(1.0, top)
    plane = Plane((1, max(2, len(shape))), (low, top if top > low else low + 1))
    y_ticks = {tick: format_percent(tick, 0) for tick in _ticks(*plane.y)} if shares else _ticks(*plane.y)
    parts = [plane.axes(_day_ticks(len(shape)), y_ticks, title="day" if shares else "step")]
    if band:
        parts.append(plane.band("band", days, lower, upper))
    return picture(label, *parts, plane.line("forecast", days, shape))


def calibration_chart(label: str, points: Mapping[str, tuple[float, float]]) -> Markup:
    """Return a chart of coverage against nominal coverage; calibrated intervals lie on the diagonal."""
    shares = [share for point in points.values() for share in point]
    low = np.floor(min([*shares, 0.5]) * 10) / 10
    plane = Plane((low, 1), (low, 1))
    shown = np.arange(low, 1.01, 0.1 if low >= 0.4 else 0.2).round(1).tolist()  # noqa: PLR2004
    ticks = {share: format_percent(share, 0) for share in shown}
    parts = [plane.axes(ticks, ticks, title="nominal coverage"), plane.rule("seen", (low, low), (1, 1))]
    parts += [plane.dot("forecast", *point, name) for name, point in points.items()]
    return picture(label, *parts)


def criterion_chart(label: str, numbers: Points, values: Points, vote: float | None) -> Markup:
    """Return a chart of a criterion over the number of clusters, and a rule at the number that it votes for."""
    known = [(number, value) for number, value in zip(numbers, values, strict=True) if np.isfinite(value)]
    if not known:
        return picture(label)
    xs, ys = [number for number, _ in known], [value for _, value in known]
    low, high = min(ys), max(ys)
    plane = Plane((min(numbers), max(*numbers, min(numbers) + 1)), (low, high if high > low else low + 1))
    x_ticks = {
        tick: f"{tick:.0f}" for tick in MaxNLocator(5, integer=True).tick_values(*plane.x) if _within(tick, plane.x)
    }
    parts = [plane.axes(x_ticks, _ticks(*plane.y), title="clusters"), plane.line("forecast", xs, ys)]
    if vote is not None:
        parts.append(plane.rule("seen", (vote, plane.y[0]), (vote, plane.y[1])))
    return picture(label, *parts)


def _day_ticks(n_times: int) -> dict[float, str]:
    """Return the first and the last day, and a few between."""
    between: Sequence[float] = [day for day in (10, 20) if day < n_times - 2]
    if n_times > _MANY_DAYS:
        between = [day for day in MaxNLocator(3).tick_values(0, n_times) if 0.1 < day / n_times < 0.9]  # noqa: PLR2004
    return {float(day): f"{day:.0f}" for day in sorted({1, n_times, *between})}


def _ticks(low: float, high: float) -> dict[float, str]:
    """Return round values within the limits of an axis."""
    return {tick: _short(tick) for tick in MaxNLocator(4).tick_values(low, high) if _within(tick, (low, high))}


def _short(value: float) -> str:
    """Return a number in few characters, such as 1.5k for 1,500."""
    for unit, name in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if unit <= abs(value) < 1000 * unit:
            return f"{value / unit:.4g}{name}"
    return f"{value:.3g}"


def _within(value: float, ends: tuple[float, float]) -> bool:
    """Return whether a value is within the limits of an axis."""
    return ends[0] <= value <= ends[1]


def _share(value: float, low: float, high: float) -> float:
    """Return the position of a value on an axis, 0 at its lower and 1 at its upper limit."""
    return (value - low) / (high - low)
