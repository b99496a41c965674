"""A contest: one task, tsshape's answer and the peers' answers, checked and timed."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from timing import REST_SECONDS, Timing, measure


@dataclass(frozen=True)
class Contest:
    """One task on the same arrays for all.

    `ours` and each of `peers` take the number of threads and return an array. `units` is how many cells (or pairs, or
    curves) one run handles. A peer's array must agree with ours after `ours_as_theirs[peer]`, to `tolerance`, unless
    the peer is among `by_another_definition`, which takes the same cells.
    """

    name: str
    unit: str
    units: int
    dtype: str
    ours: Callable[[int], np.ndarray]
    peers: Mapping[str, Callable[[int], np.ndarray]]
    ours_as_theirs: Mapping[str, Callable[[np.ndarray], np.ndarray]] = field(default_factory=dict)
    tolerance: float = 1e-9
    against_dtw_limit: bool = False
    by_another_definition: Collection[str] = ()


@dataclass(frozen=True)
class Outcome:
    """Timings of a contest on some number of threads."""

    contest: Contest
    n_threads: int
    timings: Mapping[str, Timing]


def check(contest: Contest) -> None:
    """Refuse to time a peer that computes something else."""
    ours = contest.ours(1)
    for name, peer in contest.peers.items():
        if name in contest.by_another_definition:
            continue
        expected = contest.ours_as_theirs.get(name, np.asarray)(ours)
        theirs = np.asarray(peer(1))
        scale = np.abs(expected).max()
        np.testing.assert_allclose(
            theirs, expected, rtol=contest.tolerance, atol=contest.tolerance * scale, err_msg=f"{contest.name}: {name}"
        )


def hold(contest: Contest, n_threads: int) -> Outcome:
    """Time everyone."""
    contenders = {"tsshape": lambda: contest.ours(n_threads)}
    for name, peer in contest.peers.items():
        contenders[name] = lambda peer=peer: peer(n_threads)
    return Outcome(contest, n_threads, measure(contenders, rest=REST_SECONDS if n_threads > 1 else 0.0))
