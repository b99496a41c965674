"""`tsshape fit`."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsshape._choices import ForecastShape, Loss
from tsshape._errors import DataError
from tsshape.cli import _options as options
from tsshape.cli._progress import progress
from tsshape.cli._say import list_names, say

if TYPE_CHECKING:
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
        typer.Option(help="What forecasts minimise: median; mean (they add up); trimmed (the paper's tRMSE)."),
    ] = "median",
    shape: Annotated[
        ForecastShape, typer.Option(help="Prototypes weighted by probability, or the likeliest.")
    ] = "soft",
    k: Annotated[int, typer.Option(min=1, help="Number of prototypes.")] = options.DEFAULT_K,
    drop: Annotated[
        list[str] | None, typer.Option(help="A column of the table of features to leave out; may be repeated.")
    ] = None,
    metric: options.MetricName = "euclidean",
    param: options.MetricParams = None,
    plugin: options.Plugin = None,
    id_column: options.IdColumn = None,
    missing: options.MissingCells = "interpolate",
    decreasing: options.Decreases = "keep",
    incomplete: options.IncompleteCurves = "drop",
    seed: options.Seed = 0,
) -> None:
    """Fit a forecaster on curves and features; write the model.

    A column `author` of the features is used for the authors' history.
    """
    from tsshape.bundle import save
    from tsshape.cli._posts import read_clean_curves, read_features_of
    from tsshape.cluster import ShapeKMeans
    from tsshape.forecast import ScaleShapeForecaster

    options.check_out_file(out)
    params = options.choose_metric(metric, param, plugin)[1]
    if features is None and not curves.is_dir():
        raise DataError(f"{curves} is no dataset folder: name a table of features after the table of curves")
    read = read_clean_curves(curves, id_column, missing=missing, decreasing=decreasing, incomplete=incomplete)
    table = read.curves
    posts, others = read_features_of(features or curves, table.index, id_column, curves_path=read.path)
    posts = _without(posts, drop or (), features or curves)
    clusterer = ShapeKMeans(k, metric=metric, metric_params=params or None, n_jobs=-1, random_state=seed)
    model = ScaleShapeForecaster(clusterer, shape=shape, loss=loss, random_state=seed)
    start = time.perf_counter()
    source = f"{curves}" if features is None else f"{curves}, {features}"
    with options.user_errors(f"{source}: "), progress(f"fit on {len(table):,} posts", "models") as show:
        model.fit(posts.features, table, authors=posts.authors, on_step=lambda done, total, _: show(done, total))
    save(model, out)
    say(f"cleaning    {read.report.summary}")
    authors = "no column author" if posts.authors is None else f"{posts.authors.nunique():,} authors"
    say(f"posts       {len(table):,} of {table.shape[1]} days, {authors}")
    _print_columns(model, posts)
    n_without = len(others.difference(read.report.dropped_ids))
    if n_without:
        say(f"left out    {n_without:,} posts with features and without a curve")
    say(f"fitted      in {time.perf_counter() - start:.0f} s, loss {loss}, {k} prototypes")
    say(f"written     {out}, {out.stat().st_size / 1e6:.1f} MB")


def _without(posts: "PostTable", drop: Sequence[str], path: Path) -> "PostTable":
    """Return the posts without some columns of their table, of which `author` and `posted` may be two."""
    from tsshape.data import CALENDAR_PARTS

    for name in drop:
        if name == "author" and posts.authors is not None:
            posts = posts._replace(authors=None)
        elif name == "posted" and posts.posted is not None:
            calendar = [f"posted_{part}" for part in CALENDAR_PARTS]
            posts = posts._replace(features=posts.features.drop(columns=calendar, errors="ignore"))
        elif name in posts.features:
            posts = posts._replace(features=posts.features.drop(columns=name))
        else:
            known = list_names([*map(repr, posts.features.columns)]) or "none"
            raise DataError(f"--drop: {path} has no feature {name!r}; it has {known}")
    return posts


def _print_columns(model: "ScaleShapeForecaster", posts: "PostTable") -> None:
    """Print which columns the model takes as what, and which it cannot use."""
    kinds = model.posts_.encoder.kinds_
    say(f"features    {_spell_kinds(kinds)}")
    empty = [name for name in posts.features.columns if name not in kinds]
    if empty:
        say(f"left out    {list_names(empty)}: no value in any post")


def _spell_kinds(kinds: Mapping[str, str]) -> str:
    """Return how many columns of each kind there are, and their names."""
    found = []
    for kind, (one, several) in KINDS.items():
        names = [name for name, its in kinds.items() if its == kind]
        if names:
            found.append(f"{len(names)} {one if len(names) == 1 else several} ({list_names(names)})")
    return ", ".join(found) or "none"
