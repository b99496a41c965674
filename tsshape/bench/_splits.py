"""How posts are divided into a training and a test part."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit

from tsshape._errors import DataError
from tsshape._typing import IntArray
from tsshape.bench._suite import Suite
from tsshape.data import EngagementDataset

# So that both parts have enough posts, to fit and to score.
MIN_POSTS = 20


class Split(NamedTuple):
    """One split: positions of the training and test posts, and the seed of the models."""

    run: int
    seed: int
    train: IntArray
    test: IntArray


def splits(suite: Suite, dataset: EngagementDataset) -> Iterator[Split]:
    """Yield the splits of `dataset` that `suite` asks for.

    `random` draws posts; `author` draws authors, so that no author is in both parts (a post of an unknown author counts
    as an author of its own); `time` tests on the latest posts, which is one split.

    Raises
    ------
    DataError
        If there are fewer than `MIN_POSTS` posts, or the authors or times that the split needs are missing.
    """
    if len(dataset.curves) < MIN_POSTS:
        raise DataError(
            f"{dataset.name}: a benchmark needs at least {MIN_POSTS} posts; there are {len(dataset.curves)}"
        )
    if suite.split == "time":
        train, test = _by_time(suite, dataset)
        yield Split(0, run_seed(suite, 0), train, test)
        return
    groups = _authors(dataset) if suite.split == "author" else None
    for run in range(suite.n_runs):
        seed = run_seed(suite, run)
        splitter = ShuffleSplit if groups is None else GroupShuffleSplit
        drawn = splitter(1, test_size=suite.test_size, random_state=seed)
        train, test = next(drawn.split(dataset.curves.index, groups=groups))
        yield Split(run, seed, np.sort(train), np.sort(test))


def run_seed(suite: Suite, run: int) -> int:
    """Return the seed of one run, different for each run and for suites with neighbouring seeds."""
    return int(np.random.SeedSequence([suite.seed, run]).generate_state(1)[0] >> 1)


def _authors(dataset: EngagementDataset) -> IntArray:
    """Return the author of each post as a number."""
    if dataset.authors is None:
        raise DataError(f"{dataset.name}: a split by author needs the column 'author' in the features")
    codes, authors = dataset.authors.factorize()
    unknown = codes < 0
    codes[unknown] = len(authors) + np.arange(unknown.sum())
    if len(np.unique(codes)) == 1:
        raise DataError(f"{dataset.name}: all posts have one author; a split by author needs at least two")
    return np.asarray(codes, dtype=np.int64)


def _by_time(suite: Suite, dataset: EngagementDataset) -> tuple[IntArray, IntArray]:
    """Split at the latest time from which on there are enough posts to test on."""
    if dataset.posted is None:
        raise DataError(f"{dataset.name}: a split by time needs the column 'posted' in the features")
    posted = dataset.posted
    if posted.isna().any():
        raise DataError(
            f"{dataset.name}: a split by time needs all times; id {posted.index[posted.isna()][0]!r} has none"
        )
    start = posted.sort_values(ascending=False).iloc[int(np.ceil(suite.test_size * len(posted))) - 1]
    test = (posted >= start).to_numpy()
    if test.all():
        raise DataError(f"{dataset.name}: no post is earlier than the test part, which begins at {start}")
    return np.flatnonzero(~test), np.flatnonzero(test)
