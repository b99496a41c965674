"""Arrays in numpy's format, of which only the one spelling that numpy writes is read."""

import io
import math
import re
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from tsshape._errors import DataError

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]


class Form(NamedTuple):
    """What an array must be: the dtypes it may have, `U` for text of any length, and its number of dimensions."""

    dtypes: tuple[str, ...]
    n_dimensions: int


Layout: TypeAlias = dict[str, Form]
Part = TypeVar("Part")

_MAGIC = b"\x93NUMPY\x01\x00"
# numpy's own reader evaluates the header as Python, and warns of, or breaks at, what it does not expect.
_HEADER = re.compile(
    rb"\{'descr': '(?P<dtype><[iuf][48]|<U[1-9]\d{0,5})', 'fortran_order': False, "
    rb"'shape': \((?P<shape>|\d{1,10},|\d{1,10}(?:, \d{1,10})+)\), \} *\n"
)
_BEYOND_UNICODE, _SURROGATES = 0x110000, range(0xD800, 0xE000)


def as_text(texts: list[str], *, what: str) -> npt.NDArray[np.str_]:
    """Texts as an array; refused if one of them ends in NUL, which numpy would cut off."""
    array = np.array(texts, dtype=np.str_)
    if array.tolist() != texts:
        raise DataError(f"the model cannot be saved: among the {what} is one that ends in a NUL character: clean them")
    return array


def to_npy(array: npt.NDArray[Any]) -> bytes:
    """An array in numpy's format."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def from_npy(name: str, content: bytes, form: Form) -> npt.NDArray[Any]:
    """The array of a member, if it is of the form that it must have."""
    start = len(_MAGIC) + 2
    end = start + int.from_bytes(content[len(_MAGIC) : start], "little")
    header = _HEADER.fullmatch(content, start, end)
    if not content.startswith(_MAGIC) or header is None:
        raise DataError(f"member {name} is not an array as numpy writes it")
    spelled = header["dtype"].decode()
    dtype = np.dtype(spelled)
    shape = tuple(int(length) for length in header["shape"].decode().split(",") if length)
    if (dtype.kind not in form.dtypes and spelled not in form.dtypes) or len(shape) != form.n_dimensions:
        raise DataError(f"member {name} holds {spelled} in {len(shape)} dimensions, which no model does")
    if math.prod(shape) * dtype.itemsize != len(content) - end:
        raise DataError(f"member {name} does not hold as much as its header says")
    array: npt.NDArray[Any] = np.ndarray(shape, dtype, content, end).copy()
    if dtype.kind == "U" and not _is_unicode(array):
        raise DataError(f"member {name} holds text that is not Unicode")
    return array


def placed(folder: str, parts: dict[str, Part]) -> dict[str, Part]:
    """Arrays, or their forms, under the name of the part that they belong to."""
    return {f"{folder}/{name}": each for name, each in parts.items()}


def within(arrays: Arrays, folder: str) -> Arrays:
    """The arrays of one part."""
    start = f"{folder}/"
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}


def _is_unicode(text: npt.NDArray[Any]) -> bool:
    """Whether all characters are some that text can have."""
    codes = text.reshape(-1).view(np.uint32)
    surrogates = (codes >= _SURROGATES.start) & (codes < _SURROGATES.stop)
    return not bool(((codes >= _BEYOND_UNICODE) | surrogates).any())
