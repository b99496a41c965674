"""Saving a fitted forecaster, and loading it where nothing in the file is trusted."""

import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tsshape._errors import DataError
from tsshape.bundle._archive import open_archive, write_archive
from tsshape.bundle._forecaster import check_forecaster, forecaster_layout, pack_forecaster, unpack_forecaster
from tsshape.bundle._schema import BundleRecord

# The number of the format; it grows when a file of it can no longer be read by an older tsshape.
FORMAT = 3


def save(model: Any, path: str | Path) -> None:
    """Save a fitted forecaster as one file, which `load` reads.

    Parameters
    ----------
    model : ScaleShapeForecaster
        Fitted, with the heads that tsshape comes with: LightGBM for shape and scale, and a clusterer of tsshape's.
    path : path
        The file; the old one is replaced only when the new one is complete.

    Raises
    ------
    DataError
        If the model, or a part of it, has no form as arrays or could not be loaded again; nothing is written then.

    Notes
    -----
    The file is a zip of `metadata.json` and arrays in numpy's format. There is no pickle in it, so that loading it runs
    no code that it brings.

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
    check_forecaster(model)
    try:
        record, arrays = pack_forecaster(model)
        bundle = BundleRecord(format=FORMAT, tsshape=version("tsshape"), model=record)
    except ValidationError as error:
        raise DataError(f"the model cannot be saved: {_first_fault(error)}") from error
    # What could not be loaded again is not written.
    unpack_forecaster(record, arrays)
    write_archive(Path(path), bundle.model_dump(), arrays)


def load(path: str | Path) -> Any:
    """Load a forecaster that `save` wrote.

    Parameters
    ----------
    path : path
        The file. It may come from a stranger: sizes, types, checksums and every tree are checked before they are used,
        and nothing that it names is imported or run.

    Returns
    -------
    ScaleShapeForecaster
        It forecasts the same bits as the one that was saved.

    Raises
    ------
    DataError
        If the file is not a bundle, is damaged or inconsistent, unpacks to more than 1 GiB, or is of another format;
        or if its clusterer has a metric that is neither built in nor registered or loaded. The message names the file.

    Warns
    -----
    UserWarning
        If another version of tsshape wrote the file.

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
    """
    with open_archive(Path(path)) as archive:
        record = _check_metadata(archive.metadata)
        model = unpack_forecaster(record.model, archive.read_arrays(forecaster_layout(record.model)))
    if record.tsshape != version("tsshape"):
        message = f"{path} was written by tsshape {record.tsshape}; this is tsshape {version('tsshape')}"
        warnings.warn(message, UserWarning, stacklevel=2)
    return model


def _check_metadata(metadata: dict[str, Any]) -> BundleRecord:
    """The metadata as a record; refused if they are of another format, or anything but a model's."""
    written, by = metadata.get("format"), metadata.get("tsshape")
    if isinstance(written, int) and 0 < written < 2**31 and written != FORMAT:
        raise DataError(
            f"written by tsshape {by!r} in format {written}; this is tsshape {version('tsshape')}, which reads format "
            f"{FORMAT}"
        )
    try:
        return BundleRecord.model_validate(metadata)
    except ValidationError as error:
        raise DataError(f"its metadata are not those of a model: {_first_fault(error)}") from error


def _first_fault(error: ValidationError) -> str:
    """The first of the things that are wrong, and where it stands."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))!r}: {first['msg']}"
