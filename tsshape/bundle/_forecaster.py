"""What a bundle holds of a whole forecaster."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field

from tsshape._choices import ForecastShape, Loss
from tsshape._errors import DataError
from tsshape.bundle._clusterer import ClustererRecord, describe_clusterer
from tsshape.bundle._cost import check_explanations
from tsshape.bundle._encoder import EncoderRecord
from tsshape.bundle._models import ClassifierRecord, InFlightRecord, RegressorRecord
from tsshape.bundle._npy import Form, as_text
from tsshape.bundle._record import Array, Count, Matrix, Names, Numbers, Record, Seed, Shape, Whole
from tsshape.forecast import ScaleShapeForecaster
from tsshape.forecast._bands import Bands
from tsshape.forecast._components import unwrap_frozen
from tsshape.forecast._conformal import LEVELS, ConformalBands
from tsshape.forecast._history import AuthorHistory
from tsshape.forecast._in_flight import InFlightModel
from tsshape.forecast._observed import OBSERVED_FEATURES
from tsshape.forecast._post_encoder import PostEncoder


class AuthorsRecord(Record):
    """An `AuthorHistory`."""

    name: Annotated[Array, Form(("U",), (1,), each="authors")]
    n_posts: Numbers
    means: Matrix

    @classmethod
    def of(cls, history: AuthorHistory) -> Self:
        """Describe a fitted history."""
        name = as_text(history.authors_.tolist(), what="authors")
        return cls(name=name, n_posts=history.n_posts_, means=history.means_)

    def build(self, seed: int) -> AuthorHistory:
        """Return the history."""
        history = AuthorHistory(seed)
        history.authors_ = pd.Index(self.name.tolist(), dtype="str")
        if {len(self.n_posts), len(self.means)} != {len(history.authors_)} or not history.authors_.is_unique:
            raise DataError("the authors' history does not fit the authors, or an author occurs twice")
        if not np.isfinite(self.means[:, :1]).all() or np.isinf(self.means).any() or not (self.n_posts >= 1).all():
            raise DataError("the authors' history holds a mean that is not finite, or a number of posts below 1")
        history.n_posts_, history.means_ = self.n_posts, self.means
        return history


class PostEncoderRecord(Record):
    """A `PostEncoder`: the encoder of the features, which all models share, and the authors' history."""

    encoder: EncoderRecord
    seed: Count
    history: AuthorsRecord | None

    def build(self) -> PostEncoder:
        """Return the encoder."""
        posts = PostEncoder(self.encoder.build(), self.seed)
        posts.history = None if self.history is None else self.history.build(self.seed)
        names = posts.get_feature_names_out()
        if len(set(names)) < len(names):
            raise DataError("two columns of the encoded posts have one name")
        return posts


class ConformalRecord(Record):
    """A `ConformalBands`."""

    makes = ConformalBands
    edges_: Matrix
    errors_: Annotated[Array, Form(("<f8",), (4,))]
    n_posts_: Annotated[Array, Form(("<i8",), (2,))]

    def build(self, *, n_groups: int, n_times: int) -> ConformalBands:
        """Return the bands of `n_groups` groups of posts, for the days and the scale."""
        shape = (n_groups, self.edges_.shape[1] + 2, n_times + 1, len(LEVELS))
        if len(self.edges_) != n_groups or self.errors_.shape != shape or self.n_posts_.shape != shape[:2]:
            raise DataError("the arrays of the intervals do not fit the forecaster")
        if not np.isfinite(self.edges_).all() or not np.isfinite(self.errors_).all():
            raise DataError("the arrays of the intervals are not finite")
        if (self.n_posts_ < 1).any():
            raise DataError("the intervals were learned from fewer than one post")
        bands: ConformalBands = self.make()
        return bands


class BandsRecord(Record):
    """The `Bands` of a forecaster."""

    makes = Bands
    at_upload_: ConformalRecord
    in_flight_: ConformalRecord | None

    def build(self, model: InFlightModel | None, *, n_times: int) -> Bands:
        """Return the bands of a forecaster with that in-flight model."""
        if (self.in_flight_ is None) != (model is None):
            raise DataError(
                "a forecaster with intervals has intervals in flight if and only if it has an in-flight model"
            )
        in_flight = None
        if self.in_flight_ is not None and model is not None:
            in_flight = self.in_flight_.build(n_groups=len(model.cutoffs_), n_times=n_times)
        # Of posts whose authors have a history, and of others; or of all.
        n_groups = 2 if len(self.at_upload_.edges_) == 2 else 1  # noqa: PLR2004
        at_upload = self.at_upload_.build(n_groups=n_groups, n_times=n_times)
        bands: Bands = self.make(at_upload_=at_upload, in_flight_=in_flight)
        return bands


