"""A table together with its encoded form, so that a table which several models share is encoded once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape.features._encoder import TableEncoder
from tsshape.features._matrix import to_matrix


class DesignMatrix(NamedTuple):
    """The numbers that a model takes.

    Attributes
    ----------
    values : float64 array of shape (n_posts, n_columns)
        Categories are codes; missing values are NaN.
    names : list of str
        The columns.
    categorical : list of int
        The positions of the columns that hold codes of categories.

    Examples
    --------
    >>> from tsshape.features import DesignMatrix
    >>> design = DesignMatrix(np.array([[12.0, 1.0], [7.0, 0.0]]), ["Contacts", "Country"], [1])
    >>> design.select(["Country"]).categorical
    [0]
    """

    values: FloatArray
    names: list[str]
    categorical: list[int]

    def select(self, names: list[str]) -> "DesignMatrix":
        """Return some of the columns, in the order of `names`; with no names, one column `nothing` of zeros.

        Few estimators take no column at all, and a forecast that is the same for every post is still one.

        Raises
        ------
        DataError
            If a column is missing.
        """
        if not names:
            return DesignMatrix(np.zeros((len(self.values), 1)), ["nothing"], [])
        if names == self.names:
            return self
        position = {name: number for number, name in enumerate(self.names)}
        missing = [name for name in names if name not in position]
        if missing:
            raise DataError(f"the encoded features lack the columns {missing}")
        of_categories = {self.names[number] for number in self.categorical}
        return DesignMatrix(
            np.ascontiguousarray(self.values[:, [position[name] for name in names]]),
            list(names),
            [number for number, name in enumerate(names) if name in of_categories],
        )


@dataclass(frozen=True)
class EncodedTable:
    """A table of features, its encoded form, and the encoder.

    The models of `tsshape.forecast` take it wherever they take features: a model that uses this encoder takes the
    encoded form, and one with an encoder of its own encodes the table.

    Parameters
    ----------
    table : DataFrame of shape (n_posts, n_features)
        The features.
    encoder : TableEncoder
        Fitted.
    encoded : DataFrame of shape (n_posts, n_columns)
        What the encoder returns for the table, and columns that were joined to it.

    Examples
    --------
    >>> import pandas as pd
    >>> from tsshape.features import EncodedTable, TableEncoder
    >>> posts = pd.DataFrame({"Contacts": [12, 7], "Country": ["IT", "FR"]})
    >>> features = EncodedTable.of(TableEncoder().fit(posts), posts)
    >>> features.design.values
    array([[12.,  1.],
           [ 7.,  0.]])
    >>> features.take([1]).index.tolist()
    [1]
    >>> joined = features.join(pd.DataFrame({"author_n_posts": [3.0, 0.0]}))
    >>> joined.design.names, joined.joined_columns
    (['Contacts', 'Country', 'author_n_posts'], ['author_n_posts'])
    """

    table: pd.DataFrame
    encoder: TableEncoder
    encoded: pd.DataFrame

    @classmethod
    def of(cls, encoder: TableEncoder, table: pd.DataFrame) -> Self:
        """Encode a table.

        Raises
        ------
        DataError
            As `TableEncoder.transform`.
        """
        return cls(table, encoder, encoder.transform(table))

    @cached_property
    def design(self) -> DesignMatrix:
        """The encoded form as a matrix of at least one column, as `DesignMatrix.select` returns it."""
        values, categorical = to_matrix(self.encoded)
        design = DesignMatrix(values, [str(name) for name in self.encoded.columns], categorical)
        return design.select(design.names)

    @property
    def index(self) -> pd.Index:
        """The ids of the posts."""
        return self.table.index

    @property
    def joined_columns(self) -> list[str]:
        """The names of the columns that do not come from the encoder."""
        return [str(name) for name in self.encoded.columns[len(self.encoder.get_feature_names_out()) :]]

    def take(self, rows: Any) -> "EncodedTable":
        """Return the rows at some positions."""
        return EncodedTable(self.table.iloc[rows], self.encoder, self.encoded.iloc[rows])

    def join(self, columns: pd.DataFrame) -> "EncodedTable":
        """Return the table with further encoded columns; their rows are those of the table."""
        return EncodedTable(self.table, self.encoder, pd.concat([self.encoded, columns], axis=1))

    def __len__(self) -> int:
        return len(self.table)


# Features as the models of a forecaster take them.
Features: TypeAlias = pd.DataFrame | EncodedTable
