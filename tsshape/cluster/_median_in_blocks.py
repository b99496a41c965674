"""Exact weighted medians of the clusters of curves in blocks, by counting digit after digit.

A median is no sum. But floats whose bits are read as whole numbers keep their order, and the weight of the values that
begin with each digit is a sum: one pass over the blocks finds one more digit of the medians of all clusters and steps.
"""

from typing import Any

import numpy as np

from tsshape._blocks import Blocks, Kept
from tsshape._typing import FloatArray, Floats, IntArray

# Bits that a pass finds: 256 weights for each value of each centre are added up.
BITS = 8
# A rounding error in the sum of the weights must not decide between one middle value and two, as in memory.
SLACK = 1e-12


def weighted_medians(blocks: Blocks, labels: Kept, weights: Kept, centers: Floats) -> Floats:
    """Return the weighted median of each step of each cluster: the mean of two values if half is on each side.

    A cluster without any weight keeps its centre.
    """
    wide = 8 * centers.dtype.itemsize
    flat = (len(centers), int(np.prod(centers.shape[1:])))
    found, below = np.zeros(flat, _words(centers.dtype)), np.zeros(flat)
    half = slack = at = np.zeros(flat)
    for shift in range(wide - BITS, -1, -BITS):
        (weight_of,) = blocks.sum(weigh_digits, found, shift, along=[labels, weights])
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
        above = np.min(blocks.map(least_above, found, along=[labels, weights]), axis=0)
        high[two] = _floats(above, centers.dtype).astype(np.float64)[two]
    medians = np.where(low == high, low, low / 2 + high / 2)
    kept = np.where(half > 0, medians, centers.reshape(flat))
    return kept.astype(centers.dtype).reshape(centers.shape)


def weigh_digits(X: Floats, found: Any, shift: int, labels: IntArray, weights: Any) -> tuple[FloatArray]:
    """Return the weight of the values of a block by cluster, step and next digit, of those with the digits found."""
    words, owners = _as_words(X), labels.astype(np.int64)
    digits = ((words >> words.dtype.type(shift)) & words.dtype.type(2**BITS - 1)).astype(np.int64)
    cells = (owners[:, None] * words.shape[1] + np.arange(words.shape[1])) << BITS | digits
    shares = np.broadcast_to((np.ones(len(X)) if weights is None else weights)[:, None], words.shape)
    if shift + BITS < 8 * words.dtype.itemsize:
        known = words.dtype.type(shift + BITS)
        match = (words >> known) == (found[owners] >> known)
        cells, shares = cells[match], shares[match]
    counted: Any = np.bincount(cells.ravel(), weights=shares.ravel(), minlength=found.size << BITS)
    return (counted.reshape(*found.shape, 2**BITS),)


def least_above(X: Floats, found: Any, labels: IntArray, weights: Any) -> Any:
    """Return the least value of a block above each one found, as whole numbers; the greatest of these where none is."""
    words = _as_words(X)
    least = np.full(found.shape, np.iinfo(words.dtype).max, words.dtype)
    above = words > found[labels]
    if weights is not None:
        above &= (weights > 0)[:, None]
    for cluster in np.unique(labels):
        rows = labels == cluster
        least[cluster] = np.where(above[rows], words[rows], least[cluster]).min(axis=0)
    return least


def _words(dtype: np.dtype[Any]) -> Any:
    """Return the whole numbers as wide as the floats."""
    return np.dtype(f"u{dtype.itemsize}")


def _as_words(X: Floats) -> Any:
    """Return the values of curves, (n_curves, n_values), as whole numbers in the same order."""
    # Adding 0 turns -0, which equals 0, into 0.
    bits = (X.reshape(len(X), -1) + X.dtype.type(0)).view(_words(X.dtype))
    sign = bits.dtype.type(1 << (8 * bits.itemsize - 1))
    return np.where(bits & sign, ~bits, bits | sign)


def _floats(words: Any, dtype: np.dtype[Any]) -> Floats:
    """Return the floats that whole numbers stand for."""
    sign = words.dtype.type(1 << (8 * words.itemsize - 1))
    floats: Floats = np.where(words & sign, words ^ sign, ~words).astype(words.dtype).view(dtype)
    return floats
