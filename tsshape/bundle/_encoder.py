"""A table encoder as a record and arrays."""

from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from tsshape._errors import DataError
from tsshape.bundle._npy import Arrays, Form, Layout, as_text, placed, within
from tsshape.bundle._schema import CategoryRecord, EncoderRecord, TextRecord
from tsshape.features import TableEncoder

# No text encoder learns weights above or scales below these: embeddings stay numbers.
_MOST, _LEAST = 1e6, 1e-6
_MOST_TERMS, _MOST_COLUMNS = 2**22, 2**15


def pack_encoder(encoder: TableEncoder) -> tuple[EncoderRecord, Arrays]:
    """What a fitted encoder has learned."""
    arrays: Arrays = {}
    texts = {}
    for number, (name, text) in enumerate(encoder.text_encoders_.items()):
        texts[name], each = _pack_text(text)
        arrays |= placed(f"text_{number}", each)
    record = EncoderRecord(
        categories=encoder.categories,
        max_categories=int(encoder.max_categories),
        n_components=int(encoder.n_components),
        random_state=as_seed(encoder.random_state),
        kinds=dict(encoder.kinds_),
        category_values={name: _pack_categories(dtype, name) for name, dtype in encoder.categories_.items()},
        texts=texts,
        feature_names_in=list(encoder.feature_names_in_),
    )
    return record, arrays


def encoder_layout(record: EncoderRecord) -> Layout:
    """The arrays of a record's encoder."""
    layout: Layout = {}
    for number, text in enumerate(record.texts.values()):
        forms = {"terms": Form(("U",), 1), "idf": Form(("<f8",), 1), "scaling_factor": Form(("<f4",), 1)}
        if text.decomposed:
            forms["components"] = Form(("<f4",), 2)
        layout |= placed(f"text_{number}", forms)
    return layout


def unpack_encoder(record: EncoderRecord, arrays: Arrays) -> TableEncoder:
    """The encoder of a record."""
    for kind, described in (("category", record.category_values), ("text", record.texts)):
        if described.keys() != {name for name, each in record.kinds.items() if each == kind}:
            raise DataError(f"an encoder does not have what it needs for each column of the kind {kind}, or has more")
    known = set(record.feature_names_in)
    if len(known) < len(record.feature_names_in) or not record.kinds.keys() <= known:
        raise DataError("an encoder has a column twice, or one that it has not seen")
    encoder = TableEncoder(
        categories=record.categories,
        max_categories=record.max_categories,
        n_components=record.n_components,
        random_state=record.random_state,
    )
    encoder.kinds_ = dict(record.kinds)
    encoder.categories_ = {name: _unpack_categories(each, name) for name, each in record.category_values.items()}
    encoder.text_encoders_ = {
        name: _unpack_text(each, within(arrays, f"text_{number}"), name)
        for number, (name, each) in enumerate(record.texts.items())
    }
    encoder.n_features_in_ = len(record.feature_names_in)
    encoder.feature_names_in_ = np.array(record.feature_names_in, dtype=object)
    names = encoder.get_feature_names_out()
    if len(set(names)) < len(names) or len(names) > _MOST_COLUMNS:
        raise DataError(f"two encoded columns have one name, or there are more than {_MOST_COLUMNS:,}")
    return encoder


def as_seed(random_state: Any) -> int | None:
    """A random state that is a number; one that was drawn from cannot be saved, and is not needed any more."""
    return int(random_state) if isinstance(random_state, int | np.integer) else None


def _pack_categories(dtype: pd.CategoricalDtype, name: str) -> CategoryRecord:
    """The categories of a column; refused if they are dates, which JSON does not have."""
    try:
        return CategoryRecord(values=dtype.categories.tolist(), ordered=bool(dtype.ordered))
    except ValidationError as error:
        raise DataError(
            f"the model cannot be saved: the categories of the column {name!r} are neither text nor numbers nor flags"
        ) from error


