import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMRegressor
from numpy.testing import assert_array_equal

from tsshape._errors import DataError
from tsshape.features import TableEncoder, to_matrix


def test_categories_become_codes_and_missing_becomes_nan() -> None:
    table = pd.DataFrame({"c": ["b", None, "a"], "x": [1.0, 2.0, np.nan]})
    matrix, categorical = to_matrix(TableEncoder().fit_transform(table))
    assert_array_equal(matrix, [[1, 1], [np.nan, 2], [0, np.nan]])
    assert categorical == [0]
    assert matrix.flags.c_contiguous
    assert matrix.dtype == np.float64


def test_onehot_columns_are_numbers() -> None:
    table = pd.DataFrame({"c": ["b", None, "a"]})
    matrix, categorical = to_matrix(TableEncoder(categories="onehot").fit_transform(table))
    assert_array_equal(matrix, [[0, 1], [0, 0], [1, 0]])
    assert categorical == []


def test_a_table_that_is_not_encoded_is_refused_with_the_column() -> None:
    with pytest.raises(DataError, match="'c' holds str values"):
        to_matrix(pd.DataFrame({"x": [1.0], "c": ["a"]}))


def test_lightgbm_takes_the_matrix_and_the_positions() -> None:
    rng = np.random.default_rng(0)
    country = rng.choice(["FR", "IT", "JP", "DE"], 2000)
    target = (np.isin(country, ["FR", "JP"])).astype(float)
    matrix, categorical = to_matrix(TableEncoder().fit_transform(pd.DataFrame({"c": country})))
    model = LGBMRegressor(n_estimators=50, num_leaves=3, verbosity=-1, n_jobs=1)
    model.fit(matrix, target, categorical_feature=categorical)
    assert np.abs(model.predict(matrix) - target).max() < 0.2
