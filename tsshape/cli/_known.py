"""Posts for a fitted model: their features in the kinds that it knows, and their observed days on its grid."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tsshape._choices import Missing
from tsshape._errors import DataError, list_names
from tsshape.cli._say import MOST_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tsshape._typing import IntArray
    from tsshape.data import PostTable
    from tsshape.forecast import ScaleShapeForecaster


NOTE_IGNORED = "ignored     the curves: the model was fitted with in_flight=False"


class Known(NamedTuple):
    """What a model is told of posts at upload, the table it stands in, and lines about what is ignored or missing.

    `posts` is all that the table says; None if there is no table.
    """

    features: "pd.DataFrame"
    authors: "pd.Series | None"
    path: Path
    notes: list[str]
    posts: "PostTable | None" = None


class Changed(NamedTuple):
    """What was changed of observed days: those after the model's last were cut, those between two interpolated."""

    last_day: int
    n_older: int = 0
    n_filled: int = 0

    @classmethod
    def of_parts(cls, parts: "Sequence[Changed]") -> "Changed":
        """Return what was changed of several parts of a table, of which there is at least one."""
        return cls(parts[0].last_day, sum(each.n_older for each in parts), sum(each.n_filled for each in parts))

    @property
    def notes(self) -> list[str]:
        """Lines about it."""
        older = f"cut         {self.n_older:,} posts have counts after day {self.last_day}, the model's last"
        filled = f"cleaning    {self.n_filled:,} missing days before a later count interpolated"
        return [*([older] if self.n_older else []), *([filled] if self.n_filled else [])]


class Seen(NamedTuple):
    """The observed days of posts, the table they stand in, and what was changed of them."""

    curves: "pd.DataFrame"
    path: Path
    changed: Changed


class Given(NamedTuple):
    """Posts and, if there are any, their observed days."""

    known: Known
    seen: Seen | None

    @property
    def options(self) -> dict[str, Any]:
        """What the methods of a forecaster take beside the features."""
        return {"observed": None if self.seen is None else self.seen.curves, "authors": self.known.authors}

    @property
    def notes(self) -> list[str]:
        """Lines about what is ignored, missing or was changed."""
        return [*self.known.notes, *([] if self.seen is None else self.seen.changed.notes)]

    @property
    def days(self) -> "IntArray":
        """The number of observed days of each post, in the order of the features."""
        import numpy as np

        from tsshape.cli._posts import last_days

        if self.seen is None:
            return np.zeros(len(self.known.features), dtype=np.int64)
        return last_days(self.seen.curves.reindex(self.known.features.index))

    @property
    def last_counts(self) -> "pd.Series":
        """The last observed count of each post, missing where there is none, in the order of the features."""
        import numpy as np
        import pandas as pd

        ids = self.known.features.index
        if self.seen is None:
            return pd.Series(np.nan, ids)
        return self.seen.curves.ffill(axis=1).iloc[:, -1].reindex(ids)


def read_given(
    path: Path | None,
    observed: Path | None,
    id_column: str | None,
    forecaster: "ScaleShapeForecaster",
    *,
    allow_missing: bool,
    missing: Missing,
) -> Given:
    """Read posts and their observed days: those of `observed`, or else the curves of the folder of posts.

    Posts of which only observed days are given, by `observed` or a folder without features, have no known features.
    """
    from tsshape.data import find_table, table_files

    folder = path if path is not None and path.is_dir() and table_files(path, "curves") else None
    days = folder if observed is None else observed
    if days is not None and (path is None or (folder is not None and not table_files(folder, "features"))):
        alone = _read_days(find_table(days, "curves"), id_column, forecaster, missing=missing)
        return Given(_unknown(alone, forecaster), alone)
    if path is None:
        raise DataError("name a folder of posts or a table of features; or, for first days alone, --observed")
    known = read_known(path, id_column, forecaster, allow_missing=allow_missing)
    if days is None:
        return Given(known, None)
    if observed is None and forecaster.in_flight_ is None:
        known.notes.append(NOTE_IGNORED)
        return Given(known, None)
    seen = _read_days(find_table(days, "curves"), id_column, forecaster, missing=missing)
    _check_posts(seen, known)
    if observed is None:
        known.notes.append(note_observed(seen.path, known.path))
    return Given(known, seen)


