import numpy as np
import pytest

from tsshape import DataError, scores

RNG = np.random.default_rng(0)
SCALE = RNG.lognormal(4, 1, 40)
SHAPE = np.sort(RNG.random((40, 10)), axis=1)
SHAPE /= SHAPE[:, -1:]
TRUE = SCALE[:, None] * SHAPE
WRONG = {"scale": SCALE * 2, "shape": SHAPE**2, "prototype": SHAPE**1.5}


def test_each_entry_is_the_error_with_that_part_replaced_by_the_truth():
    budget = scores.error_budget(TRUE, **WRONG)
    assert budget["nothing"] == pytest.approx(scores.trimmed_rmse(TRUE, WRONG["scale"][:, None] * WRONG["shape"]))
    assert budget["scale"] == pytest.approx(scores.trimmed_rmse(TRUE, SCALE[:, None] * WRONG["shape"]))
    assert budget["prototype"] == pytest.approx(scores.trimmed_rmse(TRUE, WRONG["scale"][:, None] * WRONG["prototype"]))
    assert budget["shape"] == pytest.approx(scores.trimmed_rmse(TRUE, WRONG["scale"][:, None] * SHAPE))


def test_knowing_the_part_that_is_wrong_leaves_no_error():
    assert scores.error_budget(TRUE, **WRONG | {"shape": SHAPE})["scale"] == pytest.approx(0.0, abs=1e-10)
    assert scores.error_budget(TRUE, **WRONG | {"scale": SCALE})["shape"] == pytest.approx(0.0, abs=1e-10)


def test_a_zero_curve_counts_by_its_forecast():
    budget = scores.error_budget(np.zeros((1, 2)), scale=[3.0], shape=[[1.0, 1.0]], prototype=[[0.0, 0.0]])
    assert budget.to_dict() == {"nothing": 3.0, "scale": 0.0, "prototype": 0.0, "shape": 0.0}


def test_scales_that_do_not_match_are_refused():
    with pytest.raises(DataError, match="40 true curves"):
        scores.error_budget(TRUE, **WRONG | {"scale": SCALE[:3]})
