"""Embedding of text: learned by skrub, which needs no network, and applied without it."""

import os
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from threadpoolctl import threadpool_limits

from tsshape._typing import FloatArray, RandomState

# In practice so many different texts have more n-grams than components.
_ENOUGH_TEXTS = 1000
# What an n-gram is: three or four characters of a word, with blanks around it.
_ANALYZER, _NGRAMS = "char_wb", (3, 4)


class TextEmbedding:
    """Text as numbers: the tf-idf of its character n-grams, projected and scaled.

    It returns the same bits as the `skrub.StringEncoder` that it was learned by. Importing skrub takes most of a
    second, so that a model which only predicts does not.

    Parameters
    ----------
    terms : list of str
        The different n-grams, in the order of their columns.
    idf : array of shape (n_terms,)
        The inverse document frequency of each.
    components : float32 array of shape (n_components, n_terms) or (0, n_terms)
        The projection. Without a row, the first columns of the tf-idf are the embedding.
    n_components : int
        The length of an embedding.
    scaling_factor : float32 array of shape (1,)
        Embeddings are divided by it.
    """

    def __init__(
        self,
        *,
        terms: list[str],
        idf: FloatArray,
        components: npt.NDArray[np.float32],
        n_components: int,
        scaling_factor: npt.NDArray[np.float32],
    ) -> None:
        self.terms, self.idf, self.components = terms, idf, components
        self.n_components, self.scaling_factor = n_components, scaling_factor

    def transform(self, text: pd.Series) -> FloatArray:
        """Return the embeddings of texts, shape (n_texts, n_components); text without a known n-gram is at the origin.

        A text that is repeated is embedded once.
        """
        codes, different = pd.factorize(text)
        rows = np.zeros((len(different) + 1, self.n_components))
        if len(different):
            tfidf = self._vectorizer.transform(different).astype(np.float32)
            # The product that scikit-learn's TruncatedSVD computes, row by row in the same order.
            found = tfidf @ self.components.T if len(self.components) else tfidf[:, : self.n_components].toarray()
            rows[:-1] = found / self.scaling_factor
        # Missing text has the code -1, that of the last row.
        embeddings: FloatArray = rows[codes]
        return embeddings

    def names(self, column: str) -> list[str]:
        """Return the names of the embedded columns of a column, as skrub gives them."""
        n_digits = len(str(self.n_components - 1))
        return [f"{column or 'string_enc'}_{number:0{n_digits}}" for number in range(self.n_components)]

    @cached_property
    def _vectorizer(self) -> TfidfVectorizer:
        """Return the vectoriser of the n-grams."""
        vocabulary = {term: number for number, term in enumerate(self.terms)}
        vectorizer = TfidfVectorizer(analyzer=_ANALYZER, ngram_range=_NGRAMS, vocabulary=vocabulary)
        vectorizer.idf_ = self.idf
        return vectorizer


def fit_text(text: pd.Series, n_components: int, random_state: RandomState) -> TextEmbedding:
    """Learn an embedding of at least two different texts; few n-grams give fewer components."""
    StringEncoder = _import_encoder()
    n_components = max(1, min(n_components, len(text) - 1, _count_ngrams(text, n_components) - 1))
    encoder = StringEncoder(n_components, analyzer=_ANALYZER, ngram_range=_NGRAMS, random_state=random_state)
    # One BLAS thread, since the last bits of the embeddings depend on the number of threads. The errors are those of
    # the explained variance, which skrub does not use, for texts with the same n-grams.
    with threadpool_limits(limits=1, user_api="blas"), np.errstate(invalid="ignore", divide="ignore"):
        encoder.fit_transform(text)
    number_of = encoder.vectorizer_.vocabulary_
    return TextEmbedding(
        terms=sorted(number_of, key=number_of.__getitem__),
        idf=encoder.vectorizer_.idf_,
        components=encoder.tsvd_.components_
        if hasattr(encoder, "tsvd_")
        else np.empty((0, len(number_of)), np.float32),
        n_components=encoder.n_components_,
        scaling_factor=np.array([encoder.scaling_factor_], dtype=np.float32),
    )


def _import_encoder() -> Any:
    """Import skrub's encoder, which takes a second and loads pyplot.

    skrub makes a data folder in the home on import: it is set to the root folder, which exists, during the import, and
    its default is restored afterwards.
    """
    if "skrub" not in sys.modules and "SKB_DATA_DIRECTORY" not in os.environ:
        os.environ["SKB_DATA_DIRECTORY"] = str(Path(os.sep).absolute())
        try:
            from skrub import _config  # noqa: PLC0415
        finally:
            del os.environ["SKB_DATA_DIRECTORY"]
        vars(_config).get("_global_config", {})["data_dir"] = os.path.expanduser("~/skrub_data")  # noqa: PTH111
    from skrub import StringEncoder  # noqa: PLC0415

    return StringEncoder


def _count_ngrams(text: pd.Series, n_components: int) -> int:
    """Return the number of n-grams for skrub's encoder, or a lower bound of it above n_components."""
    sample = text.dropna().drop_duplicates().head(max(_ENOUGH_TEXTS, n_components))
    return len(CountVectorizer(analyzer=_ANALYZER, ngram_range=_NGRAMS).fit(sample).vocabulary_)
