"""Reading what was known of posts at upload: features, and beside them author, time, class and part of a split."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import PathLike
from tsshape.data._calendar import add_calendar, drop_calendar
from tsshape.data._cells import parse_timestamps
from tsshape.data._features import FeatureKind, features_of
from tsshape.data._reading import read_table
from tsshape.data._tables import IdTable

SPLIT_PARTS = ("train", "test")


class PostTable(NamedTuple):
    """The features of posts, and what else a table of features says about them.

    Attributes
    ----------
    features : DataFrame of shape (n_posts, n_features)
        The other columns of the table.
    authors : Series of text of shape (n_posts,), or None
        The column `author`.
    posted : Series of datetime64 of shape (n_posts,), or None
        The column `posted`, in UTC without a time zone.
    labels : Series of text of shape (n_posts,), or None
        The column `label`: known classes.
    split : Series of shape (n_posts,), or None
        The column `split`: "train" or "test".

    Examples
    --------
    >>> from tsshape.data import PostTable
    >>> posts = PostTable(pd.DataFrame({"length": [12.0, 7.0]}, index=["a", "b"]), pd.Series(["mo", "li"], ["a", "b"]))
    >>> posts.take(["b"]).authors.to_dict()
    {'b': 'li'}
    >>> posts.to_frame().to_dict("index")["a"]
    {'length': 12.0, 'author': 'mo'}
    """

    features: pd.DataFrame
    authors: pd.Series | None = None
    posted: pd.Series | None = None
    labels: pd.Series | None = None
    split: pd.Series | None = None

    def take(self, ids: pd.Index) -> "PostTable":
        """Return the posts with some ids, in their order."""
        return PostTable(*(None if part is None else part.loc[ids] for part in self))

    def to_frame(self) -> pd.DataFrame:
        """Return all as one table, from which `read_posts` reads the same; it has no calendar of `posted`."""
        apart = {"author": self.authors, "posted": self.posted, "label": self.labels, "split": self.split}
        features = drop_calendar(self.features, self.posted)
        return features.assign(**{name: values for name, values in apart.items() if values is not None})


def read_posts(
    path: PathLike, *, id_column: str | None = None, kinds: Mapping[str, FeatureKind] | None = None
) -> PostTable:
    r"""Read a table of features, with its columns `author`, `posted`, `label` and `split` apart.

    Times of posting also become features: `posted_hour`, `posted_weekday` and `posted_yearday` as `calendar_features`
    makes them, in UTC. Left out are those that are the same for all posts or, if `kinds` is given, that it does not
    name; and those of which the table has a column itself (`PostedHour` is one).

    Parameters
    ----------
    path : path
        A `.csv`, `.csv.gz` or `.parquet` file as `read_features` describes it.
    id_column : str, optional
        The column that holds the ids; by default the first there is of `id`, `post_id` and `FlickrId`.
    kinds : mapping of str to {"number", "category", "text", "date"}, optional
        What columns are known to hold, as `TableEncoder.value_kinds_` says of those that a model was fitted on: a title
        1984 is then text. A column that is not named is taken for what its cells show, as in `read_features`. `author`,
        `posted`, `label` and `split` are features if they are named; an author that is text is then an author, too.

    Returns
    -------
    PostTable
        Features, authors, times of posting, classes and parts of a split; all but the features are None where the table
        has no such column.

    Raises
    ------
    DataError
        As `read_features`; and if a time of posting cannot be read, a part is not "train" or "test", or a cell is not
        what `kinds` says of its column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from tsshape.data import read_posts
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "features.csv"
    ...     _ = path.write_text("id,author,posted,title\na,007,2024-05-01,1984\n")
    ...     posts = read_posts(path, kinds={"title": "text"})
    >>> posts.authors["a"], posts.posted["a"].year, posts.features["title"].tolist()
    ('007', 2024, ['1984'])
    """
    posts = read_bare_posts(path, id_column=id_column, kinds=kinds)
    return posts._replace(features=add_calendar(posts.features, posts.posted, kinds))


def read_bare_posts(
    path: PathLike, *, id_column: str | None = None, kinds: Mapping[str, FeatureKind] | None = None
) -> PostTable:
    """Read a table of features as `read_posts` does, but without calendar features of the times of posting."""
    table = read_table(path).take_ids(id_column)
    table.check_unique()
    kinds = kinds or {}
    posted = None
    if "posted" in table.cells and "posted" not in kinds:
        posted = parse_timestamps(table.cells["posted"], table.where("posted")).set_axis(table.ids)
    return PostTable(
        features_of(table, kinds),
        _text(table, "author") if kinds.get("author", "text") == "text" else None,
        posted,
        None if "label" in kinds else _text(table, "label"),
        None if "split" in kinds else _split(table),
    )


def _text(table: IdTable, column: str) -> pd.Series | None:
    """Return a column of names, None if there is none."""
    return table.names(column).set_axis(table.ids) if column in table.cells else None


def _split(table: IdTable) -> pd.Series | None:
    """Return the part of the split that each post is in, None if the table does not say."""
    split = _text(table, "split")
    if split is None:
        return None
    bad = ~split.isin(SPLIT_PARTS).to_numpy()
    if bad.any():
        first = int(bad.argmax())
        found = "an empty cell" if pd.isna(split.iloc[first]) else quote(split.iloc[first])
        raise DataError(
            f"{table.where('split')(first)}: {found} where 'train' or 'test' is expected; rename the column if it is a"
            " feature"
        )
    return split
