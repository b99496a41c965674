"""Posts from files: curves after cleaning, their shapes, and the features of the posts that have curves."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from tsshape._choices import Decreasing, Incomplete, Missing
from tsshape._errors import DataError
from tsshape.cli._options import user_errors
from tsshape.cli._say import warn

if TYPE_CHECKING:
    import pandas as pd

    from tsshape._typing import Floats, IntArray
    from tsshape.cli._channels import Channels
    from tsshape.data import CleaningReport, PostTable

# A larger share of posts or days that cleaning costs, or of counts that fall, is warned of.
WARNED_SHARE = 0.1


class CleanCurves(NamedTuple):
    """Curves after cleaning, the report of it, and the file they come from."""

    curves: "pd.DataFrame"
    report: "CleaningReport"
    path: Path


class Cleaning(NamedTuple):
    """What becomes of missing cells, of counts below the day before, and of curves that end early."""

    missing: Missing
    decreasing: Decreasing
    incomplete: Incomplete


class Shapes(NamedTuple):
    """What is clustered: the shapes of posts, or series as they stand.

    `curves` are those of all posts, `classes` the known ones of the shapes, missing where not known, or None.
    `cleaning` says what was done before, `summary` in one line; `noun` is what the rows of `shapes` are. Where posts
    have several `channels`, `curves` and `shapes` are those of the first, and `summary` has a line for each.
    """

    curves: "pd.DataFrame"
    shapes: "pd.DataFrame"
    classes: "pd.Series | None"
    cleaning: list[str]
    summary: str
    path: Path
    noun: Literal["shapes", "series"] = "shapes"
    channels: "Channels | None" = None

    @property
    def fitted(self) -> "pd.DataFrame | Floats":
        """Return what a clusterer is fitted on: the shapes, or those of all channels, weighted."""
        return self.shapes if self.channels is None else self.channels.weighted

    def prototypes_of(self, centers: "Floats") -> "Floats":
        """Return centres without weights: those of several channels are (n_clusters, n_channels, n_times)."""
        return centers if self.channels is None else self.channels.unweighted(centers)


def read_clean_curves(
    path: Path, id_column: str | None, *, missing: Missing, decreasing: Decreasing, incomplete: Incomplete
) -> CleanCurves:
    """Read and clean the curves of a file or a dataset folder; warn of a large loss."""
    from tsshape.data import clean_curves, find_table, read_curves

    table = find_table(path, "curves")
    curves = read_curves(table, id_column=id_column)
    with user_errors(f"{table}: "):
        curves, report = clean_curves(curves, missing=missing, decreasing=decreasing, incomplete=incomplete)
    warn_of_cleaning(report, str(table))
    return CleanCurves(curves, report, table)


def warn_of_cleaning(report: "CleaningReport", source: str) -> None:
    """Warn if cleaning cost more than a tenth of the posts or days, or so many counts are below the day before."""
    warn_of_decreases(report, source)
    if report.share_lost > WARNED_SHARE:
        what = "posts" if report.dropped_ids else "days"
        remedy = "" if report.incomplete_kept else "; see --incomplete"
        warn(f"{source}: {report.summary}: {report.share_lost:.0%} of the {what} are lost{remedy}")


def warn_of_decreases(report: "CleaningReport", source: str) -> None:
    """Warn if more than a tenth of the counts are below the day before."""
    if report.decreases > WARNED_SHARE * report.n_curves_out * report.n_times_out:
        warn(
            f"{source}: {report.decreases:,} counts are below the day before: curves are cumulative; for the views of "
            "each day see tsshape import --counts per-step"
        )


def read_shapes(
    path: Path,
    id_column: str | None,
    cleaning: Cleaning,
    *,
    z_normalize: bool = False,
    weights: "dict[str, float] | None" = None,
) -> Shapes:
    """Read what is to be clustered: of posts, curves are cleaned and divided by their maximum; series are left alone.

    A curve of zeros has no shape. Where channels have `weights`, these are read instead of the curves alone.
    """
    from tsshape.cli._channels import read_channel_shapes
    from tsshape.curves import split_scale_shape
    from tsshape.data import SERIES_ENDINGS

    if path.suffix.lower() in SERIES_ENDINGS:
        if weights is not None:
            raise DataError(f"--channels is for a dataset folder that has channels; {path} has series")
        return _read_series(path, id_column, z_normalize=z_normalize)
    if z_normalize:
        raise DataError(f"--z-normalize is for series of a .ts or .tsv file; {path} has posts, whose shapes are shares")
    if weights is not None:
        return read_channel_shapes(path, id_column, cleaning, weights)
    read = read_clean_curves(path, id_column, **cleaning._asdict())
    viewed = read.curves[read.curves.max(axis=1) > 0]
    if viewed.empty:
        raise DataError(f"{read.path}: no curve rises above 0: there is no shape to cluster")
    shapes, classes = split_scale_shape(viewed)[1], read_classes(path, id_column, viewed.index)
    return Shapes(read.curves, shapes, classes, str(read.report).splitlines(), read.report.summary, read.path)


def _read_series(path: Path, id_column: str | None, *, z_normalize: bool) -> Shapes:
    """Read series and their classes."""
    from tsshape.data import read_series

    if id_column is not None:
        raise DataError(f"--id-column: the series of {path} have no ids; their lines are numbered")
    series, classes = read_series(path)
    how = "z-normalised" if z_normalize else "as they stand"
    if z_normalize:
        # A constant series has no spread to divide by: it becomes 0.
        spread = series.std(axis=1, ddof=0)
        series = series.sub(series.mean(axis=1), axis=0).div(spread.where(spread > 0, 1.0), axis=0)
    summary = f"{len(series):,} series of {series.shape[1]:,} steps, {how}"
    known = None if classes is None or classes.isna().all() else classes
    return Shapes(series, series, known, [summary], summary, path, "series")


def read_features_of(
    path: Path, ids: "pd.Index", id_column: str | None, *, curves_path: Path
) -> "tuple[PostTable, pd.Index]":
    """Read the features of the posts that have curves, in their order, and the ids of all other posts of the table.

    It is refused if one of them is missing.
    """
    from tsshape._validation import describe_similar
    from tsshape.data import find_table, read_posts

    table = find_table(path, "features")
    posts = read_posts(table, id_column=id_column)
    missing = ids.difference(posts.features.index, sort=False)
    if len(missing):
        raise DataError(
            f"{table} lacks {len(missing)} ids of {curves_path}, the first of them {missing[0]!r}"
            f"{describe_similar(missing, posts.features.index)}"
        )
    return posts.take(ids), posts.features.index.difference(ids, sort=False)


def read_classes(path: Path, id_column: str | None, ids: "pd.Index") -> "pd.Series | None":
    """Return the known classes of posts of a dataset folder, missing where not known; None if none is."""
    from tsshape.data import find_table, read_posts

    if not path.is_dir() or not any(path.glob("features.*")):
        return None
    labels = read_posts(find_table(path, "features"), id_column=id_column).labels
    classes = None if labels is None else labels.reindex(ids)
    return None if classes is None or classes.isna().all() else classes


def describe_classes(classes: "pd.Series | None") -> dict[str, int] | None:
    """Return how many classes there are, and of how many curves they are known."""
    return None if classes is None else {"n_classes": int(classes.nunique()), "n_curves": int(classes.notna().sum())}


def last_days(curves: "pd.DataFrame") -> "IntArray":
    """Return the last day of each curve that has a count, 0 where none has; shape (n_curves,)."""
    import numpy as np

    days: IntArray = np.where(curves.isna(), 0, np.arange(1, curves.shape[1] + 1)).max(axis=1)
    return days


def name_of(path: Path) -> str:
    """Return the name of a file or folder, `.` included, for a title."""
    return path.name or path.resolve().name