def _unpack_categories(record: CategoryRecord, name: str) -> pd.CategoricalDtype:
    """The categories of a column."""
    categories = pd.Index(record.values)
    if not len(categories) or not categories.is_unique:
        raise DataError(f"the column {name!r} has no categories, or one twice")
    return pd.CategoricalDtype(categories, ordered=record.ordered)


def _pack_text(encoder: Any) -> tuple[TextRecord, Arrays]:
    """A fitted skrub.StringEncoder: its n-grams, their weights, and the decomposition."""
    vectorizer = encoder.vectorizer_
    terms = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    arrays: Arrays = {
        "terms": as_text(terms, what=f"n-grams of the column {encoder.input_name_!r}"),
        "idf": vectorizer.idf_,
        "scaling_factor": np.array([encoder.scaling_factor_], dtype=np.float32),
    }
    if hasattr(encoder, "tsvd_"):
        arrays["components"] = encoder.tsvd_.components_
    record = TextRecord(
        n_components=encoder.n_components_,
        random_state=as_seed(encoder.random_state),
        decomposed="components" in arrays,
    )
    return record, arrays


def _unpack_text(record: TextRecord, arrays: Arrays, name: str) -> Any:
    """The encoder of a column of text."""
    from skrub import StringEncoder  # noqa: PLC0415 - it takes a second, loads pyplot, and makes a folder at home
    from skrub._to_str import ToStr  # noqa: PLC0415

    _check_text(record, arrays, name)
    vocabulary = {term: number for number, term in enumerate(arrays["terms"].tolist())}
    if len(vocabulary) < len(arrays["terms"]):
        raise DataError(f"the text column {name!r} has an n-gram twice")
    encoder = StringEncoder(n_components=record.n_components, random_state=record.random_state)
    encoder.to_str = ToStr(convert_category=True)
    encoder.to_str.fit_transform(pd.Series(["text"]))
    # Where it makes text lower case, scikit-learn warns of terms with a capital; some have no lower case.
    encoder.vectorizer_ = TfidfVectorizer(
        ngram_range=encoder.ngram_range, analyzer=encoder.analyzer, vocabulary=vocabulary, lowercase=False
    ).fit(["text"])
    encoder.vectorizer_.set_params(lowercase=True)
    encoder.vectorizer_.idf_ = arrays["idf"]
    if record.decomposed:
        encoder.tsvd_ = TruncatedSVD(n_components=record.n_components, random_state=record.random_state)
        encoder.tsvd_.components_, encoder.tsvd_.n_features_in_ = arrays["components"], len(vocabulary)
    encoder.scaling_factor_ = arrays["scaling_factor"][0]
    # skrub has a name of its own for a column whose name is empty.
    encoder.n_components_, encoder.input_name_ = record.n_components, name or "string_enc"
    encoder.all_outputs_ = encoder.get_feature_names_out()
    return encoder


def _check_text(record: TextRecord, arrays: Arrays, name: str) -> None:
    """Refuse arrays that do not fit one another, or hold what no text encoder learns."""
    n_terms = len(arrays["terms"])
    shapes = {"idf": (n_terms,), "scaling_factor": (1,), "components": (record.n_components, n_terms)}
    numbers = {key: array for key, array in arrays.items() if key != "terms"}
    fits = all(array.shape == shapes[key] for key, array in numbers.items())
    # Only where there is a single n-gram there is nothing to decompose.
    if not fits or not 1 <= record.n_components <= (n_terms if record.decomposed else 1):
        raise DataError(f"the arrays of the text column {name!r} do not fit one another")
    if n_terms > _MOST_TERMS:
        raise DataError(f"the text column {name!r} has more than {_MOST_TERMS:,} n-grams")
    least = {"idf": _LEAST, "scaling_factor": _LEAST, "components": -_MOST}
    if not all(((array >= least[key]) & (array <= _MOST)).all() for key, array in numbers.items()):
        raise DataError(f"the arrays of the text column {name!r} hold values that no encoder has")
