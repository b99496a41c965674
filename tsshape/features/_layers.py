"""Finding the layers of a network among its tensors."""

from collections.abc import Sequence
from difflib import get_close_matches

from tsshape.features._onnx import Graph, Node

# Operations that change no value: the activations of a layer are those before them.
_SAME_VALUES = {"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"}
# Operations with weights, which begin a layer.
_WEIGHTED = {"Conv", "ConvTranspose", "Gemm", "MatMul", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger"}
_SOFTMAX = {"Softmax", "LogSoftmax"}
_N_SHOWN = 5


class UnknownLayerError(ValueError):
    """The network has no such layer, or its last layers cannot be determined."""


def find_layers(graph: Graph, names: Sequence[str]) -> list[str]:
    """Return the tensors that are named: by their own name, or by that of the node whose first output they are.

    Raises
    ------
    UnknownLayerError
        If there is no such tensor or node (the message has similar names, or the last ones), or if two names mean the
        same tensor.
    """
    tensors = [tensor for node in graph.nodes for tensor in node.outputs if tensor]
    by_name = {node.name: node.outputs[0] for node in graph.nodes if node.name and any(node.outputs[:1])}
    by_name |= {tensor: tensor for tensor in tensors}
    meant: dict[str, str] = {}
    for name in names:
        if name not in by_name:
            near = get_close_matches(name, by_name, _N_SHOWN) or tensors[-_N_SHOWN:]
            raise UnknownLayerError(f"it has no layer {name!r}; it has, for example, {', '.join(map(repr, near))}")
        if by_name[name] in meant:
            raise UnknownLayerError(f"{meant[by_name[name]]!r} and {name!r} are the same layer")
        meant[by_name[name]] = name
    return list(meant)


def last_two_layers(graph: Graph) -> list[str]:
    """Return the tensors of the last two layers before the softmax: the input of the last weights, and the scores.

    Networks are often exported without the softmax at the end; then the scores are the output of the network.

    Raises
    ------
    UnknownLayerError
        If the network has several outputs, or its end is not a chain of operations.
    """
    producer = _producers(graph)
    ends = {tensor: _before_reshaping(tensor, producer) for tensor in graph.outputs if tensor in producer}
    nodes = [(tensor, producer.get(tensor)) for tensor in ends.values()]
    softmax = [tensor for tensor, node in nodes if node is not None and node.op in _SOFTMAX and node.inputs]
    if len(softmax or ends) != 1:
        raise UnknownLayerError(f"it has {len(ends)} outputs, so that the wanted layers must be named")
    (end,) = softmax or ends.values()
    scores = _before_reshaping(producer[end].inputs[0] if softmax else end, producer)
    before = _before_reshaping(_entering_last_weights(scores, graph, producer), producer)
    if before not in producer:
        raise UnknownLayerError("it has a single layer with weights, so that the wanted layers must be named")
    return [before, scores]


def _producers(graph: Graph) -> dict[str, Node]:
    """Return the node that computes each tensor; check that no tensor is needed before, so that there is no cycle."""
    producer: dict[str, Node] = {}
    computed = {tensor for node in graph.nodes for tensor in node.outputs}
    for node in graph.nodes:
        late = [name for name in node.inputs if name in computed and name not in producer]
        if late:
            raise UnknownLayerError(f"its operations are not in order: {late[0]!r} is needed before it is computed")
        for tensor in node.outputs:
            producer.setdefault(tensor, node)
    return producer


def _before_reshaping(tensor: str, producer: dict[str, Node]) -> str:
    """Return the tensor with the same values before any reshaping."""
    while tensor in producer and producer[tensor].op in _SAME_VALUES and producer[tensor].inputs:
        tensor = producer[tensor].inputs[0]
    return tensor


def _entering_last_weights(scores: str, graph: Graph, producer: dict[str, Node]) -> str:
    """Return the input of the last operation with weights on the path that ends in the scores."""
    depends = {*graph.inputs}
    for node in graph.nodes:
        if not depends.isdisjoint(node.inputs):
            depends.update(node.outputs)
    tensor = scores
    while tensor in producer:
        node = producer[tensor]
        entering = node.inputs[:1] if node.op in _SAME_VALUES else [name for name in node.inputs if name in depends]
        if len(entering) != 1:
            break
        (tensor,) = entering
        if node.op in _WEIGHTED:
            return tensor
    raise UnknownLayerError("its end is not a chain of layers, so that the wanted layers must be named")
