"""`tsshape embed`: what it writes and says."""

import json
import sys
from typing import get_args

import cli_program
import numpy as np
import onnx
import pandas as pd
import pytest
from networks import CLASSIFIER, classifier, draw
from PIL import Image
from systems import linux_only

from tsshape import read_features, simulate_spid
from tsshape._choices import Pixels
from tsshape.cli import main
from tsshape.cli._embed import ENDINGS
from tsshape.features import ImageEmbedder
from tsshape.features._preprocessing import PRESETS, as_pixels

# A layer's name as exports have them, with signs that JSON and LightGBM's model files give a meaning.
LAYER = '/head/{"dense"}:0'


@pytest.fixture
def folder(tmp_path):
    """A network, five pictures in a folder and its subfolder, and a table of posts that matches some of them."""
    (tmp_path / "pictures" / "more").mkdir(parents=True)
    (tmp_path / "net.onnx").write_bytes(classifier())
    for i, name in enumerate(["007.png", "b.JPG", "more/c.webp", "more/d.png", "more/x.y.gif"]):
        draw(tmp_path / "pictures" / name, seed=i)
    (tmp_path / "posts.csv").write_text("id,author,likes,title\nd,ann,3,sea\nnone,bob,4,sky\n007,ann,5,\nc,cy,,sun\n")
    return tmp_path


