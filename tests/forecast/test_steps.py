"""What a fit says while it runs: to a callback, and to the log."""

import logging
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

import tsshape
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster

POSTS = tsshape.simulate_spid(60, n_times=5, random_state=0)
NUMBERS = POSTS.features.select_dtypes("number").fillna(0.0)
FIRST = ("features", "prototypes")
MODELS = "shapes and scales"


def forecaster(**parameters):
    return ScaleShapeForecaster(ShapeKMeans(3, random_state=0), random_state=0, **parameters)


@pytest.mark.parametrize(
    ("parameters", "parts"),
    [
        ({"loss": "trimmed"}, [*FIRST, "growth in flight", MODELS, "intervals"]),
        ({"loss": "mean", "intervals": False}, [*FIRST, "growth in flight", MODELS]),
        (
            {"in_flight": False, "classifier": DummyClassifier()},
            [*FIRST, MODELS, "intervals"],
        ),
    ],
)
def test_a_fit_counts_its_models_and_ends_with_all_of_them(parameters, parts):
    steps = []
    model = forecaster(**parameters).fit(NUMBERS, POSTS.curves, on_step=lambda *step: steps.append(step))
    silent = forecaster(**parameters).fit(NUMBERS, POSTS.curves)
    pd.testing.assert_frame_equal(model.predict(NUMBERS), silent.predict(NUMBERS), check_exact=True)
    done, total, what = zip(*steps, strict=True)
    assert done[0] == 0
    assert done[-1] == total[0]
    assert set(total) == {total[0]}
    assert list(dict.fromkeys(what)) == parts
    assert all(0 <= later - earlier <= 2 for earlier, later in pairwise(done))
    assert len(set(done)) > 0.8 * total[0]


@pytest.mark.parametrize(("verbose", "some", "details"), [(0, False, False), (1, True, False), (2, True, True)])
def test_a_fit_prints_as_much_as_is_asked(verbose, some, details, capfd):
    forecaster(in_flight=False, intervals=False, verbose=verbose).fit(NUMBERS, POSTS.curves)
    out, err = capfd.readouterr()
    assert not out
    assert ("tsshape: fitted shapes and scales in " in err) == some
    assert ("tsshape: shapes and scales: a model of " in err) == details
    assert logging.getLogger("tsshape").level == logging.NOTSET


def test_a_program_can_listen_to_the_log(caplog):
    with caplog.at_level(logging.INFO, "tsshape"):
        forecaster(in_flight=False, intervals=False).fit(NUMBERS, POSTS.curves)
    assert [record.message.split(" in ")[0] for record in caplog.records] == [
        *("fitted features", "fitted ShapeKMeans on 60 curves: 3 clusters"),
        *("fitted prototypes", "fitted shapes and scales"),
    ]


def test_a_step_that_fails_stops_the_fit():
    def stop(done, _total, _what):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forecaster().fit(NUMBERS, POSTS.curves, on_step=stop)
    assert np.isfinite(forecaster().fit(NUMBERS, POSTS.curves).predict(NUMBERS)).all(axis=None)
