"""The way from a table of features to the matrix that an estimator takes, shared by the heads."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from tsshape._errors import DataError
from tsshape._typing import FloatArray, RandomState
from tsshape.features import TableEncoder, to_matrix

# Names of columns, or a function of the training features and the target that chooses them.
Columns: TypeAlias = Sequence[str] | Callable[[pd.DataFrame, pd.Series], Sequence[str]] | None


def as_table(features: Any) -> pd.DataFrame:
    """Features as a DataFrame; the columns of a plain array are named by their position."""
    if isinstance(features, pd.DataFrame):
        return features
    values = np.asarray(features)
    if values.ndim != 2:  # noqa: PLR2004
        raise DataError(f"features must have 2 dimensions (posts, columns); got {values.ndim}")
    return pd.DataFrame(values, columns=[f"x{column}" for column in range(values.shape[1])])


def check_rows(values: npt.NDArray[Any], n_posts: int, *, name: str) -> None:
    """Refuse what does not have one value a post."""
    if values.shape != (n_posts,):
        raise DataError(f"{name} must have one value for each of the {n_posts} posts; got shape {values.shape}")


def choose_columns(columns: Columns, features: pd.DataFrame, target: Any) -> list[str]:
    """The names of the columns to use; refused if the table lacks one."""
    if columns is None:
        return list(features.columns)
    chosen = list(columns(features, pd.Series(np.asarray(target), features.index)) if callable(columns) else columns)
    lacking = [name for name in chosen if name not in features.columns]
    if lacking:
        raise DataError(f"features lack the columns {lacking}")
    return chosen


def fit_encoder(encoder: TableEncoder | None, features: pd.DataFrame, random_state: RandomState) -> TableEncoder:
    """A clone of `encoder`, or a `TableEncoder` as it comes, fitted."""
    fresh = TableEncoder(random_state=random_state) if encoder is None else clone(encoder)
    return fresh.fit(features)


def encode(encoder: TableEncoder, features: Any) -> tuple[FloatArray, list[int]]:
    """Features as a matrix, and the positions of its categorical columns."""
    return as_matrix(encoder.transform(as_table(features)))


def as_matrix(encoded: pd.DataFrame) -> tuple[FloatArray, list[int]]:
    """An encoded table as `to_matrix` gives it; a table without columns as one column that tells nothing.

    Few estimators take no column at all, and a forecast that is the same for every post is still one.
    """
    matrix, categorical = to_matrix(encoded)
    return (matrix if matrix.shape[1] else np.zeros((len(encoded), 1))), categorical