class ForecasterRecord(Record):
    """A `ScaleShapeForecaster`."""

    makes = ScaleShapeForecaster
    kind: Literal["forecaster"]
    shape: ForecastShape
    loss: Loss
    in_flight: bool
    intervals: bool
    random_state: Seed
    monotone_: bool
    days_: Annotated[list[Whole], Field(fail_fast=True)] | Names
    posts_: PostEncoderRecord
    clusterer_: ClustererRecord
    classifier_: ClassifierRecord
    regressor_: RegressorRecord
    in_flight_: InFlightRecord | None
    bands_: BandsRecord | None

    @classmethod
    def of(cls, model: Any) -> Self:
        """Describe a fitted forecaster; refuse a component that has no form as arrays, by its name."""
        if not hasattr(model, "bands_"):
            raise DataError("the forecaster is not fitted: there is nothing to save")
        _check_names(model.posts_.encoder.kinds_)
        return cls.of_attributes(
            model,
            kind="forecaster",
            days_=model.days_.tolist(),
            clusterer_=describe_clusterer(unwrap_frozen(model.clusterer_)),
            classifier_=ClassifierRecord.of_model(unwrap_frozen(model.classifier_), model.posts_),
            regressor_=RegressorRecord.of_model(unwrap_frozen(model.regressor_), model.posts_),
        )

    def counts(self, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, int]]:
        """Yield how many there are of what costs more than its bytes."""
        yield from super().counts(shapes)
        yield "days", len(self.days_)

    def build(self) -> ScaleShapeForecaster:
        """Return the forecaster; refuse components that do not fit one another."""
        days, posts, clusterer = self._build_days(), self.posts_.build(), self._build_clusterer()
        classifier, regressor = self.classifier_.build(posts), self.regressor_.build(posts)
        if (classifier.classes_ < 0).any() or (classifier.classes_ >= len(clusterer.prototypes_)).any():
            raise DataError("the classifier has a class for which there is no prototype")
        check_explanations(self.classifier_, self.regressor_)
        in_flight = self._build_in_flight(posts)
        n_cutoffs = 0 if in_flight is None else len(in_flight.cutoffs_)
        if posts.history is not None and posts.history.means_.shape[1] != 1 + n_cutoffs:
            raise DataError("the authors' history does not have the growth from each cutoff of the in-flight model")
        if self.bands_ is not None and not self.intervals:
            raise DataError("the forecaster has intervals, but was fitted with intervals=False")
        model: ScaleShapeForecaster = self.make(
            days_=days,
            posts_=posts,
            clusterer_=clusterer,
            prototypes_=clusterer.cluster_centers_,
            classifier_=classifier,
            regressor_=regressor,
            in_flight_=in_flight,
            bands_=None if self.bands_ is None else self.bands_.build(in_flight, n_times=len(days)),
        )
        columns = posts.encoder.feature_names_in_
        for fitted in (model, classifier, regressor):
            fitted.n_features_in_ = len(columns)
            # What was fitted on an array has no names, although its encoder has them.
            if columns.tolist() != [f"x{column}" for column in range(len(columns))]:
                fitted.feature_names_in_ = columns
        return model

    def _build_days(self) -> pd.Index:
        """Return the columns of the curves."""
        days = self.days_
        if not days or len(set(days)) < len(days):
            raise DataError("there are no days, or a day occurs twice")
        if isinstance(days[0], int) and sorted(days) != days:
            raise DataError("the days do not ascend")
        return pd.Index(days)

    def _build_clusterer(self) -> Any:
        """Return the clusterer."""
        shape = self.clusterer_.prototypes_.shape
        if shape[1] != len(self.days_):
            raise DataError(f"the prototypes have shape {shape}, but there are {len(self.days_)} days")
        return self.clusterer_.build()

    def _build_in_flight(self, posts: PostEncoder) -> InFlightModel | None:
        """Return the in-flight model."""
        if (self.in_flight_ is not None) != (self.in_flight and len(self.days_) > 1):
            raise DataError(
                "a forecaster has an in-flight model if and only if in_flight is true and there are two days or more"
            )
        if self.in_flight_ is None:
            return None
        has_authors = posts.history is not None
        n_features = max(1, len(posts.get_feature_names_out())) + int(has_authors) + len(OBSERVED_FEATURES)
        return self.in_flight_.build(n_features=n_features, n_times=len(self.days_))


def _check_names(names: Iterable[str]) -> None:
    """Refuse names of columns that no file can hold: blank ones, and ones that differ by blanks around them only."""
    seen: dict[str, str] = {}
    for name in names:
        short = name.strip()
        if not short:
            raise DataError(
                f"the model cannot be saved: it was fitted on a column named {name!r}, and no column of a file is: "
                "rename it"
            )
        if short in seen:
            raise DataError(
                f"the model cannot be saved: it was fitted on the columns {seen[short]!r} and {name!r}, which are one "
                "in a file: rename one"
            )
        seen[short] = name
