"""Metrics are registered by name, found by name, and pickled."""

import pickle
import re

import numpy as np
import pytest
from joblib import Parallel, delayed

from tsshape.metrics import (
    Metric,
    Parameter,
    add_metric,
    available_metrics,
    barycenter,
    check_metric,
    distance,
    get_metric,
    nearest,
    pairwise,
    register_metric,
)
from tsshape.metrics._check import example_shapes

SHAPES = example_shapes()
LOCKSTEP = ["euclidean", "sqeuclidean", "manhattan", "minkowski", "area", "auc", "cumulative_area"]
ELASTIC = ["dtw", "ddtw", "wdtw", "wddtw", "shape_dtw", "adtw", "soft_dtw", "msm", "twe", "erp", "lcss", "edr"]
BUILT_IN = [*LOCKSTEP, *ELASTIC, "sbd"]

pytestmark = pytest.mark.usefixtures("clean_registry")


def powered(x, y, params):
    total = params[1]
    for i in range(len(x)):
        total += abs(x[i] - y[i]) ** params[0]
    return total


def absolute(a, b):
    return abs(a - b)


def late_sum(X, weight):
    return weight * X[:, -3:].sum(axis=1, keepdims=True)


def greatest(X, Y, power):
    return (np.abs(X[:, None] - Y[None]) ** power).max(axis=2)


def later(x, y, params):  # noqa: ARG001
    return max(y[0] - x[0], 0.0)


def test_the_built_in_metrics_come_first_in_their_order():
    assert list(available_metrics()[: len(BUILT_IN)]) == BUILT_IN


def test_a_pair_function_is_all_that_a_plug_in_needs():
    register_metric("powered", defaults={"power": 2.0, "offset": 0.0})(powered)
    expected = (np.abs(SHAPES[:, None] - SHAPES[None]) ** 3).sum(axis=2)
    assert np.allclose(pairwise(SHAPES, metric="powered", power=3), expected, rtol=1e-12)
    assert np.allclose(pairwise(SHAPES, SHAPES[:4], "powered", power=3), expected[:, :4], rtol=1e-12)
    assert distance(SHAPES[4], SHAPES[7], "powered", power=3) == pytest.approx(expected[4, 7])
    assert np.allclose(nearest(SHAPES, SHAPES[:4], "powered", power=3)[1], expected[:, :4].min(axis=1))
    assert np.array_equal(barycenter(SHAPES, "powered", power=3), SHAPES[expected.sum(axis=1).argmin()])
    check_metric("powered")


def test_parameters_are_packed_in_declared_order():
    register_metric("powered", defaults={"power": 2.0, "offset": 0.0}, ranges={"power": (1, 4)})(powered)
    assert distance([0.0], [3.0], "powered", offset=1, power=2) == 10.0
    with pytest.raises(ValueError, match="'powered' has no parameter 'exponent'; its parameters are offset, power"):
        distance([0.0], [3.0], "powered", exponent=2)
    with pytest.raises(ValueError, match="power of metric 'powered' must be finite and between 1 and 4; got 5"):
        distance([0.0], [3.0], "powered", power=5)


def test_a_cost_rides_the_dtw_recurrence_and_has_a_window():
    register_metric("absolute_dtw", route="cost")(absolute)
    x, y = SHAPES[4], SHAPES[9]
    assert distance(x, y, "absolute_dtw", window=0) == pytest.approx(np.abs(x - y).sum(), rel=1e-12)
    assert distance(x, y, "absolute_dtw") <= distance(x, y, "absolute_dtw", window=2)
    assert pairwise(SHAPES, SHAPES[:3, :-2], "absolute_dtw").shape == (21, 3)
    check_metric("absolute_dtw")


def test_an_embedding_is_as_far_as_its_vectors():
    register_metric("late", route="embed", defaults={"weight": 2.0})(late_sum)
    expected = np.abs(late_sum(SHAPES, 3.0) - late_sum(SHAPES, 3.0).T)
    assert np.allclose(pairwise(SHAPES, metric="late", weight=3.0), expected, rtol=1e-12)
    assert get_metric("late").average == "mean"
    check_metric("late")


def test_a_batch_function_gets_both_panels_and_the_parameters():
    register_metric("greatest", route="batch", defaults={"power": 1.0})(greatest)
    assert np.array_equal(pairwise(SHAPES, SHAPES[:2], "greatest", power=2), greatest(SHAPES, SHAPES[:2], 2))
    check_metric("greatest")


def branching(a, b):
    if a > b:
        return a - b
    return b - a


def unknown_names(x, y, params):  # noqa: ARG001
    return not_defined_anywhere(x)  # noqa: F821


def without_params(x, y):
    return abs(x[0] - y[0])


def importing(x, y, params):  # noqa: ARG001
    import math  # noqa: PLC0415 - the claim

    return math.fabs(x[0] - y[0])


def without_return(x, y, params):  # noqa: ARG001
    x[0] - y[0]


@pytest.mark.parametrize(
    ("function", "line", "words"),
    [
        (unknown_names, 0, "NameError: name 'not_defined_anywhere' is not defined"),
        (importing, 1, "an import inside a function: move it to the top of the file"),
        (without_return, 0, "it must return a number"),
    ],
)
def test_a_pair_that_cannot_be_compiled_is_refused_with_what_and_where(function, line, words):
    where = f"{re.escape(__file__)}, line {function.__code__.co_firstlineno + line}"
    with pytest.raises(
        ValueError, match=rf"numba cannot compile the pair of metric 'odd' \({where}\): {words}$"
    ) as found:
        pairwise(SHAPES, metric=Metric("odd", pair=function))
    assert found.value.__cause__ is not None


