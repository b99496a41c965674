"""A table of mixed columns as numbers and categories, learned from the training rows only."""

from typing import Any, ClassVar, Literal, Self, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from tsshape._errors import DataError
from tsshape._typing import RandomState
from tsshape._validation import Choice, Constraints, Number, check_parameters
from tsshape.data import calendar_features
from tsshape.features._columns import (
    ValueKind,
    as_numbers,
    as_seconds,
    as_stamps,
    as_text,
    is_categorical,
    named_columns,
    value_kind,
)
from tsshape.features._table import as_table
from tsshape.features._text import TextEmbedding, fit_text

Kind: TypeAlias = Literal["number", "category", "text", "date"]


class TableEncoder(TransformerMixin, BaseEstimator):
    """Numbers, categories, text and dates as a table that trees and linear models take.

    Numbers and flags become float64; dates become seconds since 1970-01-01 UTC and, as far as they differ in training,
    hour, weekday and day of the year (see `tsshape.data.calendar_features`); categories become pandas categoricals
    or 0/1 columns; other text becomes embeddings (tf-idf of character n-grams and a truncated singular value
    decomposition: skrub's `StringEncoder`, which needs no network). Everything is learned from the rows given to
    `fit`, a row is encoded the same whatever rows stand beside it, and columns are matched by name: their order does
    not matter and unknown ones are ignored.

    Parameters
    ----------
    categories : {"native", "onehot"}
        Categories as pandas categoricals with exactly the training categories, or one 0/1 column each. A missing or
        unseen category is missing, or 0 in all of its columns.
    max_categories : int
        Text with at most so many (at least 1) different values in training is a category, other text is embedded.
        A column of categorical dtype is always a category.
    n_components : int
        Columns for each embedded text, at least 1; fewer where the training texts hold fewer n-grams.
    random_state : int, RandomState or None
        Seed of the randomised decomposition. The same int gives the same bits, on any number of threads.

    Attributes
    ----------
    kinds_ : dict of str to {"number", "category", "text", "date"}
        What each used column is. A column without a value in the training rows is dropped: it is not among the kinds,
        not encoded, and not asked for in `transform`.
    categories_ : dict of str to CategoricalDtype
        The training categories of each category column: sorted for text, in the dtype's order otherwise.
    text_encoders_ : dict of str to TextEmbedding
        What skrub's encoder has learned of each text column; it returns the same bits.
    calendars_ : dict of str to list of str
        The parts of "hour", "weekday" and "yearday" that are encoded of each date column: those that differ among the
        training rows, unless the table has a used column of that name, `name_hour`, itself.
    feature_names_in_ : array of shape (n_features,)
        The columns of the training table. Not defined for a training array, whose columns are called x0, x1, …
    n_features_in_ : int
        Their number.

    Notes
    -----
    Blank text is missing. Missing text, and text without an n-gram of the training texts, is embedded at the origin.

    Examples
    --------
    >>> import pandas as pd
    >>> from tsshape.features import TableEncoder
    >>> posts = pd.DataFrame({"Contacts": [12, None], "Country": ["IT", "FR"]}, index=["a", "b"])
    >>> encoder = TableEncoder().fit(posts)
    >>> encoder.transform(pd.DataFrame({"Country": ["FR", "JP"], "Contacts": [7, 9]}, index=["c", "d"]))
       Contacts Country
    c       7.0      FR
    d       9.0     NaN
    >>> encoder.get_feature_names_out()
    array(['Contacts', 'Country'], dtype=object)
    >>> encoder.kinds_, encoder.value_kinds_
    ({'Contacts': 'number', 'Country': 'category'}, {'Contacts': 'number', 'Country': 'text'})
    """

    kinds_: dict[str, Kind]
    categories_: dict[str, pd.CategoricalDtype]
    text_encoders_: dict[str, TextEmbedding]
    calendars_: dict[str, list[str]]

    _constraints: ClassVar[Constraints] = {
        "categories": Choice(("native", "onehot")),
        "max_categories": Number(1, integer=True),
        "n_components": Number(1, integer=True),
    }

    def __init__(
        self,
        *,
        categories: Literal["native", "onehot"] = "native",
        max_categories: int = 40,
        n_components: int = 16,
        random_state: RandomState = None,
    ) -> None:
        self.categories = categories
        self.max_categories = max_categories
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Learn the kinds, categories and embeddings of the columns.

        Parameters
        ----------
        X : DataFrame of shape (n_posts, n_features)
            The training rows; an array is taken too.
        y : None
            Ignored.

        Returns
        -------
        self : TableEncoder
            The fitted encoder.

        Raises
        ------
        DataError
            If a column stands twice, holds values of mixed or unknown type or an infinite number (the message names
            row and column), or if two encoded columns would have the same name.
        """
        del y
        check_parameters(self.get_params(deep=False), self._constraints)
        table = as_table(self, X, reset=True)
        if table.empty and len(table.columns):
            raise DataError("features have no rows to learn from")
        self.kinds_, self.categories_, self.text_encoders_ = {}, {}, {}
        columns = named_columns(table)
        for name, column in columns.items():
            kind = value_kind(column)
            if kind is not None:
                self._fit_column(name, column, kind)
        self.calendars_ = {
            name: self._varying_parts(name, columns[name]) for name, kind in self.kinds_.items() if kind == "date"
        }
        names = pd.Index(self.get_feature_names_out())
        if not names.is_unique:
            raise DataError(
                f"features: two encoded columns would be called {names[names.duplicated()][0]!r}; rename one"
            )
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The encoded table.

        Parameters
        ----------
        X : DataFrame of shape (n_posts, any)
            Rows to encode, with at least the columns in `kinds_`.

        Returns
        -------
        encoded : DataFrame of shape (n_posts, n_features_out)
            With the index of `X` and the columns of `get_feature_names_out`: float64, or categorical.

        Raises
        ------
        DataError
            If a column is missing, stands twice, holds other values than in training (text instead of numbers, for
            example; all missing is fine), or an infinite number.
        """
        check_is_fitted(self)
        table = as_table(self, X, reset=False)
        columns = named_columns(table)
        lacking = [name for name in self.kinds_ if name not in columns]
        if lacking:
            raise DataError(f"features lack {len(lacking)} of the training columns, the first of them {lacking[0]!r}")
        encoded: dict[str, Any] = {}
        for name in self.kinds_:
            encoded |= self._encode_column(name, columns[name])
        return pd.DataFrame(encoded, index=table.index)

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """The names of the encoded columns.

        Parameters
        ----------
        input_features : array of str, optional
            The columns of the training table, which are known anyway; others are refused.

        Returns
        -------
        names : array of str
            A column's own name; `name_category` for 0/1 columns; `name_00`, `name_01`, … for embeddings; `name`,
            `name_hour`, `name_weekday`, `name_yearday` for dates.
        """
        check_is_fitted(self)
        _check_feature_names_in(self, input_features)
        return np.array([out for name in self.kinds_ for out in self._names_out(name)], dtype=object)

    @property
    def value_kinds_(self) -> dict[str, ValueKind]:
        """What the values of each used column are, "number", "text" or "date", as a reader has to give them.

        Unlike `kinds_` it says of a category what its values are; `read_posts` takes it.
        """
        check_is_fitted(self)
        return {name: self._value_kind(name) for name in self.kinds_}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _fit_column(self, name: str, column: pd.Series, kind: ValueKind) -> None:
        """Learn one column that has a value."""
        self.kinds_[name] = kind
        if is_categorical(column):
            self.categories_[name] = column.cat.remove_unused_categories().dtype
        elif kind == "number":
            as_numbers(column)  # refuses an infinite number
        elif kind == "text" and column.nunique() <= self.max_categories:
            self.categories_[name] = pd.CategoricalDtype(sorted(column.dropna().unique()))
        elif kind == "text":
            self.text_encoders_[name] = fit_text(column, self.n_components, self.random_state)
        if name in self.categories_:
            self.kinds_[name] = "category"

    def _varying_parts(self, name: str, column: pd.Series) -> list[str]:
        """The parts of the calendar that are learned of a date column."""
        calendar = calendar_features(as_stamps(column))
        varying = calendar.columns[calendar.min() < calendar.max()]
        return [part for part in varying if f"{name}_{part}" not in self.kinds_]

    def _encode_column(self, name: str, column: pd.Series) -> dict[str, Any]:
        """The encoded columns of one column, by name."""
        column = self._without_drift(name, column)
        if name in self.categories_:
            dtype = self.categories_[name]
            codes = dtype.categories.get_indexer(column)
            if self.categories == "native":
                return {name: pd.Categorical.from_codes(codes, dtype=dtype)}
            return {out: (codes == code).astype(np.float64) for code, out in enumerate(self._names_out(name))}
        if name in self.text_encoders_:
            embeddings = self.text_encoders_[name].transform(as_text(column))
            return dict(zip(self._names_out(name), embeddings.T, strict=True))
        if self.kinds_[name] == "date":
            calendar = calendar_features(as_stamps(column))
            parts = (calendar[part].to_numpy() for part in self.calendars_[name])
            return dict(zip(self._names_out(name), (as_seconds(column), *parts), strict=True))
        return {name: as_numbers(column)}

    def _without_drift(self, name: str, column: pd.Series) -> pd.Series:
        """The column, refused if it holds another kind of values than in training; NaN if it holds none."""
        kind = value_kind(column)
        if kind is None:
            return pd.Series(np.nan, index=column.index)
        expected = self._value_kind(name)
        if kind != expected:
            raise DataError(f"features: column {name!r} held {expected} values in training and holds {kind} values now")
        return column

    def _value_kind(self, name: str) -> ValueKind:
        """The kind of the values that a used column had in training."""
        known = self.kinds_[name]
        if known != "category":
            return known
        # Categories were learned from a column that had a value.
        return cast("ValueKind", value_kind(self.categories_[name].categories.to_series()))

    def _names_out(self, name: str) -> list[str]:
        """The names of the encoded columns of one column."""
        if name in self.text_encoders_:
            return self.text_encoders_[name].names(name)
        if name in self.categories_ and self.categories == "onehot":
            return [f"{name}_{category}" for category in self.categories_[name].categories]
        return [name, *(f"{name}_{part}" for part in self.calendars_.get(name, ()))]
