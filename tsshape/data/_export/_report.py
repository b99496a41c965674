"""What an import understood, for a person and for programs."""

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from tsshape._errors import list_names
from tsshape._html import html_table


@dataclass(frozen=True)
class ImportReport:
    r"""What `read_export` understood of an export; `str` returns it as some lines for a person.

    Attributes
    ----------
    sources : tuple of str
        The files.
    format, layout : str
        What they are, and whether a row is a post, a sample or a day.
    n_rows : int
        Number of rows.
    roles : dict of str to str
        The column of each role: id, posted, time, value, …
    days : str
        The first and the last column of days of a wide table, else empty.
    features, channels : tuple of str
        Other columns: constant within a post, and further counts.
    left_out : dict of str to str
        Columns that were left out, with the reason.
    counts : str
        "cumulative" or "per-step".
    n_times : int
        Length of the grid.
    step : str
        Time between its points.
    times, numbers : str
        How times and numbers are written.
    n_posts : int
        Posts with a curve.
    samples : tuple of float
        Number of counts of a post: least, median, most.
    ages : tuple of float
        Number of steps that are over for a post: least, median, most.
    as_of : str or None
        When the export was made, as far as it says so.
    missing_steps, wide_gaps : int
        Steps without a count before the last one of their curve, and gaps between samples above the allowed steps.
    duplicates, before_upload, after_export : int
        Samples that were left out: equal to another, without views before upload, and later than the option `as_of`.
    decreases, posts_with_decreases : int
        Counts below the one before, and posts with one.
    early : int
        Posts whose last sample is some minutes early and still reaches its step.
    n_totals, n_without_count, n_older, n_ignored : int
        Posts that are left out: with one count only, without any, older than an export with counts of each step, and
        by the option `ignore_post`.
    remarks : tuple of str
        What a reader should look at.
    options : dict
        Options that repeat the import exactly.
    mean_shape : tuple of float
        Mean of curve / maximum over the complete curves; empty if there are none.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from tsshape import read_export
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "export.csv"
    ...     _ = path.write_text("videoId,day1,day2\na,1,4\nb,2,\n")
    ...     _, report = read_export(path)
    >>> report.n_posts, report.samples, report.lines()["columns"]
    (2, (1.0, 1.5, 2.0), 'id videoId, days day1 to day2')
    >>> report.to_dict()["options"]["layout"]
    'wide'
    """

    sources: tuple[str, ...]
    format: str
    layout: str
    n_rows: int
    roles: dict[str, str]
    days: str
    features: tuple[str, ...]
    channels: tuple[str, ...]
    left_out: dict[str, str]
    counts: str
    n_times: int
    step: str
    times: str
    numbers: str
    n_posts: int
    samples: tuple[float, float, float]
    ages: tuple[float, float, float]
    as_of: str | None
    missing_steps: int
    wide_gaps: int
    max_gap: int
    duplicates: int
    before_upload: int
    after_export: int
    decreases: int
    posts_with_decreases: int
    early: int
    n_totals: int
    n_without_count: int
    n_older: int
    n_ignored: int
    remarks: tuple[str, ...]
    options: dict[str, Any]
    mean_shape: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values.

        Returns
        -------
        dict
            The attributes by name.
        """
        return asdict(self)

    def lines(self) -> dict[str, str]:
        """Return the report as titles and texts of one line each.

        Returns
        -------
        dict of str to str
            In the order in which they are shown.
        """
        rows = {"long": "a row a sample", "transposed": "a row a day", "ucr": "class, then values"}
        layout = rows.get(self.layout, "a row a post")
        columns = [f"{role} {name}" for role, name in self.roles.items()] + ([f"days {self.days}"] if self.days else [])
        lines = {
            "file": f"{list_names(self.sources, most=6)}: {self.format}, {self.n_rows:,} rows",
            "layout": f"{self.layout}: {layout}",
            "columns": ", ".join(columns) or "none by name",
            "others": self._spell_others(),
            "counts": self._spell_counts(),
            "grid": f"{_number(self.n_times, 'step')} of {self.step}; times: {self.times}; numbers: {self.numbers}",
            "posts": f"{self.n_posts:,}, with {_spread(self.samples)} counts each",
            "ages": f"{_spread(self.ages)} steps" + (f" on {self.as_of}" if self.as_of else ""),
            "gaps": f"{self.missing_steps:,} steps are missing before a later count; {self.wide_gaps:,} gaps are longer"
            f" than {self.max_gap} steps",
            "left out": self._spell_left_out(),
        }
        if self.left_out:
            lines["ignored"] = ", ".join(f"{name} ({reason})" for name, reason in self.left_out.items())
        return lines

    def __str__(self) -> str:
        return "\n".join(f"{title:<9} {text}" for title, text in self.lines().items())

    def _repr_html_(self) -> str:
        return html_table("Import", self.lines().items())

    def _spell_others(self) -> str:
        """Return the features and channels."""
        features = f"features {list_names(self.features, most=6)}" if self.features else "no features"
        return features + (f"; channels {list_names(self.channels, most=6)}" if self.channels else "")

    def _spell_counts(self) -> str:
        """Return what the counts are and how many fall."""
        what = "cumulative" if self.counts == "cumulative" else "of each step, added up"
        return f"{what}; {self.decreases:,} decreases in {self.posts_with_decreases:,} posts"

    def _spell_left_out(self) -> str:
        """Return how many posts and samples were left out."""
        parts = {
            "posts with one count only (totals.csv)": self.n_totals,
            "posts without a count": self.n_without_count,
            "posts that went up before the first date": self.n_older,
            "posts by --ignore-post": self.n_ignored,
            "equal samples": self.duplicates,
            "empty samples before upload": self.before_upload,
            "samples after --as-of": self.after_export,
        }
        return ", ".join(f"{number:,} {what}" for what, number in parts.items() if number) or "nothing"


def spell_step(step: pd.Timedelta) -> str:
    """Return a time in the largest unit that it is a whole number of.

    Examples
    --------
    >>> spell_step(pd.Timedelta("24h")), spell_step(pd.Timedelta("20min"))
    ('1 day', '20 minutes')
    """
    for unit, length in (("day", "1D"), ("hour", "1h"), ("minute", "1min"), ("second", "1s")):
        number = step / pd.Timedelta(length)
        if number.is_integer():
            return _number(int(number), unit)
    return str(step)


def _number(number: int, noun: str) -> str:
    """Return a number and its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _spread(numbers: tuple[float, float, float]) -> str:
    """Return least, median and most, or one number if they agree."""
    least, median, most = numbers
    return f"{least:g}" if least == most else f"{least:g} to {most:g} (median {median:g})"
