"""`tsshape rank`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from tsshape._errors import DataError, list_names
from tsshape.cli import _table_form as table_form
from tsshape.cli._say import MOST_NAMES, say, say_json, warn

if TYPE_CHECKING:
    import pandas as pd

# The day at which posts are compared is the last that so large a share of them has.
COMMON_SHARE = 0.9


class Counts(NamedTuple):
    """The curves up to one day, of the posts that have it, and how many counts of that day were interpolated."""

    day: int
    curves: "pd.DataFrame"
    n_interpolated: int


def rank(
    dataset_folder: Annotated[Path, typer.Argument(help="A folder with curves.* and features.*, or the SPID tables.")],
    *,
    target: Annotated[
        Literal["scale", "log-scale"],
        typer.Option(help="What the features are to predict; log-scale gives the few great posts less weight in PPS."),
    ] = "scale",
    day: Annotated[
        int | None, typer.Option(min=1, help="The day whose counts are compared; by default the last that 90 % have.")
    ] = None,
    both_directions: Annotated[bool, typer.Option(help="Also how well the target predicts each feature.")] = False,
    latex: table_form.Latex = False,
    csv: table_form.Csv = False,
    as_json: table_form.JsonRows = False,
) -> None:
    """Rank features by Spearman's correlation and PPS, and mark those that may have been taken after upload."""
    import numpy as np

    from tsshape.cli._tables import Titled, print_tables, rows_of
    from tsshape.data import load_dataset
    from tsshape.features import FEWEST_POSTS, LATE_COLUMN, RANKING_COLUMNS, find_late_features, rank_features

    form = table_form.choose_form(latex=latex, csv=csv, as_json=as_json)
    dataset = load_dataset(dataset_folder)
    if not len(dataset.features.columns):
        raise DataError(f"{dataset_folder} has no features to rank: it has no table features.*, or one of ids alone")
    found = _counts(dataset.curves, day, dataset_folder)
    counts = found.curves[found.day]
    values = np.log1p(counts) if target == "log-scale" else counts
    features = dataset.features.loc[values.index]
    authors, posted = (None if of is None else of[values.index] for of in (dataset.authors, dataset.posted))
    late = find_late_features(features, found.curves, authors=authors, posted=posted)
    ranking = rank_features(features, values, both_directions=both_directions)
    ranking = ranking.join(late).rename_axis("feature")
    n_posts, n_left = len(dataset.curves), len(dataset.curves) - len(values)
    if day is not None and n_left > (1 - COMMON_SHARE) * n_posts:
        warn(f"{dataset_folder}: {n_left:,} of {n_posts:,} posts end before day {day} and are left out; see --day")
    if form == "json":
        say_json(rows_of(ranking.assign(day=found.day)))
        return
    if form == "text":
        _print_notes(ranking, found, n_left)
        if len(values) < FEWEST_POSTS:
            return
    title = f"{dataset.name}: what predicts the {target} on day {found.day}"
    print_tables({"ranking": Titled(title, ranking, (*RANKING_COLUMNS, LATE_COLUMN))}, form)


def _print_notes(ranking: "pd.DataFrame", found: Counts, n_left: int) -> None:
    """Print what was compared, and what stands against the ranking."""
    from tsshape.features import FEWEST_POSTS

    n_posts = len(found.curves)
    say(f"compared    on day {found.day}: {n_posts:,} posts; {n_left:,} that end before are left out")
    if found.n_interpolated:
        say(f"cleaning    {found.n_interpolated:,} missing counts of that day interpolated")
    if n_posts < FEWEST_POSTS:
        say(f"no ranking  {n_posts} posts are too few to say which features matter: it takes {FEWEST_POSTS} or more")
        return
    few = ranking.index[ranking["n"] < FEWEST_POSTS]
    if len(few):
        say(f"not scored  fewer than {FEWEST_POSTS} posts have {list_names(few, MOST_NAMES)}")
    for name, reason in ranking["reason"].dropna().items():
        say(f"late?       {name} may have been taken later: {reason}")


def _counts(curves: "pd.DataFrame", day: int | None, path: Path) -> Counts:
    """Return the curves up to a day; without one, up to the last day that nine tenths of the posts have."""
    import numpy as np

    from tsshape.cli._posts import last_days
    from tsshape.data import clean_curves

    ages = last_days(curves)
    if not ages.any():
        raise DataError(f"{path}: no post has a count: there is nothing to compare")
    if day is None:
        day = max(int(np.sort(ages)[::-1][int(np.ceil(COMMON_SHARE * len(ages))) - 1]), 1)
    old_enough = ages >= day
    if not old_enough.any():
        raise DataError(f"{path}: no post has a day {day}; the oldest has {ages.max()}: choose a smaller --day")
    cleaned, _ = clean_curves(curves[old_enough], incomplete="truncate")
    return Counts(day, cleaned.loc[:, :day], int(curves.loc[old_enough, day].isna().sum()))
