"""How posts are divided into a training and a test part."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit

from tsshape._errors import DataError
from tsshape._typing import IntArray
from tsshape.bench._rolling import known_times, rolling_windows, test_start
from tsshape.bench._suite import MIN_POSTS, Suite
from tsshape.data import EngagementDataset


class Split(NamedTuple):
    """One split.

    Attributes
    ----------
    run, seed : int
        Its number, and the seed of the models.
    train, test : array of int
        Positions of the training and of the test posts.
    seen : array of int of shape (n_train,), or None
        For how many steps each training post had been seen when the models are fitted, at least 1; None if all are
        complete.
    dated : bool
        Whether the models are told when posts went up, so that they calibrate on the latest. Test posts of a random
        split are no later than the training posts.
    """

    run: int
    seed: int
    train: IntArray
    test: IntArray
    seen: IntArray | None = None
    dated: bool = False


def splits(suite: Suite, dataset: EngagementDataset) -> Iterator[Split]:
    """Yield the splits of `dataset` that `suite` asks for.

    `random` draws posts; `author` draws authors, so that no author is in both parts (a post of an unknown author counts
    as an author of its own); `time` tests on the latest posts, which is one split; `rolling` trains on what was known
    on a day, posts still running included, as `rolling_windows` says; `predefined` is the published division of the
    dataset, again in each run, with another seed of the models.

    Raises
    ------
    DataError
        If there are fewer than `MIN_POSTS` posts, or fewer training posts than `n_train`, or the authors, times or
        division that the split needs are missing.
    """
    if len(dataset.curves) < MIN_POSTS:
        raise DataError(
            f"{dataset.name}: a benchmark needs at least {MIN_POSTS} posts; there are {len(dataset.curves)}"
        )
    divide = {
        "random": _by_groups,
        "author": _by_groups,
        "time": _by_time,
        "rolling": _rolling,
        "predefined": _predefined,
    }
    for split in divide[suite.split](suite, dataset):
        yield split if suite.n_train is None else _draw(split, suite.n_train, dataset.name)


def run_seed(suite: Suite, run: int) -> int:
    """Return the seed of one run, different for each run and for suites with neighbouring seeds."""
    return int(np.random.SeedSequence([suite.seed, run]).generate_state(1)[0] >> 1)


def _draw(split: Split, n_train: int, name: str) -> Split:
    """Return a split with some of its training posts; those of a smaller number are among those of a larger one."""
    if n_train > len(split.train):
        raise DataError(f"{name}: n_train is {n_train:,}; run {split.run} has {len(split.train):,} training posts")
    drawn = np.sort(np.random.default_rng(split.seed).permutation(len(split.train))[:n_train])
    return split._replace(train=split.train[drawn], seen=None if split.seen is None else split.seen[drawn])


def _by_groups(suite: Suite, dataset: EngagementDataset) -> Iterator[Split]:
    """Draw posts, or authors, of all runs."""
    groups = _authors(dataset) if suite.split == "author" else None
    for run in range(suite.n_runs):
        seed = run_seed(suite, run)
        splitter = ShuffleSplit if groups is None else GroupShuffleSplit
        drawn = splitter(1, test_size=suite.test_size, random_state=seed)
        train, test = next(drawn.split(dataset.curves.index, groups=groups))
        yield Split(run, seed, np.sort(train), np.sort(test), dated=groups is not None)


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


def _by_time(suite: Suite, dataset: EngagementDataset) -> Iterator[Split]:
    """Split at the latest time from which on there are enough posts to test on."""
    posted = known_times(dataset)
    start = test_start(posted, suite.test_size)
    test = (posted >= start).to_numpy()
    if test.all():
        raise DataError(f"{dataset.name}: no post is earlier than the test part, which begins at {start}")
    yield Split(0, run_seed(suite, 0), np.flatnonzero(~test), np.flatnonzero(test), dated=True)


def _rolling(suite: Suite, dataset: EngagementDataset) -> Iterator[Split]:
    """Number the windows of a rolling split."""
    for run, window in enumerate(rolling_windows(suite, dataset)):
        yield Split(run, run_seed(suite, run), window.train, window.test, window.seen, dated=True)


def _predefined(suite: Suite, dataset: EngagementDataset) -> Iterator[Split]:
    """Repeat the division that the dataset names, with a seed for each run."""
    if dataset.split is None:
        raise DataError(f"{dataset.name}: a predefined split needs the column 'split' in the features")
    is_test = (dataset.split == "test").to_numpy()
    if not 0 < is_test.sum() < len(is_test):
        raise DataError(f"{dataset.name}: all posts are in one part; a predefined split needs 'train' and 'test'")
    for run in range(suite.n_runs):
        yield Split(run, run_seed(suite, run), np.flatnonzero(~is_test), np.flatnonzero(is_test))
