"""`tsshape predict`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsshape._errors import DataError
from tsshape.cli import _options as options
from tsshape.cli._say import say

if TYPE_CHECKING:
    import pandas as pd

    from tsshape.cli._posts import Known
    from tsshape.forecast import ScaleShapeForecaster


def predict(
    model: options.ModelFile,
    features: options.FeaturesFile,
    *,
    out: Annotated[Path, typer.Option(help="The forecasts, .csv or .parquet; an old file is replaced.")],
    observed: Annotated[
        Path | None, typer.Option(help="Curves of the observed days, empty after the last of them.")
    ] = None,
    coverage: Annotated[
        float | None, typer.Option(help="Also intervals that cover this share of posts, such as 0.9.")
    ] = None,
    plugin: options.Plugin = None,
    id_column: options.IdColumn = None,
    spreadsheet_safe: options.SpreadsheetSafe = False,
) -> None:
    """Forecast the curves of posts, from upload or from their observed days.

    Writes `id`, one column a day, and with --coverage the ends of the intervals, `_lower` and `_upper`.
    """
    from tsshape.bundle import load
    from tsshape.cli._posts import read_known
    from tsshape.data import read_curves, write_table

    if out.suffix not in {".csv", ".parquet"}:
        raise DataError(f"{out}: forecasts are written as .csv or .parquet")
    if coverage is not None and not 0 < coverage < 1:
        raise DataError(f"--coverage must be between 0 and 1; got {coverage}")
    options.check_out_file(out)
    options.load_plugins(plugin)
    forecaster = load(model)
    known = read_known(features, id_column)
    authors = known.authors if forecaster.posts_.history is not None else None
    seen = None if observed is None else read_curves(observed, id_column=id_column)
    forecast = _name_days(forecaster.predict(known.features, observed=seen, authors=authors), "")
    if coverage is not None:
        ends = forecaster.predict_interval(known.features, coverage=coverage, observed=seen, authors=authors)
        for end, suffix in zip(ends, ("_lower", "_upper"), strict=True):
            forecast = forecast.join(_name_days(end, suffix))
    forecast.index.name = "id"
    write_table(forecast, out, spreadsheet_safe=spreadsheet_safe)
    for line in _ignored(forecaster, known):
        say(f"ignored     {line}")
    say(f"forecasts   {len(forecast):,} posts, {len(forecaster.days_)} days\nwritten     {out}")


def _ignored(forecaster: "ScaleShapeForecaster", known: "Known") -> list[str]:
    """Return what the model ignores of the features, and what it does without."""
    encoder = forecaster.posts_.encoder
    fitted = {*encoder.kinds_, *getattr(encoder, "feature_names_in_", ())}
    extra = [name for name in known.features.columns if name not in fitted]
    lines = []
    if extra:
        lines.append(f"{len(extra)} columns that the model was not fitted on: {', '.join(map(repr, extra))}")
    if known.authors is not None and forecaster.posts_.history is None:
        lines.append("the column 'author': the model was fitted without authors")
    if known.authors is None and forecaster.posts_.history is not None:
        lines.append("the authors' history: the features have no column 'author'")
    return lines


def _name_days(table: "pd.DataFrame", suffix: str) -> "pd.DataFrame":
    """Return the table with its days named as columns of a file."""
    from tsshape.data import day_column

    return table.rename(columns=lambda day: day_column(day) + suffix)
