"""`tsshape bench`."""

from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tsshape._choices import SUITES, IncompleteRemoved, SplitKind
from tsshape.cli import _options as options
from tsshape.cli import _table_form as table_form
from tsshape.cli._printable import printable
from tsshape.cli._progress import progress
from tsshape.cli._say import say
from tsshape.cli._scheduler import Scheduler, on_scheduler

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from tsshape.bench import Suite
    from tsshape.cli._tables import Titled
    from tsshape.data import CleaningReport

PICTURE = "benchmark.png"
# In the order in which the tables are printed.
_TITLES = {
    "scores": "Measured",
    "budget": "Error budget: tRMSE of the same forecasts, had this been known",
    "classes": "Known classes: how well the clusters of the training posts agree with them",
    "reported": "Reported elsewhere, on other data, not measured here",
    "in_flight": "In flight: errors on the days that are forecast",
    "published": "Mean relative squared error of the last count (MRSE), beside what was published",
    "intervals": "Intervals at upload: share of posts' days covered, by quarter of forecast scale",
    "coverage": "Intervals: share of posts' days covered, over the runs and in the worst of them",
    "rolling": "Each run: what was learned from, and the errors on the posts of the next days",
    "top": "Precision among the top 5 %: of the posts ranked highest, how many are among the greatest in the end",
    "alerts": "Posts outside their 90 % interval: how many of them end outside, beside as many flagged by last count",
    "calibration": "Probabilities of passing a number of views, by tenth of forecast probability",
}


def bench(
    suite: Annotated[str, typer.Argument(help=f"{', '.join(SUITES)}, or a TOML file.")] = "smoke",
    *,
    data: Annotated[Path | None, typer.Option(help="A dataset folder; simulated posts without it.")] = None,
    out: Annotated[Path | None, typer.Option(help="The run folder; a new one is named without it.")] = None,
    split: Annotated[SplitKind | None, typer.Option(help="Instead of the split that the suite names.")] = None,
    incomplete: Annotated[
        IncompleteRemoved | None,
        typer.Option(help="What becomes of curves that end early, instead of what the suite says: by default, drop."),
    ] = None,
    n_train: Annotated[
        int | None, typer.Option(min=20, help="Training posts, drawn at random in each run; by default all.")
    ] = None,
    runs: Annotated[
        int | None, typer.Option(min=1, help="Splits, or seeds on one division, instead of as many as the suite says.")
    ] = None,
    plugin: options.Plugin = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes; by default one for each core that this process may use.")
    ] = None,
    scheduler: Scheduler = None,
    resume: Annotated[bool, typer.Option(help="Go on with a run that was stopped.")] = False,
    latex: table_form.Latex = False,
    csv: table_form.Csv = False,
    as_json: table_form.Json = False,
) -> None:
    """Measure every variant of a suite on the same splits, and print an honest table."""
    from tsshape._threads import count_threads
    from tsshape.bench import load_suite, run
    from tsshape.cli._posts import warn_of_cleaning
    from tsshape.cli._tables import print_tables
    from tsshape.data import load_dataset

    form = table_form.choose_form(latex=latex, csv=csv, as_json=as_json)
    options.load_plugins(plugin)
    chosen = load_suite(suite)
    asked = {"split": split, "n_train": n_train, "n_runs": runs}
    chosen = chosen.model_copy(update={name: value for name, value in asked.items() if value is not None})
    if incomplete is not None:
        chosen = chosen.model_copy(update={"cleaning": chosen.cleaning.model_copy(update={"incomplete": incomplete})})
    dataset = None if data is None else load_dataset(data)

    def show_cleaning(report: "CleaningReport") -> None:
        warn_of_cleaning(report, str(data or "simulated posts"))
        if form == "text":
            say(f"cleaning: {report.summary}")

    folder = out or Path(f"tsshape-{chosen.name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}")
    n_jobs = jobs or count_threads(-1)
    with _measuring(scheduler, n_jobs) as where, progress(f"bench {chosen.name}", "cells") as show:
        records = run(chosen, dataset, folder, **where, resume=resume, on_cell=show, on_clean=show_cleaning)
    failed = [record for record in records if "error" in record]
    title = f"{chosen.name} on {dataset.name if dataset else 'simulated posts'}, split: {chosen.split}"
    tables = _tables(records, chosen, title)
    any_finished = len(tables["scores"].frame) > 0
    if any_finished:
        _draw(tables["scores"].frame, tables["budget"].frame, folder, title)
    if form == "json":
        print_tables(tables, form, {"failed": failed, "run": str(folder)})
    elif any_finished:
        print_tables(_shown(tables), form)
        for line in (f"run folder: {folder}", f"picture: {folder / PICTURE}"):
            typer.echo(printable(line), err=form != "text")
    if failed:
        _print_failed(failed, len(records))
        raise typer.Exit(1)


