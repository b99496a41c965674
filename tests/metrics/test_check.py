"""The contract holds for every listed metric, and a breach is found and named."""

import numpy as np
import pytest

from tsshape import DataError
from tsshape.metrics import BUILT_IN, Metric, available_metrics, check_metric, try_metric
from tsshape.metrics._check import example_shapes


@pytest.mark.parametrize("metric", available_metrics())
def test_every_listed_metric_keeps_the_contract(metric):
    report = check_metric(metric)
    assert report.metric == metric
    assert not report.failed
    assert len(report.claims) >= 6


def panels():
    for name, metric in BUILT_IN.items():
        for n_channels, is_unequal in ((3, False), (1, True), (3, True)):
            if (metric.multichannel or n_channels == 1) and (metric.elastic or not is_unequal):
                # Kernels take seconds to be compiled; those of dtw and lcss serve other tests, too.
                is_slow = metric.elastic and name not in {"dtw", "ddtw", "lcss", "sbd"}
                is_slow |= n_channels > 1 and name == "lcss"
                yield pytest.param(name, n_channels, is_unequal, marks=[pytest.mark.slow] if is_slow else [])


@pytest.mark.parametrize(("metric", "n_channels", "is_unequal"), list(panels()))
def test_every_metric_keeps_the_contract_with_several_channels_and_unequal_lengths(metric, n_channels, is_unequal):
    shapes = example_shapes()
    curves = np.stack((shapes, 1 - shapes[::-1], shapes**2), axis=1) if n_channels > 1 else shapes
    if is_unequal:
        curves = [curve[..., : 12 - row % 6] for row, curve in enumerate(curves)]
    assert not check_metric(metric, curves=curves).failed


def gaps(X, Y):
    return np.abs(X[:, None] - Y[None]).sum(axis=2)


def spoils_its_input(X, Y):
    found = gaps(X, Y)
    X[0, 0] += 1
    return found


def random(X, Y):
    return gaps(X, Y) + np.random.default_rng().random((len(X), len(Y)))


def depends_on_all(X, Y):
    return gaps(X, Y) / X.mean()


def one_sided(X, Y):
    return np.maximum(X[:, None] - Y[None], 0).sum(axis=2)


def not_a_number(X, Y):
    return gaps(X, Y) * np.nan


def sum_of_gaps(x, y, params):  # noqa: ARG001
    total = 1e-3
    for i in range(len(x)):
        total += abs(x[i] - y[i])
    return total


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        (Metric("spoils", batch=spoils_its_input), "leaves its input as it was: the route batch writes"),
        (Metric("random", batch=random), "gives the same bits again: .* differs from run to run"),
        (Metric("context", batch=depends_on_all), "gives the same for a part of the curves"),
        (Metric("sided", batch=one_sided), "is symmetric: the distance of rows"),
        (Metric("offset", pair=sum_of_gaps), "is 0 between a curve and itself: 0.001 for row 0"),
        (Metric("two", batch=gaps, pair=sum_of_gaps), "agrees by its routes batch and pair"),
        (Metric("nan", batch=not_a_number), "finite distance for every pair: DataError: .* gives nan for row 0"),
        (Metric("local", batch=lambda X, Y: gaps(X, Y)), "survives pickling: .*"),  # noqa: PLW0108
        (Metric("raises", batch=lambda X, Y: X / len(None)), "TypeError"),  # noqa: ARG005
        (Metric("same", batch=gaps, elastic=True), "takes curves of different lengths: .* failed with ValueError"),
    ],
    ids=lambda value: value.name if isinstance(value, Metric) else "",
)
def test_a_broken_claim_is_found_and_named(metric, message):
    with pytest.raises(DataError, match=rf"the metric '{metric.name}' breaks (.|\n)*{message}"):
        check_metric(metric)
    assert try_metric(metric).failed


def test_what_is_not_claimed_is_not_asked_for():
    sided = Metric("sided", batch=one_sided, symmetric=False)
    assert "is symmetric" not in [claim.claim for claim in check_metric(sided).claims]


def test_parameters_and_curves_may_be_given():
    assert check_metric("dtw", window=2, curves=np.random.default_rng(0).normal(size=(5, 9)))
    with pytest.raises(ValueError, match="no parameter"):
        check_metric("dtw", radius=2)
