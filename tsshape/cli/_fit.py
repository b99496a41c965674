"""`tsshape fit`."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsshape._choices import ForecastShape, Incomplete, Loss
from tsshape._errors import DataError, list_names
from tsshape.cli import _options as options
from tsshape.cli._progress import progress
from tsshape.cli._say import MOST_NAMES, say

if TYPE_CHECKING:
    from tsshape.cli._posts import CleanCurves
    from tsshape.data import PostTable
    from tsshape.forecast import ScaleShapeForecaster

# How columns of each kind are called, one and several, in the order in which they are listed.
KINDS = {
    "number": ("number", "numbers"),
    "category": ("category", "categories"),
    "text": ("text", "texts"),
    "date": ("date", "dates"),
}


def fit(
    curves: options.CurvesPath,
    features: Annotated[
        Path | None, typer.Argument(help="A table of features; without it, that of the dataset folder.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option(help="The model's file; an old one is replaced.")],
    loss: Annotated[
        Loss,
        typer.Option(
            help="What forecasts minimise: median; mean (they add up); trimmed (the paper's tRMSE); relative (squared "
            "relative errors)."
        ),
    ] = "median",
    shape: Annotated[
        ForecastShape, typer.Option(help="Prototypes weighted by probability, or the likeliest.")
    ] = "soft",
    k: Annotated[
        int | None, typer.Option(min=1, help="Number of prototypes; by default 20, or fewer of fewer than 300 posts.")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="A column of the table of features to leave out; may be repeated.")
    ] = None,
    metric: options.MetricName = "euclidean",
    param: options.MetricParams = None,
    plugin: options.Plugin = None,
    id_column: options.IdColumn = None,
    missing: options.MissingCells = "interpolate",
    decreasing: options.Decreases = "keep",
    incomplete: Annotated[
        Incomplete,
        typer.Option(
            help="What becomes of curves that end early; keep learns from posts that are still running (not with "
            "--no-in-flight, which drops them), truncate cuts all to the days that each has."
        ),
    ] = "keep",
    in_flight: Annotated[
        bool, typer.Option("--in-flight/--no-in-flight", help="Learn to forecast from observed days.")
    ] = True,
    intervals: Annotated[bool, typer.Option("--intervals/--no-intervals", help="Learn intervals.")] = True,
    jobs: options.Jobs = None,
    seed: options.Seed = 0,
) -> None:
    """Fit a forecaster on curves and features; write the model.

    A column `author` of the features is used for the authors' history, a column `posted` for intervals as of the latest
    posts. Curves that end early are posts that are still running, and teach, too.
    """
    from tsshape.bundle import save
    from tsshape.cli._posts import read_clean_curves, read_features_of
    from tsshape.cluster import ShapeKMeans
    from tsshape.forecast import ScaleShapeForecaster, default_n_clusters

    target = options.check_out_file(out)
    params = options.choose_metric(metric, param, plugin)[1]
    if features is None and not curves.is_dir():
        raise DataError(f"{curves} is no dataset folder: name a table of features after the table of curves")
    if incomplete == "keep" and not in_flight:
        # Only forecasts from observed days can complete them.
        incomplete = "drop"
    read = read_clean_curves(curves, id_column, missing=missing, decreasing=decreasing, incomplete=incomplete)
    table = read.curves
    posts, others = read_features_of(features or curves, table.index, id_column, curves_path=read.path)
    posts = _without(posts, drop or (), features or curves)
    young = _describe_young(read, intervals=intervals, authors=posts.authors is not None)
    n_jobs = jobs or -1
    k = k or default_n_clusters(int(table.notna().all(axis=1).sum()))
    clusterer = ShapeKMeans(k, metric=metric, metric_params=params or None, n_jobs=n_jobs, random_state=seed)
    model = ScaleShapeForecaster(
        clusterer,
        shape=shape,
        loss=loss,
        in_flight=in_flight,
        intervals=intervals,
        n_jobs=n_jobs,
        random_state=seed,
    )
    start = time.perf_counter()
    source = f"{curves}" if features is None else f"{curves}, {features}"
    with options.user_errors(f"{source}: "), progress(f"fit on {len(table):,} posts", "models") as show:
        model.fit(
            posts.features,
            table,
            authors=posts.authors,
            posted=posts.posted,
            on_step=lambda done, total, _: show(done, total),
        )
    save(model, target)
    say(f"cleaning    {read.report.summary}")
    authors = "no column author" if posts.authors is None else f"{posts.authors.nunique():,} authors"
    say(f"posts       {len(table):,} of {table.shape[1]} days, {authors}")
    if young:
        say(f"young       {young}")
    _print_columns(model, posts)
    n_without = len(others.difference(read.report.dropped_ids))
    if n_without:
        say(f"left out    {n_without:,} posts with features and without a curve")
    say(f"fitted      in {time.perf_counter() - start:.0f} s, loss {loss}, {k} prototypes")
    say(f"written     {out}, {out.stat().st_size / 1e6:.1f} MB")


def _describe_young(read: "CleanCurves", *, intervals: bool, authors: bool) -> str:
    """Return how many posts are complete and how many are not, and what the latter teach; empty if all are complete."""
    n_posts, n_young = read.report.n_curves_out, read.report.incomplete_kept
    if n_young == n_posts:
        raise DataError(
            f"{read.path}: all {n_posts:,} curves end before day {read.curves.columns[-1]}, so that none shows how "
            "posts end; add older posts, or use --incomplete truncate to forecast only the days that all have"
        )
    if not n_young:
        return ""
    of_all = "the scale, the shapes and the authors' history" if authors else "the scale and the shapes"
    of_complete = "in-flight models and intervals" if intervals else "in-flight models"
    return (
        f"{n_posts - n_young:,} complete posts, {n_young:,} young ones: the young teach {of_all} as well; "
        f"{of_complete} are learned from the complete ones"
    )


def _without(posts: "PostTable", drop: Sequence[str], path: Path) -> "PostTable":
    """Return the posts without some columns of their table, of which `author` and `posted` may be two."""
    from tsshape.data import CALENDAR_PARTS

    for name in drop:
        if name == "author" and posts.authors is not None:
            posts = posts._replace(authors=None)
        elif name == "posted" and posts.posted is not None:
            calendar = [f"posted_{part}" for part in CALENDAR_PARTS]
            posts = posts._replace(features=posts.features.drop(columns=calendar, errors="ignore"), posted=None)
        elif name in posts.features:
            posts = posts._replace(features=posts.features.drop(columns=name))
        else:
            known = list_names(posts.features.columns, MOST_NAMES, spell=repr) or "none"
            raise DataError(f"--drop: {path} has no feature {name!r}; it has {known}")
    return posts


def _print_columns(model: "ScaleShapeForecaster", posts: "PostTable") -> None:
    """Print which columns the model takes as what, and which it cannot use."""
    kinds = model.posts_.encoder.kinds_
    say(f"features    {_spell_kinds(kinds)}")
    empty = [name for name in posts.features.columns if name not in kinds]
    if empty:
        say(f"left out    {list_names(empty, MOST_NAMES)}: no value in any post")


def _spell_kinds(kinds: Mapping[str, str]) -> str:
    """Return how many columns of each kind there are, and their names."""
    found = []
    for kind, (one, several) in KINDS.items():
        names = [name for name, its in kinds.items() if its == kind]
        if names:
            found.append(f"{len(names)} {one if len(names) == 1 else several} ({list_names(names, MOST_NAMES)})")
    return ", ".join(found) or "none"
