"""The same seed gives the same bits: in every process, for any number of threads and however Python hashes strings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from contracts import computations
from contracts.public_estimators import ESTIMATORS, WITHOUT_TABLES
from threadpoolctl import threadpool_limits


@pytest.fixture(scope="module")
def alone():
    """The digests of this process, which computes on one thread."""
    with threadpool_limits(1):
        return computations.digests(1)


@pytest.fixture(scope="module")
def together():
    """The digests of another process, which has three threads and a fixed hash seed."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "3")
    path = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | threads | {"PYTHONHASHSEED": "1", "PYTHONPATH": path}
    command = [sys.executable, "-m", "contracts.computations", "3"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_result_has_the_same_bits_for_any_number_of_threads(alone, together):
    assert {name for name in alone if together[name] != alone[name]} == set()
    assert alone.keys() == together.keys()


def test_every_public_estimator_is_among_them():
    # k-shape and kernel k-means are taken by their names; an embedder of pictures is asked in its own tests.
    assert {*ESTIMATORS} - WITHOUT_TABLES - {"ShapeKShape", "KernelKMeans"} <= {*vars(computations)}


def test_different_forecasts_have_different_digests(alone):
    of_forecasts = [digest for name, digest in alone.items() if name.startswith(("forecast", "direct"))]
    assert len(set(of_forecasts)) == len(of_forecasts) - 2 == 9
    # A loaded model is the one that was saved.
    for said in ("forecast", "forecast in flight", "intervals", "intervals in flight", "explanation"):
        assert alone[f"{said}, loaded"] == alone[f"{said}, trimmed"]
