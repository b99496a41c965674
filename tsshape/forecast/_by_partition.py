"""Forecasts of posts in partitions, and a sample of them to fit on."""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

from sklearn.utils import check_random_state

from tsshape._blocks import as_blocks, draw_rows, is_in_blocks
from tsshape._errors import DataError
from tsshape._logging import LOGGER
from tsshape._partitions import as_partitions, is_in_partitions
from tsshape._typing import IntArray, RandomState

# Of posts in partitions, a forecaster is fitted on so many at most: minutes on two cores, and what fits into memory.
SAMPLE = 200_000
# Numbers of rows that a message lists.
_MOST_SHOWN = 5

_P = ParamSpec("_P")
_R = TypeVar("_R")


def by_partition(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Have a method of a forecaster also take tables in partitions, of which it returns such tables."""

    @wraps(method)
    def answer(self: Any, features: Any, *args: Any, **options: Any) -> Any:
        if not is_in_partitions(features):
            return cast("Any", method)(self, features, *args, **options)
        given = {name: options.pop(name, None) for name in ("observed", "authors")}
        along = {name: table for name, table in given.items() if table is not None}
        # A task has one thread.
        single = copy(self).set_params(n_jobs=1)
        return as_partitions(features).lazy(_answer, single, method.__name__, args, options, along=along)

    return cast("Callable[_P, _R]", answer)


def _answer(
    features: Any, forecaster: Any, method: str, args: tuple[Any, ...], options: dict[str, Any], **known: Any
) -> Any:
    """Return what a method of a forecaster returns for one partition."""
    return getattr(forecaster, method)(features, *args, **known, **options)


class Posts(NamedTuple):
    """What a forecaster is fitted on."""

    features: Any
    curves: Any
    authors: Any
    posted: Any


def draw_posts(posts: Posts, random_state: RandomState) -> Posts:
    """Return posts in partitions in memory: all, or a sample that is drawn evenly over the partitions."""
    n_rows = as_partitions(posts.features).count()
    n_posts = sum(n_rows)
    rows = draw_rows(n_posts, SAMPLE, check_random_state(random_state))
    if len(rows) < n_posts:
        LOGGER.info("fitting on %s of %s posts, drawn evenly over the partitions", f"{len(rows):,}", f"{n_posts:,}")
    return Posts(*(_take(values, name, rows, n_rows) for name, values in posts._asdict().items()))


def _take(values: Any, name: str, rows: IntArray, n_rows: list[int]) -> Any:
    """Return some rows of a table in the partitions of the features, or of an array in blocks."""
    if values is None:
        return None
    if is_in_partitions(values):
        table = as_partitions(values)
        found = n_rows if name == "features" else table.count()
        if found != n_rows:
            raise DataError(
                f"{name} must have the posts of the features in the same partitions: these have {_spell(n_rows)} posts "
                f"in them, {name} {_spell(found)}"
            )
        return table.take(rows, n_rows)
    if name == "curves" and is_in_blocks(values):
        blocks = as_blocks(values)
        if sum(blocks.n_rows) != sum(n_rows):
            raise DataError(f"there are {sum(blocks.n_rows):,} curves for {sum(n_rows):,} posts")
        return blocks.take(rows)
    raise DataError(f"{name} must be in partitions, as the features are; got {type(values).__name__}")


def _spell(n_rows: list[int]) -> str:
    """Return the first numbers of rows."""
    return ", ".join(map(str, n_rows[:_MOST_SHOWN])) + (", …" if len(n_rows) > _MOST_SHOWN else "")