def test_a_cost_that_branches_is_refused_with_what_to_do():
    with pytest.raises(ValueError, match=r"cost of metric 'branching' .* give what branches as a pair"):
        pairwise(SHAPES, metric=Metric("branching", (Parameter("window", None),), cost=branching))


def test_a_function_of_other_arguments_is_told_which_it_is_called_with():
    with pytest.raises(ValueError, match=r"pair of metric 'odd' must take \(x, y, params\).* takes \(x, y\)$"):
        pairwise(SHAPES, metric=Metric("odd", pair=without_params))
    with pytest.raises(ValueError, match=r"cost of metric 'odd' must take \(a, b\).* takes \(x, y, params\)$"):
        pairwise(SHAPES, metric=Metric("odd", (Parameter("window", None),), cost=importing))


def test_without_symmetry_both_halves_are_computed():
    register_metric("later", symmetric=False)(later)
    matrix = pairwise(np.array([[0.0], [1.0], [3.0]]), metric="later")
    assert matrix.tolist() == [[0, 1, 3], [0, 0, 2], [0, 0, 0]]


def test_the_decorated_function_stays_a_function():
    assert register_metric("powered", defaults={"power": 2.0, "offset": 0.0})(powered) is powered


def test_a_metric_need_not_be_registered():
    mine = Metric("mine", (Parameter("power", 2.0), Parameter("offset", 0.0)), pair=powered)
    assert distance([0.0], [3.0], mine) == 9.0
    assert "mine" not in available_metrics()


def test_a_record_with_several_routes_takes_the_fastest():
    record = Metric("half", embed=lambda X: X[:, :1], pair=lambda x, y, params: 1.0)  # noqa: ARG005
    add_metric(record)
    assert get_metric("half").routes == ("embed", "pair")
    assert distance([1.0], [3.0], "half") == 2.0


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: register_metric("dtw")(powered), "'dtw' is the name of a built-in metric"),
        (lambda: register_metric("my:own")(powered), "may not have a colon"),
        (lambda: register_metric("x", route="kernel"), "route must be one of"),
        (lambda: register_metric("x", ranges={"p": (0, 1)}), "has a range for 'p', but no default"),
        (lambda: register_metric("x", defaults={"p": 3.0}, ranges={"p": (0, 1)}), "p of metric 'x' .* got 3.0"),
        (lambda: register_metric("x", route="cost", defaults={"p": 1.0})(absolute), "only parameter is 'window'"),
        (lambda: register_metric("x", average="mode")(powered), "average must be one of"),
        (lambda: Metric("x"), "'x' has no route"),
        (lambda: Metric("", pair=powered), "non-empty"),
        (lambda: Metric("x", (Parameter("p", 1.0),) * 2, pair=powered), "declares a parameter twice"),
    ],
)
def test_a_metric_that_cannot_be_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (lambda X, Y: np.zeros((1, 1)), "must give a matrix of shape"),  # noqa: ARG005
        (lambda X, Y: np.full((len(X), len(Y)), np.nan), "gives nan for row 0 of X and row 0"),
    ],
)
def test_what_a_batch_function_gives_is_checked(batch, message):
    with pytest.raises(ValueError, match=message):
        pairwise(SHAPES, metric=Metric("broken", batch=batch))


@pytest.mark.parametrize(
    ("embed", "message"),
    [
        (lambda X: X[:1], "one vector a curve"),
        (lambda X: X[:, 0], "one vector a curve"),
        (lambda X: X * np.inf, "not finite for row 0"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_an_embedding_gives_is_checked(embed, message):
    with pytest.raises(ValueError, match=message):
        nearest(SHAPES, SHAPES[:2], Metric("broken", embed=embed))


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_metric_is_pickled_by_name(name):
    assert pickle.loads(pickle.dumps(get_metric(name))) is get_metric(name)  # noqa: S301


def test_a_plug_in_is_pickled_by_the_module_of_its_functions():
    mine = Metric("mine", (Parameter("power", 2.0), Parameter("offset", 0.0)), pair=powered)
    assert pickle.loads(pickle.dumps(mine)) == mine  # noqa: S301


def test_metrics_travel_to_worker_processes():
    record = Metric("greatest", (Parameter("power", 1.0),), batch=greatest)
    metrics = [get_metric("dtw"), get_metric("auc"), get_metric("tslearn:dtw"), record]
    expected = [pairwise(SHAPES, metric=metric) for metric in metrics]
    found = Parallel(n_jobs=2, backend="loky")(delayed(pairwise)(SHAPES, metric=metric) for metric in metrics)
    assert [matrix.tobytes() for matrix in found] == [matrix.tobytes() for matrix in expected]


@pytest.mark.parametrize(("average", "missing"), [("dba", "window"), ("soft_dtw", "gamma")])
def test_an_average_needs_the_parameters_that_it_takes(average, missing):
    with pytest.raises(ValueError, match=missing):
        Metric("m", batch=lambda X, Y: X @ Y.T, average=average)
