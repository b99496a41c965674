"""Exact weighted medians of the clusters of curves in blocks, by counting digit after digit.

A median is no sum. But floats whose bits are read as whole numbers keep their order, and the weight of the values that
begin with each digit is a sum: one pass over the blocks finds one more digit of the medians of all clusters and steps.
"""

from typing import Any, NamedTuple

import numpy as np

from tsshape._blocks import Blocks, Kept
from tsshape._typing import FloatArray, Floats, IntArray

# Bits that a pass finds: 256 weights for each value of each centre are added up.
BITS = 8
# A rounding error in the sum of the weights must not decide between one middle value and two, as in memory.
SLACK = 1e-12
# Most weights that a block returns, 16 MB: of more values of centres, those of some clusters are sought at a time.
MOST_WEIGHTS = 2**21


class Sought(NamedTuple):
    """The medians of the clusters from `first` on, whole numbers of which the leading digits are found."""

    words: Any
    first: int


def weighted_medians(blocks: Blocks, labels: Kept, weights: Kept, centers: Floats) -> Floats:
    """Return the weighted median of each step of each cluster: the mean of two values if half is on each side.

    A cluster without any weight keeps its centre.
    """
    size = max(1, MOST_WEIGHTS // (centers[0].size << BITS))
    starts = range(0, len(centers), size)
    return np.concatenate([_medians(blocks, labels, weights, centers[at : at + size], at) for at in starts])


def _medians(blocks: Blocks, labels: Kept, weights: Kept, centers: Floats, first: int) -> Floats:
    """Return the medians of the clusters from `first` on, whose centres are given."""
    wide = 8 * centers.dtype.itemsize
    flat = (len(centers), int(np.prod(centers.shape[1:])))
    found, below = np.zeros(flat, _words(centers.dtype)), np.zeros(flat)
    half = slack = at = np.zeros(flat)
    for shift in range(wide - BITS, -1, -BITS):
        (weight_of,) = blocks.sum(weigh_digits, Sought(found, first), shift, along=[labels, weights])
        if shift == wide - BITS:
            total = weight_of.sum(axis=-1)
            half, slack = total / 2, SLACK * total
        sums = below[..., None] + weight_of.cumsum(axis=-1)
        digit = (sums >= (half - slack)[..., None]).argmax(axis=-1)
        at = np.take_along_axis(weight_of, digit[..., None], axis=-1)[..., 0]
        below = np.take_along_axis(sums, digit[..., None], axis=-1)[..., 0] - at
        found |= digit.astype(found.dtype) << found.dtype.type(shift)
    low = _floats(found, centers.dtype).astype(np.float64)
    high = low.copy()
    two = (half > 0) & ~(below + at > half + slack)
    if two.any():
        above = np.min(blocks.map(least_above, Sought(found, first), along=[labels, weights]), axis=0)
        high[two] = _floats(above, centers.dtype).astype(np.float64)[two]
    medians = np.where(low == high, low, low / 2 + high / 2)
    kept = np.where(half > 0, medians, centers.reshape(flat))
    return kept.astype(centers.dtype).reshape(centers.shape)


def weigh_digits(X: Floats, sought: Sought, shift: int, labels: IntArray, weights: Any) -> tuple[FloatArray]:
    """Return the weight of the values of a block by cluster, step and next digit, of those with the digits found."""
    found = sought.words
    words, owners, share = _of_clusters(X, labels, weights, sought)
    digits = ((words >> words.dtype.type(shift)) & words.dtype.type(2**BITS - 1)).astype(np.int64)
    cells = (owners[:, None] * words.shape[1] + np.arange(words.shape[1])) << BITS | digits
    shares = np.broadcast_to(share[:, None], words.shape)
    if shift + BITS < 8 * words.dtype.itemsize:
        known = words.dtype.type(shift + BITS)
        match = (words >> known) == (found[owners] >> known)
        cells, shares = cells[match], shares[match]
    counted: Any = np.bincount(cells.ravel(), weights=shares.ravel(), minlength=found.size << BITS)
    return (counted.reshape(*found.shape, 2**BITS),)


def least_above(X: Floats, sought: Sought, labels: IntArray, weights: Any) -> Any:
    """Return the least value of a block above each one found, as whole numbers; the greatest of these where none is."""
    found = sought.words
    words, owners, share = _of_clusters(X, labels, weights, sought)
    least = np.full(found.shape, np.iinfo(words.dtype).max, words.dtype)
    above = (words > found[owners]) & (share > 0)[:, None]
    for cluster in np.unique(owners):
        rows = owners == cluster
        least[cluster] = np.where(above[rows], words[rows], least[cluster]).min(axis=0)
    return least


def _of_clusters(X: Floats, labels: IntArray, weights: Any, sought: Sought) -> tuple[Any, IntArray, FloatArray]:
    """Return the values, as whole numbers, the clusters, from 0 on, and the weights of the curves of some clusters."""
    owners = labels.astype(np.int64) - sought.first
    rows = np.flatnonzero((owners >= 0) & (owners < len(sought.words)))
    share = np.ones(len(rows)) if weights is None else weights[rows]
    return _as_words(X[rows]), owners[rows], share


def _words(dtype: np.dtype[Any]) -> Any:
    """Return the whole numbers as wide as the floats."""
    return np.dtype(f"u{dtype.itemsize}")


def _as_words(X: Floats) -> Any:
    """Return the values of curves, (n_curves, n_values), as whole numbers in the same order."""
    # Adding 0 turns -0, which equals 0, into 0.
    bits = (X.reshape(len(X), int(np.prod(X.shape[1:]))) + X.dtype.type(0)).view(_words(X.dtype))
    sign = bits.dtype.type(1 << (8 * bits.itemsize - 1))
    return np.where(bits & sign, ~bits, bits | sign)


def _floats(words: Any, dtype: np.dtype[Any]) -> Floats:
    """Return the floats that whole numbers stand for."""
    sign = words.dtype.type(1 << (8 * words.itemsize - 1))
    floats: Floats = np.where(words & sign, words ^ sign, ~words).astype(words.dtype).view(dtype)
    return floats
