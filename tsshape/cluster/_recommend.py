"""What number of clusters the criteria speak for, or that they disagree."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

# Votes agree that differ by at most 1 or by this share.
CLOSE = 0.1
# An error that exceeds the least one by less than this share is as good.
AS_GOOD = 0.01


class Recommendation(NamedTuple):
    """A number of clusters and the reason for it; None where the criteria disagree, with what each says."""

    n_clusters: int | None
    reason: str


def recommend(votes: dict[str, int | None], table: pd.DataFrame, own_criteria: Sequence[str] = ()) -> Recommendation:
    """The number of clusters to take: by the caller's own criterion if there is one, else by what most votes say."""
    if own_criteria:
        return _by_error(table[own_criteria[0]].dropna(), own_criteria[0])
    said = {criterion: vote for criterion, vote in votes.items() if vote is not None}
    spoken = ", ".join(f"{criterion} {vote}" for criterion, vote in said.items())
    silent = [criterion for criterion in votes if criterion not in said]
    without = "; no knee in the inertia" if "inertia" in silent else ""
    if not said:
        return Recommendation(None, f"no criterion speaks for a number of clusters{without}")
    groups = {vote: [each for each in said.values() if _agree(each, vote)] for vote in sorted(set(said.values()))}
    vote, group = max(groups.items(), key=lambda item: (len(item[1]), item[1].count(item[0])))
    if 2 * len(group) > len(votes):
        return Recommendation(vote, f"{len(group)} of {len(votes)} criteria agree on about {vote}: {spoken}{without}")
    return Recommendation(None, f"the criteria disagree: {spoken}{without}")


def _by_error(errors: pd.Series, name: str) -> Recommendation:
    """The smallest number of clusters whose error is as good as the least."""
    if errors.empty:
        return Recommendation(None, f"{name} was not evaluated for any number of clusters")
    least = errors.min()
    chosen = int(errors.index[errors <= least + AS_GOOD * abs(least)][0])
    spread = (errors.max() - least) / abs(least) if least else 0.0
    return Recommendation(
        chosen,
        f"{chosen} is the least number of clusters whose {name} ({errors[chosen]:.4g}) is within {AS_GOOD:.0%} of the "
        f"best ({least:.4g} at {int(errors.idxmin())}); the worst of those tried is {spread:.1%} above it",
    )


def _agree(vote: int, other: int) -> bool:
    """Whether two numbers of clusters are as good as the same."""
    return abs(vote - other) <= max(1.0, CLOSE * max(vote, other))
