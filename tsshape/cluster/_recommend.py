"""The number of clusters that the votes of the criteria recommend, or that they disagree."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

# Votes agree if they differ by at most 1 or by this share.
CLOSE = 0.1
# An error is as good as the least one if it exceeds it by at most this share.
AS_GOOD = 0.01
# Of fewer numbers none is in the middle: the best of two is always an end.
FEWEST_NUMBERS = 3
# Below two clusters there is no clustering to miss.
LEAST_NUMBER = 2


class Recommendation(NamedTuple):
    """A number of clusters, None where the criteria disagree, and the reason, which quotes their votes."""

    n_clusters: int | None
    reason: str


def recommend(
    votes: dict[str, int | None], table: pd.DataFrame, user_defined: Sequence[str] = (), *, most: int
) -> Recommendation:
    """Recommend a number of clusters by the user-defined criterion, if there is one, else by the majority of votes.

    None is recommended of fewer than three, nor one at an end of the numbers tried, beyond which a better one may be;
    `most` is the largest number that the curves allow.
    """
    if user_defined:
        tried, by = table[user_defined[0]].dropna(), f" by {user_defined[0]}"
        found, numbers = _by_error(tried, user_defined[0]), tried.index
    else:
        found, numbers, by = _by_votes(votes), table.index, ""
    if found.n_clusters is None:
        return found
    first, last = numbers[0], numbers[-1]
    if len(numbers) < FEWEST_NUMBERS:
        spelled = " and ".join(str(number) for number in numbers)
        return Recommendation(None, f"of fewer than three numbers none is recommended; tried{by}: {spelled}")
    if found.n_clusters == last < most:
        return Recommendation(None, f"{last} is the largest number tried{by}, more may be better: {found.reason}")
    if found.n_clusters == first > LEAST_NUMBER:
        return Recommendation(None, f"{first} is the smallest number tried{by}, fewer may be better: {found.reason}")
    return found


def _by_votes(votes: dict[str, int | None]) -> Recommendation:
    """Recommend the number of clusters for which more than half of the criteria vote."""
    cast = {criterion: vote for criterion, vote in votes.items() if vote is not None}
    spelled = ", ".join(f"{criterion} {vote}" for criterion, vote in cast.items())
    if "inertia" in votes.keys() - cast.keys():
        spelled += "; no knee in the inertia"
    if not cast:
        return Recommendation(None, f"no criterion votes for a number of clusters{spelled}")
    groups = {vote: [each for each in cast.values() if _agree(each, vote)] for vote in sorted(set(cast.values()))}
    vote, group = max(groups.items(), key=lambda item: (len(item[1]), item[1].count(item[0])))
    if 2 * len(group) > len(votes):
        return Recommendation(vote, f"{len(group)} of {len(votes)} criteria agree on about {vote}: {spelled}")
    return Recommendation(None, f"the criteria disagree: {spelled}")


def _by_error(errors: pd.Series, name: str) -> Recommendation:
    """Recommend the smallest number of clusters whose error is as good as the least."""
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
    """Whether two votes agree."""
    return abs(vote - other) <= max(1.0, CLOSE * max(vote, other))
