"""Columns of tables as people read them: one description for the terminal, the report and other documents."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

# From here on a number is written with an exponent: it would be longer than a column is wide.
_LONG = 1e12
# So do numbers that would lose all digits.
_LEAST, _MOST_DECIMALS = 1e-4, 7


class Column(NamedTuple):
    """The heading of a column and the format of its values.

    Attributes
    ----------
    name : str
        The column of a DataFrame, or the level of its index.
    label : str
        The heading.
    spell : callable
        Returns a value that is not missing as text.
    """

    name: str
    label: str
    spell: Callable[[Any], str] = str

    def text(self, value: Any, *, missing: str = "-") -> str:
        """Return a value as it is shown, a missing one as a dash."""
        import pandas as pd  # noqa: PLC0415 - the command line imports this module, and `--help` is to be quick

        return missing if pd.isna(value) else self.spell(value)

    @property
    def unit(self) -> str:
        """The unit of its values, which follows from their format; empty for text, numbers of things, and scores."""
        return _UNITS.get(self.spell, "")


def format_count(count: float) -> str:
    """Return a number of views, or an error in views, with one decimal."""
    return f"{count:,.1f}" if abs(count) < _LONG else f"{count:.3g}"


def format_whole(count: float) -> str:
    """Return a number of views without decimals."""
    return f"{round(count):,}" if abs(count) < _LONG else f"{count:.3g}"


def format_percent(share: float, digits: int = 1) -> str:
    """Return a share between 0 and 1 as a percentage."""
    return f"{100 * share:.{digits}f} %"


def format_significant(value: float, digits: int = 4) -> str:
    """Return a score of any size with so many significant digits, at most 7 decimals, and all digits of whole numbers.

    Examples
    --------
    >>> format_significant(0.0461299), format_significant(57.6123), format_significant(-12345.6)
    ('0.04613', '57.61', '-12,346')
    """
    if not _LEAST <= abs(value) < _LONG:
        return "0" if value == 0 else f"{value:.{digits - 1}g}"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{value:,.{min(max(decimals, 0), _MOST_DECIMALS)}f}"


format_days = "{:.0f}".format
format_points = "{:+.1f}".format
format_decimals = "{:,.3f}".format
format_p_value = "{:.3g}".format
_UNITS: dict[Callable[[Any], str], str] = {
    format_count: "views",
    format_whole: "views",
    format_percent: "share, 0 to 1",
    format_days: "days",
    format_points: "percentage points",
}
