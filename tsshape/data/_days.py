"""How days are named as columns of files, and which day such a name means."""

import re
from collections.abc import Hashable

import numpy as np

# No table has a million days, and a number of many digits takes long to read.
_ENDS_IN_INTEGER = re.compile(r"(?<![0-9])0*([0-9]{1,6})\Z")


def day_column(day: Hashable) -> str:
    """Return the name of a day's column in a file.

    Parameters
    ----------
    day : hashable
        The label of a column of curves.

    Returns
    -------
    str
        `day01` for the number 1, of whatever type; any other label as its own text.

    Examples
    --------
    >>> [day_column(label) for label in (1, 30.0, "d2")]
    ['day01', 'day30', 'd2']
    """
    if isinstance(day, int | np.integer) or (isinstance(day, float) and day.is_integer()):
        return f"day{int(day):02d}"
    return str(day)


def day_number(column: Hashable) -> int | None:
    """Return the day that the name of a column means, as `read_curves` understands it.

    Parameters
    ----------
    column : hashable
        The label of a column.

    Returns
    -------
    int or None
        The integer that the name ends in, of at most six digits; None if it ends in none.

    Examples
    --------
    >>> [day_number(label) for label in ("day01", "t002", 3, "views")]
    [1, 2, 3, None]
    """
    found = _ENDS_IN_INTEGER.search(day_column(column))
    return None if found is None else int(found[1])
