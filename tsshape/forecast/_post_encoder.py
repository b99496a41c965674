"""What is known of a post at upload: its encoded features, and its author's history."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import BoolArray, IntArray
from tsshape.features import EncodedTable, Features, TableEncoder
from tsshape.forecast._folds import Fold, Split
from tsshape.forecast._history import COLUMNS, AuthorHistory, Outcomes, as_authors, out_of_fold_history


class TrainingPosts(NamedTuple):
    """The encoded features of the training posts and, if these are given, their authors.

    `days` are the days on which they went up, as numbers from 0 on; None where these are not known, or there is one.
    """

    encoded: EncodedTable
    authors: pd.Series | None
    days: IntArray | None
    seed: int

    def with_history(self, outcomes: Outcomes, known: BoolArray) -> EncodedTable:
        """Return the posts as models are to know them that are trained on the `known` ones of these scales."""
        if self.authors is None:
            return self.encoded
        return self.encoded.join(out_of_fold_history(self.authors, outcomes, known, self.seed, self.days))

    def fold(self, split: Split, outcomes: Outcomes, known: BoolArray) -> Fold:
        """Return a fold of the `known` posts."""
        trained = np.zeros(len(known), dtype=np.bool_)
        trained[split.train] = True
        return Fold(*split, self.with_history(outcomes, known & trained))


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

    def encode_training(self, features: Features, authors: Any, posted: pd.Series | None = None) -> TrainingPosts:
        """Return the training posts, encoded; `posted` are timestamps, missing where unknown."""
        posts = self._encode(features)
        if authors is None:
            return TrainingPosts(posts, None, None, self.seed)
        taken = [name for name in COLUMNS if name in posts.encoded.columns]
        if taken:
            raise DataError(f"features have a column {taken[0]!r}, the name of a column of the history: rename it")
        return TrainingPosts(posts, as_authors(authors, posts.index), _number_days(posted), self.seed)

    def fit_history(self, posts: TrainingPosts, outcomes: Outcomes) -> EncodedTable:
        """Learn the authors' history, and return the posts as models are trained on them."""
        if posts.authors is not None:
            self.history = AuthorHistory(self.seed).fit(posts.authors, outcomes)
        return posts.with_history(outcomes, np.ones(len(outcomes.scale), dtype=np.bool_))

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


def _number_days(posted: pd.Series | None) -> IntArray | None:
    """Return the day of each time as a number, all unknown times as one day more; None if there are not two days."""
    if posted is None:
        return None
    codes, days = posted.dt.normalize().factorize()
    return None if len(days) < 2 else np.where(codes < 0, len(days), codes)  # noqa: PLR2004
