"""What is known of a post at upload: its encoded features, and its author's history."""

from typing import Any

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape.features import EncodedTable, Features, TableEncoder
from tsshape.forecast._history import COLUMNS, AuthorHistory, as_authors


class PostEncoder:
    """The encoding that all models of a forecaster share: of the features and, if there are authors, their history.

    Parameters
    ----------
    encoder : TableEncoder
        Fitted.
    seed : int
        Seed of the author history.
    """

    def __init__(self, encoder: TableEncoder, seed: int) -> None:
        self.encoder, self.seed = encoder, seed
        self.history: AuthorHistory | None = None

    def fit_transform(self, features: Features, authors: Any, scale: FloatArray) -> EncodedTable:
        """Learn the authors' history, and encode the training posts."""
        posts = self._encode(features)
        if authors is None:
            return posts
        taken = [name for name in COLUMNS if name in posts.encoded.columns]
        if taken:
            raise DataError(f"features have a column {taken[0]!r}, the name of a column of the history: rename it")
        self.history = AuthorHistory(self.seed)
        return posts.join(self.history.fit_transform(as_authors(authors, posts.index), scale))

    def transform(self, features: Features, authors: Any) -> EncodedTable:
        """Encode other posts; a post without an author, or of a new one, has no history."""
        posts = self._encode(features)
        if self.history is None:
            if authors is not None:
                raise DataError("authors were given, but the forecaster was fitted without authors")
            return posts
        return posts.join(self.history.transform(as_authors(authors, posts.index)))

    def get_feature_names_out(self) -> list[str]:
        """Return the names of the encoded columns."""
        history = COLUMNS if self.history is not None else ()
        return [*self.encoder.get_feature_names_out(), *history]

    def _encode(self, features: Features) -> EncodedTable:
        """Return the features encoded by this encoder."""
        if not isinstance(features, EncodedTable):
            return EncodedTable.of(self.encoder, features)
        return features if features.encoder is self.encoder else EncodedTable.of(self.encoder, features.table)
