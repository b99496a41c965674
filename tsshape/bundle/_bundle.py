"""Save a fitted forecaster or clusterer, and load one from a file that is not trusted."""

import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, TypeVar, overload

from pydantic import Field, ValidationError

from tsshape._errors import DataError
from tsshape._files import find_target
from tsshape.bundle._archive import open_archive, write_archive
from tsshape.bundle._clusterer import ClusteringRecord
from tsshape.bundle._cost import MOST_COST, check_cost, most_to_load
from tsshape.bundle._forecaster import ForecasterRecord
from tsshape.bundle._npy import Header, from_npy, to_npy
from tsshape.bundle._record import Positive, Record, arrays_of, fill, layout
from tsshape.forecast import ScaleShapeForecaster

# The number of the format. It goes up with every change of a record: a version of tsshape reads one format.
FORMAT = 6

ModelT = TypeVar("ModelT")


class BundleRecord(Record):
    """A bundle: its format, the version of tsshape that wrote it, and the model."""

    format: Positive
    # Without characters that a terminal would not show as they are.
    tsshape: Annotated[str, Field(pattern=r"^[0-9A-Za-z.+!-]{1,64}$")]
    model: Annotated[ForecasterRecord | ClusteringRecord, Field(discriminator="kind")]


def save(model: Any, path: str | Path) -> None:
    """Save a fitted forecaster or clusterer as one file, which `load` reads.

    Parameters
    ----------
    model : ScaleShapeForecaster, ShapeKMeans, ShapeKMedoids, ShapeMeanShift, ShapeAgglomerative, ShapeKShape, \
            ShapeDBSCAN or ShapeHDBSCAN
        Fitted; a forecaster with tsshape's own models: LightGBM as classifier and regressor, and one of these
        clusterers; a clusterer with a metric that has a name.
    path : path
        The file, also where a link leads. An existing one is replaced only when the new one is complete, and keeps
        its mode.

    Raises
    ------
    DataError
        If the model, or a component of it, has no form as arrays or could not be loaded again, if loading it and
        forecasting one post would take more than about 1 GiB of memory or ten seconds, or if the path is no regular
        file; nothing is written then.

    Notes
    -----
    The file is a zip of `metadata.json` and arrays in numpy's format. It holds no pickle, so that loading it runs no
    code from the file.

    Examples
    --------
    >>> import tempfile, tsshape
    >>> from tsshape.cluster import ShapeKMeans
    >>> from tsshape.forecast import ScaleShapeForecaster
    >>> posts = tsshape.simulate_spid(60, n_times=5, random_state=0)
    >>> model = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), random_state=0).fit(posts.features, posts.curves)
    >>> tsshape.save(model, tempfile.gettempdir() + "/posts.tsshape")
    >>> again = tsshape.load(tempfile.gettempdir() + "/posts.tsshape")
    >>> bool((again.predict(posts.features) == model.predict(posts.features)).all(axis=None))
    True
    """
    kind = ForecasterRecord if isinstance(model, ScaleShapeForecaster) else ClusteringRecord
    try:
        record = BundleRecord(format=FORMAT, tsshape=version("tsshape"), model=kind.of(model))
    except ValidationError as error:
        raise DataError(f"the model cannot be saved: {_first_fault(error)}") from error
    metadata = record.model_dump()
    arrays = arrays_of(record.model)
    members = {name: to_npy(array) for name, array in arrays.items()}
    # What could not be loaded again is not written.
    again = _check_metadata(metadata)
    fill(again.model, {name: from_npy(name, members[name], form) for name, form in layout(again.model).items()})
    check_cost(again.model, {name: Header(array.dtype, array.shape) for name, array in arrays.items()}, MOST_COST)
    again.model.build()
    write_archive(find_target(Path(path)), metadata, members)


@overload
def load(path: str | Path) -> Any: ...
@overload
def load(path: str | Path, *, kind: type[ModelT]) -> ModelT: ...
def load(path: str | Path, *, kind: type[Any] = object) -> Any:
    """Load a forecaster or clusterer that `save` wrote.

    Parameters
    ----------
    path : path
        The file. It need not be trusted: sizes, types, checksums and every tree are checked before they are used, and
        nothing that it names is imported or run.
    kind : type, optional
        The class that is expected, such as `ScaleShapeForecaster`, which a type checker then knows; by default any.

    Returns
    -------
    ScaleShapeForecaster, or the clusterer that was saved
        Its forecasts or clusters are the same bits as those of the model that was saved.

    Raises
    ------
    DataError
        If the file is not a bundle, is damaged or inconsistent, has another format or holds another kind of model; if
        loading it and forecasting one post would take more than about 1 GiB or half of the memory (or than
        TSSHAPE_MEMORY_LIMIT); or if the metric of its clusterer is neither built in nor registered nor loaded. The
        message names the file.

    Warns
    -----
    UserWarning
        If another version of tsshape wrote the file in the same format.

    Examples
    --------
    >>> import tempfile, tsshape
    >>> from tsshape.cluster import ShapeKMeans
    >>> from tsshape.forecast import ScaleShapeForecaster
    >>> posts = tsshape.simulate_spid(60, n_times=5, random_state=0)
    >>> model = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), random_state=0).fit(posts.features, posts.curves)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tsshape.save(model, folder + "/posts.model")
    ...     again = tsshape.load(folder + "/posts.model")
    >>> again.prototypes_.shape
    (3, 5)

    A clusterer, of which a type checker knows the class:

    >>> shapes = tsshape.split_scale_shape(posts.curves)[1]
    >>> clusters = ShapeKMeans(3, random_state=0).fit(shapes)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tsshape.save(clusters, folder + "/lives.model")
    ...     lives = tsshape.load(folder + "/lives.model", kind=ShapeKMeans)
    >>> bool((lives.predict(shapes) == clusters.labels_).all())
    True
    """
    most = most_to_load()
    with open_archive(Path(path)) as archive:
        record = _check_metadata(archive.metadata)
        forms = layout(record.model)
        check_cost(record.model, archive.read_headers(forms), most)
        fill(record.model, archive.read_arrays(forms))
        model = record.model.build()
        if not isinstance(model, kind):
            raise DataError(f"holds a {type(model).__name__}; a {kind.__name__} is needed")
    if record.tsshape != version("tsshape"):
        message = f"{path} was written by tsshape {record.tsshape}; this is tsshape {version('tsshape')}"
        warnings.warn(message, UserWarning, stacklevel=2)
    return model


def _check_metadata(metadata: dict[str, Any]) -> BundleRecord:
    """Return the metadata as a record; refuse another format, and whatever is not the metadata of a model."""
    written, by = metadata.get("format"), metadata.get("tsshape")
    if isinstance(written, int) and 0 < written < 2**31 and written != FORMAT:
        advice = "fit and save the model again" if written < FORMAT else "install a newer tsshape"
        raise DataError(
            f"written by tsshape {by!r} in format {written}; this is tsshape {version('tsshape')}, which reads format "
            f"{FORMAT}: {advice}, or load it with the tsshape that wrote it"
        )
    try:
        return BundleRecord.model_validate(metadata)
    except ValidationError as error:
        raise DataError(f"its metadata are not those of a model: {_first_fault(error)}") from error


def _first_fault(error: ValidationError) -> str:
    """Return the place of the first fault and what is wrong there."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))!r}: {first['msg']}"
