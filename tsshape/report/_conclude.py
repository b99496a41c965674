"""What to conclude, in three sentences made of the figures."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tsshape._columns import format_count, format_percent
from tsshape.report._lives import Life
from tsshape.report._page import join

# Coverages that differ from what intervals say by no more are what they say.
_KEPT = 0.02
# With fewer, the ends of a bootstrap interval over the splits say nothing.
_ENOUGH_SPLITS = 5
# L. Kaufman, P. J. Rousseeuw, "Finding Groups in Data", 1990, chapter 2: what a mean silhouette means.
_STRONG, _WEAK = 0.5, 0.25


def conclude_benchmark(
    scores: pd.DataFrame, differences: pd.DataFrame, budget: pd.DataFrame, intervals: pd.DataFrame
) -> list[str]:
    """Which variant is best and by how much, where its error comes from, and what else the figures say."""
    ranked = scores["trmse"].dropna().sort_values(kind="stable")
    return [
        _best(ranked, differences),
        _source(ranked, budget),
        _coverage(ranked, intervals) or _classes(ranked, scores),
    ]


def conclude_clusters(found: Sequence[Life], silhouette: float | None, n_shapes: int) -> list[str]:
    """How many kinds of life there are, what the extremes are, and whether they stand apart."""
    largest = found[0]
    early, late = min(found, key=lambda life: life.half_day), max(found, key=lambda life: life.half_day)
    kinds = f"{len(found)} kinds of life" if len(found) > 1 else "One kind of life"
    share = format_percent(largest.share, 0)
    first = f"{kinds} in {n_shapes:,} shapes: the largest, number {largest.number}, has {share} of them."
    if early.half_day == late.half_day:
        second = f"They gather their views at about the same pace: the largest has {largest}."
    else:
        second = f"The quickest, number {early.number}, has {early}; the slowest, number {late.number}, has {late}."
    return [first, second, _separation(silhouette)]


def conclude_selection(table: pd.DataFrame, recommended: int | None, reason: str) -> list[str]:
    """Which number of clusters to take and why, what is gained by them, and whether they stand apart."""
    advice = "No number of clusters stands out" if recommended is None else f"Take {recommended} clusters"
    silhouettes = table["silhouette"].dropna() if "silhouette" in table else pd.Series(dtype=float)
    best = silhouettes.max() if len(silhouettes) else None
    return [
        f"{advice}: {reason}.",
        _gain(table["inertia"], recommended) if "inertia" in table else "The inertia was not measured.",
        _separation(silhouettes.get(recommended, best)),
    ]


def _gain(inertia: pd.Series, recommended: int | None) -> str:
    """How much of the inertia more clusters take away."""
    least, most = inertia.index[0], inertia.index[-1]
    taken = [
        f"{number} clusters take {format_percent(1 - inertia[number] / inertia[least], 0)} away"
        for number in dict.fromkeys((recommended, most))
        if number in inertia.index and number != least and inertia[least]
    ]
    return f"Of the inertia with {least}, {join(taken) or 'there is nothing to take away'}."


def _best(ranked: pd.Series, differences: pd.DataFrame) -> str:
    """The best variant beside the baseline."""
    if ranked.empty:
        return "No variant has an error to rank by."
    best, error = ranked.index[0], format_count(ranked.iloc[0])
    if best not in differences.index:
        return f"Nothing forecasts better than the baseline, {best}, with a tRMSE of {error}."
    row = differences.loc[best]
    below = format_percent(-row["difference"] / row["baseline"] if row["baseline"] else 0.0, 0)
    return f"{best} forecasts best: its tRMSE of {error} is {below} below the baseline's, {_certainty(row)}."


def _certainty(row: pd.Series) -> str:
    """How sure a difference is, by its interval over the splits."""
    if row["runs"] < _ENOUGH_SPLITS:
        splits = "one split is" if row["runs"] == 1 else f"{row['runs']:.0f} splits are"
        return f"though {splits} too few to tell how sure that is"
    difference = f"a difference of {row['difference']:+,.1f} ({row['lower']:+,.1f} to {row['upper']:+,.1f})"
    return difference if row["upper"] < 0 else f"{difference}, which may be chance"


def _source(ranked: pd.Series, budget: pd.DataFrame) -> str:
    """Where the error of the best variant that has a budget comes from."""
    divided = [name for name in ranked.index if name in budget.index]
    if not divided:
        return "No variant tells scale and shape apart, so it is not known which of them errs."
    row = budget.loc[divided[0]]
    nothing, scale, shape = (format_count(row[known]) for known in ("nothing", "scale", "shape"))
    decides = "scale" if row["scale"] < row["shape"] else "shape"
    return (
        f"The {decides} decides: with the true scale {divided[0]} would have a tRMSE of {scale} instead of {nothing}, "
        f"with the true shape {shape}."
    )


def _coverage(ranked: pd.Series, intervals: pd.DataFrame) -> str | None:
    """Whether the intervals of the best variant that has some keep their word."""
    having = [] if intervals.empty else [name for name in ranked.index if name in intervals.index.get_level_values(0)]
    if not having:
        return None
    rows = intervals.loc[having[0], "coverage"]
    said = "90%" if "90%" in rows.index else str(rows.index[-1])
    covered, nominal = float(rows[said]), float(said.rstrip("%")) / 100
    verdict = "about what they say" if abs(covered - nominal) <= _KEPT else "less" if covered < nominal else "more"
    verdict += "" if verdict.startswith("about") else " than they say"
    spelt = f"intervals for {format_percent(nominal, 0)} cover {format_percent(covered)} of the days of test posts"
    return f"The {spelt}, {verdict}."


def _classes(ranked: pd.Series, scores: pd.DataFrame) -> str:
    """How often the cluster is forecast rightly, beside the largest cluster's share."""
    classified = scores.loc[ranked.index].query("n_clusters > 1").dropna(subset="accuracy")
    if classified.empty:
        return "No variant forecasts clusters, and none has intervals."
    name, row = classified.index[0], classified.iloc[0]
    return (
        f"{name} names the cluster of {format_percent(row['accuracy'])} of the test posts rightly, where always naming "
        f"the largest would be right for {format_percent(row['majority_share'])}."
    )


def _separation(silhouette: float | None) -> str:
    """What a mean silhouette means."""
    if silhouette is None or np.isnan(silhouette):
        return "There is no silhouette to say whether they stand apart."
    if silhouette > _STRONG:
        verdict = "they stand apart"
    elif silhouette > _WEAK:
        verdict = "they overlap"
    else:
        verdict = "they shade into one another"
    return f"With a mean silhouette of {silhouette:.3f}, {verdict}."
