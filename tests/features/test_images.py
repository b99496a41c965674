"""`ImageEmbedder` on small networks and drawn pictures."""

import pickle
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from networks import CLASSIFIER, classifier, parse
from PIL import Image
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks, get_tags

from tsshape import DataError
from tsshape.features import ImageEmbedder, Preprocessing
from tsshape.features._preprocessing import as_pixels

# What onnxruntime computes differently in a batch, or with several threads: a product with a matrix that is no
# constant, and local response normalisation.
DELICATE = """
<ir_version: 8, opset_import: ["" : 17]>
delicate (float[N, 3, 16, 16] pixels) => (float[N, 40] y) <float zero = {0}> {
  normal = LRN <size = 3> (pixels)
  flat = Flatten (normal)
  some = ReduceMean (flat)
  nothing = Mul (some, zero)
  moved = Add (weights, nothing)
  y = MatMul (flat, moved)
}
"""


def test_the_activations_are_those_of_the_network(model, pictures):
    found = ImageEmbedder(model).fit_transform(pictures)
    text = CLASSIFIER.replace("(float[N, 5] shares)", "(float[N, 8, 1, 1] pooled, float[N, 5] scores)")
    session = onnxruntime.InferenceSession(classifier(text), providers=["CPUExecutionProvider"])
    pixels = [as_pixels(path.read_bytes(), (16, 16), Preprocessing()).transpose(2, 0, 1) for path in pictures]
    pooled, scores = session.run(None, {"pixels": np.stack(pixels)})
    np.testing.assert_allclose(found, np.hstack([pooled.reshape(9, 8), scores]), rtol=1e-5, atol=1e-6)
    assert found.index.equals(pictures.index)
    assert list(found) == [f"pooled_{i}" for i in range(8)] + [f"scores_{i}" for i in range(5)]
    assert (found.dtypes == np.float32).all()


def test_the_named_layers_are_given_in_the_order_and_under_the_names_asked_for(model, pictures):
    every = ImageEmbedder(model).fit_transform(pictures)
    embedder = ImageEmbedder(model, layers=["dense", "pooled", "shares", "maps"]).fit()
    assert embedder.layers_ == {"dense": 5, "pooled": 8, "shares": 5, "maps": 8 * 7 * 7}
    found = embedder.transform(pictures)
    np.testing.assert_allclose(found.filter(like="dense_"), every.filter(like="scores_"), rtol=1e-5)
    np.testing.assert_allclose(found.filter(like="pooled_"), every.filter(like="pooled_"), rtol=1e-5)
    exponents = np.exp(every.filter(like="scores_").to_numpy())
    shares = exponents / exponents.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.filter(like="shares_"), shares, rtol=1e-4)


@pytest.mark.parametrize("network", [CLASSIFIER, DELICATE], ids=["classifier", "delicate"])
def test_the_bits_depend_on_neither_batch_threads_nor_neighbours(tmp_path, pictures, network):
    path = tmp_path / "network.onnx"
    weights = np.random.default_rng(0).normal(size=(768, 40)).astype("f4")
    path.write_bytes(classifier() if network is CLASSIFIER else parse(network, weights=weights))
    layers = ["scores"] if network is CLASSIFIER else ["y"]
    expected = ImageEmbedder(path, layers=layers).fit_transform(pictures)
    for batch_size, n_jobs in [(1, 1), (2, 4), (5, 2), (100, -1)]:
        embedder = ImageEmbedder(path, layers=layers, batch_size=batch_size, n_jobs=n_jobs).fit()
        pd.testing.assert_frame_equal(embedder.transform(pictures), expected, check_exact=True)
        pd.testing.assert_frame_equal(embedder.transform(pictures[6:1:-2]), expected[6:1:-2], check_exact=True)


@pytest.mark.parametrize(
    ("taken", "dtype"), [("float[1, 3, 16, 16]", "f4"), ("float[4, 3, 16, 16]", "f4"), ("float[N, 3, H, W]", "f4")]
)
def test_a_network_of_a_fixed_batch_or_an_open_size_gives_the_same(tmp_path, model, pictures, taken, dtype):
    other = tmp_path / "other.onnx"
    text = CLASSIFIER.replace("float[N, 3, 16, 16]", taken).replace("float[N, 5]", "float[M, 5]")
    other.write_bytes(classifier(text))
    how = Preprocessing(size=16)
    expected = ImageEmbedder(model, preprocessing=how).fit_transform(pictures)
    np.testing.assert_allclose(
        ImageEmbedder(other, preprocessing=how).fit_transform(pictures), expected, rtol=1e-6, atol=np.finfo(dtype).eps
    )


