"""The way from a table of features to the matrix that an estimator takes, shared by the heads."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils import Tags, get_tags

from tsshape._errors import DataError
from tsshape._typing import FloatArray, RandomState
from tsshape.features import TableEncoder, to_matrix

# Names of columns, or a function of the training features and the target that chooses them.
Columns: TypeAlias = Sequence[str] | Callable[[pd.DataFrame, pd.Series], Sequence[str]] | None


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


def encode(encoder: TableEncoder, features: pd.DataFrame) -> tuple[FloatArray, list[int]]:
    """Features as a matrix, and the positions of its categorical columns."""
    return as_matrix(encoder.transform(features))


def add_input_tags(tags: Tags, *parts: Any) -> Tags:
    """The tags of an estimator of such tables; missing values go through to parts that are not LightGBM by default."""
    tags.input_tags.string = tags.input_tags.categorical = True
    tags.input_tags.allow_nan = all(part is None or get_tags(part).input_tags.allow_nan for part in parts)
    return tags


def as_matrix(encoded: pd.DataFrame) -> tuple[FloatArray, list[int]]:
    """An encoded table as `to_matrix` gives it; a table without columns as one column that tells nothing.

    Few estimators take no column at all, and a forecast that is the same for every post is still one.
    """
    matrix, categorical = to_matrix(encoded)
    return (matrix if matrix.shape[1] else np.zeros((len(encoded), 1))), categorical
