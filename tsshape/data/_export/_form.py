"""What several files of an export must have in common to be imported each by itself, as parts of one dataset."""

from typing import Any, NamedTuple

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from tsshape._errors import DataError, quote
from tsshape.data._export._report import ImportReport

# Said of each difference: what to do about it.
_REMEDIES = {
    "layout": "say --layout",
    "counts": "say --counts",
    "step": "say --step",
    "n_times": "--steps gives all files the same number, such as --steps 30",
}
_SPELLINGS = {
    "layout": "the layout",
    "counts": "the kind of counts",
    "step": "the step",
    "n_times": "the number of steps",
}


class Form(NamedTuple):
    """How a file was understood.

    Attributes
    ----------
    source : str
        The file.
    decided : dict
        Layout, kind of counts, step and number of steps.
    roles : dict of str to str
        The column of each role.
    marks : dict
        The order of day and month and the decimal mark, as far as the file shows them.
    kinds : dict of str to str
        What each column of the features, with author and so on, holds.
    channels : tuple of str
        Further counts.
    """

    source: str
    decided: dict[str, Any]
    roles: dict[str, str]
    marks: dict[str, Any]
    kinds: dict[str, str]
    channels: tuple[str, ...]

    @classmethod
    def of(cls, report: ImportReport, features: pd.DataFrame) -> "Form":
        """Return the form of a file from its report, and from its table of features as it is written."""
        options = report.options
        day_first = True if "day_first" in options else False if "month_first" in options else None
        return cls(
            report.sources[0],
            {name: getattr(report, name) for name in _SPELLINGS},
            report.roles,
            {"day before month": day_first, "decimal mark": options.get("decimal")},
            {name: _kind_of(column) for name, column in features.items()},
            report.channels,
        )

    def check(self, first: "Form") -> None:
        """Check that a file was understood as the first one."""
        for name, value in self.decided.items():
            if value != first.decided[name]:
                self._refuse(first, _SPELLINGS[name], value, first.decided[name], _REMEDIES[name])
        for role in (*first.roles, *self.roles):
            names = self.roles.get(role), first.roles.get(role)
            if names[0] != names[1]:
                self._refuse(first, f"the column of the role {role}", *names, f"say --{role}")
        for mark, value in self.marks.items():
            if None not in {value, first.marks[mark]} and value != first.marks[mark]:
                self._refuse(first, mark, value, first.marks[mark], "write all files alike")
        for name in (*first.kinds, *self.kinds):
            kinds = self.kinds.get(name), first.kinds.get(name)
            if kinds[0] != kinds[1]:
                self._refuse(first, f"column {quote(name)} among the features", *kinds, "leave it out with --ignore")
        if {*self.channels} != {*first.channels}:
            found, expected = (", ".join(form.channels) or None for form in (self, first))
            self._refuse(first, "the further counts", found, expected, "leave them out with --ignore")

    def _refuse(self, first: "Form", what: str, found: Any, expected: Any, remedy: str) -> None:
        """Raise DataError for a difference."""
        found, expected = ("none" if value is None else value for value in (found, expected))
        raise DataError(
            f"{self.source} is of another form than {first.source}: {what} is {found}, but {expected} there; {remedy}"
            " (--scheduler imports each file by itself, so all must be of one form)"
        )


def _kind_of(column: pd.Series) -> str:
    """Return what a column holds."""
    if is_datetime64_any_dtype(column):
        return "times"
    return "numbers" if is_numeric_dtype(column) else "text"
