"""What a bundle holds of each clusterer."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tsshape._blocks import is_in_blocks
from tsshape._errors import DataError
from tsshape._panels import check_series
from tsshape.bundle._npy import Form
from tsshape.bundle._record import (
    Array,
    Count,
    Integers,
    Matrix,
    Names,
    Numbers,
    Positive,
    Record,
    Seed,
    Shape,
    Share,
    Whole,
)
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeKShape,
    ShapeMeanShift,
)
from tsshape.metrics import embed_curves, get_metric, is_loaded

# Shapes are shares of their maximum; below this, whatever a metric computes of them is finite.
_MOST = 1e6
Clusterer: TypeAlias = (
    ShapeKMeans | ShapeKMedoids | ShapeMeanShift | ShapeAgglomerative | ShapeKShape | ShapeDBSCAN | ShapeHDBSCAN
)
# With channels, curves have three dimensions.
Curves: TypeAlias = Annotated[Array, Form(("<f8", "<f4"), (2, 3))]
Prototypes: TypeAlias = Annotated[Array, Form(("<f8", "<f4"), (2, 3), each="prototypes")]
Counts: TypeAlias = Annotated[Array, Form(("<f8",), (2, 3))]
Threads = Annotated[int, Field(ge=1, le=1024)] | Annotated[int, Field(ge=-1024, le=-1)] | None


class _Clusterer(Record):
    """What all clusterers have in common."""

    prototypes_: Prototypes
    labels_: Integers
    # The least label.
    first: ClassVar[int] = 0
    # Whether labels may be absent: those of curves in blocks are as many, and not saved.
    fits_blocks: ClassVar[bool] = False

    def build(self) -> Clusterer:
        """Return the clusterer; refuse prototypes that are no shapes, and fitted attributes that do not fit them."""
        n_clusters = getattr(self, "n_clusters", len(self.prototypes_))
        if not self.prototypes_.size:
            raise DataError("the clusterer has no prototypes")
        _check_values("a prototype", self.prototypes_, unequal=self.unequal)
        if n_clusters != len(self.prototypes_):
            raise DataError(f"there are {len(self.prototypes_)} prototypes for {n_clusters} clusters")
        self._check_learned()
        in_blocks = self.fits_blocks and not len(self.labels_)
        if not in_blocks:
            _check_range("labels", self.labels_, len(self.prototypes_), first=self.first)
        clusterer: Clusterer = self.make(n_features_in_=self.prototypes_.shape[-1])
        if in_blocks:
            del clusterer.labels_
        return clusterer

    @property
    def unequal(self) -> bool:
        """Whether curves may differ in length."""
        return False

    def _check_learned(self) -> None:
        """Refuse further fitted attributes that do not fit the prototypes."""

    def _check_shape(self, what: str, values: npt.NDArray[Any], shape: tuple[int, ...]) -> None:
        """Refuse an array of another shape, or with values that are not finite or are negative."""
        if values.shape != shape or not np.isfinite(values).all() or (values < 0).any():
            raise DataError(f"the {what} of a {self.makes.__name__} do not fit its prototypes")


class _MetricClusterer(_Clusterer):
    """What the clusterers with a metric have in common."""

    metric: str
    metric_params: dict[str, bool | Whole | float | None] | None
    n_jobs: Threads
    # None after a fit on curves of several channels or unequal lengths.
    n_features_in_: Positive | None

    @classmethod
    def of_attributes(cls, fitted: Any, **fields: Any) -> Self:
        """Describe a fitted clusterer."""
        return super().of_attributes(fitted, n_features_in_=getattr(fitted, "n_features_in_", None), **fields)

    def build(self) -> Clusterer:
        """Return the clusterer; refuse a metric that it cannot be given."""
        self._check_metric()
        clusterer = super().build()
        if self.n_features_in_ is None:
            del clusterer.n_features_in_
        elif self.prototypes_.shape[1:] != (self.n_features_in_,):
            raise DataError(f"the prototypes are not of curves of {self.n_features_in_} days")
        return clusterer

    def counts(self, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, int]]:
        """Yield how many there are of what costs more than its bytes; each day of a new curve is compared with all."""
        yield from super().counts(shapes)
        bound = self._check_metric()
        if get_metric(self.metric).elastic:
            curves = [shapes[name] for name in ("prototypes_", "components_", "curves_") if name in shapes]
            # `shape_dtw` compares what is around the days.
            width = 1 + 2 * int(bound.get("reach", 0))
            yield "pairs of days compared", width * sum(math.prod(shape) * shape[-1] for shape in curves)
            yield "bytes in arrays", width * sum(8 * math.prod(shape) for shape in curves)

    @property
    def unequal(self) -> bool:
        """Whether curves may differ in length."""
        return self.n_features_in_ is None and get_metric(self.metric).elastic

    def _check_metric(self) -> dict[str, Any]:
        """Return all parameters; refuse a metric that would have to be loaded, which runs code, and unknown ones."""
        if not is_loaded(self.metric):
            raise DataError(
                f"the metric {self.metric!r} is neither built in nor loaded, and a file does not load code: if "
                "you trust it, register it, name its file by --plugin, or call tsshape.metrics.get_metric with its name"
            )
        try:
            return get_metric(self.metric).bind(self.metric_params or {})
        except ValueError as error:
            raise DataError(str(error)) from error


class KMeansRecord(_MetricClusterer):
    """A `ShapeKMeans`."""

    makes = ShapeKMeans
    fits_blocks = True
    kind: Literal["ShapeKMeans"]
    n_clusters: Positive
    n_init: Positive
    max_iter: Positive
    tol: Share
    random_state: Seed
    inertia_: float
    n_iter_: Count
    counts_: Counts

    def _check_learned(self) -> None:
        self._check_shape("counts", self.counts_, self.prototypes_.shape)


class KMedoidsRecord(_MetricClusterer):
    """A `ShapeKMedoids`."""

    makes = ShapeKMedoids
    fits_blocks = True
    kind: Literal["ShapeKMedoids"]
    n_clusters: Positive
    n_init: Positive
    max_iter: Positive
    memory_limit: Annotated[int, Field(ge=1, le=2**63 - 1)] | None
    random_state: Seed
    inertia_: float
    n_iter_: Count
    medoid_indices_: Integers

    def _check_learned(self) -> None:
        _check_range("medoids", self.medoid_indices_, len(self.labels_) or np.iinfo(np.int64).max)
        self._check_shape("medoid_indices", self.medoid_indices_, self.prototypes_.shape[:1])


class MeanShiftRecord(_MetricClusterer):
    """A `ShapeMeanShift`."""

    makes = ShapeMeanShift
    fits_blocks = True
    kind: Literal["ShapeMeanShift"]
    bandwidth: Annotated[float, Field(gt=0)] | None
    max_iter: Count
    random_state: Seed
    bandwidth_: Share
    n_iter_: Count
    modes_: Matrix

    def _check_learned(self) -> None:
        metric = get_metric(self.metric)
        if metric.embed is None:
            raise DataError(f"mean shift does not go with the metric {self.metric!r}")
        vectors = embed_curves(metric, self.prototypes_, metric.bind(self.metric_params or {}))
        if self.modes_.shape != vectors.shape or not np.isfinite(self.modes_).all():
            raise DataError("the modes do not fit the prototypes")


class AgglomerativeRecord(_MetricClusterer):
    """A `ShapeAgglomerative`."""

    makes = ShapeAgglomerative
    kind: Literal["ShapeAgglomerative"]
    n_clusters: Positive
    linkage: Literal["average", "complete", "single"]


class KShapeRecord(_Clusterer):
    """A `ShapeKShape`."""

    makes = ShapeKShape
    kind: Literal["ShapeKShape"]
    n_clusters: Positive
    n_init: Positive
    max_iter: Positive
    tol: Share
    random_state: Seed
    inertia_: float
    n_iter_: Count
    centroids_: Matrix

    def _check_learned(self) -> None:
        # A centroid is an eigenvector, of length 1.
        length = np.abs(self.centroids_).max(axis=1, initial=0.0)
        if self.centroids_.shape != self.prototypes_.shape or not ((length > 1 / _MOST) & (length <= _MOST)).all():
            raise DataError("the centroids of a ShapeKShape do not fit its prototypes")


class _DensityRecord(_MetricClusterer):
    """What the clusterings by density have in common: some curves are noise, and others stand for their clusters."""

    first: ClassVar[int] = -1

    def _check_curves(self, what: str, curves: npt.NDArray[Any], n_curves: int) -> None:
        """Refuse curves that are not as many, not as long or not as precise as they must be, or no shapes."""
        if curves.shape != (n_curves, *self.prototypes_.shape[1:]) or curves.dtype != self.prototypes_.dtype:
            raise DataError(f"the {what} of a {self.makes.__name__} do not fit its prototypes and labels")
        _check_values(f"one of the {what}", curves, unequal=self.unequal)


class DBSCANRecord(_DensityRecord):
    """A `ShapeDBSCAN`."""

    makes = ShapeDBSCAN
    kind: Literal["ShapeDBSCAN"]
    eps: Annotated[float, Field(gt=0)]
    min_samples: Positive
    core_sample_indices_: Integers
    components_: Curves

    def _check_learned(self) -> None:
        _check_range("core curves", self.core_sample_indices_, len(self.labels_))
        self._check_curves("core curves", self.components_, len(self.core_sample_indices_))


class HDBSCANRecord(_DensityRecord):
    """A `ShapeHDBSCAN`."""

    makes = ShapeHDBSCAN
    kind: Literal["ShapeHDBSCAN"]
    min_cluster_size: Annotated[int, Field(ge=2, le=2**31 - 1)]
    min_samples: Positive | None
    cluster_selection_epsilon: Share
    cluster_selection_method: Literal["eom", "leaf"]
    allow_single_cluster: bool
    probabilities_: Numbers
    reach_: Numbers
    curves_: Curves

    def _check_learned(self) -> None:
        self._check_shape("probabilities", self.probabilities_, self.labels_.shape)
        self._check_shape("reach", self.reach_, self.prototypes_.shape[:1])
        self._check_curves("curves", self.curves_, len(self.labels_))


ClustererRecord: TypeAlias = Annotated[
    KMeansRecord | KMedoidsRecord | MeanShiftRecord | AgglomerativeRecord | KShapeRecord | DBSCANRecord | HDBSCANRecord,
    Field(discriminator="kind"),
]
_RECORDS: Mapping[type, type[_Clusterer]] = {each.makes: each for each in get_args(get_args(ClustererRecord)[0])}


class ClusteringRecord(Record):
    """A clusterer that is a model of its own, and the names of the columns that it was fitted on, if they have any."""

    kind: Literal["clusterer"]
    clusterer: ClustererRecord
    feature_names_in_: Names | None

    @classmethod
    def of(cls, clusterer: Any) -> Self:
        """Describe a fitted clusterer; refuse one that has no form as arrays."""
        names = getattr(clusterer, "feature_names_in_", None)
        return cls(
            kind="clusterer",
            clusterer=describe_clusterer(clusterer),
            feature_names_in_=None if names is None else names.tolist(),
        )

    def build(self) -> Clusterer:
        """Return the clusterer; refuse names of columns that do not fit it."""
        clusterer, names = self.clusterer.build(), self.feature_names_in_
        if names is not None:
            n_columns = getattr(clusterer, "n_features_in_", None)
            if len(set(names)) != n_columns or len(names) != n_columns:
                raise DataError(f"there are not {n_columns} names of columns, each once")
            clusterer.feature_names_in_ = np.array(names, dtype=object)
        return clusterer


def describe_clusterer(clusterer: Any) -> Any:
    """Describe a fitted clusterer; refuse one that has no form as arrays."""
    name, record = type(clusterer).__name__, _RECORDS.get(type(clusterer))
    if record is None:
        raise DataError(f"a {name} cannot be saved: it has no form as arrays; tsshape saves the models it comes with")
    labels = getattr(clusterer, "labels_", None)
    in_blocks = record.fits_blocks and (is_in_blocks(labels) or (labels is None and hasattr(clusterer, "prototypes_")))
    if labels is None and not in_blocks:
        raise DataError(f"the {name} is not fitted: there is nothing to save")
    if getattr(clusterer, "metric", "") == "precomputed":
        raise DataError(f"the {name} was fitted on distances: it has no prototypes that a file could hold")
    if not isinstance(getattr(clusterer, "metric", ""), str):
        kind = "a function" if callable(clusterer.metric) else "no name"
        raise DataError(f"the metric of a {name} is {kind}, which a file cannot hold: register it, and take its name")
    return record.of_attributes(clusterer, kind=name, labels_=np.empty(0, np.int64) if in_blocks else labels)


def _check_range(what: str, values: npt.NDArray[Any], end: int, *, first: int = 0) -> None:
    """Refuse numbers that are not among first, …, end - 1, and none at all."""
    if not len(values) or ((values < first) | (values >= end)).any():
        raise DataError(f"the {what} are not numbers from {first} to {end - 1}")


def _check_values(what: str, curves: npt.NDArray[Any], *, unequal: bool) -> None:
    """Refuse curves whose distances might not be finite; behind the end of one that is shorter stands NaN."""
    if unequal:
        curves = np.nan_to_num(check_series(curves, name=what, unequal=True))
    if not (np.abs(curves) <= _MOST).all():
        raise DataError(f"{what} holds a value that is not between -{_MOST:g} and {_MOST:g}")
