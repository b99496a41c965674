"""Parquet files that describe themselves wrongly: one field of a footer, or of the header of a page, is another.

The description is read as a tree: a struct is a list of fields `[number, type, value]`, a list is `(type, values)`.
"""

from random import Random

import pyarrow as pa

I16, I32, I64, BINARY, LIST, STRUCT = 4, 5, 6, 8, 9, 12
INTEGERS, BOOLEANS, BYTE = (I16, I32, I64), (1, 2), 3
# Bytes of values of a fixed size; that of a boolean is in its type.
SIZES = {1: 0, 2: 0, BYTE: 1, 7: 8}
NUMBERS = (0, 1, -1, 2, 7, 100, 2**15, 2**20, 2**31 - 1, -(2**31), 2**31, 2**40, 2**62, -(2**63))


# What reading a tree raises where there is none.
UNREADABLE = (IndexError, KeyError, TypeError, ValueError)
# Names of compressions by their numbers.
CODECS = {1: "snappy", 2: "gzip", 4: "brotli", 6: "zstd", 7: "lz4_raw"}


def forge(content: bytes, rng: Random) -> bytes:
    """The file with a fault in its footer, or in the header of a page, whose place the footer still knows."""
    size = int.from_bytes(content[-8:-4], "little")
    pages, footer = content[: -8 - size], content[-8 - size : -8]
    try:
        tree, _ = read_tree(footer, 0)
        if rng.random() < 0.4:
            pages = _forge_page(pages, tree, rng)
        else:
            _mutate(tree, rng)
    except UNREADABLE:
        # Another fault has left nothing that can be read.
        return content
    written = write_tree(tree)
    if rng.random() < 0.05:
        written = written[: rng.randrange(len(written))]
    return pages + written + len(written).to_bytes(4, "little") + b"PAR1"


def without_rest(content: bytes) -> bytes:
    """The file with a footer of what is needed to read it: pyarrow refuses, or dies of, wrong statistics, for example.

    A footer that cannot be read stays.
    """
    size = int.from_bytes(content[-8:-4], "little")
    try:
        tree, _ = read_tree(content[-8 - size : -8], 0)
        for group in _of(tree, 4)[1]:
            for chunk in _of(group, 1)[1]:
                column = [field for field in _of(chunk, 3) if field[0] in {1, 4, 5, 7, 9, 11}]
                column += [[2, LIST, (I32, [])], [3, LIST, (BINARY, [])], [6, I64, 0]]
                chunk[:] = [[2, I64, 0], [3, STRUCT, column]]
            group[:] = [field for field in group if field[0] in {1, 3}] + [[2, I64, 0]]
        written = write_tree([field for field in tree if field[0] in {1, 2, 3, 4, 5, 6}])
    except UNREADABLE:
        return content
    return content[: -8 - size] + written + len(written).to_bytes(4, "little") + b"PAR1"


def read_tree(content, at):
    """The fields of a struct, and the position behind it."""
    fields, number = [], 0
    while content[at]:
        kind, step = content[at] & 15, content[at] >> 4
        at += 1
        if step:
            number += step
        else:
            number, at = _unzigzag(content, at)
        value, at = _read(content, at, kind)
        fields.append([number, kind, value])
    return fields, at + 1


def write_tree(fields) -> bytes:
    """A struct of fields in any order."""
    written, last = bytearray(), 0
    for number, kind, value in fields:
        if 0 < number - last < 16:
            written.append(number - last << 4 | kind)
        else:
            written += bytes([kind]) + _zigzag(number)
        last = number
        written += _write(kind, value)
    return bytes(written) + b"\0"


def _forge_page(pages, tree, rng):
    """The pages with a fault in one header; offsets and sizes in the tree are moved by what it grew."""
    chunks = [column for group in _of(tree, 4)[1] for column in _of(group, 1)[1]]
    column = _of(rng.choice(chunks), 3)
    known = {number: value for number, _, value in column}
    at = min(known[9], known.get(11, known[9]))
    end = at + known[7]
    headers = []
    while at < end:
        header, behind = read_tree(pages, at)
        headers.append((at, behind, header))
        at = behind + _of(header, 3)
    at, behind, header = rng.choice(headers)
    end = behind + _of(header, 3)
    body = pages[behind:end]
    if rng.random() < 0.4:
        body = _bomb(header, CODECS.get(known[4]), rng)
    if body == pages[behind:end] or rng.random() < 0.5:
        _mutate(header, rng)
    written = write_tree(header) + body
    grown = len(written) - (end - at)
    for each in chunks:
        for field in _of(each, 3):
            if field[0] in {9, 10, 11} and field[2] > at:
                field[2] += grown
    next(field for field in column if field[0] == 7)[2] += grown
    return pages[:at] + written + pages[end:]


