"""Activations that were computed before, by what they were computed from."""

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tsshape._errors import DataError
from tsshape._files import atomic_path, open_regular

_N_DIGEST = 32
# A folder for each beginning of a key: a million entries are some 250 in each of 4096 folders.
_N_PREFIX = 3


class ActivationCache:
    """A folder of vectors, one file each, named by a digest of the picture, the network and the settings.

    An entry is the SHA-256 of its key and values, then the values as little-endian float32. One that is not exactly
    that is as good as absent. Entries appear whole, so that several processes may share the folder.

    Parameters
    ----------
    folder : Path
        Made when the first entry is written.
    settings : str
        All that the values depend on besides the picture.
    n_values : int
        The length of the vectors.

    Raises
    ------
    DataError
        If there is something else than a folder in its place.
    """

    def __init__(self, folder: Path, settings: str, n_values: int) -> None:
        if folder.exists() and not folder.is_dir():
            raise DataError(f"{folder} is no folder to keep activations in")
        self.folder = folder
        self.settings = settings.encode()
        self.n_values = n_values

    def key(self, picture: bytes) -> str:
        """The name of the picture's entry."""
        return hashlib.sha256(hashlib.sha256(picture).digest() + self.settings).hexdigest()

    def get(self, key: str) -> npt.NDArray[np.float32] | None:
        """The vector of an entry; None if there is none, or one that cannot be trusted."""
        path = self._path(key)
        if not path.is_file():
            return None
        try:
            with open_regular(path) as file:
                entry = file.read(_N_DIGEST + 4 * self.n_values + 1)
        except DataError:  # another process has replaced it, or it may not be read: it is computed again
            return None
        values = entry[_N_DIGEST:]
        if len(values) != 4 * self.n_values or entry[:_N_DIGEST] != _digest(key, values):
            return None
        return np.frombuffer(values, dtype="<f4").astype(np.float32)

    def put(self, key: str, vector: npt.NDArray[np.float32]) -> None:
        """Write an entry, in place of any that is there."""
        values = vector.astype("<f4").tobytes()
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            temporary.write_bytes(_digest(key, values) + values)

    def _path(self, key: str) -> Path:
        """Where an entry is."""
        return self.folder / key[:_N_PREFIX] / key[_N_PREFIX:]


def _digest(key: str, values: bytes) -> bytes:
    """What tells whole values from damaged ones, and an entry from one under another name."""
    return hashlib.sha256(key.encode() + values).digest()
