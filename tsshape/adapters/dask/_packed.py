"""What all tasks of a computation share, sent once."""

import pickle
import zlib
from typing import Any

import dask


def pack(shared: Any) -> Any:
    """Return a value delayed; it is packed, since Dask warns of large ones, and a worker that is lost costs nothing."""
    return dask.delayed(_unpack, pure=False)(zlib.compress(pickle.dumps(shared), 1))


def _unpack(packed: bytes) -> Any:
    """Return what was packed."""
    return pickle.loads(zlib.decompress(packed))  # noqa: S301 - made by `pack`, and sent as any task is
