"""Decoding of untrusted pictures, and their preprocessing for a network."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tsshape._choices import Pixels
from tsshape._errors import DataError
from tsshape._extras import require
from tsshape._files import open_regular
from tsshape._memory import memory_limit, spell_bytes

# The decoders that may be tried: formats of pixels only, none that runs another program.
FORMATS = ("JPEG", "MPO", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")
_LARGEST_SIDE = 4096
_WHITE = (255, 255, 255, 255)


@dataclass(frozen=True)
class Preprocessing:
    """How the pixels of a picture become the input of a network.

    The picture is rotated according to its EXIF data, laid on white where it is transparent, and converted to RGB. Its
    largest centred part with the aspect ratio of the network's input is cropped to the middle `crop` of each side, and
    resampled to the size of the input (bilinear, antialiased). Each channel is then `(pixel - mean) / std`.

    Parameters
    ----------
    mean, std : tuple of 3 floats
        Of red, green and blue, for pixels from 0 to 255.
    order : {"rgb", "bgr"}
        The order of the channels in the network's input.
    crop : float
        Share of each side that is kept, above 0 and at most 1. The default, 224 / 256, is how networks for ImageNet are
        tested: the shorter side is resized to 256, of which the middle 224 are kept.
    size : int
        Side of the input in pixels, from 1 to 4096, where the network takes any size.

    Examples
    --------
    >>> from tsshape.features import Preprocessing
    >>> Preprocessing(mean=(127.5, 127.5, 127.5), std=(127.5, 127.5, 127.5), size=299).crop
    0.875
    >>> Preprocessing(mean=(0, 0, 0), std=(1, 1, 1)).keeps_bytes  # as the preset "raw"
    True
    """

    mean: tuple[float, float, float] = (123.675, 116.28, 103.53)
    std: tuple[float, float, float] = (58.395, 57.12, 57.375)
    order: Literal["rgb", "bgr"] = "rgb"
    crop: float = 224 / 256
    size: int = 224

    def __post_init__(self) -> None:
        """Check the parameters."""
        mean, std = np.asarray(self.mean, dtype=np.float64), np.asarray(self.std, dtype=np.float64)
        if mean.shape != (3,) or std.shape != (3,) or not np.isfinite([mean, std]).all() or not (std > 0).all():
            raise ValueError(f"mean and std must be 3 finite numbers each, std above 0; got {self.mean} and {self.std}")
        if self.order not in {"rgb", "bgr"}:
            raise ValueError(f"order must be 'rgb' or 'bgr'; got {self.order!r}")
        if not 0 < self.crop <= 1:
            raise ValueError(f"crop must be above 0 and at most 1; got {self.crop}")
        if not isinstance(self.size, int) or not 1 <= self.size <= _LARGEST_SIDE:
            raise ValueError(f"size must be a whole number from 1 to {_LARGEST_SIDE}; got {self.size}")

    @property
    def keeps_bytes(self) -> bool:
        """Whether pixels stay integers from 0 to 255."""
        return (*self.mean, *self.std) == (0, 0, 0, 1, 1, 1)


PRESETS: dict[Pixels, Preprocessing] = {
    # The means and deviations of ImageNet's training pictures, as torchvision's networks take them.
    "imagenet": Preprocessing(),
    # The mean pixel of the networks of Caffe's model zoo, among them GoogLeNet; Jia et al. (2014).
    "caffe": Preprocessing(mean=(123.0, 117.0, 104.0), std=(1.0, 1.0, 1.0), order="bgr"),
    # From -1 to 1, as Inception and MobileNet in TensorFlow take them.
    "signed": Preprocessing(mean=(127.5,) * 3, std=(127.5,) * 3),
    "unit": Preprocessing(mean=(0.0,) * 3, std=(255.0,) * 3),
    "raw": Preprocessing(mean=(0.0,) * 3, std=(1.0,) * 3),
}


class UnreadableImageError(ValueError):
    """A picture cannot be read; the message is the reason and does not name the file."""


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file; raise DataError if it cannot be read or does not fit in memory."""
    try:
        with open_regular(path) as file:
            size = file.seek(0, io.SEEK_END)
            if size > memory_limit():
                raise DataError(f"{path} takes {spell_bytes(size)}, more than {spell_bytes(memory_limit())}")
            file.seek(0)
            return file.read()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error


def as_pixels(content: bytes, shape: tuple[int, int], how: Preprocessing) -> npt.NDArray[np.float32]:
    """Return a picture as an array (height, width, 3) of normalised pixels, from the content of its file.

    Raises
    ------
    UnreadableImageError
        If it is not a picture of `FORMATS`, is corrupted, or has more pixels than pillow's limit.
    """
    image = require("PIL.Image", extra="images")
    turn = require("PIL.ImageOps", extra="images").exif_transpose
    image.init()
    try:
        with image.open(io.BytesIO(content), formats=[name for name in FORMATS if name in image.OPEN]) as picture:
            _check_size(picture, image.MAX_IMAGE_PIXELS)
            turn(picture, in_place=True)
            pixels = _crop(_as_rgb(picture), shape, how.crop)
    except (UnreadableImageError, MemoryError):
        raise
    except image.UnidentifiedImageError as error:
        raise UnreadableImageError("no image of a known format") from error
    except Exception as error:  # decoders raise anything for corrupted bytes
        raise UnreadableImageError(f"no image that can be read: {error or type(error).__name__}") from error
    mean, std = np.array([how.mean, how.std], dtype=np.float32)
    normalised: npt.NDArray[np.float32] = (pixels.astype(np.float32) - mean) / std
    return normalised[:, :, ::-1] if how.order == "bgr" else normalised


@contextmanager
def pillow_warnings_off() -> Iterator[None]:
    """Ignore pillow's warnings about metadata; turn those about size into errors."""
    image = require("PIL.Image", extra="images")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        warnings.simplefilter("error", image.DecompressionBombWarning)
        yield


def _check_size(picture: Any, limit: int | None) -> None:
    """Check that a picture has no more pixels than pillow's limit, above which pillow only warns."""
    if limit is not None and picture.width * picture.height > limit:
        raise UnreadableImageError(f"it has {picture.width} x {picture.height} pixels, more than {limit:,}")


def _as_rgb(picture: Any) -> Any:
    """Return the first frame in RGB, on white where it is transparent; 16-bit grey becomes 8-bit."""
    image = require("PIL.Image", extra="images")
    if picture.mode.startswith("I;16"):
        return image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    if picture.mode in {"I", "F"}:
        raise UnreadableImageError(f"pixels of the mode {picture.mode} have no known range")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        return image.alpha_composite(image.new("RGBA", picture.size, _WHITE), picture).convert("RGB")
    return picture.convert("RGB")


def _crop(picture: Any, shape: tuple[int, int], crop: float) -> npt.NDArray[np.uint8]:
    """Return the middle of the picture, resampled to `shape`."""
    image = require("PIL.Image", extra="images")
    height, width = shape
    scale = min(picture.width / width, picture.height / height) * crop
    # Rounding must not take the box beyond the picture.
    left = max(0.0, (picture.width - width * scale) / 2)
    upper = max(0.0, (picture.height - height * scale) / 2)
    box = (left, upper, picture.width - left, picture.height - upper)
    return np.asarray(picture.resize((width, height), image.Resampling.BILINEAR, box=box))
