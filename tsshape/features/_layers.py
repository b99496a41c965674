"""Which tensors of a network are meant by its layers."""

from collections.abc import Sequence
from difflib import get_close_matches

from tsshape.features._onnx import Graph, Node

# Operations that leave every value as it is, so that a layer's activations are those before them.
_SAME_VALUES = {"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"}
# Operations that have weights: they begin a layer.
_WEIGHTED = {"Conv", "ConvTranspose", "Gemm", "MatMul", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger"}
_N_SHOWN = 5


class UnknownLayerError(ValueError):
    """The network has no such layer, or it cannot be told which are its last."""


def find_layers(graph: Graph, names: Sequence[str]) -> list[str]:
    """The tensors that the names mean: a tensor's own name, or a node's name for its first output.

    Raises
    ------
    UnknownLayerError
        If there is no such tensor or node; the message has names that look alike, or the last there are.
    """
    tensors = [tensor for node in graph.nodes for tensor in node.outputs if tensor]
    computed = {tensor: tensor for tensor in tensors}
    nodes = {node.name: node.outputs[0] for node in graph.nodes if node.name and node.outputs}
    by_name = nodes | computed
    for name in names:
        if name not in by_name:
            near = get_close_matches(name, by_name, _N_SHOWN) or tensors[-_N_SHOWN:]
            raise UnknownLayerError(f"it has no layer {name!r}; it has, for example, {', '.join(map(repr, near))}")
    return [by_name[name] for name in names]


def last_two_layers(graph: Graph) -> list[str]:
    """The tensors of the last two layers before the softmax: what enters the last layer with weights, and the scores.

    Without a softmax at its end, as networks are often exported, the network's output is the scores.

    Raises
    ------
    UnknownLayerError
        If the network has several ends, or its end is no chain of operations.
    """
    producer = {tensor: node for node in graph.nodes for tensor in node.outputs}
    ends = [tensor for tensor in graph.outputs if tensor in producer]
    softmax = [tensor for tensor in ends if producer[_before_reshaping(tensor, producer)].op.endswith("Softmax")]
    if len(softmax or ends) != 1:
        raise UnknownLayerError(f"it has {len(ends)} outputs, so that its last two layers must be named")
    end = (softmax or ends)[0]
    if softmax:
        end = producer[_before_reshaping(end, producer)].inputs[0]
    scores = _before_reshaping(end, producer)
    before = _before_reshaping(_entering_last_weights(scores, graph, producer), producer)
    if before not in producer:
        raise UnknownLayerError("it has a single layer with weights; name the layers that are wanted")
    return [before, scores]


def _before_reshaping(tensor: str, producer: dict[str, Node]) -> str:
    """The tensor that holds the same values and was computed."""
    while tensor in producer and producer[tensor].op in _SAME_VALUES:
        tensor = producer[tensor].inputs[0]
    return tensor


def _entering_last_weights(scores: str, graph: Graph, producer: dict[str, Node]) -> str:
    """What enters the last operation with weights, on the only way back from the scores."""
    depends = {*graph.inputs}
    for node in graph.nodes:
        if depends & {*node.inputs}:
            depends.update(node.outputs)
    tensor = scores
    while tensor in producer:
        node = producer[tensor]
        entering = node.inputs[:1] if node.op in _SAME_VALUES else [name for name in node.inputs if name in depends]
        if len(entering) != 1:
            break
        tensor = entering[0]
        if node.op in _WEIGHTED:
            return tensor
    raise UnknownLayerError("its end is not a chain of layers, so that the wanted layers must be named")
