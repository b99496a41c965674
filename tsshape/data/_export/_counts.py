"""Whether counts are cumulative or of each step, and what looks odd about them."""

import numpy as np
import pandas as pd

from tsshape._choices import Counts
from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray
from tsshape.data._export._samples import Samples

# Counts that fall in more than a tenth of the steps of most posts are hardly cumulative.
_FALLING_STEPS = 0.1


def decide_counts(samples: Samples, explicit: Counts | None, source: str) -> Counts:
    """Return what an option says, or "cumulative" unless the counts fall nearly everywhere.

    Raises
    ------
    DataError
        If no option decides, and most posts have counts that fall in more than a tenth of their steps.
    """
    if explicit is not None:
        return explicit
    falls, steps = falling_steps(samples, samples.views)
    several = steps > 1
    odd = falls[several] > _FALLING_STEPS * steps[several]
    if odd.sum() * 2 > max(several.sum(), 1):
        raise DataError(
            f"{source}: the counts of {odd.sum()} of {several.sum()} posts fall in more than a tenth of their steps."
            " These look like views of each day: say --counts per-step, or --counts cumulative if they are not"
        )
    return "cumulative"


def falling_steps(samples: Samples, values: FloatArray) -> tuple[IntArray, IntArray]:
    """Return how many steps between samples fall, and how many there are, for each post; samples are sorted."""
    together = np.diff(samples.post) == 0
    falls = together & (np.diff(values) < 0)
    falling, all_steps = (
        np.bincount(samples.post[1:][flags], minlength=len(samples.ids)) for flags in (falls, together)
    )
    return falling, all_steps


def add_up(samples: Samples) -> Samples:
    """Return counts of each step as cumulative ones; samples are sorted, a missing count is 0."""

    def running(values: FloatArray) -> FloatArray:
        # Post by post: a difference of sums over all posts would round the small ones.
        sums: FloatArray = pd.Series(np.nan_to_num(values)).groupby(samples.post).cumsum().to_numpy()
        return sums

    return samples._replace(counts={name: running(values) for name, values in samples.counts.items()})
