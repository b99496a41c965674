"""Simulated shapes: families of them, and which features of a post favour which family.

A shape is a mixture of three ways for views to arrive within a window of time u = 0 … 1:

    burst(u) = 1 - exp(-u / decay),  steady(u) = u^power,  wave(u) = logistic((u - when) / width)

each scaled to grow from 0 to 1 over the window, the weights summing to 1.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._typing import FloatArray, IntArray
from tsshape.data._simulator._text import TextArray


class Family(NamedTuple):
    """A family of shapes: its frequency, its typical member, and the log odds by which features favour it."""

    frequency: float
    burst: float
    wave: float
    decay: float = 0.05
    power: float = 1.0
    when: float = 0.5
    width: float = 0.03
    # Log odds for one standard deviation more of NumGroups and of Contacts, for a professional's post, for a post at
    # the peak hour (the opposite at the opposite hour), and for the topic named.
    groups: float = 0.0
    contacts: float = 0.0
    pro: float = 0.0
    evening: float = 0.0
    topic: str = ""


FAMILIES = {
    "instant burst": Family(1.6, 0.95, 0.0, decay=0.02, contacts=2.1, evening=1.5, topic="festival"),
    "quick burst": Family(1.4, 0.9, 0.0, decay=0.08, contacts=1.1, evening=0.8, topic="street"),
    "slow burst": Family(1.2, 0.9, 0.0, decay=0.3, evening=-0.7, topic="animals"),
    "burst, then steady": Family(1.2, 0.5, 0.0, decay=0.03, contacts=0.8, pro=1.5, topic="kitchen"),
    "slowing growth": Family(1.0, 0.05, 0.0, power=0.5, groups=0.8, topic="harbour"),
    "steady growth": Family(1.0, 0.05, 0.0, groups=-1.0, contacts=-1.2, topic="garden"),
    "quickening growth": Family(0.6, 0.0, 0.0, power=2.2, contacts=-1.8, evening=-1.2),
    "mid take-off": Family(0.6, 0.15, 0.75, when=0.4, groups=1.4, topic="mountain"),
    "late take-off": Family(0.5, 0.1, 0.8, when=0.7, groups=1.8, contacts=-1.2, topic="stars"),
    "second wave": Family(0.9, 0.5, 0.45, decay=0.04, when=0.6, groups=2.1, pro=1.4),
}
_TABLE = pd.DataFrame(FAMILIES.values())
_TOPIC_LOG_ODDS = 2.2

# Spreads within a family: of the logarithms of the weights and of the paces, and of the wave's time.
_WEIGHT_SPREAD = 0.3
_PACE_SPREAD = 0.3
_WHEN_SPREAD = 0.06
# Standard deviation of a day's views, relative to its share of the smooth shape.
_DAILY_VARIATION = 0.25
# Some posts are not seen at all in the first days: this share, for at most this part of the window.
_OVERLOOKED_SHARE = 0.1
_LONGEST_WAIT = 0.1


def draw_families(drivers: pd.DataFrame, topic: TextArray, rng: np.random.Generator) -> IntArray:
    """Draw each post's family; `drivers` has the columns groups, contacts, pro and evening."""
    log_odds = np.log(_TABLE["frequency"].to_numpy()) + drivers.to_numpy(float) @ _TABLE[drivers.columns].to_numpy().T
    log_odds += _TOPIC_LOG_ODDS * (topic[:, np.newaxis] == _TABLE["topic"].to_numpy(str))
    # The largest of log odds + Gumbel noise is a draw with the softmax's probabilities.
    family: IntArray = np.argmax(log_odds + rng.gumbel(size=log_odds.shape), axis=1)
    return family


def draw_shapes(family: IntArray, n_times: int, rng: np.random.Generator) -> FloatArray:
    """Draw a random member of each post's family: non-decreasing shapes (n_curves, n_times) that end at 1."""
    member = _draw_members(family, rng)
    increments = np.diff(_smooth_shapes(member, n_times), axis=1, prepend=0).clip(min=0)
    gamma_shape = 1 / _DAILY_VARIATION**2
    views: FloatArray = np.cumsum(increments * rng.gamma(gamma_shape, 1 / gamma_shape, increments.shape), axis=1)
    return views / views[:, -1:]


def _draw_members(family: IntArray, rng: np.random.Generator) -> dict[str, FloatArray]:
    """Draw the parameters of each post's smooth shape around those of its family; arrays of shape (n_curves, 1)."""
    typical = {
        name: _TABLE[name].to_numpy()[family, np.newaxis]
        for name in ("burst", "wave", "decay", "power", "when", "width")
    }
    weights = np.hstack([typical["burst"], typical["wave"], 1 - typical["burst"] - typical["wave"]])
    weights *= np.exp(_WEIGHT_SPREAD * rng.standard_normal(weights.shape))
    weights /= weights.sum(axis=1, keepdims=True)
    size = (len(family), 1)
    paces = {
        name: typical[name] * np.exp(_PACE_SPREAD * rng.standard_normal(size)) for name in ("decay", "power", "width")
    }
    when = (typical["when"] + _WHEN_SPREAD * rng.standard_normal(size)).clip(0.1, 0.9)
    wait = rng.uniform(0, _LONGEST_WAIT, size) * (rng.random(size) < _OVERLOOKED_SHARE)
    burst, wave, steady = weights.T[:, :, np.newaxis]
    return {"burst": burst, "wave": wave, "steady": steady, "when": when, "wait": wait, **paces}


def _smooth_shapes(member: dict[str, FloatArray], n_times: int) -> FloatArray:
    """Compute the mixture of the module's docstring at the end of each day; shape (n_curves, n_times)."""
    u = np.arange(1, n_times + 1) / n_times
    u = ((u - member["wait"]) / (1 - member["wait"])).clip(min=0)
    burst = np.expm1(-u / member["decay"]) / np.expm1(-1 / member["decay"])
    start, at, end = (np.tanh((x - member["when"]) / (2 * member["width"])) for x in (0.0, u, 1.0))
    wave = (at - start) / (end - start)
    shapes: FloatArray = member["burst"] * burst + member["wave"] * wave + member["steady"] * u ** member["power"]
    return shapes
