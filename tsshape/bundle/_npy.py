"""Arrays in numpy's format, read only in the one spelling that numpy writes."""

import io
import math
import re
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tsshape._errors import DataError

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]


class Form(NamedTuple):
    """The dtypes that an array may have (`U` for text of any length), and its number of dimensions, or one of a few.

    `each` is what an element is, or a row, where its cost is more than that of its bytes: see `_cost`.
    """

    dtypes: tuple[str, ...]
    n_dimensions: tuple[int, ...]
    each: str | None = None

    def __str__(self) -> str:
        return f"{' or '.join(self.dtypes)} in {' or '.join(map(str, self.n_dimensions))}"


Layout: TypeAlias = dict[str, Form]


class Header(NamedTuple):
    """What an array is, and where in its member it begins."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int = 0

    @property
    def n_bytes(self) -> int:
        """The bytes of the elements."""
        return math.prod(self.shape) * self.dtype.itemsize


# No header that is read is longer.
HEADER_BYTES = 256
_MAGIC = b"\x93NUMPY\x01\x00"
# numpy's own reader evaluates the header as Python, and warns of, or breaks at, what it does not expect.
_HEADER = re.compile(
    rb"\{'descr': '(?P<dtype><[iuf][48]|<U[1-9]\d{0,5})', 'fortran_order': False, "
    rb"'shape': \((?P<shape>|\d{1,10},|\d{1,10}(?:, \d{1,10})+)\), \} *\n"
)
_BEYOND_UNICODE, _SURROGATES = 0x110000, range(0xD800, 0xE000)


def as_text(texts: list[str], *, what: str) -> npt.NDArray[np.str_]:
    """Return texts as an array; refuse a text that ends in NUL, which numpy would cut off."""
    array = np.array(texts, dtype=np.str_)
    if array.tolist() != texts:
        raise DataError(f"the model cannot be saved: one of the {what} ends in a NUL character: remove it")
    return array


def to_npy(array: npt.NDArray[Any]) -> bytes:
    """Return an array in numpy's format."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def read_header(name: str, content: bytes, n_bytes: int, form: Form) -> Header:
    """Return the header of a member of so many bytes, of which the first are given; it must have the given form."""
    start = len(_MAGIC) + 2
    end = start + int.from_bytes(content[len(_MAGIC) : start], "little")
    header = _HEADER.fullmatch(content, start, end)
    if not content.startswith(_MAGIC) or header is None:
        raise DataError(f"member {name} is not an array as numpy writes it")
    spelled = header["dtype"].decode()
    dtype = np.dtype(spelled)
    shape = tuple(int(length) for length in header["shape"].decode().split(",") if length)
    if (dtype.kind not in form.dtypes and spelled not in form.dtypes) or len(shape) not in form.n_dimensions:
        raise DataError(f"member {name} holds {spelled} in {len(shape)} dimensions; it must be {form}")
    found = Header(dtype, shape, end)
    if found.n_bytes != n_bytes - end:
        raise DataError(f"member {name} does not hold as much as its header says")
    return found


def from_npy(name: str, content: bytes, form: Form) -> npt.NDArray[Any]:
    """Return the array of a member, which must have the given form."""
    dtype, shape, start = read_header(name, content, len(content), form)
    array: npt.NDArray[Any] = np.ndarray(shape, dtype, content, start).copy()
    if dtype.kind == "U" and not _is_unicode(array):
        raise DataError(f"member {name} holds text that is not Unicode")
    return array


def _is_unicode(text: npt.NDArray[Any]) -> bool:
    """Return whether all characters are Unicode."""
    codes = text.reshape(-1).view(np.uint32)
    surrogates = (codes >= _SURROGATES.start) & (codes < _SURROGATES.stop)
    return not bool(((codes >= _BEYOND_UNICODE) | surrogates).any())
