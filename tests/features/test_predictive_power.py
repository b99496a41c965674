from typing import Any

import numpy as np
import pandas as pd
import pytest

from tsshape._errors import DataError
from tsshape.features import predictive_power_score

# Printed by `ppscore.score(example_columns(n_rows), x, y, catch_errors=False)["ppscore"]` of ppscore 1.3.0, on Python
# 3.10, pandas 1.5.3, numpy 1.26.4, scikit-learn 1.5.2. With 6,000 rows the package samples 5,000 of them.
PUBLISHED = {
    (400, "number", "square"): 0.9383839256206807,
    (400, "square", "number"): 0.04468594010671545,
    (400, "gaps", "square"): 0.9348288364758508,
    (400, "square", "gaps"): 0.05776268808014973,
    (400, "noise", "number"): 0,
    (400, "number", "noise"): 0,
    (400, "group", "level"): 0.524672311934319,
    (400, "level", "group"): 0.48846760288957236,
    (400, "number", "flag"): 0.7571078771512482,
    (400, "flag", "number"): 0.46413326889568574,
    (400, "group", "flag"): 0.04213965796473682,
    (400, "group", "rare"): 0.172874529397693,
    (400, "rare", "group"): 0,
    (6000, "number", "square"): 0.9440276872326906,
    (6000, "square", "gaps"): 0,
    (6000, "group", "level"): 0.503761107348216,
    (6000, "level", "group"): 0.3967617055188807,
    (6000, "level", "rare"): 0.06887710031992848,
}


def example_columns(n_rows: int) -> pd.DataFrame:
    """Columns that the published package and the tests make from the same seed."""
    rng = np.random.default_rng(20200428)
    number = rng.uniform(-2, 2, n_rows)
    group = rng.integers(0, 4, n_rows)
    return pd.DataFrame(
        {
            "number": number,
            "square": number**2 + rng.normal(0, 0.05, n_rows),
            "gaps": np.where(rng.uniform(size=n_rows) < 0.2, np.nan, number),
            "noise": rng.normal(size=n_rows),
            "group": np.array(["north", "east", "south", "west"])[group],
            "level": group * 1.5 + rng.normal(size=n_rows),
            "flag": number + rng.normal(0, 0.5, n_rows) > 0,
            "rare": np.where(
                np.arange(n_rows) < 3, "seldom", np.where(rng.uniform(size=n_rows) < 0.3 + 0.1 * group, "yes", "no")
            ),
        }
    )


@pytest.mark.parametrize(("n_rows", "x", "y"), PUBLISHED)
def test_the_score_is_that_of_the_published_package(n_rows: int, x: Any, y: Any) -> None:
    columns = example_columns(n_rows)
    score = predictive_power_score(columns[x], columns[y])
    assert score == pytest.approx(PUBLISHED[n_rows, x, y], abs=1e-9)


def test_categories_and_flags_of_any_dtype_score_the_same() -> None:
    columns = example_columns(400)
    expected = predictive_power_score(columns["group"], columns["flag"])
    as_category = columns["group"].astype("category"), columns["flag"].astype("category")
    assert predictive_power_score(*as_category) == pytest.approx(expected, abs=1e-12)
    assert predictive_power_score(columns["group"].to_numpy(object), columns["flag"].astype("boolean")) == expected


def test_dates_count_as_numbers() -> None:
    columns = example_columns(400)
    dates = pd.Timestamp("2020") + pd.to_timedelta((columns["number"] * 1e6).round(), unit="s")
    assert predictive_power_score(dates, columns["square"]) == pytest.approx(
        PUBLISHED[400, "number", "square"], rel=1e-3
    )
    assert predictive_power_score(columns["number"], dates) > 0.9


IDS = [f"id{i}" for i in range(20)]
NUMBERS = np.arange(20.0)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (IDS, NUMBERS),
        (NUMBERS, IDS),
        (NUMBERS, np.ones(20)),
        (NUMBERS, ["same"] * 20),
        (NUMBERS[:3], NUMBERS[:3]),
        (NUMBERS, list("abcdefghij") * 2),
        (np.full(20, np.nan), NUMBERS),
        ([], []),
    ],
    ids=["id predicts", "id predicted", "constant", "one class", "few rows", "rare classes only", "missing", "no rows"],
)
def test_what_cannot_be_scored_scores_zero(x: Any, y: Any) -> None:
    assert predictive_power_score(pd.Series(x), pd.Series(y)) == 0


@pytest.mark.parametrize("seed", range(10))
def test_the_score_has_its_range_also_where_the_random_order_is_the_true_one(seed: int) -> None:
    assert 0 <= predictive_power_score(np.zeros(6), list("aaaaab"), random_state=seed) <= 1


def test_rows_are_matched_by_position_not_by_index() -> None:
    x = pd.Series(np.linspace(-1, 1, 100))
    y = (x**2).set_axis(range(100, 200))
    assert predictive_power_score(x, y) > 0.9


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        predictive_power_score([1.0, 2.0], [1.0, 2.0, 3.0])


def test_an_infinite_number_is_refused() -> None:
    with pytest.raises(DataError, match="inf at row 1"):
        predictive_power_score([1.0, np.inf], [1.0, 2.0])
