"""`tsshape predict`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from tsshape._errors import DataError
from tsshape.cli import _options as options
from tsshape.cli._answer import (
    Measured,
    Sort,
    Totals,
    as_records,
    check_sort,
    measure_coverage,
    print_summary,
    round_summary,
    say_written,
    sort_posts,
    spell_measured,
    title_of_posts,
    titles_of,
)
from tsshape.cli._model_days import name_days
from tsshape.cli._progress import progress
from tsshape.cli._say import say, say_json
from tsshape.cli._scheduler import BlockRows, Scheduler, check_no_block_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from tsshape.cli._forecast_part import Reading, Wanted
    from tsshape.cli._known import Given
    from tsshape.forecast import Block, ScaleShapeForecaster

Form = Literal["wide", "long", "summary"]
COVERAGE = 0.9
# What ends so is a table of another kind; any other name is a folder's.
_OTHER_FILES = (
    *(".feather", ".gz", ".html", ".json", ".jsonl", ".ods", ".pdf", ".pkl", ".png", ".svg", ".tsv", ".txt"),
    *(".xls", ".xlsx", ".xml", ".zip"),
)


class _Asked(NamedTuple):
    """What is asked of a forecast."""

    out: Path | None
    form: Form | None
    final: bool
    coverage: float | None
    above: list[float]

    @property
    def is_folder(self) -> bool:
        """Whether a folder is to be written."""
        return self.out is not None and self.out.suffix.lower() not in {".csv", ".parquet"}


def predict(
    model: options.ModelFile,
    posts: Annotated[
        Path | None,
        typer.Argument(
            help="A dataset folder, or a table of features; first days alone need none, see --observed. With "
            "--scheduler, a folder of Parquet parts."
        ),
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="A new folder of all that is forecast; or one table, .csv or .parquet, an old one replaced."),
    ] = None,
    observed: Annotated[
        Path | None,
        typer.Option(
            help="A dataset folder, or a table of curves: the days so far, empty after the last of them; by default "
            "those in the folder of posts."
        ),
    ] = None,
    above: Annotated[
        list[float] | None,
        typer.Option(metavar="N", help="Also the probability of passing N views in the end; may be repeated."),
    ] = None,
    sort: Annotated[
        Sort, typer.Option(help="Which posts come first: by final count, views still to come, or probability.")
    ] = "final",
    top: Annotated[int, typer.Option(min=1, help="How many posts are printed.")] = 10,
    coverage: Annotated[
        float | None, typer.Option(help="Share of posts that the intervals cover; 0.9 without it, none in wide tables.")
    ] = None,
    form: Annotated[
        Form | None,
        typer.Option(help="Of one table: a row a post with its days (wide), a row a day, or a row a post."),
    ] = None,
    final: Annotated[bool, typer.Option("--final", help="Forecast the final count alone.")] = False,
    allow_missing: options.AllowMissing = False,
    missing: options.MissingCells = "interpolate",
    plugin: options.Plugin = None,
    id_column: options.IdColumn = None,
    jobs: options.Jobs = None,
    scheduler: Scheduler = None,
    block_rows: BlockRows = None,
    spreadsheet_safe: options.SpreadsheetSafe = False,
    as_json: options.AsJson = False,
) -> None:
    """Forecast how many views posts will get, and when, from upload or from their observed days.

    Prints the posts that come first and the totals. A folder has the curves with intervals, a summary of each post, and
    what a report draws. With --scheduler posts are in parts, and so is the folder: no process holds all of them.
    """
    from tsshape.bundle import load
    from tsshape.cli._forecast_folder import hash_file
    from tsshape.cli._forecast_part import Reading
    from tsshape.cli._known import read_given
    from tsshape.cli._predict_parts import Posts, check_asked_of_parts, predict_parts, refuse_parts, rows_at_once
    from tsshape.forecast import ScaleShapeForecaster

    asked = _Asked(out, form, final, coverage, above or [])
    if scheduler is None:
        check_no_block_rows(block_rows)
        refuse_parts(posts, observed)
    else:
        folder = check_asked_of_parts(out, form, final=final)
    asked = _check(asked, sort)
    options.load_plugins(plugin)
    forecaster = load(model, kind=ScaleShapeForecaster).set_params(n_jobs=jobs or -1)
    files = {"model": str(model), "model_sha256": hash_file(model), "data": str(posts or observed)}
    files |= {} if observed is None else {"observed": str(observed)}
    if scheduler is not None:
        # Workers have one thread each.
        forecaster.set_params(n_jobs=1)
        reading = Reading(id_column, allow_missing, missing, block_rows or rows_at_once(len(forecaster.days_)))
        found = Posts(posts, observed, takes_observed=forecaster.in_flight_ is not None)
        wanted = _want(forecaster, asked, reading, sort, top)
        record = _record(forecaster, found.n_posts, asked, None, files)
        answer = predict_parts(found, forecaster, wanted, record, folder, on=(scheduler, jobs))
        answer.show(found.notes, forecaster.loss, folder, as_json=as_json)
        return
    given = read_given(posts, observed, id_column, forecaster, allow_missing=allow_missing, missing=missing)
    summary, measured = _forecast(forecaster, given, asked, files, spreadsheet_safe=spreadsheet_safe)
    n_days, rows = len(forecaster.days_), sort_posts(summary, len(forecaster.days_), sort)
    if as_json:
        record = {"posts": len(summary), "days": n_days, "measured": None if measured is None else measured._asdict()}
        say_json({**record, "forecasts": as_records(round_summary(rows))})
        return
    for line in given.notes:
        say(line)
    _print(rows, forecaster, given, asked, top=top, sort=sort)
    if measured is not None:
        say(spell_measured(measured, asked.coverage or COVERAGE))
    if out is not None:
        say_written(out)


def _check(asked: _Asked, sort: Sort) -> _Asked:
    """Return what is asked with the file to write; refuse what cannot be asked or written, before any work is done."""
    if asked.coverage is not None and not 0 < asked.coverage < 1:
        raise DataError(f"--coverage must be between 0 and 1; got {asked.coverage}")
    check_sort(sort, asked.above)
    if asked.final and (asked.coverage is not None or asked.above or asked.form is not None or asked.is_folder):
        raise DataError("--final is one number a post: it has no --coverage, --above or --form, and no folder")
    if asked.form is not None and (asked.out is None or asked.is_folder):
        raise DataError("--form is the form of one table: name a .csv or .parquet file with --out")
    if asked.out is None:
        return asked
    if asked.is_folder:
        if asked.out.suffix.lower() in _OTHER_FILES:
            raise DataError(f"{asked.out}: forecasts are written as .csv or .parquet, or as a folder")
        options.check_new_folder(asked.out)
        return asked
    return asked._replace(out=options.check_out_file(asked.out))


def _coverage_of(forecaster: "ScaleShapeForecaster", asked: _Asked) -> float | None:
    """Return the coverage of the intervals, None if the model has none; DataError if such are asked for."""
    if forecaster.bands_ is not None:
        return asked.coverage or COVERAGE
    for option, value in (("--coverage", asked.coverage), ("--above", asked.above)):
        if value:
            raise DataError(
                f"{option}: the model has no intervals: it was fitted with intervals=False, or on too few posts"
            )
    return None


def _want(forecaster: "ScaleShapeForecaster", asked: _Asked, reading: "Reading", sort: Sort, top: int) -> "Wanted":
    """Return what is wanted of each part of the posts."""
    from tsshape.cli._forecast_folder import FAN
    from tsshape.cli._forecast_part import Wanted
    from tsshape.forecast import possible_coverages

    coverage = _coverage_of(forecaster, asked)
    fan = [] if coverage is None else possible_coverages(forecaster, FAN)
    return Wanted(reading, coverage, fan, asked.above, sort, top)


def _forecast(
    forecaster: "ScaleShapeForecaster", given: "Given", asked: _Asked, files: dict[str, str], *, spreadsheet_safe: bool
) -> "tuple[pd.DataFrame, Measured | None]":
    """Forecast the posts and write what is asked for; return a row for each post, and the measured coverage if any."""
    from tsshape.cli._forecast_folder import forecast_folder, forecast_tables, long_table, write_rest
    from tsshape.data import open_table, write_table

    coverage, out = _coverage_of(forecaster, asked), asked.out
    if out is None:
        return _summarize(forecaster, given, asked)
    if asked.is_folder:
        with forecast_folder(out, forecaster, coverage) as (new, write):
            summary, measured = _summarize(forecaster, given, asked, write)
            record = _record(forecaster, len(given.known.features), asked, measured, files)
            write_rest(new, forecaster, given, round_summary(summary), record)
        return summary, measured
    if asked.final or asked.form == "summary":
        summary, measured = _summarize(forecaster, given, asked)
        table = summary[["forecast"]] if asked.final else round_summary(summary)
        write_table(table.rename_axis("id"), out, spreadsheet_safe=spreadsheet_safe)
        return summary, measured
    with open_table(out, spreadsheet_safe=spreadsheet_safe) as append:

        def write(block: "Block") -> None:
            if asked.form == "long":
                append(long_table(forecast_tables(block, coverage)))
            else:
                append(_wide(forecast_tables(block, asked.coverage)))

        return _summarize(forecaster, given, asked, write)


def _summarize(
    forecaster: "ScaleShapeForecaster",
    given: "Given",
    asked: _Asked,
    write: "Callable[[Block], None] | None" = None,
) -> "tuple[pd.DataFrame, Measured | None]":
    """Return a row for each post, and the measured coverage if there is any; `write` gets each block of posts."""
    import pandas as pd

    from tsshape.forecast import forecast_blocks, posts_at_once

    features, coverage = given.known.features, _coverage_of(forecaster, asked)
    rows, covered = [], []
    path = f"{given.known.path}: " if asked.final else ""
    with options.user_errors(path), progress(f"forecasts of {len(features):,} posts", "posts") as show:
        for block in forecast_blocks(forecaster, features, **given.options):
            if asked.final:
                rows.append(block.scale().rename("forecast").to_frame())
            else:
                rows.append(block.summary(coverage, asked.above))
                if coverage is not None:
                    covered.append(block.covered_today(coverage))
            if write is not None:
                write(block)
            if len(features) > posts_at_once(len(forecaster.days_)):
                show(min(block.rows.stop, len(features)), len(features))
    summary = pd.concat(rows)
    if asked.final:
        return summary.assign(days_observed=given.days, views_so_far=given.last_counts), None
    return summary, measure_coverage(sum(map(len, covered)), int(sum(map(sum, covered))))


def _wide(tables: "Mapping[str, pd.DataFrame]") -> "pd.DataFrame":
    """Return tables of posts by days as one, with the days of the second and third under names of their own."""
    import pandas as pd

    named: list[pd.DataFrame] = [
        each.set_axis([name + end for name in name_days(each.columns)], axis=1)
        for each, end in zip(tables.values(), ("", "_lower", "_upper"), strict=False)
    ]
    return pd.concat(named, axis=1).rename_axis("id")


def _record(
    forecaster: "ScaleShapeForecaster", n_posts: int, asked: _Asked, measured: Measured | None, files: dict[str, str]
) -> dict[str, Any]:
    """Return what `forecast.json` says."""
    import tsshape

    return {
        "tsshape": tsshape.__version__,
        **files,
        "loss": forecaster.loss,
        "posts": n_posts,
        "days": len(forecaster.days_),
        "coverage": _coverage_of(forecaster, asked),
        "above": asked.above,
        "measured_coverage": None if measured is None else measured.coverage,
        "measured_posts": None if measured is None else measured.posts,
    }


def _print(
    rows: "pd.DataFrame", forecaster: "ScaleShapeForecaster", given: "Given", asked: _Asked, *, top: int, sort: Sort
) -> None:
    """Print the posts that come first, and the totals."""
    n_days = len(forecaster.days_)
    is_open = rows["days_observed"] < n_days
    shown = rows[is_open].head(top)
    if len(shown):
        title = title_of_posts(len(shown), int(is_open.sum()), sort)
        print_summary(shown, titles_of(given), coverage=_coverage_of(forecaster, asked), title=title)
    say(f"totals      {Totals.of(rows, n_days).spell(forecaster.loss)}")
