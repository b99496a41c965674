"""Bundles that say something else than the model that was saved, under checksums that fit."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tsshape.bundle import _archive
from tsshape.bundle._bundle import BundleRecord
from tsshape.bundle._npy import to_npy
from tsshape.bundle._record import layout


def forged(content, change):
    """The bytes of a bundle after `change(metadata, arrays)`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        path.write_bytes(content)
        with _archive.open_archive(path) as archive:
            metadata = archive.metadata
            arrays = archive.read_arrays(layout(BundleRecord.model_validate(metadata).model))
        change(metadata, arrays)
        _archive.write_archive(path, metadata, {name: to_npy(array) for name, array in arrays.items()})
        return path.read_bytes()
