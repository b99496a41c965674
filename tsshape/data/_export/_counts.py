"""Whether counts are cumulative or of each step, and what looks odd about them."""

import numpy as np

from tsshape._choices import Counts
from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray
from tsshape.data._export._roles import is_total
from tsshape.data._export._samples import Samples

# Counts that fall in more than a tenth of the steps of most posts are hardly cumulative.
_FALLING_STEPS = 0.1
# Of sums that are rounded, as of shares.
_SUM_TOLERANCE = 1e-3


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
            f"{source}: the counts of {odd.sum()} of {several.sum()} posts fall in more than a tenth of their steps. These"
            " look like views of each day: say --counts per-step, or --counts cumulative if they are not"
        )
    return "cumulative"


def falling_steps(samples: Samples, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return how many steps between samples fall, and how many there are, for each post; samples are sorted."""
    together = np.diff(samples.post) == 0
    falls = together & (np.diff(values) < 0)
    n = len(samples.ids)
    count = lambda flags: np.bincount(samples.post[1:][flags], minlength=n)  # noqa: E731
    return count(falls), count(together)


def add_up(samples: Samples) -> Samples:
    """Return counts of each step as cumulative ones; samples are sorted, a missing count is 0."""
    starts = np.flatnonzero(np.diff(samples.post, prepend=-1))
    lengths = np.diff(np.append(starts, len(samples.post)))

    def running(values: FloatArray) -> FloatArray:
        total = np.cumsum(np.nan_to_num(values))
        before = np.where(starts > 0, total[starts - 1], 0.0)
        return total - np.repeat(before, lengths)

    return samples._replace(counts={name: running(values) for name, values in samples.counts.items()})


def refuse_totals(samples: Samples, source: str) -> None:
    """Refuse a post that is called a total and is at least the sum of all others."""
    for position, id_ in enumerate(samples.ids):
        if not is_total(id_) or len(samples.ids) < 3:  # noqa: PLR2004 - a sum of one other is that other
            continue
        own = samples.post == position
        last = _last_count(samples, own)
        others = sum(_last_count(samples, samples.post == other) for other in range(len(samples.ids)) if other != position)
        if last >= others * (1 - _SUM_TOLERANCE):
            raise DataError(
                f"{source}: the post {id_!r} has {last:,.6g} views and all others together {others:,.6g}: it looks like"
                f" their sum. Leave it out with --ignore-post {id_}"
            )


def _last_count(samples: Samples, chosen: BoolArray) -> float:
    """Return the largest count of some samples, 0 if there are none."""
    values = samples.views[chosen]
    return float(np.nanmax(values)) if len(values) and not np.isnan(values).all() else 0.0
