"""Free text as a few numbers, by skrub's offline encoder."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from threadpoolctl import threadpool_limits

from tsshape._typing import FloatArray, RandomState

# So many different texts settle whether there are more n-grams than components.
_ENOUGH_TEXTS = 1000


def fit_text_encoder(text: pd.Series, n_components: int, random_state: RandomState) -> Any:
    """A skrub.StringEncoder fitted to at least two different texts, with fewer components where they hold fewer."""
    # Imported here because it takes a second, loads pyplot, and makes a folder in the user's home.
    from skrub import StringEncoder  # noqa: PLC0415

    n_components = min(n_components, len(text) - 1, _count_ngrams(text, n_components) - 1)
    encoder = StringEncoder(n_components=max(1, n_components), random_state=random_state)
    # One BLAS thread: its sums, and so the embeddings' last bits, depend on the number of threads.
    # Texts that hold the same n-grams have no variance of which a share could be explained: skrub does not use it.
    with threadpool_limits(limits=1, user_api="blas"), np.errstate(invalid="ignore", divide="ignore"):
        encoder.fit_transform(text)
    return encoder


def embed(encoder: Any, text: pd.Series) -> FloatArray:
    """The embeddings of texts, an array (n_texts, n_components); text without a known n-gram is at the origin."""
    if text.isna().all():  # also no rows at all, which the vectoriser refuses
        return np.zeros((len(text), encoder.n_components_))
    return np.asarray(encoder.transform(text), dtype=np.float64)


def _count_ngrams(text: pd.Series, n_components: int) -> int:
    """The number of n-grams that skrub's encoder sees, or a lower bound that is above n_components."""
    some = text.dropna().drop_duplicates().head(max(_ENOUGH_TEXTS, n_components))
    return len(CountVectorizer(analyzer="char_wb", ngram_range=(3, 4)).fit(some).vocabulary_)
