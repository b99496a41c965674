"""Names for clusters, by when the views of their prototypes come: from "instant" to "still growing"."""

from collections import Counter
from collections.abc import Callable
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._columns import format_percent
from tsshape._typing import Curves, FloatArray
from tsshape._validation import check_curves

# A count is reached on a day in spite of rounding errors of this size, in days.
_ROUNDING = 1e-9


class _Life(NamedTuple):
    """When the views of a prototype come; times in days since the post, between two days by interpolation."""

    n_days: int
    first_day: float
    half_day: float
    nine_tenths_day: float
    last_growth: float
    mean_day: float
    second_wave: bool

    @property
    def at_once(self) -> bool:
        """Return whether more than half of the views come on day 1, or in the first thirtieth of the days."""
        return self.half_day < max(1, self.n_days / 30) - _ROUNDING

    @property
    def soon(self) -> bool:
        """Return whether half of the views come at once or in the first tenth of the days."""
        return self.at_once or self.half_day <= self.n_days / 10 + _ROUNDING

    @property
    def early(self) -> bool:
        """Return whether half of the views come at once or in the first third of the days."""
        return self.at_once or self.half_day <= self.n_days / 3 + _ROUNDING


def describe_lives(prototypes: Curves) -> pd.DataFrame:
    """Name clusters by when the views of their prototypes come, and order them from the quickest to the slowest.

    The names, by the first rule that holds; T is the number of days:

    - "no views": the prototype never exceeds 0.
    - "instant": more than half of the views come on day 1 (or by day T / 30), nine tenths by day T / 10 (or on day 1).
    - "last minute": more than half of the views come in the last tenth of the days.
    - "still growing": at least 13 % of the views come in the last tenth of the days, where steady growth has 10 %.
    - "second wave": a quarter of the views come in the first tenth of the days, and 30 % in a fifth of them that begins
      after the first quarter.
    - "front-loaded": half come as for "instant", nine tenths by day T / 2.
    - "quick rise": half come by day T / 3, nine tenths by day T / 2.
    - "long tail": half come as for "instant" or by day T / 10, nine tenths after day T / 2; or half by day T / 3, nine
      tenths by day 0.7 T, and later than twice the day of half.
    - "slow burn": half come by day T / 3, nine tenths after day 0.7 T.
    - "steady": half come by day 2 T / 3, nine tenths after day 0.7 T and more than T / 4 days after half.
    - "delayed": half come by day T / 2.
    - "late riser": all others.

    Clusters of one name are told apart by the first of these that differs between all of them: the day of half, the
    day of nine tenths, the share on day 1; then by both days; by all three; and last by the number of the cluster.

    Parameters
    ----------
    prototypes : DataFrame or array of shape (n_clusters, n_times)
        Cumulative curves, finite; each is divided by its maximum, and a day below an earlier one counts as that one.

    Returns
    -------
    DataFrame
        One row per cluster, by the mean time at which the views come. The index `cluster` is the row's label in a
        DataFrame and its position in an array. Columns: `name` (unique), `first_day` (share of the views on day 1),
        `half_day` and `nine_tenths_day` (when half and nine tenths of the views have come, in days since the post, by
        linear interpolation; at most T), `last_growth` (share of the views in the last tenth of the days). The numbers
        are missing for a prototype without views.

    Raises
    ------
    DataError
        If the prototypes are not a table of finite numbers with at least one row and one column.

    Examples
    --------
    >>> steady = np.arange(1, 31) / 30
    >>> lives = describe_lives([steady, steady**0.1, steady**4])
    >>> lives["name"].to_dict()
    {1: 'front-loaded', 0: 'steady', 2: 'still growing'}
    >>> lives.loc[0, ["half_day", "nine_tenths_day"]].tolist()
    [15.0, 27.0]
    """
    lives = [_measure(prototype) for prototype in check_curves(prototypes, name="prototypes", signed=True)]
    index = _labels(prototypes)
    columns = ["first_day", "half_day", "nine_tenths_day", "last_growth"]
    numbers = pd.DataFrame(lives, index=index)
    table = pd.concat([pd.Series(_unique_names(lives, index), index, name="name"), numbers[columns]], axis=1)
    # Stable, and NaN last: a prototype without views.
    order = np.argsort(numbers["mean_day"].to_numpy(), kind="stable")
    return table.iloc[order].rename_axis("cluster")


def name_lives(prototypes: Curves) -> list[str]:
    """Return the names that `describe_lives` gives, in the order of the prototypes.

    Parameters
    ----------
    prototypes : DataFrame or array of shape (n_clusters, n_times)
        As for `describe_lives`.

    Returns
    -------
    list of str
        One name per prototype, each once.

    Raises
    ------
    DataError
        As for `describe_lives`.

    Examples
    --------
    >>> days = np.arange(1, 31)
    >>> name_lives([days, days**0.1, days**0.15, days**4])
    ['steady', 'front-loaded, 90 % by day 11', 'front-loaded, 90 % by day 15', 'still growing']
    """
    lives = [_measure(prototype) for prototype in check_curves(prototypes, name="prototypes", signed=True)]
    return _unique_names(lives, _labels(prototypes))