def identity(type_, shape="N, 3, 4, 6"):
    """A network whose layer is its input, as floats."""
    return parse(
        f'<ir_version: 8, opset_import: ["" : 17]>\n'
        f"net ({type_}[{shape}] pixels) => (float[N, M] y) {{ y = Cast <to = 1> (pixels) z = Relu(y) }}"
    )


@pytest.mark.parametrize("type_", ["float", "float16", "double", "uint8"])
@pytest.mark.parametrize("last", [False, True])
def test_the_input_has_the_type_size_and_order_that_the_network_takes(tmp_path, type_, last):
    path = tmp_path / "identity.onnx"
    path.write_bytes(identity(type_, "N, 4, 6, 3" if last else "N, 3, 4, 6"))
    drawn = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    Image.fromarray(drawn).save(tmp_path / "p.png")
    how = Preprocessing(mean=(0, 0, 0), std=(1, 1, 1), crop=1)
    found = ImageEmbedder(path, layers=["z"], preprocessing=how).fit_transform([tmp_path / "p.png"])
    np.testing.assert_array_equal(found.to_numpy()[0], (drawn if last else drawn.transpose(2, 0, 1)).ravel())


def test_a_network_of_bytes_takes_no_normalised_pixels(tmp_path):
    (tmp_path / "bytes.onnx").write_bytes(identity("uint8"))
    with pytest.raises(DataError, match=r"bytes\.onnx takes pixels from 0 to 255 as they are.*'raw'"):
        ImageEmbedder(tmp_path / "bytes.onnx", layers=["z"]).fit()


def test_an_unreadable_picture_is_refused_by_name(model, pictures):
    pictures["p4"].write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"p4\.png: no image of a known format.*unreadable='missing'"):
        ImageEmbedder(model).fit_transform(pictures)


def test_unreadable_pictures_are_left_missing_and_each_is_named(tmp_path, model, pictures):
    expected = ImageEmbedder(model).fit_transform(pictures)
    pictures["p1"].write_bytes(pictures["p1"].read_bytes()[:200])
    pictures["p3"].unlink()
    pictures["p5"] = tmp_path
    pictures["p7"] = None
    with pytest.warns(UserWarning, match="its features are missing") as caught:
        found = ImageEmbedder(model, unreadable="missing", batch_size=2, n_jobs=2).fit_transform(pictures)
    warned = [str(warning.message) for warning in caught]
    assert [all(word in text for word in words) for text, words in zip(warned, WORDS, strict=True)] == [True] * 4
    lost = ["p1", "p3", "p5", "p7"]
    assert found.loc[lost].isna().all(axis=None)
    pd.testing.assert_frame_equal(found.drop(lost), expected.drop(lost))


WORDS = [("p1.png", "read"), ("p3.png", "no such file"), ("is a folder",), ("no path",)]


def test_no_pictures_are_an_empty_table(model):
    found = ImageEmbedder(model).fit().transform([])
    assert found.shape == (0, 13)


def test_progress_is_reported_after_each_batch(model, pictures):
    calls = []
    ImageEmbedder(model, batch_size=4, on_batch=lambda done, total: calls.append((done, total))).fit_transform(pictures)
    assert calls == [(4, 9), (8, 9), (9, 9)]


# Those of scikit-learn's checks that take no table of numbers.
CHECKS = [
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_mixin_order,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_set_params,
    estimator_checks.check_valid_tag_types,
]


@pytest.mark.parametrize("check", CHECKS)
def test_it_passes_the_checks_of_scikit_learn_that_take_no_table(model, check):
    check("ImageEmbedder", ImageEmbedder(model))


def test_it_tells_scikit_learn_that_it_takes_a_column_of_text():
    tags = get_tags(ImageEmbedder("net.onnx")).input_tags
    assert (tags.one_d_array, tags.two_d_array, tags.string) == (True, False, True)


def test_it_refuses_to_transform_before_it_is_fitted(model, pictures):
    with pytest.raises(NotFittedError):
        ImageEmbedder(model).transform(pictures)


