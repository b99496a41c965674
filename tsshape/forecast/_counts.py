"""Counts from their logarithms, none beyond what a curve may hold: trees add up to more than they were taught."""

import numpy as np

from tsshape._typing import FloatArray
from tsshape._validation import LARGEST

LOG_LARGEST = np.log(LARGEST)


def as_counts(log_counts: FloatArray) -> FloatArray:
    """The counts of which `log_counts` are the logarithms of 1 + them."""
    counts: FloatArray = np.minimum(np.expm1(np.minimum(log_counts, LOG_LARGEST)), LARGEST)
    return counts


def grown(base: FloatArray, growth: FloatArray) -> FloatArray:
    """`base`, at least 1, times exp(growth)."""
    counts: FloatArray = base * np.exp(np.minimum(growth, LOG_LARGEST - np.log(base)))
    return np.minimum(counts, LARGEST)
