"""`tsshape predict`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tsshape._errors import DataError
from tsshape.cli import _options as options
from tsshape.cli._say import say

if TYPE_CHECKING:
    import pandas as pd


def predict(
    model: options.ModelFile,
    features: options.FeaturesPath,
    *,
    out: Annotated[Path, typer.Option(help="The forecasts, .csv or .parquet; an old file is replaced.")],
    observed: Annotated[
        Path | None,
        typer.Option(help="A dataset folder, or a table of curves: the days so far, empty after the last of them."),
    ] = None,
    coverage: Annotated[
        float | None, typer.Option(help="Also intervals that cover this share of posts, such as 0.9.")
    ] = None,
    allow_missing: options.AllowMissing = False,
    missing: options.MissingCells = "interpolate",
    plugin: options.Plugin = None,
    id_column: options.IdColumn = None,
    spreadsheet_safe: options.SpreadsheetSafe = False,
) -> None:
    """Forecast the curves of posts, from upload or from their observed days.

    Writes `id`, one column a day, and with --coverage the ends of the intervals, `_lower` and `_upper`.
    """
    from tsshape.bundle import load
    from tsshape.cli._known import read_known, read_seen
    from tsshape.data import write_table
    from tsshape.forecast import ScaleShapeForecaster

    if out.suffix not in {".csv", ".parquet"}:
        raise DataError(f"{out}: forecasts are written as .csv or .parquet")
    if coverage is not None and not 0 < coverage < 1:
        raise DataError(f"--coverage must be between 0 and 1; got {coverage}")
    options.check_out_file(out)
    options.load_plugins(plugin)
    forecaster = load(model, kind=ScaleShapeForecaster)
    known = read_known(features, id_column, forecaster, allow_missing=allow_missing)
    seen = None if observed is None else read_seen(observed, id_column, forecaster, known, missing=missing)
    given: dict[str, Any] = {"observed": None if seen is None else seen.curves, "authors": known.authors}
    with options.user_errors(f"{known.path}: "):
        forecast = _name_days(forecaster.predict(known.features, **given), "")
    if coverage is not None:
        with options.user_errors("--coverage: "):
            ends = forecaster.predict_interval(known.features, coverage=coverage, **given)
        for end, suffix in zip(ends, ("_lower", "_upper"), strict=True):
            forecast = forecast.join(_name_days(end, suffix))
    forecast.index.name = "id"
    write_table(forecast, out, spreadsheet_safe=spreadsheet_safe)
    for line in (*known.notes, *([] if seen is None else seen.notes)):
        say(line)
    say(f"forecasts   {len(forecast):,} posts, {len(forecaster.days_)} days\nwritten     {out}")


def _name_days(table: "pd.DataFrame", suffix: str) -> "pd.DataFrame":
    """Return the table with its days named as columns of a file."""
    from tsshape.data import day_column

    return table.rename(columns=lambda day: day_column(day) + suffix)
