"""Hypothesis strategies that several test files use."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp


def curves(*, max_curves: int = 8, max_times: int = 12, max_count: float = 1e9) -> st.SearchStrategy[np.ndarray]:
    """Tables of cumulative counts, some of them 0 throughout."""
    steps = hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=max(max_curves, max_times)).map(
            lambda shape: (min(shape[0], max_curves), min(shape[1], max_times))
        ),
        elements=st.one_of(st.just(0.0), st.floats(1e-3, max_count)),
    )
    return steps.map(lambda increments: np.cumsum(increments, axis=1))
