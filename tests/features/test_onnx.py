"""The reading of ONNX files against the package `onnx`."""

from pathlib import Path

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import CLASSIFIER, classifier, parse

from tsshape.features import ImageEmbedder
from tsshape.features._layers import UnknownLayerError, find_layers, last_two_layers
from tsshape.features._onnx import DamagedModelError, read_graph, with_outputs

MODEL = classifier()


def layers_of(body, result="y", inputs="float[N, 3, 4, 4] x"):
    """The last two layers of a network, from the text of its operations."""
    text = f'<ir_version: 8, opset_import: ["" : 17]>\nnet ({inputs}) => (float[N, 2] {result}) {{ {body} }}'
    return last_two_layers(read_graph(parse(text, w=[[1.0]], b=[1.0], shape=[0, -1])))


def test_nodes_inputs_and_outputs_are_those_that_onnx_reads():
    expected = onnx.load_from_string(MODEL).graph
    graph = read_graph(MODEL)
    assert [tuple(node) for node in graph.nodes] == [
        (node.op_type, node.name, list(node.input), list(node.output)) for node in expected.node
    ]
    assert graph.inputs == ["pixels"]
    assert graph.outputs == ["shares"]


def test_constants_are_no_inputs_where_an_old_model_lists_them():
    model = onnx.load_from_string(MODEL)
    model.graph.input.append(onnx.helper.make_tensor_value_info("dense_bias", onnx.TensorProto.FLOAT, [5]))
    assert read_graph(model.SerializeToString()).inputs == ["pixels"]


def test_more_outputs_are_all_that_is_added():
    expected = onnx.load_from_string(MODEL)
    expected.graph.output.extend([onnx.ValueInfoProto(name="pooled"), onnx.ValueInfoProto(name="名" * 100)])
    assert onnx.load_from_string(with_outputs(MODEL, ["pooled", "名" * 100])) == expected
    assert with_outputs(MODEL, []) == MODEL + b"\x3a\x00"


@pytest.mark.parametrize("where", ["initializer", "node", "subgraph", "function"])
def test_a_weight_in_another_file_is_found_wherever_it_is(where):
    model = onnx.load_from_string(MODEL)
    assert not read_graph(MODEL).has_external_data
    weight = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(model.graph.initializer[0]), "w")
    weight.data_location = onnx.TensorProto.EXTERNAL
    constant = onnx.helper.make_node("Constant", [], ["c"], value=weight)
    if where == "initializer":
        model.graph.initializer.append(weight)
    elif where == "node":
        model.graph.node.append(constant)
    elif where == "subgraph":
        inner = onnx.helper.make_graph([constant], "inner", [], [])
        model.graph.node.append(onnx.helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner))
    else:
        model.functions.append(onnx.helper.make_function("d", "f", [], ["c"], [constant], []))
    assert read_graph(model.SerializeToString()).has_external_data


@given(data=st.data())
def test_damaged_bytes_are_read_or_refused(data):
    model = bytearray(MODEL)
    for _ in range(data.draw(st.integers(1, 4))):
        model[data.draw(st.integers(0, len(model) - 1))] = data.draw(st.integers(0, 255))
    del model[data.draw(st.integers(0, len(model))) :]
    try:
        graph = read_graph(bytes(model))
        assert len(last_two_layers(graph)) == 2
    except (DamagedModelError, UnknownLayerError) as error:
        assert str(error)  # noqa: PT017 - either is right


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "holds no network"),
        (b"\x08\x07", "holds no network"),
        (b"PK\x03\x04 no model", "cannot be parsed"),
        (MODEL[:200], "cannot be parsed"),
        (b"\x80" * 20, "cannot be parsed"),
        (b"\x3a\x0a\x0a\x03\x1a\x01\xff\x62\x03\x0a\x01y", "not UTF-8"),
    ],
)
def test_what_is_no_model_is_refused_with_the_reason(content, reason):
    with pytest.raises(DamagedModelError, match=reason):
        read_graph(content)


def test_parts_nested_without_end_are_refused():
    inner = b""
    for _ in range(100):  # graph > node > attribute > graph
        for field in (b"\x32", b"\x2a", b"\x0a"):
            inner = with_length(field, inner)
    with pytest.raises(DamagedModelError, match="cannot be parsed"):
        read_graph(with_length(b"\x3a", inner))


