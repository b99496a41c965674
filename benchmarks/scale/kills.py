"""Kill workers while a job runs, one at a random moment of each run, and compare its result with an undisturbed run's.

    python benchmarks/scale/kills.py [--kills NUMBER] [--seed NUMBER] [--only JOB]

The jobs are run in turn on two worker processes of this machine: `cluster` fits k-means under dtw to a Dask array,
`predict` forecasts the posts of a Dask dataframe with their intervals, `bench` measures the cells of a suite. A result
is equal if all of its bits are. The exit code is 1 if one is not.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import dask.array as da
import dask.dataframe as dd
import numpy as np

from tsshape import bench, simulate_spid
from tsshape.adapters.dask import measure_cells, open_scheduler
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster

N_WORKERS = 2
N_CURVES, N_TIMES, N_BLOCKS = 100_000, 30, 20
N_POSTS, N_PARTITIONS = 20_000, 20
COMPONENTS = {"clusterer": {"kind": "kmeans", "n_clusters": 4}, "classifier": {"kind": "lightgbm"}}
SUITE = bench.Suite.model_validate(
    {
        "name": "kills",
        "n_runs": 3,
        "variants": [
            {"name": kind, **COMPONENTS, "regressor": {"kind": kind}, "intervals": True}
            for kind in ("lightgbm", "median")
        ],
    }
)


class Undisturbed(NamedTuple):
    """The result of a job in which nothing was killed, and the seconds that it took."""

    digest: str
    seconds: float


@dataclass
class Tally:
    """What was seen of a job."""

    kills: int = 0
    restarts: int = 0
    equal: int = 0


def cluster() -> bytes:
    """Fit k-means under dtw; the bits of prototypes, labels and inertia."""
    views = da.random.default_rng(0).random((N_CURVES, N_TIMES), chunks=(N_CURVES // N_BLOCKS, N_TIMES))
    curves = da.cumsum(views**8, axis=1)
    model = ShapeKMeans(6, metric="dtw", metric_params={"window": 3}, n_init=1, max_iter=5, random_state=0)
    model.fit(curves / curves[:, -1:])
    found = (model.prototypes_, model.labels_.compute(), np.float64(model.inertia_))
    return b"".join(each.tobytes() for each in found)


def predict() -> bytes:
    """Forecast posts by partition; the bits of their curves and of the bounds of their intervals."""
    forecaster, features = _forecaster()
    posts = dd.from_pandas(features, npartitions=N_PARTITIONS)
    tables = [forecaster.predict(posts), *forecaster.predict_interval(posts, coverage=0.9)]
    return b"".join(each.compute().to_numpy().tobytes() for each in tables)


def bench_cells() -> bytes:
    """Measure the cells of a suite; the bits of their scores."""
    posts = simulate_spid(200, n_times=6, random_state=0)
    with tempfile.TemporaryDirectory() as folder:
        records = bench.run(SUITE, posts, folder, measure_cells=measure_cells)
    assert not any("error" in record for record in records), records  # noqa: S101
    return repr(
        [sorted((key, each) for key, each in record.items() if key != "seconds") for record in records]
    ).encode()


JOBS: dict[str, Callable[[], bytes]] = {"cluster": cluster, "predict": predict, "bench": bench_cells}


@cache
def _forecaster() -> tuple[ScaleShapeForecaster, Any]:
    """Return a fitted forecaster, and the features of the posts that it forecasts."""
    posts = simulate_spid(400, n_times=10, random_state=0)
    forecaster = ScaleShapeForecaster(intervals=True, random_state=0).fit(posts.features, posts.curves)
    return forecaster, simulate_spid(N_POSTS, n_times=3, random_state=1).features


def main() -> None:
    """Run the jobs until there are enough kills, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, metavar="NUMBER", help="20 by default")
    parser.add_argument("--seed", type=int, default=0, metavar="NUMBER", help="of the moments and the workers")
    parser.add_argument("--only", choices=JOBS, metavar="JOB", help=", ".join(JOBS))
    options = parser.parse_args()
    # Arrays and tables that the jobs make here lie in their tasks.
    warnings.filterwarnings("ignore", "Sending large graph")
    names = [options.only] if options.only else [*JOBS]
    tallies = {name: Tally() for name in names}
    rng = random.Random(options.seed)  # noqa: S311
    with open_scheduler("local", n_workers=N_WORKERS) as client:
        expected = {name: _run_undisturbed(JOBS[name]) for name in names}
        for number in range(options.kills):
            name = names[number % len(names)]
            found, restarts = _kill_during(client, JOBS[name], expected[name].seconds, rng)
            tallies[name].kills += 1
            tallies[name].restarts += restarts
            tallies[name].equal += found == expected[name].digest
            print(f"{number + 1} of {options.kills}: {name}", tallies[name], file=sys.stderr, flush=True)
    print("| job | seconds undisturbed | kills | restarts seen | equal |\n|---|---|---|---|---|")
    for name, tally in tallies.items():
        print(f"| {name} | {expected[name].seconds:.1f} | {tally.kills} | {tally.restarts} | {tally.equal} |")
    sys.exit(any(tally.equal < tally.kills for tally in tallies.values()))


def _run_undisturbed(job: Callable[[], bytes]) -> Undisturbed:
    """Run a job twice, the second time with compiled kernels."""
    first = sha256(job()).hexdigest()
    started = time.perf_counter()
    digest = sha256(job()).hexdigest()
    seconds = time.perf_counter() - started
    assert digest == first, "two undisturbed runs differ"  # noqa: S101
    return Undisturbed(digest, seconds)


def _kill_during(client: Any, job: Callable[[], bytes], seconds: float, rng: random.Random) -> tuple[str, int]:
    """Run a job until a worker was killed while it ran; the digest of its result, and how many workers were started."""
    done = threading.Event()
    killed = threading.Event()

    def kill(pid: int, moment: float) -> None:
        if not done.wait(moment):
            os.kill(pid, signal.SIGKILL)
            killed.set()

    while not killed.is_set():
        done.clear()
        client.wait_for_workers(N_WORKERS)
        before = {*client.run(os.getpid).values()}
        killer = threading.Thread(target=kill, args=(rng.choice(sorted(before)), rng.uniform(0, seconds)))
        killer.start()
        try:
            found = sha256(job()).hexdigest()
        finally:
            done.set()
            killer.join()
    client.wait_for_workers(N_WORKERS)
    return found, len({*client.run(os.getpid).values()} - before)


if __name__ == "__main__":
    main()
