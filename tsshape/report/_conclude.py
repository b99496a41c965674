"""Conclusions from the results, in three sentences."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tsshape._columns import format_count, format_percent
from tsshape.bench import MIN_SPLITS
from tsshape.report._lives import Life
from tsshape.report._page import join

# The largest difference between coverage and nominal coverage of intervals that count as calibrated.
_CALIBRATED = 0.02
# Mean silhouettes of a reasonable and of a weak structure: L. Kaufman, P. J. Rousseeuw, "Finding Groups in Data",
# 1990, chapter 2.
_STRONG, _WEAK = 0.5, 0.25


def rank_methods(scores: pd.DataFrame) -> pd.Series:
    """Return the tRMSE of the variants, the best first: the one ranking that all of a report follows."""
    ranked: pd.Series = scores["trmse"].dropna().sort_values(kind="stable")
    return ranked


def conclude_benchmark(
    scores: pd.DataFrame, differences: pd.DataFrame, budget: pd.DataFrame, intervals: pd.DataFrame
) -> list[str]:
    """Say which variant is best and by how much, where its error comes from, and how good its intervals are."""
    ranked = rank_methods(scores)
    return [
        _best(ranked, differences),
        _source(ranked, budget),
        _coverage(ranked, intervals) or _classes(ranked, scores),
    ]


def conclude_clusters(found: Sequence[Life], silhouette: float | None, n_shapes: int) -> list[str]:
    """Say how many kinds of life there are, which are the quickest and the slowest, and how separated they are."""
    largest, quickest, slowest = max(found, key=lambda life: life.size), found[0], found[-1]
    kinds = f"{len(found)} kinds of life" if len(found) > 1 else "One kind of life"
    share = format_percent(largest.share, 0)
    first = f"{kinds} in {n_shapes:,} shapes: the largest, {largest.title}, has {share} of them."
    second = f"The quickest, {quickest.title}, has {quickest.pace}; the slowest, {slowest.title}, has {slowest.pace}."
    if quickest.pace == slowest.pace:
        second = f"They gather their {largest.counts} at about the same pace: the largest has {largest.pace}."
    return [first, second, _separation(silhouette)]


def conclude_series(found: Sequence[Life], silhouette: float | None, n_series: int) -> list[str]:
    """Say how many clusters of series there are, how large the largest and the smallest are, and how separated."""
    largest, smallest = found[0], found[-1]
    clusters = f"{len(found)} clusters" if len(found) > 1 else "One cluster"
    most, least = (format_percent(life.share, 0) for life in (largest, smallest))
    return [
        f"{clusters} of {n_series:,} series: the largest, {largest.title}, has {most} of them.",
        f"The smallest, {smallest.title}, has {least}.",
        _separation(silhouette),
    ]


def conclude_selection(table: pd.DataFrame, recommended: int | None, reason: str) -> list[str]:
    """Say which number of clusters to take and why, how it reduces the inertia, and how separated they are."""
    advice = "No number of clusters stands out" if recommended is None else f"Take {recommended} clusters"
    silhouettes = table["silhouette"].dropna() if "silhouette" in table else pd.Series(dtype=float)
    best = silhouettes.max() if len(silhouettes) else None
    return [
        f"{advice}: {reason}.",
        _gain(table["inertia"], recommended) if "inertia" in table else "The inertia was not measured.",
        _separation(silhouettes.get(recommended, best)),
    ]


def _gain(inertia: pd.Series, recommended: int | None) -> str:
    """Say how much of the inertia more clusters remove."""
    least, most = inertia.index[0], inertia.index[-1]
    removed = [
        f"{number} clusters remove {format_percent(1 - inertia[number] / inertia[least], 0)}"
        for number in dict.fromkeys((recommended, most))
        if number in inertia.index and number != least and inertia[least]
    ]
    return f"Of the inertia with {least}, {join(removed) or 'there is nothing to remove'}."


def _best(ranked: pd.Series, differences: pd.DataFrame) -> str:
    """Say which variant is best, and how it compares with the baseline."""
    if ranked.empty:
        return "No variant has an error to rank by."
    best, error = ranked.index[0], format_count(ranked.iloc[0])
    if best not in differences.index:
        return f"Nothing forecasts better than the baseline, {best}, with a tRMSE of {error}."
    row = differences.loc[best]
    below = format_percent(-row["difference"] / row["baseline"] if row["baseline"] else 0.0, 0)
    return f"{best} forecasts best: its tRMSE of {error} is {below} below the baseline's, {_certainty(row)}."


def _certainty(row: pd.Series) -> str:
    """Say how certain a difference is, by its interval over the splits."""
    if row["runs"] < MIN_SPLITS and np.isnan(row["upper"]):
        splits = "one split is" if row["runs"] == 1 else f"{row['runs']:.0f} splits are"
        return f"though {splits} too few to say how certain that is"
    difference = f"a difference of {row['difference']:+,.1f} ({row['lower']:+,.1f} to {row['upper']:+,.1f})"
    return difference if row["upper"] < 0 else f"{difference}, which may be chance"


def _source(ranked: pd.Series, budget: pd.DataFrame) -> str:
    """Say whether scale or shape causes the error of the best variant that has an error budget."""
    divided = [name for name in ranked.index if name in budget.index]
    if not divided:
        return "No variant separates scale and shape, so the cause of the errors is not known."
    best = "" if divided[0] == ranked.index[0] else f" Of those that separate the two, {divided[0]} is the best."
    row = budget.loc[divided[0]]
    nothing, scale, shape = (format_count(row[known]) for known in ("nothing", "scale", "shape"))
    decides = "scale" if row["scale"] < row["shape"] else "shape"
    return (
        f"The {decides} decides: with the true scale {divided[0]} would have a tRMSE of {scale} instead of {nothing}, "
        f"with the true shape {shape}.{best}"
    )


def best_coverage(ranked: pd.Series, intervals: pd.DataFrame) -> tuple[str, float, float] | None:
    """Return the best variant with intervals, their nominal coverage (0.9 if there is) and what they cover, or None."""
    having = [] if intervals.empty else [name for name in ranked.index if name in intervals.index.get_level_values(0)]
    if not having:
        return None
    rows = intervals.loc[having[0], "coverage"]
    level = "90%" if "90%" in rows.index else str(rows.index[-1])
    return str(having[0]), float(level.rstrip("%")) / 100, float(rows[level])


def is_calibrated(nominal: float, covered: float, n_posts: int | None = None) -> bool:
    """Return whether a coverage counts as the nominal one; measured on few posts, it may differ more by chance."""
    chance = 2 * (nominal * (1 - nominal) / n_posts) ** 0.5 if n_posts else 0.0
    return abs(covered - nominal) <= max(_CALIBRATED, chance)


def is_separate(silhouette: float) -> bool:
    """Return whether a mean silhouette speaks for well separated clusters."""
    return silhouette > _STRONG


def _coverage(ranked: pd.Series, intervals: pd.DataFrame) -> str | None:
    """Say whether the intervals of the best variant that has some are calibrated; None without intervals."""
    found = best_coverage(ranked, intervals)
    if found is None:
        return None
    name, nominal, covered = found
    if is_calibrated(nominal, covered):
        verdict = "about as many as they should"
    else:
        verdict = "fewer than they should" if covered < nominal else "more than they should"
    days = f"{format_percent(covered)} of the days of test posts"
    return f"The intervals of {name} for {format_percent(nominal, 0)} cover {days}, {verdict}."


def _classes(ranked: pd.Series, scores: pd.DataFrame) -> str:
    """Say how often the cluster is forecast correctly, beside the share of the largest cluster."""
    classified = scores.loc[ranked.index].query("n_clusters > 1").dropna(subset="accuracy")
    if classified.empty:
        return "No variant forecasts clusters, and none has intervals."
    name, row = classified.index[0], classified.iloc[0]
    return (
        f"{name} forecasts the cluster of {format_percent(row['accuracy'])} of the test posts correctly, where "
        f"always forecasting the largest one would be correct for {format_percent(row['majority_share'])}."
    )


def _separation(silhouette: float | None) -> str:
    """Say what the mean silhouette means."""
    if silhouette is None or np.isnan(silhouette):
        return "There is no silhouette to say how separated the clusters are."
    if is_separate(silhouette):
        verdict = "the clusters are well separated"
    elif silhouette > _WEAK:
        verdict = "the clusters overlap"
    else:
        verdict = "the clusters are hardly separated"
    return f"With a mean silhouette of {silhouette:.3f}, {verdict}."
