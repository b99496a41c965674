"""Embedding of text by skrub's encoder, which needs no network."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from threadpoolctl import threadpool_limits

from tsshape._typing import FloatArray, RandomState

# In practice so many different texts have more n-grams than components.
_ENOUGH_TEXTS = 1000


def fit_text_encoder(text: pd.Series, n_components: int, random_state: RandomState) -> Any:
    """Fit a skrub.StringEncoder to at least two different texts; few n-grams give fewer components."""
    # Imported here because it takes a second, loads pyplot, and makes a folder in the user's home.
    from skrub import StringEncoder  # noqa: PLC0415

    n_components = min(n_components, len(text) - 1, _count_ngrams(text, n_components) - 1)
    encoder = StringEncoder(n_components=max(1, n_components), random_state=random_state)
    # One BLAS thread, since the last bits of the embeddings depend on the number of threads. The errors are those of
    # the explained variance, which skrub does not use, for texts with the same n-grams.
    with threadpool_limits(limits=1, user_api="blas"), np.errstate(invalid="ignore", divide="ignore"):
        encoder.fit_transform(text)
    return encoder


def embed(encoder: Any, text: pd.Series) -> FloatArray:
    """Return the embeddings of texts, shape (n_texts, n_components); text without a known n-gram is at the origin."""
    if text.isna().all():  # also without any row, for which the vectoriser raises
        return np.zeros((len(text), encoder.n_components_))
    return np.asarray(encoder.transform(text), dtype=np.float64)


def _count_ngrams(text: pd.Series, n_components: int) -> int:
    """Return the number of n-grams for skrub's encoder, or a lower bound of it above n_components."""
    sample = text.dropna().drop_duplicates().head(max(_ENOUGH_TEXTS, n_components))
    return len(CountVectorizer(analyzer="char_wb", ngram_range=(3, 4)).fit(sample).vocabulary_)
