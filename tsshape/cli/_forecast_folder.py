"""The folder of a forecast: its tables, what was asked for, and what a report draws."""

import hashlib
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tsshape.cli._model_days import number_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from tsshape.cli._known import Given
    from tsshape.forecast import Block, ScaleShapeForecaster

# Coverages of the fan, narrow to wide.
FAN = (0.5, 0.8, 0.95)


def long_table(tables: "Mapping[str, pd.DataFrame]") -> "pd.DataFrame":
    """Return tables of posts by days as one with a row for each post and day: `id`, `day`, and a column for each."""
    import numpy as np
    import pandas as pd

    first = next(iter(tables.values()))
    n_posts, n_days = first.shape
    days = np.tile(number_days(first.columns), n_posts)
    columns = {name: table.to_numpy(np.float64).ravel() for name, table in tables.items()}
    return pd.DataFrame({"day": days, **columns}, index=pd.Index(first.index.repeat(n_days), name="id"))


def forecast_tables(block: "Block", coverage: float | None) -> "dict[str, pd.DataFrame]":
    """Return the forecast curves of some posts and, with a coverage, the ends of their intervals."""
    tables = {"forecast": block.curves()}
    if coverage is not None:
        tables |= dict(zip(("lower", "upper"), block.intervals([coverage])[coverage], strict=True))
    return tables


@contextmanager
def forecast_folder(
    folder: Path, forecaster: "ScaleShapeForecaster", coverage: float | None
) -> "Iterator[tuple[Path, Callable[[Block], None]]]":
    """Give a folder that appears whole, and a function that appends the curves of some posts to its tables."""
    from tsshape._files import atomic_folder
    from tsshape.data import open_table
    from tsshape.forecast import possible_coverages

    # A model of few posts has no wide intervals.
    fan = [] if coverage is None else possible_coverages(forecaster, FAN)
    with atomic_folder(folder) as new, ExitStack() as tables:
        write_curves = tables.enter_context(open_table(new / "forecast.parquet"))
        write_fan = tables.enter_context(open_table(new / "fan.parquet")) if fan else None

        def write(block: "Block") -> None:
            write_curves(long_table(forecast_tables(block, coverage)))
            if write_fan is not None:
                write_fan(fan_table(block, fan))

        yield new, write


def write_rest(
    new: Path, forecaster: "ScaleShapeForecaster", given: "Given", summary: "pd.DataFrame", record: dict[str, Any]
) -> None:
    """Write what is no forecast curve; `summary` is rounded, `record` is what `forecast.json` says."""
    from tsshape._files import write_json
    from tsshape.data import open_table, write_table
    from tsshape.forecast import posts_at_once

    write_table(summary, new / "summary.csv")
    if given.seen is not None:
        curves, size = given.seen.curves, posts_at_once(len(forecaster.days_))
        with open_table(new / "observed.parquet") as write:
            for start in range(0, len(curves), size):
                write(long_table({"views": curves.iloc[start : start + size]}).dropna())
    write_table(lives_table(forecaster), new / "lives.csv")
    write_table(_posts(given), new / "posts.parquet")
    write_json(new / "forecast.json", record)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fan_table(block: "Block", coverages: "Sequence[float]") -> "pd.DataFrame":
    """Return the intervals of the coverages that a fan is drawn of."""
    return long_table(
        {
            f"{end}_{100 * coverage:.0f}": table
            for coverage, ends in block.intervals(coverages).items()
            for end, table in zip(("lower", "upper"), ends, strict=True)
        }
    )


def lives_table(forecaster: "ScaleShapeForecaster") -> "pd.DataFrame":
    """Return the kinds of life, from the quickest to the slowest, each with its prototype."""
    import pandas as pd

    from tsshape.cluster import describe_lives
    from tsshape.data import day_column

    days = [day_column(day) for day in number_days(forecaster.days_)]
    return describe_lives(forecaster.prototypes_).join(pd.DataFrame(forecaster.prototypes_, columns=days))


def _posts(given: "Given") -> "pd.DataFrame":
    """Return author, time of posting and title of each post, as far as they are known."""
    import pandas as pd

    from tsshape.cli._answer import titles_of

    posts = given.known.posts
    known = {
        "author": None if posts is None else posts.authors,
        "posted": None if posts is None else posts.posted,
        "title": titles_of(given),
    }
    table = pd.DataFrame(index=given.known.features.index.rename("id"))
    return table.assign(**{name: values for name, values in known.items() if values is not None})
