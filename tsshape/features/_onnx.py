"""The graph of a network in an ONNX file, and asking the network for more of its tensors."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tsshape._extras import require


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
    has_external_data: bool


def read_graph(model: bytes) -> Graph:
    """Read the nodes, inputs and outputs of a model, and whether the values of any tensor are in another file.

    Raises
    ------
    DamagedModelError
        If the bytes cannot be parsed, or hold no node or no output.
    """
    onnx = require("onnx", extra="images")
    try:
        proto = onnx.load_from_string(model)
    except Exception as error:  # protobuf's errors, whose module depends on its version
        raise DamagedModelError("its bytes cannot be parsed") from error
    if not proto.graph.node or not proto.graph.output:
        raise DamagedModelError("it holds no network")
    nodes = [
        Node(_text(node.op_type), _text(node.name), [*map(_text, node.input)], [*map(_text, node.output)])
        for node in proto.graph.node
    ]
    # Old models list their constants among the inputs, too.
    constants = {tensor.name for tensor in proto.graph.initializer}
    inputs = [_text(each.name) for each in proto.graph.input if each.name not in constants]
    external = any(
        tensor.external_data or tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in _tensors(proto)
    )
    return Graph(nodes, inputs, [_text(each.name) for each in proto.graph.output], external)


def with_outputs(model: bytes, names: Sequence[str]) -> bytes:
    """Return the model with more tensors among its outputs; the runtime infers their types.

    Nothing in the model is touched: of Protocol Buffers, the message that follows another is merged with it, and lists
    are joined.
    """
    onnx = require("onnx", extra="images")
    outputs = [onnx.ValueInfoProto(name=name) for name in names]
    added: bytes = onnx.ModelProto(graph=onnx.GraphProto(output=outputs)).SerializeToString()
    return model + added


def _tensors(message: Any) -> Iterator[Any]:
    """Yield all tensors within a message of Protocol Buffers, at any depth."""
    if message.DESCRIPTOR.full_name == "onnx.TensorProto":
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is not None:
            for within in value if isinstance(value, Sequence) else [value]:
                yield from _tensors(within)


def _text(name: str | bytes) -> str:
    """Return a name, which Protocol Buffers leave as bytes where it is not UTF-8."""
    if isinstance(name, bytes):
        raise DamagedModelError("a name is not UTF-8")
    return name
