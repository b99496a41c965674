"""The little of the ONNX format that is needed: which tensors a network computes, and asking it for more of them.

A model is a message of Protocol Buffers: a sequence of fields, each a number, a type and a value; a message within a
message is bytes with a length. Two properties of that format spare a dependency. Unknown fields can be skipped, so that
a reader of nodes needs no schema. And a message that comes in two parts is merged, lists being joined: to make inner
tensors outputs of the network, a few bytes are appended to the model, and nothing in it is touched.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Numbers of fields in onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
_GRAPH = 7
_NODE, _CONSTANT, _INPUT, _OUTPUT = 1, 5, 11, 12
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME, _NODE_OP = 1, 2, 3, 4
_VALUE_NAME, _TENSOR_NAME = 1, 8
# Where tensors may hide: message -> field -> message within.
_WITHIN = {
    "model": {_GRAPH: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {_NODE: "node", _CONSTANT: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_MOST_NESTED = 64
_BYTES = 2  # the type of a field with a length
_FIXED = {1: 8, 5: 4}  # types of fields with a fixed number of bytes
_LONGEST_VARINT = 10


class DamagedModelError(ValueError):
    """The bytes are not a model."""


class Node(NamedTuple):
    """One operation of a network."""

    op: str
    name: str
    inputs: list[str]
    outputs: list[str]


class Graph(NamedTuple):
    """The operations of a network, in an order in which they can be computed, what it takes and what it gives."""

    nodes: list[Node]
    inputs: list[str]
    outputs: list[str]


def read_graph(model: bytes) -> Graph:
    """The nodes, inputs and outputs of a model.

    Raises
    ------
    DamagedModelError
        If the bytes are no message, or one without a node or an output.
    """
    nodes = []
    names: dict[int, list[str]] = {_CONSTANT: [], _INPUT: [], _OUTPUT: []}
    for number, graph in _messages(memoryview(model)):
        for kind, content in _messages(graph) if number == _GRAPH else ():
            if kind == _NODE:
                nodes.append(_node(content))
            elif kind in names:
                named = _TENSOR_NAME if kind == _CONSTANT else _VALUE_NAME
                names[kind] += [_text(value) for field, value in _messages(content) if field == named]
    if not nodes or not names[_OUTPUT]:
        raise DamagedModelError("it holds no network")
    # Old models list their constants among the inputs, too.
    constants = {*names[_CONSTANT]}
    return Graph(nodes, [name for name in names[_INPUT] if name not in constants], names[_OUTPUT])


def with_outputs(model: bytes, names: Sequence[str]) -> bytes:
    """The model with more tensors among its outputs; their types are left for the runtime to infer."""
    graph = b"".join(_field(_OUTPUT, _field(_VALUE_NAME, name.encode())) for name in names)
    return model + _field(_GRAPH, graph)


def has_external_data(model: bytes) -> bool:
    """Whether any tensor of the model says that its values lie in another file."""
    pending = [(memoryview(model), "model", 0)]
    while pending:
        message, kind, depth = pending.pop()
        if depth > _MOST_NESTED:
            raise DamagedModelError("its parts are nested too deeply")
        for number, value in _fields(message):
            if kind == "tensor":
                if number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value == 1):
                    return True
            elif number in _WITHIN[kind] and isinstance(value, memoryview):
                pending.append((value, _WITHIN[kind][number], depth + 1))
    return False


def _node(content: memoryview) -> Node:
    """One node."""
    names: dict[int, list[str]] = {_NODE_INPUT: [], _NODE_OUTPUT: [], _NODE_NAME: [], _NODE_OP: []}
    for number, value in _messages(content):
        if number in names:
            names[number].append(_text(value))
    op, name = (names[number][-1] if names[number] else "" for number in (_NODE_OP, _NODE_NAME))
    return Node(op, name, names[_NODE_INPUT], names[_NODE_OUTPUT])


def _messages(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The fields that are bytes: texts and messages."""
    for number, value in _fields(message):
        if isinstance(value, memoryview):
            yield number, value


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """The fields of a message: numbers, and bytes as views; of fixed-length numbers, their bytes' place only."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, type_ = key >> 3, key & 7
        if type_ == 0:
            value, at = _varint(message, at)
            yield number, value
            continue
        if type_ == _BYTES:
            size, at = _varint(message, at)
        elif type_ in _FIXED:
            size = _FIXED[type_]
        else:
            raise DamagedModelError(f"a field has the unknown type {type_}")
        if number == 0 or size > len(message) - at:
            raise DamagedModelError("it ends within a field")
        if type_ == _BYTES:
            yield number, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, lowest first, and where it ends."""
    value = 0
    for place, byte in enumerate(message[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:  # noqa: PLR2004
            return value, at + place + 1
    raise DamagedModelError("it ends within a number")


def _field(number: int, content: bytes) -> bytes:
    """A field of bytes."""
    return _as_varint(number << 3 | _BYTES) + _as_varint(len(content)) + content


def _as_varint(value: int) -> bytes:
    """A number in groups of seven bits, lowest first."""
    groups = bytearray()
    while value > 0x7F:  # noqa: PLR2004
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*groups, value])


def _text(value: memoryview) -> str:
    """A name."""
    try:
        return str(value, "utf-8")
    except UnicodeDecodeError as error:
        raise DamagedModelError("a name is not UTF-8") from error
