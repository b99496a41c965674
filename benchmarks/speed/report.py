"""The results as Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

from contest import Outcome
from machine import describe, limit_ns_per_cell

PEERS = ("aeon", "dtaidistance", "tslearn", "tsdistances", "scipy", "scikit-learn", "faiss-cpu", "numba", "numpy")


def markdown(outcomes: Sequence[Outcome], growth: Iterable[tuple[int, int, float, float]]) -> str:
    """The whole page."""
    versions = ", ".join(f"{name} {version(name)}" for name in PEERS)
    lines = [
        "# Speed", "",
        "Written by `make speed`. Each task was given to all on the same arrays, after their answers were compared;",
        "times are medians of interleaved repetitions, end to end from a NumPy array. A ratio is a peer's wall time",
        "divided by tsshape's on as many threads. Peers for which float32 is no choice work in float64. A peer with a",
        "star defines the borders of the cells in another way, so that its answers differ.", "",
        f"Machine: {describe()}. Versions: {versions}.", "",
        *_contests(outcomes), "", *_limits(outcomes), "", *_growth(growth), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _contests(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """One row a task, dtype and number of threads."""
    yield "## Against the peers"
    yield ""
    yield "| task | dtype | threads | tsshape wall | CPU | ns per unit | unit | peers, as multiples of our wall |"
    yield "|---|---|---|---|---|---|---|---|"
    for outcome in outcomes:
        contest, ours = outcome.contest, outcome.timings["tsshape"]
        ratios = ", ".join(
            f"{name}{'*' * (name in contest.by_another_definition)} {timing.wall / ours.wall:.1f}"
            for name, timing in outcome.timings.items()
            if name != "tsshape"
        )
        yield (
            f"| {contest.name} | {contest.dtype} | {outcome.n_threads} | {ours.wall * 1e3:.1f} ms "
            f"| {ours.cpu * 1e3:.1f} ms | {ours.wall / contest.units * 1e9:.3f} | {contest.unit} | {ratios} |"
        )


def _limits(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """How near DTW comes to what the instructions would take."""
    yield "## Against the processor"
    yield ""
    yield "The limit is what a cell's four vector operations take when nothing is loaded or stored, measured here;"
    yield "against it stands CPU time on one thread, from array to matrix."
    yield ""
    limits = {dtype: limit_ns_per_cell(dtype) for dtype in ("float64", "float32")}
    yield "| task | dtype | ns per cell | limit | reached |"
    yield "|---|---|---|---|---|"
    for outcome in outcomes:
        contest = outcome.contest
        if contest.against_dtw_limit and outcome.n_threads == 1:
            reached = outcome.timings["tsshape"].cpu / contest.units * 1e9
            limit = limits[contest.dtype]
            yield f"| {contest.name} | {contest.dtype} | {reached:.3f} | {limit:.4f} | {limit / reached:.0%} |"


def _growth(rows: Iterable[tuple[int, int, float, float]]) -> Iterator[str]:
    """Time against size."""
    yield "## How time grows"
    yield ""
    yield "The full DTW matrix, float64, one thread: with the square of the number of curves and that of their length."
    yield ""
    yield "| curves | times | wall | ns per cell |"
    yield "|---|---|---|---|"
    for n_curves, n_times, wall, nanoseconds in rows:
        yield f"| {n_curves} | {n_times} | {wall * 1e3:.2f} ms | {nanoseconds:.3f} |"
