"""Thrift's compact protocol, in which Parquet files describe themselves: reading what is asked for, skipping the rest.

Fields are asked for by number: an integer for a scalar of that wire type, a mapping for a struct, a list of one mapping
for a list of structs. Whatever a file says, each of its bytes is read once, and only what is asked for is kept.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12
_TRUE, _FALSE, _BYTE, _I16, _DOUBLE, _SET = 1, 2, 3, 4, 7, 10
_BITS = {_I16: 16, I32: 32, I64: 64}
# Bytes of values that have a fixed size; a boolean is in the type of its field.
_SIZES = {_TRUE: 0, _FALSE: 0, _BYTE: 1, _DOUBLE: 8}
# In the fields of a struct, this asks for the bytes of the whole struct.
WHOLE = 0
_DEEPEST = 32

Fields: TypeAlias = Mapping[int, "int | Fields | list[Fields]"]


class ThriftError(ValueError):
    """The bytes are not what was asked for."""


class ThriftEndError(ThriftError):
    """The bytes end within a struct."""

    def __init__(self) -> None:
        super().__init__("its description ends too early")


def read_struct(content: bytes, at: int, fields: Fields) -> tuple[dict[int, Any], int]:
    """Return the fields that are asked for, where they are there, and the position behind the struct."""
    try:
        return _read(content, at, fields, 0)
    except IndexError:
        raise ThriftEndError from None


def write_struct(fields: Iterable[tuple[int, int, Any]]) -> bytes:
    """Return a struct of fields in ascending order, each a number, a wire type and a value.

    A value is an integer, bytes, the bytes of a struct, or for a list the wire type of its elements and these.
    """
    written, last = bytearray(), 0
    for number, kind, value in fields:
        written.append(number - last << 4 | kind)
        last = number
        _write(written, kind, value)
    return bytes(written) + b"\0"


def _read(content: bytes, at: int, fields: Fields, depth: int) -> tuple[dict[int, Any], int]:
    """Return what is asked for of a struct, and the position behind it; IndexError at the end of the bytes."""
    if depth > _DEEPEST:
        raise ThriftError("its description is nested too deeply")
    found: dict[int, Any] = {}
    start, number = at, 0
    while content[at]:
        kind, step = content[at] & 15, content[at] >> 4
        at += 1
        if step:
            number += step
        else:
            number, at = _integer(content, at, _I16)
        asked = fields.get(number)
        if asked is None or number == WHOLE:
            at = _skip(content, at, kind, depth + 1)
        elif number in found:
            raise ThriftError(f"field {number} of its description is repeated")
        else:
            found[number], at = _value(content, at, kind, asked, depth + 1)
    if WHOLE in fields:
        found[WHOLE] = content[start : at + 1]
    return found, at + 1


def _value(content: bytes, at: int, kind: int, asked: "int | Fields | list[Fields]", depth: int) -> tuple[Any, int]:
    """Return a value that is asked for, and the position behind it."""
    # Other readers skip a field that is not of the type that they expect.
    if kind != _wire_type(asked):
        raise ThriftError(f"its description has a field of type {kind} instead of {_wire_type(asked)}")
    if isinstance(asked, Mapping):
        return _read(content, at, asked, depth)
    if isinstance(asked, list):
        n_elements, element, at = _list_head(content, at)
        if n_elements and element != STRUCT:
            raise ThriftError(f"its description lists values of type {element} instead of {STRUCT}")
        values = []
        for _ in range(n_elements):
            value, at = _read(content, at, asked[0], depth)
            values.append(value)
        return values, at
    if kind == BINARY:
        length, at = _varint(content, at)
        return content[at : at + length], _advance(content, at, length)
    return _integer(content, at, kind)


def _wire_type(asked: "int | Fields | list[Fields]") -> int:
    """Return the wire type of a value that is asked for."""
    if isinstance(asked, int):
        return asked
    return LIST if isinstance(asked, list) else STRUCT


def _skip(content: bytes, at: int, kind: int, depth: int) -> int:
    """Return the position behind a value."""
    if kind in _BITS:
        return _varint(content, at)[1]
    if kind in _SIZES:
        return _advance(content, at, _SIZES[kind])
    if kind == BINARY:
        length, at = _varint(content, at)
        return _advance(content, at, length)
    if kind == STRUCT:
        return _read(content, at, {}, depth)[1]
    if kind not in {LIST, _SET} or depth > _DEEPEST:
        raise ThriftError(f"its description has a value of type {kind}")
    n_elements, element, at = _list_head(content, at)
    for _ in range(n_elements):
        # Booleans take a byte each in a list.
        at = _skip(content, at, _BYTE if element in {_TRUE, _FALSE} else element, depth + 1)
    return at


def _list_head(content: bytes, at: int) -> tuple[int, int, int]:
    """Return the length of a list, the wire type of its elements, and where they begin."""
    n_elements, element = content[at] >> 4, content[at] & 15
    at += 1
    if n_elements == 15:  # noqa: PLR2004
        n_elements, at = _varint(content, at)
    return n_elements, element, at


def _advance(content: bytes, at: int, length: int) -> int:
    """Return the position after so many bytes, all of which must be there."""
    if at + length > len(content):
        raise ThriftEndError
    return at + length


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """Return a number of at most 64 bits, seven in each byte, and the position behind it."""
    value = shift = 0
    while (byte := content[at]) & 128:
        value |= (byte & 127) << shift
        shift += 7
        at += 1
        if shift > 63:  # noqa: PLR2004
            break
    value |= byte << shift
    if value >> 64:
        raise ThriftError("its description has a number of more than 64 bits")
    return value, at + 1


def _integer(content: bytes, at: int, kind: int) -> tuple[int, int]:
    """Return a signed integer that its wire type can hold, and the position behind it."""
    value, at = _varint(content, at)
    if value >> _BITS[kind]:
        raise ThriftError(f"its description has a number of more than {_BITS[kind]} bits")
    return value >> 1 ^ -(value & 1), at


def _write(written: bytearray, kind: int, value: Any) -> None:
    """Append a value."""
    if kind == LIST:
        element, values = value
        written.append(0xF0 | element)
        _write_varint(written, len(values))
        for each in values:
            _write(written, element, each)
    elif kind == STRUCT:
        written += value
    elif kind == BINARY:
        _write_varint(written, len(value))
        written += value
    else:
        _write_varint(written, (value << 1) ^ (value >> 63))


def _write_varint(written: bytearray, value: int) -> None:
    """Append a number that is not negative, seven bits in each byte."""
    while value > 127:  # noqa: PLR2004
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
