"""Counts from their logarithms, limited to what a curve may hold: trees can extrapolate beyond their training data."""

import numpy as np

from tsshape._typing import FloatArray
from tsshape._validation import LARGEST

LOG_LARGEST = np.log(LARGEST)


def as_counts(log_counts: FloatArray) -> FloatArray:
    """Return counts, given log(1 + count)."""
    counts: FloatArray = np.minimum(np.expm1(np.minimum(log_counts, LOG_LARGEST)), LARGEST)
    return counts


def grown(base: FloatArray, growth: FloatArray) -> FloatArray:
    """Return `base`, at least 1, times exp(growth)."""
    counts: FloatArray = base * np.exp(np.minimum(growth, LOG_LARGEST - np.log(base)))
    return np.minimum(counts, LARGEST)