def with_length(key, content):
    """A field of bytes, its length in seven-bit groups."""
    size, groups = len(content), []
    while size > 127:
        groups.append(size & 127 | 128)
        size >>= 7
    return key + bytes([*groups, size]) + content


def test_the_last_two_layers_are_what_enters_the_last_weights_and_the_scores():
    assert last_two_layers(read_graph(MODEL)) == ["pooled", "scores"]


@pytest.mark.parametrize(
    ("body", "layers"),
    [
        ("h = Relu(x) s = Gemm(h, w, b) y = Identity(s)", ["h", "s"]),
        ("h = Relu(x) s = MatMul(h, w) t = Add(s, b) y = LogSoftmax(t)", ["h", "t"]),
        ("h = Relu(x) s = Conv(h, w) t = Relu(s) u = GlobalAveragePool(t) f = Flatten(u) y = Softmax(f)", ["h", "u"]),
        ("h = Relu(x) d = Dropout(h) f = Reshape(d, shape) s = Gemm(f, w) p = Softmax(s) y = Identity(p)", ["h", "s"]),
        ("h = Relu(x) n = Shape(h) f = Reshape(h, n) s = Gemm(f, w) y = Softmax(s)", ["h", "s"]),
        ("a = Softmax(x) h = Mul(a, x) s = Gemm(h, w) y = Softmax(s)", ["h", "s"]),
    ],
    ids=["no softmax", "bias apart", "pooled scores", "dropout and reshaping", "computed shape", "attention before"],
)
def test_the_last_two_layers_are_found_in_common_forms(body, layers):
    assert layers_of(body) == layers


@pytest.mark.parametrize(
    ("body", "result", "reason"),
    [
        ("y = Gemm(x, w)", "y", "a single layer"),
        ("a = Relu(x) c = Tanh(x) s = Add(a, c) y = Softmax(s)", "y", "not a chain"),
        ("y = Relu(x)", "y", "not a chain"),
        ("y = Relu(x) z = Tanh(x)", "y, float[N] z", "2 outputs"),
        ("y = Identity(h) h = Identity(y)", "y", "not in order: 'h'"),
        ("y = Softmax(y)", "y", "not in order: 'y'"),
        ("b = Constant<value = float {1}>() y = Softmax(b)", "y", "not a chain"),
    ],
)
def test_a_network_without_two_plain_last_layers_asks_for_their_names(body, result, reason):
    with pytest.raises(UnknownLayerError, match=reason):
        layers_of(body, result)


@pytest.mark.parametrize(
    ("name", "widths"),
    [
        ("bvlc_alexnet", [4096, 1000]),
        ("inception_v1", [1024, 1000]),
        ("resnet50", [2048, 1000]),
        ("densenet121", [1024, 1000]),
        ("squeezenet", [512 * 13 * 13, 1000]),
    ],
)
def test_the_last_two_layers_of_the_model_zoo_are_those_of_the_papers(name, widths):
    path = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light" / f"light_{name}.onnx"
    if not path.is_file():
        pytest.skip("this version of onnx comes without the architectures of its model zoo")
    assert list(ImageEmbedder(path, preprocessing="caffe").fit().layers_.values()) == widths


def test_a_softmax_is_preferred_among_several_outputs():
    text = CLASSIFIER.replace("float[N, 5] shares)", "float[N, 5] shares, float[N, 8] flat)")
    assert last_two_layers(read_graph(classifier(text))) == ["pooled", "scores"]


def test_layers_are_named_by_tensor_or_by_node():
    assert find_layers(read_graph(MODEL), ["scores", "pool", "active"]) == ["scores", "pooled", "active"]


def test_an_unknown_layer_is_refused_with_similar_names():
    with pytest.raises(UnknownLayerError, match=r"no layer 'pooler'; it has, for example, 'pooled', 'pool'"):
        find_layers(read_graph(MODEL), ["pooler"])
    with pytest.raises(UnknownLayerError, match=r"no layer 'fc7'; .*'scores', 'shares'"):
        find_layers(read_graph(MODEL), ["fc7"])


def test_one_layer_under_two_names_is_refused():
    with pytest.raises(UnknownLayerError, match="'dense' and 'scores' are the same layer"):
        find_layers(read_graph(MODEL), ["dense", "scores"])
