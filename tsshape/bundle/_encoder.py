"""What a bundle holds of a table encoder."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError

from tsshape._errors import DataError
from tsshape.bundle._npy import Form, as_text
from tsshape.bundle._record import Array, Names, Numbers, Positive, Record, Seed, Shape, Whole
from tsshape.features import TableEncoder, TextEmbedding

# The range of the numbers of a text encoder, so that embeddings are finite.
_MOST, _LEAST = 1e6, 1e-6


class CategoryRecord(Record):
    """The categories of a column."""

    values: (
        Names
        | Annotated[list[Whole], Field(fail_fast=True)]
        | Annotated[list[float], Field(fail_fast=True)]
        | Annotated[list[bool], Field(fail_fast=True)]
    )
    ordered: bool

    @classmethod
    def of_column(cls, dtype: pd.CategoricalDtype, column: str) -> Self:
        """Describe categories; refuse dates, which JSON does not have."""
        try:
            return cls(values=dtype.categories.tolist(), ordered=bool(dtype.ordered))
        except ValidationError as error:
            raise DataError(
                f"the model cannot be saved: the categories of the column {column!r} are not text, numbers or flags"
            ) from error

    def build(self, column: str) -> pd.CategoricalDtype:
        """Return the categories; refuse duplicates, and a column without any."""
        categories = pd.Index(self.values)
        if not len(categories) or not categories.is_unique:
            raise DataError(f"the column {column!r} has no categories, or one of them twice")
        return pd.CategoricalDtype(categories, ordered=self.ordered)


class TextRecord(Record):
    """The embedding of a column of text: its n-grams, their weights, and the projection."""

    makes = TextEmbedding
    n_components: Positive
    terms: Annotated[Array, Form(("U",), (1,), each="n-grams")]
    idf: Numbers
    components: Annotated[Array, Form(("<f4",), (2,))]
    scaling_factor: Annotated[Array, Form(("<f4",), (1,))]

    @classmethod
    def of_column(cls, embedding: TextEmbedding, column: str) -> Self:
        """Describe the embedding of a column."""
        return cls.of_attributes(embedding, terms=as_text(embedding.terms, what=f"n-grams of the column {column!r}"))

    def build(self, column: str) -> Any:
        """Return the embedding."""
        self._check(column)
        return self.make(terms=self.terms.tolist())

    def _check(self, column: str) -> None:
        """Refuse arrays that do not fit one another, or with values that a fitted encoder cannot have."""
        n_terms, decomposed = len(self.terms), len(self.components) > 0
        # The arrays of numbers, with the shape and the least value that each must have.
        known: tuple[Any, ...] = (
            (self.idf, (n_terms,), _LEAST),
            (self.scaling_factor, (1,), _LEAST),
            (self.components, (self.n_components if decomposed else 0, n_terms), -_MOST),
        )
        fits = all(array.shape == shape for array, shape, _ in known)
        if not fits or self.n_components > (n_terms if decomposed else 1):
            raise DataError(f"the arrays of the text column {column!r} do not fit one another")
        if len(set(self.terms.tolist())) < n_terms:
            raise DataError(f"the text column {column!r} has an n-gram twice")
        if not all(((array >= least) & (array <= _MOST)).all() for array, _, least in known):
            raise DataError(f"the arrays of the text column {column!r} hold a value out of range")


class EncoderRecord(Record):
    """A `TableEncoder`."""

    makes = TableEncoder
    categories: Literal["native", "onehot"]
    max_categories: Positive
    n_components: Positive
    random_state: Seed
    kinds_: dict[str, Literal["number", "category", "text", "date"]]
    categories_: dict[str, CategoryRecord]
    text_encoders_: dict[str, TextRecord]
    # tsshape 0.2 had none: dates were encoded as seconds only.
    calendars_: dict[str, Annotated[list[Literal["hour", "weekday", "yearday"]], Field(max_length=3)]] = Field(
        default_factory=dict
    )
    feature_names_in_: Names

    @classmethod
    def of(cls, encoder: TableEncoder) -> Self:
        """Describe a fitted encoder."""
        return cls.of_attributes(
            encoder,
            categories_={name: CategoryRecord.of_column(dtype, name) for name, dtype in encoder.categories_.items()},
            text_encoders_={name: TextRecord.of_column(each, name) for name, each in encoder.text_encoders_.items()},
            feature_names_in_=list(encoder.feature_names_in_),
        )

    def counts(self, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, int]]:
        """Yield how many there are of what costs more than its bytes."""
        yield from super().counts(shapes)
        # The name of an encoded column begins with that of its column.
        for name in self.kinds_:
            n_columns = 1 + len(self.calendars_.get(name, ()))
            if name in self.text_encoders_:
                n_columns = self.text_encoders_[name].n_components
            elif self.categories == "onehot" and name in self.categories_:
                n_columns = len(self.categories_[name].values)
            yield "columns of posts", n_columns
            yield "letters in names of columns", n_columns * len(name)

    def build(self) -> TableEncoder:
        """Return the encoder."""
        for kind, described in (("category", self.categories_), ("text", self.text_encoders_)):
            if described.keys() != {name for name, each in self.kinds_.items() if each == kind}:
                raise DataError(f"the encoder does not describe exactly the columns of the kind {kind}")
        dates = {name for name, kind in self.kinds_.items() if kind == "date"}
        if not self.calendars_.keys() <= dates:
            raise DataError("the encoder has a calendar of a column that is no date")
        known = set(self.feature_names_in_)
        if len(known) < len(self.feature_names_in_) or not self.kinds_.keys() <= known:
            raise DataError("the encoder has a column twice, or one that was not among the features")
        encoder: TableEncoder = self.make(
            categories_={name: each.build(name) for name, each in self.categories_.items()},
            text_encoders_={name: each.build(name) for name, each in self.text_encoders_.items()},
            calendars_={name: list(self.calendars_.get(name, ())) for name in dates},
            n_features_in_=len(known),
            feature_names_in_=np.array(self.feature_names_in_, dtype=object),
        )
        names = encoder.get_feature_names_out()
        if len(set(names)) < len(names):
            raise DataError("two encoded columns have one name")
        return encoder
