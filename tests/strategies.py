"""Hypothesis strategies that several test files use."""

import unicodedata

import numpy as np
import pandas as pd
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


# What a reader might take for a number, a missing cell, a truth value, a quote or a byte order mark.
ODD_IDS = (
    "007",
    "1e5",
    " a ",
    "NA",
    "null",
    "nan",
    "None",
    "True",
    "-0",
    "١٢",
    "e\u0301",
    "\u202e",
    "\ufeff",
    '"',
    "a,b;c",
)


def ids() -> st.SearchStrategy[str]:
    """Text of any script that can be an id: some character that is no blank, and no control character."""
    text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
    return st.one_of(st.sampled_from(ODD_IDS), text.filter(lambda id_: id_.strip()))


def distinct_ids(*, max_size: int = 6) -> st.SearchStrategy[list[str]]:
    """Ids that one table can hold: no two are the same but for blanks around them or their Unicode form."""
    return st.lists(
        ids(), min_size=1, max_size=max_size, unique_by=lambda id_: unicodedata.normalize("NFC", id_.strip())
    )


def count_tables(*, max_curves: int = 6, max_times: int = 4) -> st.SearchStrategy[pd.DataFrame]:
    """Curves as readers give them: unique ids of any script, and any finite counts of at least 0, or missing."""
    counts = st.one_of(
        st.just(np.nan), st.sampled_from([-0.0, 5e-324, 1e18, 1e308]), st.floats(0, allow_infinity=False)
    )
    index = distinct_ids(max_size=max_curves)
    n_times = st.integers(1, max_times)
    return st.tuples(index, n_times).flatmap(
        lambda drawn: hnp.arrays(np.float64, (len(drawn[0]), drawn[1]), elements=counts).map(
            lambda values: pd.DataFrame(values, pd.Index(drawn[0], name="id", dtype="str"), range(1, drawn[1] + 1))
        )
    )
