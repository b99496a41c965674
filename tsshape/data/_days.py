"""How days are named as columns of files, and which day such a name means."""

import re
from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

# No table has a million days, and a number of many digits takes long to read.
_PREFIX_AND_NUMBER = re.compile(r"([^0-9]*)0*([0-9]{1,6})")
_SEPARATORS = " _-.:#/"
_MONTHS = (
    "jan(?:uary|uar|vier)?|janv|jän(?:ner)?|feb(?:ruary|ruar)?|févr?(?:ier)?|mar(?:ch|s)?|märz?|apr(?:il)?|avr(?:il)?"
    "|may|mai|june?|juni|juin|july?|juli|juil(?:let)?|aug(?:ust)?|août|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?"
    "|nov(?:ember|embre)?|de[cz](?:ember)?|déc(?:embre)?"
)
_CALENDAR = re.compile(
    rf"""
    [0-9]{{4}}([-/.])[0-9]{{1,2}}(\1[0-9]{{1,2}})?([T\ ].*)?       # 2024-02-21, 2024-02, 2024-02-21 00:00:00
    | [0-9]{{1,2}}([-/.])[0-9]{{1,2}}\4([0-9]{{4}}|[0-9]{{2}})?       # 21.02.2024, 2/21/24, 21.02.
    | (19|20)[0-9]{{2}}(0[1-9]|1[0-2])([0-3][0-9])?               # 20240221, 202402
    | [0-9]{{4}}[-_\ ]?[wq][0-9]{{1,2}}                            # 2024-W08, 2024Q1
    | ([0-9]{{1,4}}[-/.,\ ]*)?({_MONTHS})(?![^\W\d_]).*           # Feb 2024, 21 February, feb1
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OTHER_STEP = re.compile(
    "w|wks?|weeks?|kw|woche|semaine|semana|months?|monat|mois|mes|q|qtr|quarter|quartal|years?|yr|jahr"
    "|hours?|hrs?|h|stunde|minutes?|mins?|seconds?|secs?"
)
_ROW = re.compile(
    "posts?|videos?|ids?|items?|media|clips?|reels?|story|stories|photos?|images?|pictures?|tracks?|songs?|episodes?"
    "|articles?|tweets?|pins?|ads?|users?|authors?|channels?|urls?|links?|rows?"
)


class DayName(NamedTuple):
    """The parts of a name that means a day: what stands before the number, in small letters, and the number."""

    prefix: str
    day: int


def parse_day(column: Hashable) -> DayName | str:
    """Return the parts of the name of a day's column, or why it is none."""
    name = day_column(column).strip()
    if _CALENDAR.fullmatch(name):
        return "is a date, a month or a week"
    found = _PREFIX_AND_NUMBER.fullmatch(name)
    if found is None:
        return "is no day"
    prefix = found[1].casefold()
    word = prefix.strip(_SEPARATORS)
    if _OTHER_STEP.fullmatch(word):
        return "is another step than a day"
    if _ROW.fullmatch(word):
        return "is a post, as in a table with a row for each day"
    if word == "unnamed":
        return "has no name, as the row numbers that pandas writes"
    return DayName(prefix, int(found[2]))


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
        The integer that the name ends in, of at most six digits; None if it ends in none, or if the name is a date, a
        month, a week or another step than a day, or counts posts.

    Examples
    --------
    >>> [day_number(label) for label in ("day01", "t002", 3, "views", "2024-02-21", "week 8")]
    [1, 2, 3, None, None, None]
    """
    name = parse_day(column)
    return None if isinstance(name, str) else name.day
