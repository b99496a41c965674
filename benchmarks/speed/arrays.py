"""The curves that everything is measured on."""

import numpy as np


def shapes(n_curves: int, n_times: int, dtype: str = "float64", seed: int = 0) -> np.ndarray:
    """Cumulative curves that end at 1: bursts of views after upload and later, a few kinds of life with noise."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, n_times)
    start = rng.choice([0.05, 0.2, 0.5, 0.8], size=(n_curves, 1)) + rng.normal(0, 0.03, (n_curves, 1))
    speed = rng.choice([5.0, 15.0, 40.0], size=(n_curves, 1))
    views = 1 / (1 + np.exp(-speed * (t - start))) + rng.uniform(0, 0.5, (n_curves, 1)) * t
    views = np.cumsum(np.diff(views, axis=1, prepend=0) * rng.uniform(0.5, 1.5, (n_curves, n_times)), axis=1)
    return np.ascontiguousarray(views / views[:, -1:], dtype)
