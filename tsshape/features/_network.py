"""A network in an ONNX file, and the activations of its layers for one picture."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tsshape._errors import DataError
from tsshape._extras import require
from tsshape._memory import memory_limit, spell_bytes
from tsshape.features._layers import UnknownLayerError, find_layers, last_two_layers
from tsshape.features._onnx import DamagedModelError, read_graph, with_outputs
from tsshape.features._preprocessing import read_bytes

_DTYPES: dict[str, np.dtype[Any]] = {
    "tensor(float)": np.dtype(np.float32),
    "tensor(float16)": np.dtype(np.float16),
    "tensor(double)": np.dtype(np.float64),
    "tensor(uint8)": np.dtype(np.uint8),
}
_RANK = 4
_CHANNELS = 3
_SILENT = 4  # the level at which onnxruntime prints only what ends the process
_LONGEST_REASON = 300

Activations = npt.NDArray[np.float32]


class _Input(NamedTuple):
    """The input of a network, as onnxruntime describes it; a dimension of any size is a name or None."""

    name: str
    dtype: str
    shape: list[int | str | None]


class Network:
    """An opened network, with `shape`, its input's (height, width) in pixels, and `layers`, the tensors it returns.

    A picture passes it alone and on one thread. In a batch, the last bits of its activations would depend on the other
    pictures, and with several threads on their number (onnxruntime 1.32: products with a matrix that is not constant,
    and local response normalisation; an AlexNet in batches of 32 would be 1.6 times as fast). Several threads may call
    it at once.

    Parameters
    ----------
    path : Path
        The ONNX file.
    layers : sequence of str or None
        Names of tensors or nodes; None for the last two before the softmax.
    open_size : int
        Side of the input in pixels where the network takes any size.

    Raises
    ------
    DataError
        If the file is not a network that takes one picture of three channels, or has no such layer.
    """

    def __init__(self, path: Path, layers: Sequence[str] | None, open_size: int) -> None:
        self.path = path
        model = read_bytes(path)
        self.digest = hashlib.sha256(model).hexdigest()
        try:
            graph = read_graph(model)
            if graph.has_external_data:
                raise DataError(f"{path} has weights in other files: save the network with them inside")
            self.layers = last_two_layers(graph) if layers is None else find_layers(graph, layers)
        except DamagedModelError as error:
            raise DataError(f"{path} is no ONNX model: {error}") from error
        except UnknownLayerError as error:
            raise DataError(f"{path}: {error}") from error
        added = [name for name in dict.fromkeys(self.layers) if name not in graph.outputs]
        self._session, inputs = self._open(with_outputs(model, added))
        self._take_input(inputs, open_size)

    @property
    def takes_bytes(self) -> bool:
        """Whether the input is integers from 0 to 255."""
        return self._dtype == np.uint8

    def activations(self, pixels: npt.NDArray[np.float32]) -> list[Activations]:
        """Compute the activations of each layer, as vectors, for one picture (height, width, 3).

        Raises
        ------
        ValueError
            If the network fails or returns anything but finite numbers; the message does not name the picture.
        """
        picture = pixels if self._channels_last else pixels.transpose(2, 0, 1)
        batch = np.ascontiguousarray(np.broadcast_to(picture, (self._n_copies, *picture.shape)), dtype=self._dtype)
        try:
            outputs = self._session.run(self.layers, {self._input: batch})
        except Exception as error:  # onnxruntime's errors have no class in common
            raise ValueError(f"{self.path} fails: {_reason(error)}") from error
        return [self._vector(name, output) for name, output in zip(self.layers, outputs, strict=True)]

    def _vector(self, name: str, output: Any) -> Activations:
        """Return the output of a layer as a vector, of the first copy if the network takes several."""
        if not isinstance(output, np.ndarray) or output.dtype.kind not in "fiu":
            raise ValueError(f"{self.path}: the layer {name!r} gives no numbers")
        if self._n_copies > 1:
            if output.ndim == 0 or len(output) != self._n_copies:
                raise ValueError(f"{self.path}: the layer {name!r} does not give {self._n_copies} rows for as many")
            output = output[0]
        with np.errstate(over="ignore"):
            vector: Activations = output.reshape(-1).astype(np.float32)
        if not np.isfinite(vector).all():
            raise ValueError(f"{self.path}: the layer {name!r} gives numbers that are not finite")
        return vector

    def _open(self, model: bytes) -> tuple[Any, list[_Input]]:
        """Open a session on one thread that prints nothing; return it and its inputs."""
        runtime = require("onnxruntime", extra="images")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _SILENT
        try:
            # The fallback would print to standard output.
            session = runtime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"], enable_fallback=False
            )
            return session, [_Input(each.name, each.type, each.shape) for each in session.get_inputs()]
        except Exception as error:  # onnxruntime's errors have no class in common
            raise DataError(f"{self.path} is no model that onnxruntime can run: {_reason(error)}") from error

    def _take_input(self, inputs: list[_Input], open_size: int) -> None:
        """Set the size, the type and the axis of channels of the network's input."""
        if len(inputs) != 1 or inputs[0].dtype not in _DTYPES or len(inputs[0].shape) != _RANK:
            found = "; ".join(f"{name} {dtype} {shape}" for name, dtype, shape in inputs) or "none"
            raise DataError(f"{self.path} must have one input of numbers, with 4 dimensions; it has {found}")
        ((name, dtype, shape),) = inputs
        if _CHANNELS not in {shape[1], shape[3]}:
            raise DataError(f"{self.path} must take pictures of 3 channels; its input is {shape}")
        self._channels_last = shape[1] != _CHANNELS
        sides = shape[1:3] if self._channels_last else shape[2:4]
        height, width = (side if isinstance(side, int) and side > 0 else open_size for side in sides)
        self.shape = (height, width)
        self._n_copies = shape[0] if isinstance(shape[0], int) and shape[0] > 0 else 1
        self._input, self._dtype = name, _DTYPES[dtype]
        size = self._n_copies * height * width * _CHANNELS * self._dtype.itemsize
        if size > memory_limit():
            raise DataError(
                f"{self.path} takes pictures of {spell_bytes(size)}, more than {spell_bytes(memory_limit())}"
            )


def _reason(error: Exception) -> str:
    """Return the beginning of onnxruntime's message, on one line."""
    return " ".join(str(error).split())[:_LONGEST_REASON] or type(error).__name__
