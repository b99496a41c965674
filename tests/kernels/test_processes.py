"""Kernels under forks, joblib, and other processors, each in a process of its own."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tsshape._kernels import elastic, lockstep

PRELUDE = """
import json, os
import numpy as np
from tsshape._kernels import _host, _pairwise, elastic, lockstep
X = np.random.default_rng(0).normal(size=(40, 30))
"""


def outcome(script, **environment):
    """What a script printed, as JSON, with any warning an error."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", PRELUDE + script],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def here():
    return np.random.default_rng(0).normal(size=(40, 30))


@pytest.mark.parametrize(
    ("processor", "features", "n_lanes"),
    [("haswell", None, 4), ("x86-64", "", 2)],
)
def test_on_a_processor_without_avx_512_the_width_adapts_and_the_values_stay(processor, features, n_lanes):
    script = """
print(json.dumps([
    _host.lanes("float64"),
    elastic("dtw", X, None, (3,), 2).tolist(),
    elastic("msm", X, X[:3], (1.0, 30), 2).tolist(),
    lockstep("euclidean", X, None, 2).tolist(),
]))
"""
    environment = {"NUMBA_CPU_NAME": processor} | ({} if features is None else {"NUMBA_CPU_FEATURES": features})
    width, dtw, msm, euclidean = outcome(script, **environment)
    assert width == n_lanes
    X = here()
    np.testing.assert_allclose(dtw, elastic("dtw", X, None, (3,), 1), rtol=1e-12)
    np.testing.assert_allclose(msm, elastic("msm", X, X[:3], (1.0, 30), 1), rtol=1e-12)
    np.testing.assert_allclose(euclidean, lockstep("euclidean", X, None, 1), rtol=1e-12)


# Everything in one process, which forks and starts workers one after another; results by name.
WORKERS = """
import dask
from joblib import Parallel, delayed
from tsshape.metrics import pairwise

_pairwise.CELLS_WORTH_A_THREAD = 0


def fork():
    before = elastic("dtw", X, None, (3,), 2)
    child = os.fork()
    if child == 0:
        same = elastic("dtw", X, None, (3,), 2).tobytes() == before.tobytes()
        os._exit(0 if same else 3)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def of_joblib(backend):
    parts = Parallel(n_jobs=2, backend=backend)(
        delayed(elastic)("dtw", X, X[i : i + 10], (3,), 2) for i in range(0, 40, 10)
    )
    return np.hstack(parts).tolist()


def of_dask(scheduler):
    tasks = [dask.delayed(pairwise)(X, metric="dtw", window=3, n_jobs=2) for _ in range(4)]
    return [matrix.tolist() for matrix in dask.compute(*tasks, scheduler=scheduler, num_workers=2)]


if __name__ == "__main__":
    results = {"fork": fork() if hasattr(os, "fork") else None}
    results |= {f"joblib {backend}": of_joblib(backend) for backend in ("threading", "loky")}
    results |= {f"dask {scheduler}": of_dask(scheduler) for scheduler in ("threads", "processes")}
    print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def workers():
    return outcome(WORKERS)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_fork_after_threaded_work_computes_the_same(workers):
    assert workers["fork"] == 0


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_joblibs_workers_compute_the_same_at_once(workers, backend):
    assert workers[f"joblib {backend}"] == elastic("dtw", here(), None, (3,), 1).tolist()


@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_dask_computes_the_same(workers, scheduler):
    expected = elastic("dtw", here(), None, (3,), 1).tolist()
    assert workers[f"dask {scheduler}"] == [expected] * 4


def test_a_kernel_that_was_compiled_by_another_process_is_loaded():
    script = """
elastic("dtw", X, None, (3,), 1)
kernel, _ = _pairwise._kernel(_pairwise.find_program("dtw", is_diagonal=False), "float64", 6, 2)
print(json.dumps([sum(kernel.stats.cache_misses.values()), sum(kernel.stats.cache_hits.values())]))
"""
    elastic("dtw", here(), None, (3,), 1)
    assert outcome(script) == [0, 1]
