"""Posts that run above or below what an earlier forecast of them said."""

import numpy as np

from tsshape._columns import format_whole
from tsshape.report._forecast import Forecast
from tsshape.report._page import count_of, join, quoted, spell_level

# Posts that are named.
_N_NAMED = 3


def say_running(earlier: Forecast, later: Forecast) -> str:
    """Say which posts have left the intervals of an earlier forecast; empty if it has no posts that went on since."""
    ids = later.summary.index.intersection(earlier.summary.index, sort=False)
    if earlier.ends is None or not len(ids) or not np.array_equal(earlier.days, later.days):
        return ""
    before, now = earlier.summary.index.get_indexer(ids), later.summary.index.get_indexer(ids)
    day = later.summary["days_observed"].to_numpy()[now]
    went_on = day > earlier.summary["days_observed"].to_numpy()[before]
    if not went_on.any():
        return ""
    ids, before, now, day = ids[went_on], before[went_on], now[went_on], day[went_on]
    place = np.searchsorted(later.days, day)
    views = later.curves[now, place]
    lower, upper = (end[before, place] for end in earlier.ends)
    above = views > upper
    level = spell_level(earlier.settings.coverage or 0)
    sentence = f"Of {count_of(len(ids), 'post')} that were forecast before, {above.sum():,} run above their {level} "
    sentence += f"interval and {(views < lower).sum():,} below it"
    # The ratio says how far above an interval a post is, whatever its size.
    order = np.argsort(-np.where(above, views / np.maximum(upper, 1.0), -1.0), kind="stable")
    titles = later.posts["title"].to_numpy()[now]
    named = [
        f"{quoted(titles[row] or ids[row])} ({format_whole(views[row])} views on day {day[row]:g}, "
        f"forecast were at most {format_whole(upper[row])})"
        for row in order[: min(_N_NAMED, above.sum())]
    ]
    return f"{sentence}; farthest above: {join(named)}." if named else f"{sentence}."
