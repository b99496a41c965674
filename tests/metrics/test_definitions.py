"""Through the public functions too, every kernel metric equals its definition, parameters and all."""

import numpy as np
import oracles
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsshape._kernels import ELASTIC
from tsshape.metrics import available_metrics, distance, get_metric, pairwise

VALUES = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(-10, 10, width=32))
CURVES = st.lists(VALUES, min_size=1, max_size=9)
# Values that are no default, by name and not in the order of the kernels.
PARAMETERS = {
    "wdtw": {"g": 0.3},
    "soft_dtw": {"gamma": 0.5},
    "msm": {"c": 0.25},
    "twe": {"lmbda": 0.5, "nu": 0.125},
    "erp": {"g": 0.5},
    "lcss": {"epsilon": 0.25},
    "edr": {"epsilon": 0.75},
}
KERNELS = [name for name in available_metrics() if get_metric(name).kernel == name]


def test_every_kernel_metric_has_an_oracle():
    assert set(KERNELS) == {*oracles.ELASTIC, *oracles.LOCKSTEP}


@pytest.mark.parametrize("name", oracles.ELASTIC)
def test_parameters_are_declared_in_the_order_in_which_the_kernel_takes_them(name):
    assert tuple(parameter.name for parameter in get_metric(name).parameters) == tuple(ELASTIC[name].params)


@pytest.mark.parametrize("name", oracles.ELASTIC)
@given(x=CURVES, y=CURVES, window=st.none() | st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_an_elastic_distance_is_its_definition(name, x, y, window):
    parameters = PARAMETERS.get(name, {})
    ordered = [parameters[each.name] for each in get_metric(name).parameters[:-1]]
    longest = max(len(x), len(y))
    radius = longest if window is None else max(window, abs(len(x) - len(y)))
    expected = oracles.ELASTIC[name](x, y, *ordered, radius)
    assert distance(x, y, name, window=window, **parameters) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", oracles.LOCKSTEP)
@given(pairs=st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=9))
@settings(max_examples=40, deadline=None)
def test_a_lockstep_distance_is_its_definition(name, pairs):
    x, y = zip(*pairs, strict=True)
    assert distance(x, y, name) == pytest.approx(oracles.LOCKSTEP[name](x, y), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", KERNELS)
def test_a_frame_gives_what_its_array_gives(name):
    curves = np.random.default_rng(0).random((5, 6))
    frame = pd.DataFrame(curves, index=list("abcde"), columns=range(1, 7))
    assert pairwise(frame, metric=name).tobytes() == pairwise(curves, metric=name).tobytes()


@pytest.mark.parametrize("name", available_metrics())
def test_curves_that_may_not_be_written_to_can_be_read(name):
    curves = np.random.default_rng(0).random((5, 6))
    curves.setflags(write=False)
    assert np.isfinite(pairwise(curves, metric=name)).all()
