"""A table encoder as a record and arrays."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from tsshape._errors import DataError
from tsshape.bundle._archive import Arrays
from tsshape.bundle._schema import CategoryRecord, EncoderRecord, TextRecord
from tsshape.features import TableEncoder


def pack_encoder(encoder: TableEncoder) -> tuple[EncoderRecord, Arrays]:
    """What a fitted encoder has learned."""
    arrays: Arrays = {}
    texts = {}
    for number, (name, text) in enumerate(encoder.text_encoders_.items()):
        texts[name], each = _pack_text(text)
        arrays |= {f"text_{number}/{key}": array for key, array in each.items()}
    names = getattr(encoder, "feature_names_in_", None)
    record = EncoderRecord(
        categories=encoder.categories,
        max_categories=encoder.max_categories,
        n_components=encoder.n_components,
        random_state=as_seed(encoder.random_state),
        kinds=dict(encoder.kinds_),
        category_values={
            name: CategoryRecord(values=dtype.categories.tolist(), ordered=bool(dtype.ordered))
            for name, dtype in encoder.categories_.items()
        },
        texts=texts,
        n_features_in=encoder.n_features_in_,
        feature_names_in=None if names is None else list(names),
    )
    return record, arrays


def unpack_encoder(record: EncoderRecord, arrays: Arrays) -> TableEncoder:
    """The encoder of a record."""
    encoder = TableEncoder(
        categories=record.categories,
        max_categories=record.max_categories,
        n_components=record.n_components,
        random_state=record.random_state,
    )
    encoder.kinds_ = dict(record.kinds)
    encoder.categories_ = {
        name: pd.CategoricalDtype(pd.Index(each.values), ordered=each.ordered)
        for name, each in record.category_values.items()
    }
    for name, kind in record.kinds.items():
        if kind == "category" and name not in record.category_values:
            raise DataError(f"the categories of {name!r} are missing")
        if kind == "text" and name not in record.texts:
            raise DataError(f"the encoder of {name!r} is missing")
    encoder.text_encoders_ = {
        name: _unpack_text(each, within(arrays, f"text_{number}"), name)
        for number, (name, each) in enumerate(record.texts.items())
    }
    encoder.n_features_in_ = record.n_features_in
    if record.feature_names_in is not None:
        encoder.feature_names_in_ = np.array(record.feature_names_in, dtype=object)
    return encoder


def as_seed(random_state: Any) -> int | None:
    """A random state that is a number; one that was drawn from cannot be saved, and is not needed any more."""
    return int(random_state) if isinstance(random_state, int | np.integer) else None


def within(arrays: Arrays, folder: str) -> Arrays:
    """The arrays of one part."""
    start = f"{folder}/"
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}


def _pack_text(encoder: Any) -> tuple[TextRecord, Arrays]:
    """A fitted skrub.StringEncoder: its n-grams, their weights, and the decomposition."""
    vectorizer = encoder.vectorizer_
    terms = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    arrays: Arrays = {
        "terms": np.array(terms),
        "idf": vectorizer.idf_,
        "scaling_factor": np.array([encoder.scaling_factor_]),
    }
    if hasattr(encoder, "tsvd_"):
        arrays["components"] = encoder.tsvd_.components_
    record = TextRecord(
        n_components=encoder.n_components_,
        random_state=as_seed(encoder.random_state),
        output_names=list(encoder.all_outputs_),
        decomposed="components" in arrays,
    )
    return record, arrays


def _unpack_text(record: TextRecord, arrays: Arrays, name: str) -> Any:
    """The encoder of a column of text; its arrays must fit one another."""
    from skrub import StringEncoder  # noqa: PLC0415 - it takes a second, loads pyplot, and makes a folder at home
    from skrub._to_str import ToStr  # noqa: PLC0415

    wanted = {"terms", "idf", "scaling_factor"} | ({"components"} if record.decomposed else set())
    n_terms = len(arrays["terms"]) if "terms" in arrays else 0
    shapes: dict[str, tuple[int, ...]] = {"terms": (n_terms,), "idf": (n_terms,), "scaling_factor": (1,)}
    shapes["components"] = (record.n_components, n_terms)
    if set(arrays) != wanted or any(arrays[key].shape != shapes[key] for key in wanted) or not n_terms:
        raise DataError(f"the arrays of the text column {name!r} do not fit one another")
    if any(not np.isfinite(arrays[key]).all() for key in wanted - {"terms"}) or arrays["terms"].dtype.kind != "U":
        raise DataError(f"the arrays of the text column {name!r} hold values that no encoder has")
    encoder = StringEncoder(n_components=record.n_components, random_state=record.random_state)
    encoder.to_str = ToStr(convert_category=True)
    encoder.to_str.fit_transform(pd.Series(["text"]))
    encoder.vectorizer_ = TfidfVectorizer(
        ngram_range=encoder.ngram_range, analyzer=encoder.analyzer, vocabulary=arrays["terms"].tolist()
    ).fit(["text"])
    encoder.vectorizer_.idf_ = arrays["idf"]
    if record.decomposed:
        encoder.tsvd_ = TruncatedSVD(n_components=record.n_components, random_state=record.random_state)
        encoder.tsvd_.components_, encoder.tsvd_.n_features_in_ = arrays["components"], n_terms
    encoder.scaling_factor_ = arrays["scaling_factor"][0]
    encoder.n_components_, encoder.all_outputs_, encoder.input_name_ = record.n_components, record.output_names, name
    return encoder
