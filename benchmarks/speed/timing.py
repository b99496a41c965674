"""Medians of interleaved repetitions."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

REPETITIONS = 9
# A contender that takes longer than this in all is not repeated so often.
PATIENCE_SECONDS = 2.0
# The threads of some libraries spin for a while after their work; they must not take the next contender's cores.
REST_SECONDS = 0.25


@dataclass(frozen=True)
class Timing:
    """Median seconds of one contender."""

    wall: float
    cpu: float


def measure(contenders: Mapping[str, Callable[[], object]], rest: float = 0.0) -> dict[str, Timing]:
    """Run every contender in turn, again and again, so that a slow spell of the machine meets all of them.

    Each has run once before (to compile, and to be checked).
    """
    walls: dict[str, list[float]] = {name: [] for name in contenders}
    cpus: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(REPETITIONS):
        for name, run in contenders.items():
            if sum(walls[name]) > PATIENCE_SECONDS:
                continue
            time.sleep(rest)
            cpu, wall = time.process_time(), time.perf_counter()
            run()
            walls[name].append(time.perf_counter() - wall)
            cpus[name].append(time.process_time() - cpu)
    return {name: Timing(statistics.median(walls[name]), statistics.median(cpus[name])) for name in contenders}