def read_known(path: Path, id_column: str | None, forecaster: "ScaleShapeForecaster", *, allow_missing: bool) -> Known:
    """Read the features of a file or a dataset folder for a model; refused if they lack a column that it takes."""
    from tsshape.data import CALENDAR_PARTS, find_table, read_posts

    table = find_table(path, "features")
    encoder = forecaster.posts_.encoder
    kinds = encoder.value_kinds_
    # A table in CSV has names without blanks around them.
    stripped = {name.strip(): name for name in kinds}
    known = {short: kinds[name] for short, name in stripped.items()} | kinds
    posts = read_posts(table, id_column=id_column, kinds=known)
    spelled = {short: name for short, name in stripped.items() if name not in posts.features}
    posts = posts._replace(features=posts.features.rename(columns=spelled))
    fitted = [*getattr(encoder, "feature_names_in_", ())]
    # A model that was fitted on an array matches columns by position.
    lacking = [name for name in encoder.kinds_ if fitted and name not in posts.features]
    # A table has the column of which they are made.
    calendar = {f"posted_{part}": "posted" for part in CALENDAR_PARTS}
    absent = list(dict.fromkeys(calendar.get(name, name) for name in lacking))
    if absent and not allow_missing:
        by_position = "" if hasattr(forecaster, "feature_names_in_") else "; those of an array are named x0, x1, …"
        raise DataError(
            f"{table} lacks {_quote(absent, 'that the model was fitted on')}; "
            f"--allow-missing takes them as missing values{by_position}"
        )
    taken = {*kinds, *fitted}
    extra = [name for name in posts.features if name not in taken]
    notes = [
        *_note("ignored", extra, "that the model was not fitted on"),
        *_note("missing", absent, "that the model was fitted on, taken as missing values"),
    ]
    has_history = forecaster.posts_.history is not None
    if posts.authors is not None and not has_history and "author" not in kinds:
        notes.append("ignored     the column 'author': the model was fitted without authors")
    if posts.authors is None and has_history:
        notes.append("missing     the authors' history: the features have no column 'author'")
    features = posts.features.reindex(columns=[*posts.features.columns, *lacking])
    return Known(features, posts.authors if has_history else None, table, notes, posts)


def note_observed(days: Path, features: Path) -> str:
    """Return the line about observed days that were found beside the features."""
    return f"observed    the days in {days}; for forecasts as at upload name {features}"


def _unknown(seen: Seen, forecaster: "ScaleShapeForecaster") -> Known:
    """Return the posts of some curves as ones of which nothing is known at upload."""
    import pandas as pd

    encoder = forecaster.posts_.encoder
    # A model that was fitted on an array has no names of columns.
    columns = [*getattr(encoder, "feature_names_in_", range(forecaster.n_features_in_))]
    features = pd.DataFrame(index=seen.curves.index, columns=columns, dtype="float64")
    note = f"missing     all that is known at upload: {seen.path} has observed days alone"
    return Known(features, None, seen.path, [note])


def _note(word: str, names: list[str], what: str) -> list[str]:
    """Return a line about columns, if there are any."""
    return [f"{word:<11} {_quote(names, what)}"] if names else []


def _quote(names: list[str], what: str) -> str:
    """Return how many columns there are, what is said of them, and their names."""
    return f"{len(names)} column{'' if len(names) == 1 else 's'} {what}: {list_names(names, MOST_NAMES, spell=repr)}"


def _read_days(path: Path, id_column: str | None, forecaster: "ScaleShapeForecaster", *, missing: Missing) -> Seen:
    """Read observed days, as far as the model's last day."""
    from tsshape.cli._model_days import number_days
    from tsshape.data import read_curves

    if forecaster.in_flight_ is None:
        raise DataError("--observed: the model cannot continue observed days, since it was fitted with in_flight=False")
    days = number_days(forecaster.days_)
    last = days[-1]
    # One day more than the model has shows which posts are older.
    curves = read_curves(path, id_column=id_column, n_times=last + 1)
    n_older = int(curves.iloc[:, last:].notna().any(axis=1).sum())
    curves, n_filled = _fill(curves.iloc[:, :last], path, missing)
    known = curves.reindex(columns=days).set_axis(forecaster.days_, axis=1)
    return Seen(known, path, Changed(last, n_older, n_filled))


def _check_posts(seen: Seen, known: Known) -> None:
    """Refuse observed days of posts that are not among the known ones."""
    from tsshape._validation import describe_similar

    unknown = seen.curves.index.difference(known.features.index, sort=False)
    if len(unknown):
        raise DataError(
            f"{seen.path} has {len(unknown)} posts that are not in the features, {known.path}; the first of them is "
            f"{unknown[0]!r}{describe_similar(unknown, known.features.index)}"
        )


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
