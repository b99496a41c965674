"""Kernels whose text is run by Python."""

import re

import pytest

from tsshape._kernels import _aligned, _host, _pairwise, _path, _unequal

IMPORTS = re.compile(r"from (numba|tsshape\._kernels\._simd) import .*\n")


def store(array, index, value):
    array[index] = value


# A vector of one lane is a float.
PLAIN = {
    "njit": lambda **_options: lambda function: function,
    "JIT_OPTIONS": {},
    "broadcast": lambda value, _n_lanes: value,
    "load": lambda array, index, _n_lanes: array[index],
    "store": store,
    "fma": lambda a, b, c: a * b + c,
}


@pytest.fixture
def run_by_python(monkeypatch):
    """Let the text of kernels be run by Python, with one lane a vector, instead of being compiled."""

    def load_plain(_name, source, _signature, _objects=None):
        names = dict(PLAIN)
        exec(IMPORTS.sub("", source), names)  # noqa: S102 - text of this package
        return names["kernel"]

    modules = (_aligned, _pairwise, _path, _unequal)
    monkeypatch.setattr(_host, "lanes", lambda _dtype: 1)
    for module in modules:
        monkeypatch.setattr(module, "load_kernel", load_plain)
        module._kernel.cache_clear()
    monkeypatch.setattr(_pairwise, "PATH_SUMS", {})  # made of the bits of vectors
    yield
    for module in modules:
        module._kernel.cache_clear()
