"""Cleaning of curves, with a report of what was changed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import get_args

import numpy as np
import pandas as pd

from tsshape._choices import Decreasing, Incomplete, Missing
from tsshape._errors import DataError
from tsshape._html import html_table
from tsshape._typing import BoolArray, FloatArray
from tsshape._validation import check_choice, check_curves, check_unique_ids, format_label
from tsshape.data._last_days import last_days, least_days

# Ids of dropped curves that the report on a table in parts keeps.
_MOST_IDS = 1000
# What a report has of a whole table: the others are sums over its parts.
_OF_WHOLE = ("n_times_in", "n_times_out", "decreasing", "dropped_ids", "further_dropped")


@dataclass(frozen=True)
class CleaningReport:
    """What `clean_curves` found and did; `str` returns it as a few lines for a person, `summary` as one.

    Attributes
    ----------
    n_curves_in, n_curves_out : int
        Number of curves before and after.
    n_times_in, n_times_out : int
        Number of days before and after.
    curves_with_missing : int
        Number of input curves with at least one missing cell.
    incomplete_curves : int
        Number of input curves without a value on the last day.
    missing_cells_interpolated : int
        Number of missing cells that were filled, in the curves and days that remain.
    decreases, curves_with_decreases : int
        Number of days with a count below that of the day before, in the curves and days that remain; and of curves with
        such a day.
    zero_curves : int
        Number of remaining curves without any view. They are kept, though they have no shape.
    dropped_ids : tuple of str
        Ids of the curves that were dropped; the first 1,000 of them in a report on a table in parts.
    decreasing : str
        How decreases were treated: "keep", "maximum" or "refuse".
    incomplete_kept : int
        Number of remaining curves without a value on the last day: 0 unless incomplete curves were kept.
    further_dropped : int
        Number of dropped curves that are not among `dropped_ids`.

    Examples
    --------
    >>> curves = pd.DataFrame([[1.0, np.nan, 3.0]], index=["a"], columns=[1, 2, 3])
    >>> cleaned, report = clean_curves(curves)
    >>> report.missing_cells_interpolated
    1
    >>> report.summary
    '1 missing cell interpolated'
    >>> report.share_lost, report.n_dropped
    (0.0, 0)
    >>> CleaningReport.of_parts([report, report]).n_curves_in
    2
    """

    n_curves_in: int
    n_curves_out: int
    n_times_in: int
    n_times_out: int
    curves_with_missing: int
    incomplete_curves: int
    missing_cells_interpolated: int
    decreases: int
    curves_with_decreases: int
    zero_curves: int
    dropped_ids: tuple[str, ...]
    decreasing: str
    incomplete_kept: int = 0
    further_dropped: int = 0

    def __str__(self) -> str:
        kept = f", {self.incomplete_kept} kept" if self.incomplete_kept else ""
        return "\n".join(
            [
                f"in: {self.n_curves_in} curves of {self.n_times_in} days",
                f"out: {self.n_curves_out} curves of {self.n_times_out} days",
                f"missing cells: in {self.curves_with_missing} curves; {self.missing_cells_interpolated} interpolated",
                f"incomplete curves: {self.incomplete_curves}; {self.n_dropped} dropped{kept}",
                f"decreases: {self.decreases} in {self.curves_with_decreases} curves; {self._fate}",
                f"zero curves: {self.zero_curves}; kept",
            ]
        )

    def _repr_html_(self) -> str:
        return html_table("Cleaning", (line.split(": ", 1) for line in str(self).splitlines()))

    @property
    def summary(self) -> str:
        """What was changed, or kept though it is no cumulative count, on one line."""
        clauses = []
        if self.incomplete_kept:
            clauses.append(f"{self.incomplete_kept:,} of {self.n_curves_in:,} curves end early and are kept")
            if self.n_dropped:
                clauses.append(f"{_count(self.n_dropped, 'curve')} without any count left out")
        elif self.n_dropped:
            clauses.append(f"{self.n_dropped:,} of {self.n_curves_in:,} curves end early and are left out")
        if self.n_times_out < self.n_times_in:
            clauses.append(
                f"all curves are cut from {self.n_times_in} days to the {self.n_times_out} that each of them has"
            )
        if self.missing_cells_interpolated:
            clauses.append(f"{_count(self.missing_cells_interpolated, 'missing cell')} interpolated")
        if self.decreases:
            clauses.append(f"{_count(self.decreases, 'decrease')} {self._fate}")
        if not clauses:
            return f"nothing to clean in {_count(self.n_curves_in, 'curve')} of {self.n_times_in} days"
        return "; ".join(clauses)

    @classmethod
    def of_parts(cls, reports: Sequence["CleaningReport"]) -> "CleaningReport":
        """Return the report on a table from those on its parts, in their order; they have the same days and options.

        Parameters
        ----------
        reports : sequence of CleaningReport
            At least one.

        Returns
        -------
        CleaningReport
            The report on the whole table, with the first 1,000 of the ids that were dropped.
        """
        added = [field.name for field in fields(cls) if field.name not in _OF_WHOLE]
        first = reports[0]
        ids = tuple(id_ for report in reports for id_ in report.dropped_ids)[:_MOST_IDS]
        return cls(
            n_times_in=first.n_times_in,
            n_times_out=first.n_times_out,
            dropped_ids=ids,
            decreasing=first.decreasing,
            further_dropped=sum(report.n_dropped for report in reports) - len(ids),
            **{name: sum(getattr(report, name) for report in reports) for name in added},
        )

    @property
    def n_dropped(self) -> int:
        """Number of curves that were dropped."""
        return len(self.dropped_ids) + self.further_dropped

    @property
    def share_lost(self) -> float:
        """The share of curves that were left out or of days that were cut, whichever is larger; from 0 to 1."""
        return 1 - min(self.n_curves_out / self.n_curves_in, self.n_times_out / self.n_times_in)

    @property
    def _fate(self) -> str:
        """What became of decreases."""
        return "replaced by the running maximum" if self.decreasing == "maximum" else "kept"


def clean_curves(
    curves: pd.DataFrame,
    *,
    missing: Missing = "interpolate",
    decreasing: Decreasing = "keep",
    incomplete: Incomplete = "drop",
) -> tuple[pd.DataFrame, CleaningReport]:
    """Return curves without gaps, and a report of what was changed.

    Incomplete curves are treated first, then missing cells, then decreases.

    Parameters
    ----------
    curves : DataFrame of shape (n_curves, n_times)
        Cumulative counts, at least 0, NaN where missing.
    missing : {"interpolate", "refuse"}
        Missing cells before a curve's last value: interpolated linearly between the days around them, with 0 on day 0;
        or an error.
    decreasing : {"keep", "maximum", "refuse"}
        Counts below that of the day before: unchanged, replaced by the running maximum, or an error.
    incomplete : {"keep", "drop", "truncate", "refuse"}
        Curves without a value on the last day: kept, missing after their last value, but dropped if they have no value
        at all; or dropped; or all curves cut to the last day that every curve reaches (a curve without any value
        reaches day 0); or an error.

    Returns
    -------
    curves : DataFrame of shape (n_curves_out, n_times_out)
        The same ids and days, where they remain, as float64 without missing cells, except at the end of incomplete
        curves that are kept. Zero curves are kept.
    report : CleaningReport
        What was found and done, in counts.

    Raises
    ------
    DataError
        If something is found for which an option says "refuse" (the message names the first id, its day and how many
        there are), if nothing would be left, if an id is repeated, or if a value is negative or infinite.
    ValueError
        If an option is not one of its choices.

    Examples
    --------
    >>> import pandas as pd
    >>> from tsshape import clean_curves
    >>> curves = pd.DataFrame([[1, None, 3], [5, 4, 6], [2, None, None]], index=["a", "b", "c"], columns=[1, 2, 3])
    >>> cleaned, report = clean_curves(curves, decreasing="maximum")
    >>> cleaned
         1    2    3
    a  1.0  2.0  3.0
    b  5.0  5.0  6.0
    >>> print(report)
    in: 3 curves of 3 days
    out: 2 curves of 3 days
    missing cells: in 2 curves; 1 interpolated
    incomplete curves: 1; 1 dropped
    decreases: 1 in 1 curves; replaced by the running maximum
    zero curves: 0; kept
    >>> kept, report = clean_curves(curves, incomplete="keep")
    >>> kept.loc["c"].tolist(), report.summary
    ([2.0, nan, nan], '1 of 3 curves end early and are kept; 1 missing cell interpolated; 1 decrease kept')
    """
    days = least_days(curves).check() if incomplete == "truncate" else None
    cleaned, report = clean_part(curves, missing=missing, decreasing=decreasing, incomplete=incomplete, n_times=days)
    check_left(report, incomplete, last_day=curves.columns[-1])
    return cleaned, report


def check_left(report: CleaningReport, incomplete: Incomplete, *, last_day: object) -> None:
    """Check that a curve is left of a whole table."""
    if report.n_curves_out:
        return
    if incomplete == "keep":
        raise DataError(f"none of the {report.n_curves_in} curves has a value: nothing would be left")
    raise DataError(
        f"all {report.n_curves_in} curves end before day {last_day}: nothing would be left; "
        'use incomplete="truncate" to cut them to the days that all of them have'
    )


def clean_part(
    curves: pd.DataFrame,
    *,
    missing: Missing,
    decreasing: Decreasing,
    incomplete: Incomplete,
    n_times: int | None = None,
) -> tuple[pd.DataFrame, CleaningReport]:
    """Clean some curves of a table, of which none need be left; "truncate" cuts them to `n_times` days."""
    check_choice("missing", missing, get_args(Missing))
    check_choice("decreasing", decreasing, get_args(Decreasing))
    check_choice("incomplete", incomplete, get_args(Incomplete))
    check_unique_ids(curves.index, name="curves")
    values = check_curves(curves, missing=True)
    reached = last_days(values)
    n_times = n_times or values.shape[1]
    if incomplete == "refuse":
        tails = np.arange(n_times) >= reached[:, np.newaxis]
        _refuse(tails, curves, "and all later days have no value", 'use incomplete="drop" or "truncate"')
    rows = reached > 0 if incomplete == "keep" else reached >= n_times
    kept = curves.loc[rows].iloc[:, :n_times]
    ended = np.arange(n_times) >= reached[rows, np.newaxis]
    gaps = np.isnan(values[rows, :n_times]) & ~ended
    if missing == "refuse":
        _refuse(gaps, kept, "has no value", 'use missing="interpolate"')
    cleaned = np.ascontiguousarray(values[rows, :n_times])
    with_gaps = gaps.any(axis=1)
    # Days that are cut off still serve as neighbours of the gaps before them.
    cleaned[with_gaps] = _interpolate(values[np.flatnonzero(rows)[with_gaps]])[:, :n_times]
    below = np.diff(cleaned, axis=1, prepend=0.0) < 0
    if decreasing == "refuse":
        _refuse(below, kept, "falls below the day before", 'use decreasing="maximum" or "keep"')
    if decreasing == "maximum":
        cleaned = np.maximum.accumulate(cleaned, axis=1)
    report = CleaningReport(
        n_curves_in=len(values),
        n_curves_out=len(cleaned),
        n_times_in=values.shape[1],
        n_times_out=cleaned.shape[1],
        curves_with_missing=int(np.isnan(values).any(axis=1).sum()),
        incomplete_curves=int((reached < values.shape[1]).sum()),
        missing_cells_interpolated=int(gaps.sum()),
        decreases=int(below.sum()),
        curves_with_decreases=int(below.any(axis=1).sum()),
        zero_curves=int((~(cleaned > 0).any(axis=1)).sum()),
        dropped_ids=tuple(curves.index[~rows]),
        decreasing=decreasing,
        incomplete_kept=int(ended.any(axis=1).sum()),
    )
    return pd.DataFrame(cleaned, index=kept.index, columns=kept.columns, copy=False), report


def _count(number: int, noun: str) -> str:
    """Return a number and what is counted, in the plural unless it is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _interpolate(values: FloatArray) -> FloatArray:
    """Return curves with gaps interpolated linearly; missing days at the end stay missing."""
    n_times = values.shape[1]
    values = np.column_stack([np.zeros(len(values)), values])
    observed = ~np.isnan(values)
    days = np.arange(n_times + 1)
    before = np.maximum.accumulate(np.where(observed, days, 0), axis=1)
    after = np.minimum.accumulate(np.where(observed, days, n_times)[:, ::-1], axis=1)[:, ::-1]
    low, high = (np.take_along_axis(values, ends, axis=1) for ends in (before, after))
    share = (days - before) / np.maximum(after - before, 1)
    # After the last value `after` is the last day, whose value is missing, and so the result is missing.
    filled: FloatArray = np.where(observed, values, low + share * (high - low))
    return filled[:, 1:]


def _refuse(bad: BoolArray, curves: pd.DataFrame, fault: str, remedy: str) -> None:
    """Raise DataError if any cell is bad, naming the first id, its day and how many there are."""
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise DataError(
            f"curve {format_label(curves.index[row])}: day {curves.columns[column]} {fault}"
            f" ({bad.sum()} such days in {bad.any(axis=1).sum()} curves); {remedy}"
        )
