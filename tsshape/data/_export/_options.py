"""The options of an import, as they are named on the command line."""

import re
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

import pandas as pd

from tsshape._choices import Counts, Layout
from tsshape._errors import DataError
from tsshape._validation import check_choice

Role: TypeAlias = Literal["id", "time", "value", "posted", "author", "label"]
ROLES: tuple[Role, ...] = get_args(Role)
DEFAULT_STEP = pd.Timedelta(days=1)
# Minutes of each unit of a step.
_UNITS = {"min": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
_STEP = re.compile(rf"(\d{{1,6}}(?:\.\d+)?) ?({'|'.join(_UNITS)})", re.IGNORECASE)
_SHORTEST, _LONGEST = pd.Timedelta(minutes=1), pd.Timedelta(weeks=8)


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """What `read_export` is told about an export; everything else is read from the export itself.

    Parameters
    ----------
    layout : {"wide", "long", "transposed", "ucr"}, optional
        A row a post, a row a sample, a row a day, or the UCR archive's form: class, then values, without a header.
    id, time, value, posted, author, label : str, optional
        The column of each role. In a wide table, `value` is what the names of the columns of days begin with.
    ignore : tuple of str
        Columns that are left out.
    ignore_post : tuple of str
        Ids that are left out, such as the row of totals.
    counts : {"cumulative", "per-step"}, optional
        Whether a count is all that came until its time, or what came since the count before it.
    step : str, optional
        Time between two points of the grid, from a minute to weeks, such as "24h", "20min" or "7d"; by default a day,
        or what the columns of a wide table count (`hour1`, `week1`).
    steps : int, optional
        Length of the grid; by default as many steps as the oldest post has.
    decimal, thousands : str, optional
        The decimal mark, and what stands between groups of three digits.
    suffixes : bool
        Whether rounded numbers such as 1.2K, 3.4M and 5万 are taken.
    day_first, month_first : bool
        How dates such as 03/04/2024 are read.
    timezone : str, optional
        The time zone of times without an offset, such as "Europe/Berlin"; by default UTC.
    encoding : str, optional
        The encoding of text, such as "windows-1252"; by default UTF-8, or what a byte order mark says.
    sheet : str, optional
        The sheet of a workbook.
    as_of : str, optional
        When the export was made: later samples are left out, and steps that were not over then are missing; by default
        the time of the last sample.
    max_gap : int
        Samples further apart than so many steps (at least 1) leave the steps between them missing.
    from_first_sample : bool
        Whether a post's first sample is its first step, where no column says when it was posted.

    Raises
    ------
    DataError
        If an option is unknown, is none of its choices, or two contradict each other.

    Examples
    --------
    >>> ImportOptions(counts="per-step", step="7d").explicit()
    {'counts': 'per-step', 'step': '7d'}
    >>> ImportOptions.of({"step": "20min", "ignore": None}).grid_step
    Timedelta('0 days 00:20:00')
    """

    layout: Layout | None = None
    id: str | None = None
    time: str | None = None
    value: str | None = None
    posted: str | None = None
    author: str | None = None
    label: str | None = None
    ignore: tuple[str, ...] = ()
    ignore_post: tuple[str, ...] = ()
    counts: Counts | None = None
    step: str | None = None
    steps: int | None = None
    decimal: str | None = None
    thousands: str | None = None
    suffixes: bool = False
    day_first: bool = False
    month_first: bool = False
    timezone: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    as_of: str | None = None
    max_gap: int = 3
    from_first_sample: bool = False

    def __post_init__(self) -> None:
        for name, choices in (("layout", get_args(Layout)), ("counts", get_args(Counts))):
            if getattr(self, name) is not None:
                _named(name, check_choice, name, getattr(self, name), choices)
        if self.step is not None:
            parse_step(self.step)
        for name in ("steps", "max_gap"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise DataError(f"{spell_option(name)} must be at least 1; got {number}")
        if self.day_first and self.month_first:
            raise DataError("--day-first and --month-first contradict each other")
        _check_marks(self.decimal, self.thousands)
        if self.timezone is not None:
            _named("timezone", pd.Timestamp(0).tz_localize, self.timezone)

    @property
    def grid_step(self) -> pd.Timedelta:
        """The step of the grid."""
        return DEFAULT_STEP if self.step is None else parse_step(self.step)

    def explicit(self) -> dict[str, Any]:
        """Return the options that differ from their defaults.

        Returns
        -------
        dict
            Values by name.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {field.name: values[field.name] for field in fields(self) if values[field.name] != field.default}

    @classmethod
    def of(cls, options: dict[str, Any]) -> "ImportOptions":
        """Return options from their values by name, of which None and empty lists are defaults.

        Parameters
        ----------
        options : dict
            Values by name.

        Returns
        -------
        ImportOptions
            The options.

        Raises
        ------
        DataError
            If there is no option of a name, or its value is wrong.
        """
        known = {field.name for field in fields(cls)}
        for name in options:
            if name not in known:
                raise DataError(f"read_export has no option {name!r}; it has {', '.join(sorted(known))}")
        lists = {name: tuple(options[name]) for name in ("ignore", "ignore_post") if options.get(name)}
        return cls(**{name: value for name, value in options.items() if value is not None} | lists)


def spell_option(name: str) -> str:
    """Return the command line's spelling of an option.

    Examples
    --------
    >>> spell_option("max_gap")
    '--max-gap'
    """
    return f"--{name.replace('_', '-')}"


def _named(name: str, check: Any, *arguments: Any) -> None:
    """Run a check whose error gets the name of the option in front."""
    try:
        check(*arguments)
    except (ValueError, KeyError, OSError) as error:
        raise DataError(f"{spell_option(name)}: {error.args[0]}") from error


def parse_step(text: str) -> pd.Timedelta:
    """Return the time that a number of minutes, hours, days or weeks spells; DataError if it is none.

    Examples
    --------
    >>> parse_step("20min") < parse_step("24h") < parse_step("7d") == parse_step("1w")
    True
    """
    found = _STEP.fullmatch(text.strip())
    step = pd.NaT if found is None else pd.Timedelta(float(found[1]) * _UNITS[found[2].lower()], "min")
    if not _SHORTEST <= step <= _LONGEST:
        raise DataError(f"--step takes a time from 1min to 8w, such as 24h, 20min or 7d; got {text!r}")
    return step


def _check_marks(decimal: str | None, thousands: str | None) -> None:
    """Check that the marks of numbers are single characters, other than digits, and differ."""
    if decimal is not None and decimal not in {".", ","}:
        raise DataError(f"--decimal takes a dot or a comma; got {decimal!r}")
    if thousands is not None and (len(thousands) != 1 or thousands.isalnum() or thousands in "+-"):
        raise DataError(f"--thousands takes one mark, such as a dot, a comma or a blank; got {thousands!r}")
    if decimal is not None and decimal == thousands:
        raise DataError(f"--decimal and --thousands are both {decimal!r}")
