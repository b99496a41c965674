"""Simulated posts: the four tables of the SPID challenge, and the dataset that they make."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._files import atomic_path
from tsshape._typing import PathLike
from tsshape.data._dataset import EngagementDataset
from tsshape.data._simulator._curves import draw_families, draw_shapes
from tsshape.data._simulator._tables import (
    draw_authors,
    draw_headers,
    draw_images,
    draw_scale_scores,
    draw_users,
    repeat_headers,
    repeat_users,
    scales,
    shape_drivers,
)
from tsshape.data._simulator._text import TOPICS
from tsshape.data._spid import SPID_FILES, join_spid_tables


class SpidTables(NamedTuple):
    """The four tables of the SPID challenge, with the columns of its files.

    Attributes
    ----------
    headers : DataFrame
        The author of each post and the time of posting, in unix seconds; some rows appear twice.
    images : DataFrame
        The features of each post that are known at upload.
    users : DataFrame
        The features of authors and of users without posts; of a user's rows the last one is valid.
    popularity : DataFrame
        Cumulative views at the end of each day.
    """

    headers: pd.DataFrame
    images: pd.DataFrame
    users: pd.DataFrame
    popularity: pd.DataFrame


def simulate_spid(
    n_posts: int = 2000, *, n_times: int = 30, random_state: int | np.random.Generator | None = None
) -> EngagementDataset:
    """Simulate posts with features and engagement curves, as `load_spid` would read them.

    The data are SIMULATED: `simulate_spid_tables` says which published numbers they agree with.

    Parameters
    ----------
    n_posts : int
        Number of posts, at least 1.
    n_times : int
        Number of days of each curve, at least 1. The shapes are stretched over them.
    random_state : int, numpy Generator or None
        The same seed gives the same data.

    Returns
    -------
    EngagementDataset
        Curves of shape (n_posts, n_times) in views, features, authors and times of posting.

    Raises
    ------
    ValueError
        If `n_posts` or `n_times` is less than 1.

    Examples
    --------
    >>> from tsshape import simulate_spid
    >>> dataset = simulate_spid(100, random_state=0)
    >>> dataset.curves.shape
    (100, 30)
    """
    tables = simulate_spid_tables(n_posts, n_times=n_times, random_state=random_state)
    return join_spid_tables(*tables, name="simulated SPID")


def simulate_spid_tables(
    n_posts: int = 2000, *, n_times: int = 30, random_state: int | np.random.Generator | None = None
) -> SpidTables:
    """Simulate tables with the schema of the SPID challenge.

    The data are SIMULATED. They are calibrated to the challenge's tables [1]_ and to the numbers published about
    them [2]_: the schema, the shares of missing values, the numbers of users and of their repeated rows, the rank
    correlations of MeanViews (0.77) and GroupsCount (0.56) with the scale, and a heavy tail. Everything else is
    invented: the other correlations, the families of shapes and the features that favour each, the words, places and
    cameras. Nothing learned from these tables holds for real images.

    Parameters
    ----------
    n_posts : int
        Number of posts, at least 1.
    n_times : int
        Number of days of each curve, at least 1. The shapes are stretched over them.
    random_state : int, numpy Generator or None
        The same seed gives the same tables.

    Returns
    -------
    SpidTables
        The tables `headers`, `images`, `users` and `popularity`.

    Raises
    ------
    ValueError
        If `n_posts` or `n_times` is less than 1.

    References
    ----------
    .. [1] A. Ortis, G. M. Farinella, S. Battiato, "Predicting Social Image Popularity Dynamics at Time Zero",
       IEEE Access 7, 2019.
    .. [2] A. Dutta, F. A. Barbhuiya, "Predicting Popularity of Images Over 30 Days", arXiv 2108.01326, 2021.

    Examples
    --------
    >>> from tsshape.data import simulate_spid_tables
    >>> tables = simulate_spid_tables(100, n_times=3, random_state=0)
    >>> list(tables.popularity.columns)
    ['FlickrId', 'Day01', 'Day02', 'Day03']
    """
    for name, value in (("n_posts", n_posts), ("n_times", n_times)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1; got {value}")
    rng = np.random.default_rng(random_state)
    reach, users = draw_users(n_posts, rng)
    author = draw_authors(n_posts, len(users), rng)
    scale_score = draw_scale_scores(reach[author], rng)
    topic = rng.choice(TOPICS, n_posts)
    headers = draw_headers(users["UserId"].iloc[author], rng)
    images = draw_images(headers["FlickrId"], author, scale_score, topic, rng)

    family = draw_families(shape_drivers(headers, images, users.iloc[author]), topic, rng)
    views = scales(scale_score)[:, np.newaxis] * draw_shapes(family, n_times, rng)
    popularity = pd.DataFrame(views.round(3), columns=[f"Day{day:02d}" for day in range(1, n_times + 1)])
    popularity.insert(0, "FlickrId", headers["FlickrId"])
    return SpidTables(repeat_headers(headers, rng), images, repeat_users(users, n_posts, rng), popularity)


def write_spid_tables(tables: SpidTables, folder: PathLike) -> None:
    """Write the four CSV files of the SPID challenge, which `load_spid` reads.

    Parameters
    ----------
    tables : SpidTables
        The tables; their numbers can be read back exactly.
    folder : path
        The folder, which is made if it does not exist; files of the same names are replaced, each one whole.

    Examples
    --------
    >>> import tempfile
    >>> from tsshape.data import simulate_spid_tables, write_spid_tables
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_spid_tables(simulate_spid_tables(100, random_state=0), folder)
    ...     len(list(Path(folder).iterdir()))
    4
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in zip(SPID_FILES, tables, strict=True):
        with atomic_path(folder / name) as temporary:
            table.to_csv(temporary, index=False, encoding="utf-8", lineterminator="\n")
