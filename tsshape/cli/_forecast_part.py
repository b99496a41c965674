"""The forecast of one part of a table of posts, as a worker makes it: its files, and what is printed of it."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tsshape._choices import Missing
from tsshape.cli import _options as options
from tsshape.cli._answer import Sort, Totals, sort_posts, titles_of
from tsshape.cli._known import Changed, read_given

if TYPE_CHECKING:
    import pandas as pd

    from tsshape.cli._known import Given
    from tsshape.forecast import ScaleShapeForecaster

FORECAST, SUMMARY, FAN = "forecast", "summary", "fan"


class Part(NamedTuple):
    """The files of one part, the features or the observed days of which may be missing, and where its forecast goes."""

    features: Path | None
    observed: Path | None
    folder: Path
    number: int

    def out(self, table: str) -> Path:
        """Return the file of a table of its forecast."""
        return self.folder / table / f"part-{self.number:05d}.parquet"


class Reading(NamedTuple):
    """How parts are read, and how many posts are forecast at once."""

    id_column: str | None
    allow_missing: bool
    missing: Missing
    size: int


class Wanted(NamedTuple):
    """What is wanted of each part: how it is read, and what is forecast, written and printed."""

    reading: Reading
    coverage: float | None
    fan: list[float]
    above: list[float]
    sort: Sort
    top: int

    @property
    def tables(self) -> list[str]:
        """The tables that are written of each part."""
        return [FORECAST, SUMMARY, *([FAN] if self.fan else [])]


class Found(NamedTuple):
    """What is printed of a part.

    `first` are the unfinished posts that come first, with their titles in `titles`, if there are any; `n_measured` and
    `n_covered` are numbers of unfinished posts.
    """

    first: "pd.DataFrame"
    titles: "pd.Series | None"
    totals: Totals
    n_measured: int
    n_covered: int
    notes: list[str]
    changed: Changed | None


def forecast_part(part: Part, forecaster: "ScaleShapeForecaster", wanted: Wanted) -> Found:
    """Read a part, write its forecast, and return what is printed of it."""
    import pandas as pd

    reading = wanted.reading
    given = read_given(
        part.features,
        part.observed,
        reading.id_column,
        forecaster,
        allow_missing=reading.allow_missing,
        missing=reading.missing,
    )
    with options.user_errors(f"{given.known.path}: "):
        blocks, n_measured, n_covered = _write(part, forecaster, given, wanted)
    summary, n_days = pd.concat(blocks), len(forecaster.days_)
    rows = sort_posts(summary[summary["days_observed"] < n_days], n_days, wanted.sort).head(wanted.top)
    titles = titles_of(given)
    return Found(
        rows,
        None if titles is None else titles.reindex(rows.index),
        Totals.of(summary, n_days),
        n_measured,
        n_covered,
        # Lines that name a part name the folder of all parts.
        [note.replace(str(given.known.path), str(given.known.path.parent)) for note in given.known.notes],
        None if given.seen is None else given.seen.changed,
    )


def _write(
    part: Part, forecaster: "ScaleShapeForecaster", given: "Given", wanted: Wanted
) -> "tuple[list[pd.DataFrame], int, int]":
    """Write the tables of a part; return the summary of each block, and how many posts are measured and covered."""
    from contextlib import ExitStack

    from tsshape.cli._forecast_folder import fan_table, forecast_tables, long_table
    from tsshape.data import open_table
    from tsshape.forecast import forecast_blocks

    summaries, n_measured, n_covered = [], 0, 0
    with ExitStack() as opened:
        write = {table: opened.enter_context(open_table(part.out(table))) for table in wanted.tables}
        for block in forecast_blocks(forecaster, given.known.features, **given.options, size=wanted.reading.size):
            write[FORECAST](long_table(forecast_tables(block, wanted.coverage)))
            summary = block.summary(wanted.coverage, wanted.above)
            write[SUMMARY](summary)
            summaries.append(summary)
            if wanted.fan:
                write[FAN](fan_table(block, wanted.fan))
            if wanted.coverage is not None:
                covered = block.covered_today(wanted.coverage)
                n_measured, n_covered = n_measured + len(covered), n_covered + int(covered.sum())
    return summaries, n_measured, n_covered