@contextmanager
def _measuring(scheduler: str | None, n_jobs: int) -> "Iterator[dict[str, Any]]":
    """Give what `run` is told of where the cells are measured."""
    if scheduler is None:
        yield {"n_jobs": n_jobs}
        return
    with on_scheduler(scheduler, n_jobs):
        from tsshape.adapters.dask import measure_cells

        yield {"measure_cells": measure_cells}


def _print_failed(failed: list[dict[str, Any]], n_cells: int) -> None:
    """Print which cells failed and why, each reason once."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for record in failed:
        reasons.setdefault((record["variant"], record["error"]), []).append(str(record["run"]))
    for (variant, error), runs in reasons.items():
        line = " ".join(f"{variant}, run {', '.join(runs)}: {error}".split())
        typer.echo(f"tsshape: failed: {printable(line)}", err=True)
    typer.echo(f"tsshape: error: {len(failed)} of {n_cells} cells failed; --resume tries them again", err=True)


def _draw(scores: "pd.DataFrame", budget: "pd.DataFrame", folder: Path, title: str) -> None:
    """Draw the picture into the run folder."""
    from tsshape._files import atomic_path
    from tsshape.plots import draw_benchmark

    with atomic_path(folder / PICTURE) as temporary:
        draw_benchmark(scores, budget, title=title).savefig(temporary)


def _tables(records: "Sequence[dict[str, Any]]", suite: "Suite", title: str) -> "dict[str, Titled]":
    """Return all tables of a run and, apart, what the paper reports of its own."""
    from tsshape import bench
    from tsshape.cli._tables import Titled
    from tsshape.paper import REPORTED_COLUMNS, SOURCE, reported_table

    frames = {
        "scores": bench.score_table(records),
        "budget": bench.budget_table(records),
        "classes": bench.class_table(records),
        "reported": reported_table(suite.name),
        "in_flight": bench.in_flight_table(records),
        "published": bench.published_table(records, suite.published),
        "intervals": bench.interval_table(records),
        "coverage": bench.coverage_table(records),
        "rolling": bench.rolling_table(records),
        "top": bench.top_table(records),
        "alerts": bench.alert_table(records),
        "calibration": bench.calibration_table(records),
    }
    columns, of_what = {**bench.COLUMNS, "reported": REPORTED_COLUMNS}, {"scores": title, "reported": SOURCE}
    return {
        name: Titled(": ".join(filter(None, [heading, of_what.get(name)])), frames[name], columns[name])
        for name, heading in _TITLES.items()
    }


def _shown(tables: "dict[str, Titled]") -> "dict[str, Titled]":
    """Return the tables that have rows; that of the probabilities as one for each variant and count."""
    shown = {name: table for name, table in tables.items() if len(table.frame)}
    if calibration := shown.pop("calibration", None):
        for (variant, above), rows in calibration.frame.groupby(level=["variant", "above"], sort=False):
            title = f"Probabilities of more than {above:,.6g} views, by tenth of forecast probability: {variant}"
            part = rows.droplevel(["variant", "above"])
            shown[f"{variant}: {above}"] = calibration._replace(title=title, frame=part)
    return shown
