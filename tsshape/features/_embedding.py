"""The activations of a network for one picture, from the cache where it has them."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from tsshape._errors import DataError
from tsshape.features._activation_cache import ActivationCache
from tsshape.features._network import Activations, Network
from tsshape.features._preprocessing import Preprocessing, UnreadableImageError, as_pixels, read_bytes


class Embedding(NamedTuple):
    """An opened network, the preprocessing of its input, and the cache of its activations."""

    network: Network
    preprocessing: Preprocessing
    cache: ActivationCache | None

    def of_picture(self, path: Path | None) -> Activations | str:
        """Return the activations of all layers as one vector, or a text that says why the picture cannot be read.

        Raises
        ------
        DataError
            If the network fails on a picture that can be read.
        """
        if path is None:
            return "a picture has no path"
        try:
            content = read_bytes(path)
        except DataError as error:
            return str(error)
        if self.cache is None:
            return self._compute(path, content)
        key = self.cache.key(content)
        found = self.cache.get(key)
        if found is not None:
            return found
        computed = self._compute(path, content)
        if not isinstance(computed, str):
            self.cache.put(key, computed)
        return computed

    def _compute(self, path: Path, content: bytes) -> Activations | str:
        """Compute the activations from the content of the picture's file."""
        try:
            pixels = as_pixels(content, self.network.shape, self.preprocessing)
        except UnreadableImageError as error:
            return f"{path}: {error}"
        try:
            return np.concatenate(self.network.activations(pixels))
        except ValueError as error:
            raise DataError(f"{error} (for {path})") from error
