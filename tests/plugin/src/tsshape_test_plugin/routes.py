"""Metrics registered by decorator: a pair, a cost and a batch."""

import numpy as np

from tsshape.metrics import register_metric


@register_metric("weighted_gap", defaults={"power": 1.0, "offset": 0.0}, ranges={"power": (1.0, 4.0)})
def weighted_gap(x, y, params):
    """Sum of the gaps to a power, later steps counting more."""
    total = 0.0
    for i in range(len(x)):
        total += (i + 1.0 + params[1]) * abs(x[i] - y[i]) ** params[0]
    return total


@register_metric("huber_dtw", route="cost")
def huber(a, b):
    """Squared up to a gap of 1, linear beyond, without a branch."""
    gap = abs(a - b)
    small = min(gap, 1.0)
    return small * (gap - 0.5 * small)


@register_metric("largest_gap", route="batch")
def largest_gap(X, Y):
    """Greatest gap at any step."""
    return np.abs(X[:, None, :] - Y[None, :, :]).max(axis=2)