def test_it_is_cloned_pickled_and_part_of_pipelines(model, pictures):
    embedder = ImageEmbedder(str(model), layers=["scores"], preprocessing=Preprocessing(crop=1))
    assert clone(embedder).get_params() == embedder.get_params()
    fitted = pickle.loads(pickle.dumps(embedder.fit()))  # noqa: S301 - our own
    pd.testing.assert_frame_equal(fitted.transform(pictures), embedder.transform(pictures))
    table = pd.DataFrame({"picture": pictures, "likes": range(9)})
    columns = make_column_transformer((embedder, "picture"), ("passthrough", ["likes"])).set_output(transform="pandas")
    found = columns.fit_transform(table)
    assert list(found)[-2:] == ["imageembedder__scores_4", "passthrough__likes"]
    assert found.index.equals(pictures.index)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"layers": "scores"}, "list of at least one name"),
        ({"layers": []}, "list of at least one name"),
        ({"layers": ["nowhere"]}, r"classifier\.onnx: it has no layer 'nowhere'"),
        ({"layers": ["scores", "scores"]}, "different"),
        ({"batch_size": 0}, "batch_size"),
        ({"unreadable": "skip"}, "unreadable must be one of"),
        ({"preprocessing": "vgg"}, "preprocessing must be one of 'imagenet'"),
        ({"model": "none.onnx"}, r"none\.onnx: there is no such file"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(model, parameters, message):
    with pytest.raises(ValueError, match=message):
        ImageEmbedder(**{"model": model} | parameters).fit()


@pytest.mark.parametrize("given", ["p.png", Path("p.png"), [["p.png"]], 3, None])
def test_what_is_no_sequence_of_paths_is_refused(model, given):
    with pytest.raises(ValueError, match="sequence or Series of paths"):
        ImageEmbedder(model).fit().transform(given)


def test_a_picture_that_is_no_path_is_refused_by_its_place(model):
    with pytest.raises(DataError, match="the picture of 'b' must be a path; got 3"):
        ImageEmbedder(model).fit().transform(pd.Series(["a.png", 3], ["a", "b"]))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (CLASSIFIER.replace("float[N, 3, 16, 16]", "float[N, 1, 16, 16]"), "3 channels"),
        (CLASSIFIER.replace("float[N, 3, 16, 16]", "float[N, C, 16, 16]"), "3 channels"),
        (CLASSIFIER.replace("float[N, 3, 16, 16]", "int64[N, 3, 16, 16]"), "onnxruntime can run|one input"),
        (CLASSIFIER.replace("16] pixels", "16] pixels, float[N] more"), "one input"),
        (CLASSIFIER.replace("float[N, 3, 16, 16]", "float[N, 3, 900000, 900000]"), "pictures of 8.8.* TiB"),
        (CLASSIFIER.replace("float[N, 3, 16, 16]", "float[N, 3, 2, 2]"), "onnxruntime can run|fails"),
        (CLASSIFIER.replace("Relu", "Rulu"), "onnxruntime can run"),
        (CLASSIFIER.replace("Relu", "Log"), "'pooled' gives numbers that are not finite"),
    ],
)
def test_a_network_that_cannot_be_used_is_refused_by_name(tmp_path, capfd, text, reason):
    path = tmp_path / "odd.onnx"
    path.write_bytes(classifier(text))
    with pytest.raises(DataError, match=reason) as refusal:
        ImageEmbedder(path).fit()
    assert "odd.onnx" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert capfd.readouterr() == ("", "")


def test_weights_in_another_file_are_refused(tmp_path, model):
    onnx = pytest.importorskip("onnx")
    path = tmp_path / "apart.onnx"
    onnx.save(onnx.load(model), path, save_as_external_data=True, size_threshold=0, location="weights")
    with pytest.raises(DataError, match=r"apart\.onnx has weights in other files"):
        ImageEmbedder(path).fit()


def test_a_model_that_changed_since_fit_is_refused(model, pictures):
    embedder = ImageEmbedder(model).fit()
    model.write_bytes(classifier(seed=1))
    with pytest.raises(DataError, match="another file than the one that was fitted"):
        embedder.transform(pictures)


def test_a_network_that_fails_on_one_picture_names_it(model, pictures):
    Image.new("RGB", (9, 9)).save(pictures["p0"])
    embedder = ImageEmbedder(model, preprocessing=Preprocessing(mean=(0, 0, 0), std=(1e-36, 1e-36, 1e-36))).fit()
    assert np.isfinite(embedder.transform(pictures[:1])).all(axis=None)
    with pytest.raises(DataError, match=r"'pooled' gives numbers that are not finite \(for .*p1\.png\)"):
        embedder.transform(pictures)


def test_a_result_that_does_not_fit_is_refused_with_its_size(model, pictures, monkeypatch):
    embedder = ImageEmbedder(model).fit()
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "400")
    with pytest.raises(DataError, match="13 activations of 9 pictures take 468 B, more than 400 B"):
        embedder.transform(pictures)


@pytest.mark.parametrize("library", ["onnx", "onnxruntime", "PIL"])
def test_a_missing_library_is_named_with_what_to_install(model, monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=rf"needs {library}: pip install 'tsshape\[images\]'"):
        ImageEmbedder(model).fit()
