"""What matters, in plain words: sentences without names of methods and scores, for those who asked for the forecast."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tsshape._columns import format_percent, format_whole
from tsshape.bench import MIN_SPLITS
from tsshape.report._conclude import best_coverage, is_calibrated, is_separate
from tsshape.report._forecast import Settings
from tsshape.report._lives import Life
from tsshape.report._page import count_of, join, quoted, spell_level

# Features of which the effect is told.
_N_EFFECTS = 3


def open_benchmark(
    ranked: pd.Series, differences: pd.DataFrame, intervals: pd.DataFrame, effects: Mapping[str, float]
) -> list[str]:
    """Say how near the best method comes, how far to trust its intervals, and what moves the number of views."""
    return [
        sentence for sentence in (_gain(ranked, differences), trust(ranked, intervals), _moved(effects)) if sentence
    ]


def open_clusters(found: Sequence[Life], silhouette: float | None, n_shapes: int) -> list[str]:
    """Say which kinds of life there are, and how clearly they differ."""
    common = max(found, key=lambda life: life.size)
    posts = count_of(n_shapes, "post")
    if len(found) == 1:
        return [f"{posts} of one kind of life, {quoted(common.name)}: {common.pace}."]
    share = format_percent(common.share, 0)
    quickest, slowest = found[0], found[-1]
    return [
        f"{posts} fall into {len(found)} kinds of life; the commonest, {quoted(common.name)}, has {share} of them.",
        f"The quickest, {quoted(quickest.name)}, has {quickest.pace}.",
        f"The slowest, {quoted(slowest.name)}, has {slowest.pace}.",
        *_difference(silhouette),
    ]


def say_noise(n_noise: int, n_curves: int) -> list[str]:
    """Say how many curves belong to no cluster; nothing if there are none."""
    share = format_percent(n_noise / max(n_curves, 1), 0)
    return [f"{n_noise:,} of them ({share}) are like no group of others and in none: noise."] if n_noise else []


def open_series(found: Sequence[Life], silhouette: float | None, n_series: int) -> list[str]:
    """Say how many clusters of series there are, and how clearly they differ."""
    if len(found) == 1:
        return [f"{found[0].size:,} series are in one cluster."]
    share = format_percent(found[0].share, 0)
    first = f"{n_series:,} series fall into {len(found)} clusters; the largest, {found[0].title}, has {share} of them."
    return [first, *_difference(silhouette, "clusters", "series")]


def open_selection(numbers: Sequence[int], recommended: int | None, *, of_posts: bool = True) -> list[str]:
    """Say how many kinds of life, or clusters of other series, there are."""
    tried = f"of {numbers[0]} to {numbers[-1]} that were tried" if len(numbers) > 1 else "that was tried"
    if recommended is None:
        kinds = "kinds of life" if of_posts else "clusters"
        return [f"How many {kinds} there are, the curves do not say: no number {tried} stands out."]
    found = f"{count_of(recommended, 'kind')} of life" if of_posts else count_of(recommended, "cluster")
    return [f"The curves are best described by {found}, {tried}."]


def trust(ranked: pd.Series, intervals: pd.DataFrame) -> str:
    """Say what the intervals of the best method that has some were measured to cover; empty without intervals."""
    found = best_coverage(ranked, intervals)
    if found is None:
        return ""
    name, nominal, covered = found
    whose = "the best method" if name == ranked.index[0] else "the best method that gives intervals"
    return (
        f"In the comparison of methods, the {spell_level(nominal)} intervals of {whose} held "
        f"{format_percent(covered)} of the true counts of unseen posts, {_verdict(nominal, covered)}."
    )


def forecast_trust(settings: Settings, of_run: str) -> str:
    """Say how far to trust the intervals of a forecast: as measured for its model, or else for a run's best method."""
    if settings.coverage is None:
        return "The forecasts have no intervals, so nothing here says how far off they may be."
    meant = f"The final counts of {spell_level(settings.coverage)} of such posts should lie in the intervals shown"
    if settings.measured_coverage is not None:
        posts = "the unfinished posts" if settings.measured_posts is None else f"{settings.measured_posts:,} of them"
        verdict = _verdict(settings.coverage, settings.measured_coverage, settings.measured_posts)
        return (
            f"{meant}. The share so far may be too high if the model was fitted on these posts. So far "
            f"{format_percent(settings.measured_coverage)} of {posts} are within the intervals that were forecast at "
            f"upload, {verdict}."
        )
    if of_run:
        return f"{meant}; how many do was not measured for this model. {of_run}"
    return f"{meant}; how many do was not measured here (tsshape bench measures it)."


def _verdict(nominal: float, covered: float, n_posts: int | None = None) -> str:
    """Say whether a coverage is as it should be."""
    if is_calibrated(nominal, covered, n_posts):
        return "as they should"
    return "fewer than they should: trust them less" if covered < nominal else "more than they need"


def _gain(ranked: pd.Series, differences: pd.DataFrame) -> str:
    """Say how much smaller the best method's error is than that of the simplest forecast."""
    if ranked.empty:
        return "No method could be measured."
    methods, error = count_of(len(ranked), "method"), format_whole(ranked.iloc[0])
    if ranked.index[0] not in differences.index:
        return f"Of {methods} compared, none forecasts better than the simplest; its typical error is {error} views."
    row = differences.loc[ranked.index[0]]
    below = format_percent(-row["difference"] / row["baseline"] if row["baseline"] else 0.0, 0)
    sentence = (
        f"Of {methods} compared, the best has a typical error of {error} views, {below} less than the simplest forecast"
    )
    if row["runs"] < MIN_SPLITS and np.isnan(row["upper"]):
        return f"{sentence}; {count_of(int(row['runs']), 'split')} of the posts cannot tell how sure that is."
    return f"{sentence}." if row["upper"] < 0 else f"{sentence}, which may be chance."


def _moved(effects: Mapping[str, float]) -> str:
    """Say by how much the most important features move the number of views; effects are in logarithms of views."""
    words = [
        f"{name} ({spell_effect(effect)})"
        for name, effect in [*effects.items()][:_N_EFFECTS]
        if effect > 0.005  # noqa: PLR2004 - shown as 0 %
    ]
    return f"What moves a forecast most, on average: {join(words)}." if words else ""


def spell_effect(effect: float) -> str:
    """Return an effect on the logarithm of the views in words of views."""
    up, down = (format_percent(np.expm1(each), 0).replace(" ", "\N{NO-BREAK SPACE}") for each in (effect, -effect))
    return f"+{up} or {down} views"


def _difference(silhouette: float | None, kinds: str = "kinds", members: str = "posts") -> list[str]:
    """Say how clearly the kinds of life, or the clusters of other series, differ."""
    if silhouette is None or np.isnan(silhouette):
        return []
    if is_separate(silhouette):
        return [f"The {kinds} differ clearly."]
    return [f"There are no sharp borders between the {kinds}: many {members} lie between two of them."]
