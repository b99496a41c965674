import subprocess
import sys

import pytest

import tsshape

HEAVY = ("numba", "sklearn", "lightgbm", "sktime", "matplotlib", "pandas", "onnxruntime", "PIL", "dask", "distributed")


def modules_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after `code`."""
    script = f"{code}\nimport sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


@pytest.mark.parametrize("code", ["import tsshape", "import tsshape.cli"])
def test_importing_loads_no_heavy_library(code):
    assert not modules_after(code) & set(HEAVY)


def test_what_is_in_memory_needs_no_scheduler():
    code = "import numpy, tsshape.cluster as c; c.ShapeKMeans(2).fit(numpy.eye(3)).predict(numpy.eye(3))"
    assert not modules_after(code) & {"dask", "distributed"}


@pytest.mark.parametrize("name", tsshape.__all__)
def test_every_public_name_loads(name):
    assert getattr(tsshape, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = tsshape.no_such_name


def test_the_version_is_that_of_the_distribution():
    assert tsshape.__version__.count(".") == 2
