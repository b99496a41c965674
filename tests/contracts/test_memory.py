"""What is too large for the memory is refused with its size, and what can be done in blocks is."""

import subprocess
import sys
from functools import partial

import pytest
from systems import linux_only

resource = pytest.importorskip("resource", reason="Windows has no limits of memory")

GIB = 2**30


def under_memory(code, limit):
    """Run Python code that may take so much memory."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_AS, (limit, limit)),
    )


@linux_only
def test_a_square_of_60000_curves_is_refused_with_its_size_under_4_gib():
    code = """
import numpy as np
from tsshape.metrics import pairwise
pairwise(np.random.default_rng(0).random((60_000, 30)))
"""
    ended = under_memory(code, 4 * GIB)
    assert "DataError: the 60,000 x 60,000 matrix of distances takes 26.82 GiB, more than the limit of 2 GiB" in (
        ended.stderr
    )


@linux_only
@pytest.mark.slow
def test_60000_curves_are_clustered_and_scored_in_blocks_under_4_gib():
    code = """
import numpy as np
from tsshape.cluster import ShapeKMedoids, silhouette
X = np.random.default_rng(0).random((60_000, 30), dtype=np.float32)
labels = ShapeKMedoids(3, n_init=1, random_state=0).fit(X).labels_
print(silhouette(X, labels))
"""
    ended = under_memory(code, 4 * GIB)
    assert ended.returncode == 0, ended.stderr
    assert -1 < float(ended.stdout) < 1
