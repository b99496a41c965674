"""`tsshape watch`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsshape._columns import Column, format_whole
from tsshape._errors import DataError
from tsshape.cli import _options as options
from tsshape.cli._answer import as_records, shorten, spell_coverage, spell_interval, spell_probability, titles_of
from tsshape.cli._say import say, say_json

if TYPE_CHECKING:
    import pandas as pd

    from tsshape.cli._known import Given

# The exit code where a post is outside its interval.
FOUND = 3


def watch(
    model: options.ModelFile,
    posts: Annotated[Path, typer.Argument(help="A dataset folder, or a table of features.")],
    *,
    observed: Annotated[
        Path | None,
        typer.Option(help="A dataset folder, or a table of curves: the days so far; by default those of the folder."),
    ] = None,
    since_day: Annotated[
        int, typer.Option(min=0, help="Compare with what was forecast after so many days; 0 is at upload.")
    ] = 0,
    coverage: Annotated[float, typer.Option(help="Share of posts that the intervals cover.")] = 0.9,
    top: Annotated[int, typer.Option(min=1, help="How many posts are printed.")] = 20,
    allow_missing: options.AllowMissing = False,
    missing: options.MissingCells = "interpolate",
    plugin: options.Plugin = None,
    id_column: options.IdColumn = None,
    as_json: options.AsJson = False,
) -> None:
    """Find unfinished posts that run above or below the interval that was forecast for them.

    The exit code is 0 if there are none, and 3 if there are some.
    """
    from tsshape.bundle import load
    from tsshape.cli._known import read_given
    from tsshape.forecast import ScaleShapeForecaster, find_alerts

    if not 0 < coverage < 1:
        raise DataError(f"--coverage must be between 0 and 1; got {coverage}")
    options.load_plugins(plugin)
    forecaster = load(model, kind=ScaleShapeForecaster)
    # Named outright, the curves of a folder must be there and of use.
    days = posts if observed is None and posts.is_dir() else observed
    given = read_given(posts, days, id_column, forecaster, allow_missing=allow_missing, missing=missing)
    if given.seen is None:
        raise DataError(f"{posts} has no observed days: name them with --observed")
    with options.user_errors():
        known = given.known
        alerts = find_alerts(
            forecaster, known.features, given.seen.curves, since_day=since_day, coverage=coverage, authors=known.authors
        )
    ages, n_days = given.days, len(forecaster.days_)
    watched = int(((ages > since_day) & (ages < n_days)).sum())
    if as_json:
        record = {"watched": watched, "since_day": since_day, "coverage": coverage, "alerts": as_records(alerts)}
        say_json(record)
    else:
        for line in given.notes:
            say(line)
        when = f"after day {since_day}" if since_day else "at upload"
        say(f"watched     {watched:,} unfinished posts; {(ages >= n_days).sum():,} of {len(ages):,} are finished")
        sides = alerts["side"].value_counts()
        said = " and ".join(f"{sides[side]:,} {side}" for side in ("above", "below") if side in sides) or "none outside"
        interval = f"the {spell_coverage(coverage)} interval forecast {when}"
        say(f"found       {said} {interval}; fewer than of new posts, if the model was fitted on these")
        _print(alerts.head(top), given, coverage=coverage)
    if len(alerts):
        raise typer.Exit(FOUND)


def _print(alerts: "pd.DataFrame", given: "Given", *, coverage: float) -> None:
    """Print some alerts."""
    from tsshape.cli._tables import print_table

    if alerts.empty:
        return
    shown, titles = alerts.copy(), titles_of(given)
    if titles is not None:
        shown["title"] = titles.reindex(shown.index).map(shorten, na_action="ignore")
    shown["interval"] = [spell_interval(*ends) for ends in zip(shown["lower"], shown["upper"], strict=True)]
    columns = [
        Column("id", "post"),
        Column("title", "title"),
        Column("side", "runs"),
        Column("days_observed", "days seen", "{:.0f}".format),
        Column("views_so_far", "views so far", format_whole),
        Column("interval", "forecast for that day"),
        Column("ratio", "times its end", "{:,.2f}".format),
        Column("since", "since day", "{:.0f}".format),
        Column("probability", "P(ends outside)", spell_probability),
    ]
    texts = [name for name in ("title", "side") if name in shown]
    title = f"Posts outside their {spell_coverage(coverage)} interval, the most probable to end outside first"
    print_table(shown.set_index(texts, append=True), columns, title=title)
