"""A cache on the disk for the activations of pictures."""

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tsshape._errors import DataError
from tsshape._files import atomic_path, open_regular

_N_DIGEST = 32
# Entries are in folders named by the beginning of their keys: a million entries are 250 in each of 4096 folders.
_N_PREFIX = 3


class ActivationCache:
    """A folder of vectors, one file each, named by a digest of the picture, the network and the settings.

    An entry is the SHA-256 of its key and values, then the values as little-endian float32. An entry with any other
    content is ignored. Entries are written atomically, so that several processes may share the folder.

    Parameters
    ----------
    folder : Path
        Created with the first entry.
    settings : str
        Everything that the values depend on besides the picture.
    n_values : int
        Length of the vectors.

    Raises
    ------
    DataError
        If the path exists and is not a folder.
    """

    def __init__(self, folder: Path, settings: str, n_values: int) -> None:
        if folder.exists() and not folder.is_dir():
            raise DataError(f"{folder} is not a folder, so that no activations can be kept there")
        self.folder = folder
        self.settings = settings.encode()
        self.n_values = n_values

    def key(self, picture: bytes) -> str:
        """Return the key of a picture's entry."""
        return hashlib.sha256(hashlib.sha256(picture).digest() + self.settings).hexdigest()

    def get(self, key: str) -> npt.NDArray[np.float32] | None:
        """Return the vector of an entry; None if there is no entry, or a corrupted one."""
        path = self._path(key)
        if not path.is_file():
            return None
        try:
            with open_regular(path) as file:
                entry = file.read(_N_DIGEST + 4 * self.n_values + 1)
        except DataError:  # another process has replaced it, or it may not be read
            return None
        values = entry[_N_DIGEST:]
        if len(values) != 4 * self.n_values or entry[:_N_DIGEST] != _digest(key, values):
            return None
        return np.frombuffer(values, dtype="<f4").astype(np.float32)

    def put(self, key: str, vector: npt.NDArray[np.float32]) -> None:
        """Write an entry, replacing an earlier one."""
        values = vector.astype("<f4").tobytes()
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            temporary.write_bytes(_digest(key, values) + values)

    def _path(self, key: str) -> Path:
        """Return the path of an entry."""
        return self.folder / key[:_N_PREFIX] / key[_N_PREFIX:]


def _digest(key: str, values: bytes) -> bytes:
    """Return the checksum of an entry; with the key in it, an entry under another name is not valid."""
    return hashlib.sha256(key.encode() + values).digest()
