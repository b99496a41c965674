import numpy as np
import pytest
from scipy.optimize import approx_fprime

from tsshape.forecast._bounded import Bounds, bounded_loss, clipped_error, error_bounds

BASE, TRUE = np.array([1.0, 1.0, 11.0]), np.array([20.0, 20.0, 400.0])
LIMITS = Bounds(np.full(3, 2.0), np.full(3, 60.0))


def pull(forecast):
    """The gradient of the loss by the log growth, where it is forecast so."""
    growth = np.log(forecast / BASE)
    return bounded_loss(BASE, LIMITS, np.log(TRUE / BASE), start=0.5)(growth - 0.5, None)


def test_a_perfect_forecast_has_no_gradient():
    gradient, curvature = pull(TRUE)
    np.testing.assert_allclose(gradient, 0.0, atol=1e-12)
    assert (curvature > 0).all()


def test_forecasts_are_drawn_towards_the_truth():
    assert (pull(TRUE + 10.0)[0] > 0).all()
    assert (pull(TRUE - 10.0)[0] < 0).all()


def test_the_pull_of_a_hopeless_error_fades():
    near, far = (abs(pull(TRUE * 1.0 + error)[0] / (TRUE + error)) for error in (15.0, 1500.0))
    assert (far < near / 50).all()


def test_the_gradient_is_that_of_a_loss_in_counts():
    # d loss / d error = w e, with the weight as documented; by the log growth it is multiplied with the count.
    low, fading = 2.0, 0.5 * 60.0

    def loss(error):
        grid = np.linspace(0.0, error[0], 20_001)
        return np.trapezoid(grid / (np.sqrt(grid**2 + low**2) * (1 + (grid / fading) ** 2) * fading), grid)

    slope = approx_fprime(np.array([12.0]), loss, 1e-5)[0]
    assert pull(TRUE + 12.0)[0][0] == pytest.approx(slope * 32.0, rel=1e-4)


def test_the_error_is_clipped_to_its_bounds():
    error = clipped_error(BASE, LIMITS, np.log(TRUE / BASE), 0.0)
    assert error(np.log(TRUE / BASE), None)[1] == pytest.approx(2.0 / 60.0)
    assert error(np.log(1e9 / BASE), None)[1] == pytest.approx(1.0)


def test_bounds_are_the_quartiles_and_never_0():
    assert error_bounds(np.array([1.0, 2.0, 3.0, 4.0, 100.0])) == (2.0, 4.0)
    assert error_bounds(np.zeros(5)) == (0.5, 1.0)
