"""Pictures and networks that `embed` cannot use."""

import io
import os

from contracts.bad_input.case import FEATURES, bad
from networks import CLASSIFIER, classifier
from PIL import Image

MODEL = classifier()


def picture(format_="PNG"):
    """The bytes of a small picture."""
    file = io.BytesIO()
    Image.effect_noise((20, 20), 50).save(file, format_)
    return file.getvalue()


GOOD = {"m.onnx": MODEL, "pics/a.png": picture()}


def embed(*words, options="", out="out.csv", **files):
    """A folder of pictures and a network, some of the files replaced or added."""
    named = {"model": "m.onnx", "picture": "pics/a.png", "features": "f.csv"}
    files = {named.get(name, name): content for name, content in files.items()}
    files = {path: content for path, content in (GOOD | files).items() if content is not None}
    return bad(files, f"embed pics --model m.onnx --out {out} {options}", *words)


def network(*words, old="", new=""):
    """A network of which a part of its text is another."""
    return embed("m.onnx", *words, model=classifier(CLASSIFIER.replace(old, new)))


BAD_NETWORKS = {
    "no network": embed("m.onnx", "no such file", model=None),
    "a folder for a network": embed("m.onnx", "folder", model=None, **{"m.onnx/x": ""}),
    "an empty network": embed("m.onnx", "no ONNX model", model=b""),
    "a table for a network": embed("m.onnx", "no ONNX model", model=FEATURES),
    "a picture for a network": embed("m.onnx", "no ONNX model", model=picture()),
    "a pickle for a network": embed("m.onnx", "no ONNX model", model=b"\x80\x04N."),
    "a network cut in half": embed("m.onnx", "no ONNX model", model=MODEL[: len(MODEL) // 2]),
    "a network without its weights": embed(
        "m.onnx", "onnxruntime", model=MODEL.replace(b"conv_weights", b"conv_weighty", 1)
    ),
    "a network with an operation nobody knows": network("onnxruntime", "Rulu", old="Relu", new="Rulu"),
    "a network of grey pictures": network("3 channels", old="[N, 3,", new="[N, 1,"),
    "a network of sound": network("onnxruntime", old="[N, 3, 16, 16]", new="[N, 3, 16]"),
    "a network with two inputs": network("one input", "more", old="16] pixels", new="16] pixels, float[N] more"),
    "a network of endless pictures": network("TiB", old="16, 16]", new="900000, 900000]"),
    "a network that makes infinities": network("'pooled'", "not finite", old="Relu", new="Log"),
    "a network with two ends": network(
        "2 outputs", "named", old="(float[N, 5] shares)", new="(float[N, 5] scores, float[N, 8] flat)"
    ),
    "a layer nobody knows": embed("m.onnx", "'score'", "'scores'", options="--layer score"),
    "a layer twice": embed("different", options="--layer dense --layer dense"),
    "a layer under two names": embed("same layer", options="--layer dense --layer scores"),
}
BAD_PICTURES = {
    "no pictures": bad({"m.onnx": MODEL}, "embed pics --model m.onnx --out out.csv", "pics", "no such folder"),
    "a picture for a folder of pictures": bad(
        {"m.onnx": MODEL, "pics": picture()}, "embed pics --model m.onnx --out out.csv", "pics", "no such folder"
    ),
    "a folder without a picture": embed("pics", "no picture", ".png", picture=None, **{"pics/a.txt": "x"}),
    "a picture that is empty": embed("pics/a.png", "known format", "--unreadable missing", picture=b""),
    "a picture that is a table": embed("pics/a.png", "known format", picture=FEATURES),
    "a picture that is a program": embed("pics/a.png", "known format", picture=b"%!PS-Adobe-3.0 EPSF-3.0\n"),
    "a picture cut in half": embed("pics/a.png", "no image that can be read", picture=picture()[:-200]),
    "a picture cut in half in a JPEG": embed("pics/a.png", "truncated", picture=picture("JPEG")[:-100]),
    "two pictures of one post": embed("pics/a.jpg", "pics/a.png", "'a'", **{"pics/a.jpg": picture("JPEG")}),
    "a picture whose name has a line end": embed("control character", **{"pics/a\nb.png": picture()}),
    "a picture whose name is no text": embed("control character", **{os.fsdecode(b"pics/\xff.png"): picture()}),
    "pictures as a spreadsheet": embed("out.xlsx", ".parquet or .csv", out="out.xlsx"),
    "pictures in a folder that is not there": embed("none", "no such folder", out="none/out.csv"),
    "a file for a cache": embed("f.csv", "is not a folder", options="--cache f.csv", features=FEATURES),
    "no features to join to": embed("f.csv", "no such file", options="--features f.csv"),
    "features of other posts": embed("pics", "f.csv", "'x'", options="--features f.csv", features="id,likes\nx,1\n"),
    "features with an id twice": embed(
        "f.csv", "'a'", "line 3", options="--features f.csv", features="id,likes\na,1\na,2\n"
    ),
    "features that have the pictures' names": embed(
        "f.csv", "'pooled_3'", options="--features f.csv", features="id,pooled_3\na,1\n"
    ),
}
