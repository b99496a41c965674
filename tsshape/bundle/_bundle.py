"""Saving a fitted forecaster, and loading it where nothing in the file is trusted."""

import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tsshape._errors import DataError
from tsshape.bundle._archive import read_archive, write_archive
from tsshape.bundle._forecaster import check_forecaster, pack_forecaster, unpack_forecaster
from tsshape.bundle._schema import BundleRecord

# The number of the format; it grows when a file of it can no longer be read by an older tsshape.
FORMAT = 1


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
        If the model, or a part of it, has no form as arrays; nothing is written then.

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
    record, arrays = pack_forecaster(model)
    bundle = BundleRecord(format=FORMAT, tsshape=version("tsshape"), model=record)
    write_archive(Path(path), bundle.model_dump(), arrays)


def load(path: str | Path) -> Any:
    """Load a forecaster that `save` wrote.

    Parameters
    ----------
    path : path
        The file. It may come from a stranger: sizes, types, checksums and every tree are checked before they are used.

    Returns
    -------
    ScaleShapeForecaster
        It forecasts the same bits as the one that was saved.

    Raises
    ------
    DataError
        If the file is not a bundle, is damaged or inconsistent, or is of another format; the message names it.

    Warns
    -----
    UserWarning
        If another version of tsshape wrote the file.
    """
    metadata, arrays = read_archive(Path(path))
    written = metadata.get("format"), metadata.get("tsshape")
    if isinstance(written[0], int) and written[0] != FORMAT:
        raise DataError(
            f"{path} was written by tsshape {written[1]} in format {written[0]}; this is tsshape {version('tsshape')}, "
            f"which reads format {FORMAT}"
        )
    try:
        record = BundleRecord.model_validate(metadata)
        model = unpack_forecaster(record.model, arrays)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DataError(f"{path}: its metadata are not those of a model: {where}: {first['msg']}") from error
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    if record.tsshape != version("tsshape"):
        message = f"{path} was written by tsshape {record.tsshape}; this is tsshape {version('tsshape')}"
        warnings.warn(message, UserWarning, stacklevel=2)
    return model
