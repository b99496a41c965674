"""`tsshape predict --scheduler`: posts in a folder of Parquet parts, forecast part by part."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tsshape._errors import DataError
from tsshape.cli._answer import (
    Measured,
    Totals,
    as_records,
    measure_coverage,
    print_summary,
    round_summary,
    say_written,
    sort_posts,
    spell_measured,
    title_of_posts,
)
from tsshape.cli._forecast_part import Found, Part, Wanted, forecast_part
from tsshape.cli._known import NOTE_IGNORED, Changed, note_observed
from tsshape.cli._say import say, say_json

if TYPE_CHECKING:
    from tsshape.data import Parts
    from tsshape.forecast import ScaleShapeForecaster


# Counts of posts that a worker forecasts at once, which take about 0.3 GB with all intervals. Measured; more are hardly
# faster.
_COUNTS_AT_ONCE = 150_000


def rows_at_once(n_days: int) -> int:
    """Return how many posts a worker forecasts at once, where no number is given.

    Examples
    --------
    >>> rows_at_once(30), rows_at_once(365)
    (5000, 410)
    """
    return max(100, _COUNTS_AT_ONCE // n_days)


def check_asked_of_parts(out: Path | None, form: str | None, *, final: bool) -> Path:
    """Return the folder that is written of posts in parts; refuse what is not made of them."""
    for option, given in (("--form", form is not None), ("--final", final)):
        if given:
            raise DataError(f"{option}: with --scheduler a folder is written, whose parts have all of each post")
    if out is None:
        raise DataError("--scheduler needs --out FOLDER, into which the parts are written")
    if out.suffix.lower() in {".csv", ".parquet"}:
        raise DataError(f"--out {out}: with --scheduler a folder of parts is written, not one table")
    return out


def refuse_parts(*paths: Path | None) -> None:
    """Refuse folders of parts, which are read on a scheduler only."""
    from tsshape.data import find_parts

    for path in filter(None, paths):
        for stem in ("features", "curves"):
            if find_parts(path, stem) is not None:
                raise DataError(
                    f"{path} is a folder of Parquet parts: --scheduler local forecasts them on the cores of this "
                    "machine, --scheduler tcp://… on a cluster"
                )


class Posts:
    """Posts in parts.

    Parameters
    ----------
    path, observed : Path
        As `tsshape predict` takes them.
    takes_observed : bool
        Whether the model can continue observed days.

    Attributes
    ----------
    features, curves : Parts or None
        The features, and the observed days in parts of the same names; at most one of them is missing.
    ids : Parts
        Those of both that have all posts.
    notes : list of str
        Lines about what is read.

    Raises
    ------
    DataError
        If they are no folders of parts.
    """

    def __init__(self, path: Path | None, observed: Path | None, *, takes_observed: bool) -> None:
        from tsshape.data import find_parts

        if path is None and observed is None:
            raise DataError("name a folder of posts, or the days so far with --observed")
        self.features = None if path is None else find_parts(path, "features")
        self.curves: Parts | None = None
        self.notes: list[str] = []
        if observed is not None:
            self.curves = find_parts(observed, "curves")
            if self.curves is None:
                raise DataError(f"{observed} is no folder of Parquet parts of curves, as --scheduler takes them")
        elif path is not None and (path / "curves").is_dir():
            self.curves = find_parts(path, "curves")
        if self.features is not None and self.curves is not None and observed is None:
            if takes_observed:
                self.notes = [note_observed(self.curves.folder, self.features.folder)]
            else:
                self.curves, self.notes = None, [NOTE_IGNORED]
        found = self.features or self.curves
        if found is None or (self.features is None and path is not None and observed is not None):
            raise DataError(
                f"{path} is no folder of Parquet parts of features, as --scheduler takes them: "
                "POSTS/part-00000.parquet, POSTS/part-00001.parquet, …, or POSTS/features/ beside POSTS/curves/"
            )
        self.ids: Parts = found

    @property
    def n_posts(self) -> int:
        """The number of posts."""
        return sum(self.ids.n_rows)

    def check_fit(self, client: Any) -> None:
        """Refuse parts that the workers cannot read within half of their memory."""
        from tsshape.adapters.dask import check_parts_fit, worker_memory

        for parts in filter(None, (self.features, self.curves)):
            check_parts_fit(parts, worker_memory(client))

    def into(self, folder: Path) -> list[Part]:
        """Return the parts that have posts, and where the forecast of each goes."""
        features, days = _by_name(self.features), _by_name(self.curves)
        alone = [file for name, file in days.items() if name not in features]
        if self.features is not None and alone:
            raise DataError(f"{alone[0]} has observed days of posts without features: there is no part of that name")
        names = _by_name(self.ids)
        if not names:
            raise DataError(f"{self.ids.folder} has no rows")
        return [
            Part(features.get(name), days.get(name), folder.absolute(), number) for number, name in enumerate(names)
        ]


def _by_name(parts: "Parts | None") -> dict[str, Path]:
    """Return the parts that have rows by their names."""
    return {} if parts is None else {file.name: file.absolute() for file in parts.filled}


class Answer:
    """What is printed of all parts."""

    def __init__(self, found: list[Found], n_days: int, wanted: Wanted) -> None:
        import pandas as pd

        self.n_days, self.wanted = n_days, wanted
        self.totals = Totals.add([each.totals for each in found])
        n_measured, n_covered = sum(each.n_measured for each in found), sum(each.n_covered for each in found)
        self.measured: Measured | None = measure_coverage(n_measured, n_covered)
        self.first = sort_posts(pd.concat([each.first for each in found]), n_days, wanted.sort).head(wanted.top)
        titles = [each.titles for each in found if each.titles is not None]
        self.titles: pd.Series | None = pd.concat(titles) if titles else None
        changed = [each.changed for each in found if each.changed is not None]
        self.notes = [
            *dict.fromkeys(note for each in found for note in each.notes),
            *(Changed.of_parts(changed).notes if changed else []),
        ]

    def show(self, notes: list[str], loss: str, out: Path, *, as_json: bool) -> None:
        """Print what is ignored or missing, the posts that come first, and the totals; or these as JSON."""
        if as_json:
            say_json(self._as_json())
            return
        for line in [*notes, *self.notes]:
            say(line)
        coverage = self.wanted.coverage
        if len(self.first):
            title = title_of_posts(len(self.first), self.totals.posts - self.totals.finished, self.wanted.sort)
            print_summary(self.first, self.titles, coverage=coverage, title=title)
        say(f"totals      {self.totals.spell(loss)}")
        if self.measured is not None and coverage is not None:
            say(spell_measured(self.measured, coverage))
        say_written(out)

    def _as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "posts": self.totals.posts,
            "days": self.n_days,
            "measured": None if self.measured is None else self.measured._asdict(),
            "totals": self.totals._asdict(),
            "forecasts": as_records(round_summary(self.first)),
        }


def predict_parts(
    posts: Posts,
    forecaster: "ScaleShapeForecaster",
    wanted: Wanted,
    record: dict[str, Any],
    out: Path,
    *,
    on: tuple[str, int | None],
) -> Answer:
    """Forecast posts in parts into a new folder, which appears whole; return what is printed of them.

    `on` are the scheduler and the number of workers; `record` is what `forecast.json` says beside what is found.
    """
    from tsshape._files import atomic_folder, write_json
    from tsshape.cli._forecast_folder import lives_table
    from tsshape.cli._scheduler import on_scheduler
    from tsshape.data import write_table

    with atomic_folder(out) as new:
        parts = posts.into(new)
        # The workers of this machine have ended before the folder is moved, or removed after an error.
        with on_scheduler(*on) as client:
            posts.check_fit(client)
            found = _forecast(parts, posts.ids, forecaster, wanted, client)
        answer = Answer(found, len(forecaster.days_), wanted)
        measured = answer.measured
        record |= {
            "parts": len(parts),
            "measured_coverage": None if measured is None else measured.coverage,
            "measured_posts": None if measured is None else measured.posts,
        }
        write_table(lives_table(forecaster), new / "lives.csv")
        write_json(new / "forecast.json", record)
    return answer


def _forecast(
    parts: list[Part], ids: "Parts", forecaster: "ScaleShapeForecaster", wanted: Wanted, client: Any
) -> list[Found]:
    """Forecast the parts on workers."""
    from tsshape.adapters.dask import check_part_ids, map_each
    from tsshape.cli._scheduler import task_progress

    folder = parts[0].folder
    with task_progress("ids of all parts", "parts"):
        check_part_ids(ids, folder / "ids", client, id_column=wanted.reading.id_column)
    (folder / "ids").rmdir()
    for table in wanted.tables:
        (folder / table).mkdir()
    with task_progress(f"forecasts of {sum(ids.n_rows):,} posts", "parts"):
        return map_each(forecast_part, parts, forecaster, wanted, client=client, block_rows=wanted.reading.size)
