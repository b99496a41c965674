"""Levels of quantiles, coverages of intervals, and the probabilities that lie between quantiles."""

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

import numpy as np

from tsshape._typing import FloatArray
from tsshape._validation import LARGEST
from tsshape.forecast._conformal import LEVELS

# Levels that differ by less are one: 1 - 2 * 0.05 is not 0.9 to the last bit.
_DIGITS = 12


def check_shares(values: float | Sequence[float], *, name: str) -> list[float]:
    """Return shares, one or several, as a list; each must lie between 0 and 1."""
    shares = _as_list(values)
    for share in shares:
        if not (_is_number(share) and 0 < share < 1):
            raise ValueError(f"{name} must be between 0 and 1; got {share!r}")
    if not shares:
        raise ValueError(f"{name} must be at least one number between 0 and 1; got none")
    return [float(share) for share in shares]


def check_counts(values: float | Sequence[float]) -> list[float]:
    """Return counts to pass, one or several, without repetition; each must be a finite number of at least 0."""
    counts = _as_list(values)
    for count in counts:
        if not (_is_number(count) and 0 <= count <= LARGEST):
            raise ValueError(f"above must be counts from 0 to {LARGEST:g}; got {count!r}")
    return list(dict.fromkeys(counts))


def _as_list(values: Any) -> list[Any]:
    """Return one value, or several, as a list."""
    return list(values) if isinstance(values, Iterable) and not isinstance(values, str) else [values]


def _is_number(value: Any) -> bool:
    """Return whether a value is a real number; True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def ends_of(coverage: float) -> tuple[float, float]:
    """Return the levels of the ends of the interval of a coverage."""
    return (1 - coverage) / 2, (1 + coverage) / 2


def as_end(level: float) -> float:
    """Return a level as the end of the interval that begins or ends at it, so that both are the same bits."""
    return ends_of(round(abs(1 - 2 * level), _DIGITS))[int(level > 0.5)]  # noqa: PLR2004 - the median


def probability_above(quantiles: FloatArray, above: Sequence[float] | FloatArray) -> FloatArray:
    """Return the probabilities that counts exceed each of `above`, which may differ by post; (n_posts, n_above).

    `quantiles` are those of each post at `LEVELS`, shape (n_posts, n_levels), ascending. Between two of them the
    distribution is even on the scale of log(1 + count); outside the outermost the probability is 1 or 0.
    """
    log, counts = np.log1p(quantiles), np.broadcast_to(above, (len(quantiles), np.shape(above)[-1]))
    rows, found = np.arange(len(log)), np.empty(counts.shape)
    for column, count in enumerate(counts.T):
        at = np.log1p(count)
        # A quantile that equals the count is not above it.
        n_below = (quantiles <= count[:, None]).sum(axis=1)
        right = np.clip(n_below, 1, len(LEVELS) - 1)
        left, width = log[rows, right - 1], log[rows, right] - log[rows, right - 1]
        share = np.divide(at - left, width, out=np.zeros(len(log)), where=width > 0)
        level = LEVELS[right - 1] + np.clip(share, 0.0, 1.0) * (LEVELS[right] - LEVELS[right - 1])
        found[:, column] = 1 - np.select([n_below == 0, n_below == len(LEVELS)], [0.0, 1.0], level)
    return found