@pytest.fixture
def tsshape(monkeypatch, capfd):
    """Run the program: what it printed, once it ended with a code."""

    def run(*arguments, code=0):
        monkeypatch.setattr(sys, "argv", ["tsshape", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capfd.readouterr()
        assert end.value.code == code, printed.err
        return printed

    return run


@pytest.fixture
def embed(tsshape, folder):
    """Run the verb on the folder's pictures."""

    def run(out, *options, code=0):
        named = ("--model", folder / "net.onnx", "--out", folder / out)
        return tsshape("embed", folder / "pictures", *named, *options, code=code)

    return run


def test_every_picture_is_a_row_named_by_its_stem(folder, embed):
    text = embed("out.parquet").out
    for word in ("5, activations: 8 of pooled, 5 of scores", "out.parquet"):
        assert word in text
    found = read_features(folder / "out.parquet")
    assert found.index.tolist() == ["007", "b", "c", "d", "x.y"]
    paths = [folder / "pictures" / name for name in ("007.png", "b.JPG", "more/c.webp", "more/d.png", "more/x.y.gif")]
    np.testing.assert_array_equal(found, ImageEmbedder(folder / "net.onnx").fit_transform(paths))


def test_the_words_of_the_options_are_those_of_the_embedder(tmp_path):
    assert {*get_args(Pixels)} == {*PRESETS}
    for ending in ENDINGS:
        draw(tmp_path / f"p{ending}")
        assert as_pixels((tmp_path / f"p{ending}").read_bytes(), (4, 4), PRESETS["raw"]).shape == (4, 4, 3)


def test_csv_and_parquet_hold_the_same_numbers(folder, embed):
    for out in ("out.csv", "out.parquet"):
        embed(out, "--layer", "dense", "--layer", "pool", "--preprocessing", "caffe", "--batch-size", 2)
    csv, parquet = read_features(folder / "out.csv"), read_features(folder / "out.parquet")
    assert list(csv) == [f"dense_{i}" for i in range(5)] + [f"pool_{i}" for i in range(8)]
    np.testing.assert_array_equal(csv.astype(np.float32), parquet)


def test_the_pictures_are_joined_to_the_other_features_by_id_and_nothing_is_lost_in_silence(folder, embed):
    (folder / "pictures" / "notes.txt").write_text("x")
    (folder / "pictures" / "._b.jpg").write_text("x")
    text = embed("out.parquet", "--features", folder / "posts.csv").out
    for line in ("missing     1 posts without a picture", "left out    2 pictures", "left out    2 files", "._b.jpg"):
        assert line in text
    found = read_features(folder / "out.parquet")
    posts = read_features(folder / "posts.csv")
    pd.testing.assert_frame_equal(found[posts.columns], posts)
    visual = found.drop(columns=posts.columns)
    assert visual.isna().all(axis=1).tolist() == [False, True, False, False]
    embed("alone.parquet")
    np.testing.assert_array_equal(visual.drop("none"), read_features(folder / "alone.parquet").loc[["d", "007", "c"]])


def test_unreadable_pictures_are_named_and_left_missing_and_the_summary_is_json(folder):
    (folder / "pictures" / "b.JPG").write_bytes(b"no picture")
    (folder / "pictures" / "gone.png").symlink_to("nowhere")
    named = ("embed", folder / "pictures", "--model", folder / "net.onnx", "--out", folder / "out.csv")
    ended = cli_program.tsshape(*named, "--unreadable", "missing", "--json")
    for word in ("b.JPG: no image of a known format; its features are missing", "gone.png: there is no such file"):
        assert word in ended.stderr.replace("\n", " ")
    summary = json.loads(ended.stdout)
    assert summary["unreadable"] == ["b", "gone"]
    assert summary["layers"] == {"pooled": 8, "scores": 5}
    assert summary["pictures"] == 6
    found = read_features(folder / "out.csv")
    assert found.index[found.isna().all(axis=1)].tolist() == ["b", "gone"]


def test_a_cache_saves_the_second_run_what_the_first_computed(folder, embed):
    for out in ("first.parquet", "second.parquet"):
        embed(out, "--cache", folder / "cache")
    entries = [path for path in (folder / "cache").rglob("*") if path.is_file()]
    assert len(entries) == 5
    assert (folder / "first.parquet").read_bytes() == (folder / "second.parquet").read_bytes()


def test_what_was_embedded_can_be_fitted_and_forecast_from(tmp_path, tsshape):
    posts = simulate_spid(120, n_times=4, random_state=0)
    posts.save(tmp_path)
    network = onnx.load_from_string(classifier())
    network.graph.node[-2].output[0] = network.graph.node[-1].input[0] = LAYER
    onnx.save(network, tmp_path / "net.onnx")
    (tmp_path / "pictures").mkdir()
    # The brighter, the more views: what the network sees is worth something.
    shades = posts.curves[4].rank(pct=True) * 255
    for id_, shade in shades[:-10].items():
        Image.new("L", (8, 8), int(shade)).save(tmp_path / "pictures" / f"{id_}.png")
    visual, model, out = (tmp_path / name for name in ("visual.parquet", "model", "forecast.csv"))
    named = ("--model", tmp_path / "net.onnx", "--features", tmp_path / "features.parquet", "--out", visual)
    summary = json.loads(tsshape("embed", tmp_path / "pictures", *named, "--json").out)
    assert summary["layers"] == {"pooled": 8, LAYER: 5}
    assert summary["pictures"] == 110
    assert summary["posts_without_picture"] == 10
    tsshape("fit", tmp_path / "curves.parquet", visual, "--out", model, "--k", 3)
    tsshape("predict", model, visual, "--out", out)
    forecast = pd.read_csv(out, index_col="id", dtype={"id": str})
    assert forecast.index.equals(posts.curves.index)
    assert np.isfinite(forecast).all(axis=None)
    assert forecast["day04"].corr(posts.curves[4], method="spearman") > 0.9
    tsshape("fit", tmp_path / "curves.parquet", tmp_path / "features.parquet", "--out", model, "--k", 3)
    tsshape("predict", model, tmp_path / "features.parquet", "--out", out)
    blind = pd.read_csv(out, index_col="id", dtype={"id": str})
    assert blind["day04"].corr(posts.curves[4], method="spearman") < 0.9


def test_a_missing_library_ends_with_one_message_that_says_what_to_install(folder, embed, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    ended = embed("out.csv", code=2)
    assert ended.err.startswith("tsshape: error: this needs onnxruntime: pip install 'tsshape[images]'")
    assert ended.err.count("\n") == 1
    assert not (folder / "out.csv").exists()


def test_a_network_that_asks_for_endless_memory_is_one_message(folder, embed):
    text = CLASSIFIER.replace(
        "[relu] active = Relu (maps)",
        "large = ConstantOfShape (sides) top = ReduceMax <keepdims = 0> (large) active = Add (maps, top)",
    )
    network = onnx.load_from_string(classifier(text))
    network.graph.initializer.append(onnx.numpy_helper.from_array(np.array([2**62]), "sides"))
    onnx.save(network, folder / "net.onnx")
    ended = embed("out.csv", code=2)
    assert ended.err.startswith("tsshape: error: ")
    assert "net.onnx" in ended.err
    assert ended.err.count("\n") == 1


def test_an_old_result_stays_where_a_picture_is_refused(folder, embed):
    embed("out.csv")
    before = (folder / "out.csv").read_bytes()
    (folder / "pictures" / "b.JPG").write_bytes(b"no picture")
    ended = embed("out.csv", code=2)
    assert "b.JPG" in ended.err
    assert "--unreadable missing" in ended.err
    assert (folder / "out.csv").read_bytes() == before


@linux_only
def test_a_cache_that_cannot_be_written_ends_with_code_1_and_no_result(folder, embed):
    # Nothing can be made in this part of the system's own files, not even by root.
    ended = embed("out.csv", "--cache", "/sys/kernel/cache", code=1)
    assert "tsshape: error: /sys/kernel/cache" in ended.err
    assert not (folder / "out.csv").exists()
