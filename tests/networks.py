"""Small networks and pictures, made where a test needs them."""

import numpy as np
import onnx.parser
from PIL import Image

# Two layers with weights and a softmax: conv -> relu -> mean -> gemm.
CLASSIFIER = """
<ir_version: 8, opset_import: ["" : 17]>
classifier (float[N, 3, 16, 16] pixels) => (float[N, 5] shares) {
  [conv] maps = Conv <kernel_shape = [3, 3], strides = [2, 2]> (pixels, conv_weights, conv_bias)
  [relu] active = Relu (maps)
  [pool] pooled = GlobalAveragePool (active)
  [flat] flat = Flatten (pooled)
  [dense] scores = Gemm <transB = 1> (flat, dense_weights, dense_bias)
  [softmax] shares = Softmax (scores)
}
"""


def parse(text, **constants):
    """A model from onnx's text form, with arrays for constants, as bytes."""
    model = onnx.parser.parse_model(text)
    for name, values in constants.items():
        model.graph.initializer.append(onnx.numpy_helper.from_array(np.asarray(values), name))
    return model.SerializeToString()


def classifier(text=CLASSIFIER, *, seed=0):
    """The classifier, or a variant of its text, with random weights."""
    rng = np.random.default_rng(seed)
    shapes = {"conv_weights": (8, 3, 3, 3), "conv_bias": (8,), "dense_weights": (5, 8), "dense_bias": (5,)}
    return parse(text, **{name: rng.normal(size=shape).astype("f4") for name, shape in shapes.items()})


def draw(path, *, seed=0, size=(24, 20), **options):
    """A picture of noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, **options)
    return path
