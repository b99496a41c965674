"""What is known of a post at upload: its encoded features, and its author's history."""

from typing import Any

import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape.features import TableEncoder
from tsshape.forecast._history import COLUMNS, AuthorHistory, as_authors


class Posts:
    """The table that the models of one forecaster share: encoded once, with the authors' history if there are authors.

    Encoding an encoded table changes nothing, so each model's own encoder leaves it as it is.

    Parameters
    ----------
    encoder : TableEncoder
        Fitted.
    seed : int
        Of the history.
    """

    def __init__(self, encoder: TableEncoder, seed: int) -> None:
        self.encoder, self.seed = encoder, seed
        self.history: AuthorHistory | None = None

    def fit_transform(self, features: pd.DataFrame, authors: Any, scale: FloatArray) -> pd.DataFrame:
        """The table of the training posts."""
        encoded = self.encoder.transform(features)
        if authors is None:
            return encoded
        taken = [name for name in COLUMNS if name in encoded.columns]
        if taken:
            raise DataError(f"features have a column {taken[0]!r}, which is the name of what authors tell: rename it")
        self.history = AuthorHistory(self.seed)
        history = self.history.fit_transform(as_authors(authors, features.index), scale)
        return pd.concat([encoded, history], axis=1)

    def transform(self, features: pd.DataFrame, authors: Any) -> pd.DataFrame:
        """The table of other posts; without authors, or of a new one, a post has no history."""
        encoded = self.encoder.transform(features)
        if self.history is None:
            if authors is not None:
                raise DataError("authors were given, but the forecaster was fitted without authors")
            return encoded
        return pd.concat([encoded, self.history.transform(as_authors(authors, features.index))], axis=1)

    def get_feature_names_out(self) -> list[str]:
        """The columns of the table."""
        history = COLUMNS if self.history is not None else ()
        return [*self.encoder.get_feature_names_out(), *history]
