"""Posts for a fitted model: their features in the kinds that it knows, and their observed days on its grid."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tsshape._choices import Missing
from tsshape._errors import DataError
from tsshape.cli._say import list_names

if TYPE_CHECKING:
    import pandas as pd

    from tsshape.forecast import ScaleShapeForecaster


class Known(NamedTuple):
    """What a model is told of posts at upload, the table it stands in, and lines about what is ignored or missing."""

    features: "pd.DataFrame"
    authors: "pd.Series | None"
    path: Path
    notes: list[str]


class Seen(NamedTuple):
    """The observed days of posts, and lines about what was changed."""

    curves: "pd.DataFrame"
    notes: list[str]


def read_known(path: Path, id_column: str | None, forecaster: "ScaleShapeForecaster", *, allow_missing: bool) -> Known:
    """Read the features of a file or a dataset folder for a model; refused if they lack a column that it takes."""
    from tsshape.data import CALENDAR_PARTS, find_table, read_posts

    table = find_table(path, "features")
    encoder = forecaster.posts_.encoder
    posts = read_posts(table, id_column=id_column, kinds=encoder.value_kinds_)
    fitted = [*getattr(encoder, "feature_names_in_", ())]
    # A model that was fitted on an array matches columns by position.
    lacking = [name for name in encoder.kinds_ if fitted and name not in posts.features]
    # A table has the column of which they are made.
    calendar = {f"posted_{part}": "posted" for part in CALENDAR_PARTS}
    absent = list(dict.fromkeys(calendar.get(name, name) for name in lacking))
    if absent and not allow_missing:
        raise DataError(
            f"{table} lacks {_quote(absent, 'that the model was fitted on')}; "
            "--allow-missing takes them as missing values"
        )
    extra = [name for name in posts.features if name not in {*encoder.kinds_, *fitted}]
    notes = [
        *_note("ignored", extra, "that the model was not fitted on"),
        *_note("missing", absent, "that the model was fitted on, taken as missing values"),
    ]
    has_history = forecaster.posts_.history is not None
    if posts.authors is not None and not has_history:
        notes.append("ignored     the column 'author': the model was fitted without authors")
    if posts.authors is None and has_history:
        notes.append("missing     the authors' history: the features have no column 'author'")
    features = posts.features.reindex(columns=[*posts.features.columns, *lacking])
    return Known(features, posts.authors if has_history else None, table, notes)


def _note(word: str, names: list[str], what: str) -> list[str]:
    """Return a line about columns, if there are any."""
    return [f"{word:<11} {_quote(names, what)}"] if names else []


def _quote(names: list[str], what: str) -> str:
    """Return how many columns there are, what is said of them, and their names."""
    return f"{len(names)} column{'' if len(names) == 1 else 's'} {what}: {list_names([*map(repr, names)])}"


def read_seen(
    path: Path, id_column: str | None, forecaster: "ScaleShapeForecaster", known: Known, *, missing: Missing
) -> Seen:
    """Read the observed days of a file or a dataset folder, as far as the model's last day."""
    from tsshape._validation import describe_similar
    from tsshape.data import day_number, find_table, read_curves

    if forecaster.in_flight_ is None:
        raise DataError("--observed: the model cannot continue observed days, since it was fitted with in_flight=False")
    table = find_table(path, "curves")
    last = max(day_number(day) or 0 for day in forecaster.days_) or len(forecaster.days_)
    # One day more than the model has shows which posts are older.
    curves = read_curves(table, id_column=id_column, n_times=last + 1)
    unknown = curves.index.difference(known.features.index, sort=False)
    if len(unknown):
        raise DataError(
            f"{table} has {len(unknown)} posts that are not in the features, {known.path}; the first of them is "
            f"{unknown[0]!r}{describe_similar(unknown, known.features.index)}"
        )
    n_older = int(curves.iloc[:, last:].notna().any(axis=1).sum())
    curves, n_filled = _fill(curves.iloc[:, :last], table, missing)
    notes = [f"cut         {n_older:,} posts have counts after day {last}, the model's last"] if n_older else []
    if n_filled:
        notes.append(f"cleaning    {n_filled:,} missing days before a later count interpolated")
    return Seen(curves, notes)


def _fill(curves: "pd.DataFrame", path: Path, missing: Missing) -> "tuple[pd.DataFrame, int]":
    """Interpolate missing days before a later count, from 0 on day 0, or refuse them; return how many there are."""
    start = curves.iloc[:, :1].mul(0).fillna(0).set_axis([0], axis=1)
    filled = start.join(curves).interpolate(axis=1, limit_area="inside").drop(columns=0)
    gaps = (filled.notna() & curves.isna()).to_numpy()
    if missing == "refuse" and gaps.any():
        row, column = divmod(int(gaps.argmax()), gaps.shape[1])
        raise DataError(
            f"{path}: id {curves.index[row]!r} has no count on day {curves.columns[column]}, but has one later; "
            'use missing="interpolate"'
        )
    return filled, int(gaps.sum())
