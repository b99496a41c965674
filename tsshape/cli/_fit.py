"""`tsshape fit`."""

import time
from pathlib import Path
from typing import Annotated

import typer

from tsshape._choices import ForecastShape, Loss
from tsshape.cli import _options as options
from tsshape.cli._progress import working
from tsshape.cli._say import say


def fit(
    curves: options.CurvesFile,
    features: options.FeaturesFile,
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
    metric: options.MetricName = "euclidean",
    param: options.MetricParams = None,
    plugin: options.Plugin = None,
    id_column: options.IdColumn = None,
    missing: options.MissingCells = "interpolate",
    decreasing: options.Decreases = "keep",
    incomplete: options.IncompleteCurves = "truncate",
    seed: options.Seed = 0,
) -> None:
    """Fit a forecaster on curves and features; write the model.

    A column `author` of the features is used for the authors' history.
    """
    from tsshape.bundle import save
    from tsshape.cli._posts import of_curves, read_clean_curves, read_known
    from tsshape.cluster import ShapeKMeans
    from tsshape.forecast import ScaleShapeForecaster

    options.check_out_file(out)
    params = options.choose_metric(metric, param, plugin)[1]
    table, report = read_clean_curves(curves, id_column, missing=missing, decreasing=decreasing, incomplete=incomplete)
    known = read_known(features, id_column)
    posts = of_curves(known, table.index, features_path=features, curves_path=curves)
    clusterer = ShapeKMeans(k, metric=metric, metric_params=params or None, n_jobs=-1, random_state=seed)
    model = ScaleShapeForecaster(clusterer, shape=shape, loss=loss, random_state=seed)
    start = time.perf_counter()
    with options.user_errors(f"{curves}, {features}: "), working(f"fit on {len(table):,} posts"):
        model.fit(posts.features, table, authors=posts.authors)
    save(model, out)
    for line in str(report).splitlines():
        say(f"cleaning    {line}")
    authors = "no column author" if posts.authors is None else f"{posts.authors.nunique():,} authors"
    say(f"posts       {len(table):,} of {table.shape[1]} days, {posts.features.shape[1]} features, {authors}")
    if len(known.features) > len(table):
        say(f"left out    {len(known.features) - len(table):,} posts with features and without a curve")
    say(f"fitted      in {time.perf_counter() - start:.0f} s, loss {loss}, {k} prototypes")
    say(f"written     {out}, {out.stat().st_size / 1e6:.1f} MB")
