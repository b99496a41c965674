"""From a table of features to the design matrix of a model, shared by the classifier and the regressor."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils import Tags, get_tags

from tsshape._errors import DataError
from tsshape._typing import RandomState
from tsshape.features import DesignMatrix, EncodedTable, Features, TableEncoder, as_table

# Names of columns, or a function of the training features and the target that returns them.
Columns: TypeAlias = Sequence[str] | Callable[[pd.DataFrame, pd.Series], Sequence[str]] | None


def fit_design(model: Any, X: Features, target: Any) -> DesignMatrix:
    """Learn how features become the design matrix of a `ShapeClassifier` or `ScaleRegressor`, and return the matrix.

    Sets `columns_`, `encoder_` and `design_columns_` on the model. An `EncodedTable` is not encoded again, unless the
    model has an encoder of its own.
    """
    table = X.table if isinstance(X, EncodedTable) else X
    if isinstance(X, EncodedTable):
        if model.encoder is None:
            model.encoder_ = X.encoder
            model.columns_ = model.design_columns_ = _choose_columns(model.columns, X.encoded, target)
            return X.design.select(model.design_columns_)
        if X.joined_columns:
            raise DataError(
                f"{type(model).__name__} has an encoder of its own, which does not know the forecaster's column "
                f"{X.joined_columns[0]!r}: leave `encoder` out, or fit without authors"
            )
    model.columns_ = _choose_columns(model.columns, table, target)
    encoded = fit_encoded(model.encoder, table[model.columns_], model.random_state)
    model.encoder_, model.design_columns_ = encoded.encoder, list(encoded.encoder.get_feature_names_out())
    return encoded.design


def as_design(model: Any, X: Any) -> tuple[DesignMatrix, pd.Index]:
    """Return the design matrix of a fitted model, and the ids of its rows."""
    if not isinstance(X, EncodedTable):
        X = EncodedTable.of(model.encoder_, as_table(model, X, reset=False))
    elif X.encoder is not model.encoder_:
        X = EncodedTable.of(model.encoder_, X.table)
    return X.design.select(model.design_columns_), X.index


def check_features(estimator: Any, X: Any, *, reset: bool) -> Features:
    """Return features as a table, or an `EncodedTable` as it is; on reset the estimator learns their names."""
    if isinstance(X, EncodedTable):
        as_table(estimator, X.table, reset=reset)
        return X
    return as_table(estimator, X, reset=reset)


def fit_encoded(encoder: TableEncoder | None, features: Features, random_state: RandomState) -> EncodedTable:
    """Encode features by a clone of `encoder`, or a `TableEncoder` with its defaults, fitted on them.

    Without an `encoder`, an `EncodedTable` is returned as it is.
    """
    if isinstance(features, EncodedTable):
        if encoder is None:
            return features
        features = features.table
    unfitted = TableEncoder(random_state=random_state) if encoder is None else clone(encoder)
    return EncodedTable.of(unfitted.fit(features), features)


def add_input_tags(tags: Tags, *components: Any) -> Tags:
    """Set the tags of an estimator of such tables; missing values are allowed where every component allows them.

    None stands for LightGBM, which does.
    """
    tags.input_tags.string = tags.input_tags.categorical = True
    tags.input_tags.allow_nan = all(each is None or get_tags(each).input_tags.allow_nan for each in components)
    return tags


def _choose_columns(columns: Columns, features: pd.DataFrame, target: Any) -> list[str]:
    """Return the names of the columns to use; refused if the table lacks one."""
    if columns is None:
        return list(features.columns)
    chosen = list(columns(features, pd.Series(np.asarray(target), features.index)) if callable(columns) else columns)
    missing = [name for name in chosen if name not in features.columns]
    if missing:
        raise DataError(f"features lack the columns {missing}")
    return chosen