def _labels(prototypes: Curves) -> pd.Index:
    """Return the numbers of the clusters."""
    return prototypes.index if isinstance(prototypes, pd.DataFrame) else pd.RangeIndex(len(prototypes))


def _measure(prototype: FloatArray) -> _Life:
    """Return when the views of a prototype come; NaN for one without views."""
    n_days = len(prototype)
    counts = np.maximum.accumulate(np.concatenate([[0.0], prototype]))
    if counts[-1] <= 0:
        return _Life(n_days, np.nan, np.nan, np.nan, np.nan, np.nan, second_wave=False)
    shares, days = counts / counts[-1], np.arange(n_days + 1.0)
    starts = np.linspace(0.25, 0.8, 56) * n_days
    waves = np.interp(starts + 0.2 * n_days, days, shares) - np.interp(starts, days, shares)
    quarter_at_once = np.interp(0.1 * n_days, days, shares) >= 0.25  # noqa: PLR2004
    return _Life(
        n_days=n_days,
        first_day=float(shares[1]),
        half_day=_reached(shares, 0.5),
        nine_tenths_day=_reached(shares, 0.9),
        last_growth=float(1 - np.interp(0.9 * n_days, days, shares)),
        mean_day=float(n_days - np.trapezoid(shares)),
        second_wave=bool(quarter_at_once and waves.max() >= 0.3),  # noqa: PLR2004
    )


def _reached(shares: FloatArray, share: float) -> float:
    """Return the time at which a share is reached, by linear interpolation from the day before."""
    day = int(np.argmax(shares >= share))
    return float(day - (shares[day] - share) / (shares[day] - shares[day - 1]))


def _unique_names(lives: list[_Life], labels: pd.Index) -> list[str]:
    """Return the names of lives, each once: those that share one are told apart in words where words differ."""
    names = np.array([_name(life) for life in lives], dtype=object)
    for name, n_lives in Counter(names).items():
        if n_lives > 1:
            rows = np.flatnonzero(names == name)
            names[rows] = [f"{name}, {words}" for words in _differences([lives[row] for row in rows], labels[rows])]
    return [str(name) for name in names]


def _name(life: _Life) -> str:
    """Return the name of a life, by the rules of `describe_lives`."""
    if np.isnan(life.half_day):
        return "no views"
    return next((name for name, holds in _RULES.items() if holds(life)), "late riser")


def _differences(lives: list[_Life], labels: pd.Index) -> list[str]:
    """Return words that differ between the lives of one name; with their numbers only where all else is the same."""
    known = [""] * len(lives)
    if not np.isnan(lives[0].half_day):
        for describe in _WORDS:
            words = [describe(life) for life in lives]
            if len(set(words)) == len(words):
                return words
            known = words if len(set(words)) > 1 else known
    counts = Counter(known)
    return [
        words if counts[words] == 1 else ", ".join(filter(None, [words, f"cluster {label}"]))
        for words, label in zip(known, labels, strict=True)
    ]


def _half(life: _Life) -> str:
    """Return the day of half in words."""
    return f"half by day {ceil(life.half_day - _ROUNDING)}"


def _nine_tenths(life: _Life) -> str:
    """Return the day of nine tenths in words."""
    return f"90 % by day {ceil(life.nine_tenths_day - _ROUNDING)}"


def _first_day(life: _Life) -> str:
    """Return the share of day 1 in words."""
    return f"{format_percent(life.first_day, 0)} on day 1"


# What tells lives of one name apart, in the order in which it is tried.
_WORDS: tuple[Callable[[_Life], str], ...] = (
    _half,
    _nine_tenths,
    _first_day,
    lambda life: f"{_half(life)}, {_nine_tenths(life)}",
    lambda life: f"{_half(life)}, {_nine_tenths(life)}, {_first_day(life)}",
)
# The first rule that holds gives the name. Its numbers are set so that the prototypes of public data are named as
# one sees them: a rule is a share of the days, so that 15 days and 144 steps are named alike.
_RULES: dict[str, Callable[[_Life], bool]] = {
    "instant": lambda life: life.at_once and life.nine_tenths_day <= max(life.n_days / 10, 1) + _ROUNDING,
    "last minute": lambda life: life.last_growth > 0.5,  # noqa: PLR2004
    "still growing": lambda life: life.last_growth >= 0.13,  # noqa: PLR2004
    "second wave": lambda life: life.second_wave,
    "front-loaded": lambda life: life.at_once and life.nine_tenths_day <= life.n_days / 2,
    "quick rise": lambda life: life.early and life.nine_tenths_day <= life.n_days / 2,
    "long tail": lambda life: (
        life.soon or (life.early and 2 * life.half_day < life.nine_tenths_day <= 0.7 * life.n_days)
    ),
    "slow burn": lambda life: life.early and life.nine_tenths_day > 0.7 * life.n_days,
    "steady": lambda life: (
        life.half_day <= life.n_days * 2 / 3
        and life.nine_tenths_day > max(0.7 * life.n_days, life.half_day + life.n_days / 4)
    ),
    "delayed": lambda life: life.half_day <= life.n_days / 2,
}