def _bomb(header, codec, rng):
    """The content of a page that is short until it is unpacked, with what its header says of it."""
    size = 2 ** rng.choice((10, 20, 28))
    body = pa.compress(bytes(size), codec, asbytes=True) if codec else bytes(2**16)
    for field in header:
        if field[0] in {2, 3}:
            field[2] = size if field[0] == 2 else len(body)
        elif field[0] == 7:
            # As many texts without a character as there can be.
            field[2] = [[number, kind, size // 4 if number == 1 else value] for number, kind, value in field[2]]
    return body


def _of(fields, number):
    """The value of a field."""
    return {each: value for each, _, value in fields}[number]


def _mutate(tree, rng):
    """Change one field somewhere."""
    fields, at = rng.choice(list(_places(tree)))
    field = fields[at]
    choice = rng.randrange(8)
    if choice == 0:
        del fields[at]
    elif choice == 1:
        fields.insert(rng.randrange(len(fields) + 1), [*field])
    elif choice == 2:
        field[0] = rng.choice((field[0] + 1, field[0] - 1, 0, -1, 99, 30_000))
    elif choice == 3 and field[1] in INTEGERS:
        field[1] = rng.choice(INTEGERS)
    else:
        field[2] = _other(field[1], field[2], rng)


def _places(fields):
    """Every field of a tree: the struct that it is in, and its position there."""
    for at, (_, kind, value) in enumerate(fields):
        yield fields, at
        if kind == STRUCT:
            yield from _places(value)
        elif kind == LIST and value[0] == STRUCT:
            for each in value[1]:
                yield from _places(each)


def _other(kind, value, rng):
    """Another value of a type."""
    if kind in INTEGERS:
        return rng.choice((*NUMBERS, value + 1, value - 1, 2 * value, -value))
    if kind == BINARY:
        return rng.choice((b"", value[:1], value * 50, rng.randbytes(len(value)), b"\xff" + value, b"d1"))
    if kind == LIST:
        element, values = value
        return rng.choice(
            (
                (element, values[:-1]),
                (element, values * 2),
                (element, values * 1000),
                (element, values[::-1]),
                (rng.choice((I32, BINARY, STRUCT)), []),
            )
        )
    if kind == STRUCT:
        nested = value
        for _ in range(rng.choice((1, 50))):
            nested = [[1, STRUCT, nested]]
        return rng.choice(([], value[::-1], nested))
    return value


def _read(content, at, kind):
    """A value of a type, and the position behind it."""
    if kind in INTEGERS:
        return _unzigzag(content, at)
    if kind == STRUCT:
        return read_tree(content, at)
    if kind == BINARY:
        length, at = _varint(content, at)
        return content[at : at + length], at + length
    if kind in SIZES:
        return content[at : at + SIZES[kind]], at + SIZES[kind]
    if kind != LIST:
        raise ValueError(kind)
    length, element = content[at] >> 4, content[at] & 15
    at += 1
    if length == 15:
        length, at = _varint(content, at)
    values = []
    for _ in range(length):
        value, at = _read(content, at, BYTE if element in BOOLEANS else element)
        values.append(value)
    return (element, values), at


def _write(kind, value) -> bytes:
    """A value of a type."""
    if kind in INTEGERS:
        return _zigzag(value)
    if kind == STRUCT:
        return write_tree(value)
    if kind == BINARY:
        return _unsigned(len(value)) + value
    if kind == LIST:
        element, values = value
        elements = (_write(BYTE if element in BOOLEANS else element, each) for each in values)
        return b"".join((bytes([0xF0 | element]), _unsigned(len(values)), *elements))
    return value


def _varint(content, at):
    """A number of seven bits a byte, and the position behind it."""
    value = shift = 0
    while True:
        value |= (content[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if content[at - 1] < 128:
            return value, at


def _unzigzag(content, at):
    """A signed number, and the position behind it."""
    value, at = _varint(content, at)
    return value >> 1 ^ -(value & 1), at


def _zigzag(value) -> bytes:
    """A signed number as bytes."""
    return _unsigned(2 * value if value >= 0 else -2 * value - 1)


def _unsigned(value) -> bytes:
    """A number as bytes of seven bits."""
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])
