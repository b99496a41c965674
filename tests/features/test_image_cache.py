"""The cache of `ImageEmbedder`: what it answers, what it notices, and what two processes do to it."""

import subprocess
import sys

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from networks import classifier, draw

from tsshape import DataError
from tsshape.features import ImageEmbedder, _embedding


@pytest.fixture
def computed(monkeypatch):
    """The paths of the pictures that were not taken from the cache."""
    seen = []
    compute = _embedding.Embedding._compute

    def counted(self, path, content):
        seen.append(path.name)
        return compute(self, path, content)

    monkeypatch.setattr(_embedding.Embedding, "_compute", counted)
    return seen


def test_the_cache_is_used_again_for_the_same_content_under_any_name(tmp_path, model, pictures, computed):
    embedder = ImageEmbedder(model, cache=tmp_path / "cache").fit()
    expected = embedder.transform(pictures)
    assert len(computed) == 9
    moved = pictures["p3"].rename(tmp_path / "moved.png")
    pictures["p3"] = moved
    draw(pictures["p5"], seed=77)
    found = ImageEmbedder(model, cache=tmp_path / "cache", batch_size=2, n_jobs=3).fit().transform(pictures)
    assert computed[9:] == ["p5.png"]
    pd.testing.assert_frame_equal(found.drop("p5"), expected.drop("p5"), check_exact=True)
    assert not np.array_equal(found.loc["p5"], expected.loc["p5"])


@pytest.mark.parametrize("change", ["layers", "preprocessing", "model", "runtime"])
def test_the_cache_tells_settings_apart(model, pictures, computed, monkeypatch, change):
    cache = model.with_name("cache")
    ImageEmbedder(model, cache=cache).fit_transform(pictures)
    if change == "model":
        model.write_bytes(classifier(seed=1))
    if change == "runtime":
        monkeypatch.setattr(onnxruntime, "__version__", "0")
    options = {"layers": {"layers": ["scores", "pooled"]}, "preprocessing": {"preprocessing": "unit"}}.get(change, {})
    found = ImageEmbedder(model, cache=cache, **options).fit_transform(pictures)
    assert len(computed) == 18
    pd.testing.assert_frame_equal(found, ImageEmbedder(model, **options).fit_transform(pictures), check_exact=True)


@pytest.mark.parametrize("damage", ["cut", "longer", "changed", "empty", "swapped"])
def test_a_damaged_entry_is_computed_again_and_replaced(tmp_path, model, pictures, computed, damage):
    embedder = ImageEmbedder(model, cache=tmp_path / "cache").fit()
    expected = embedder.transform(pictures)
    entries = sorted(path for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert len(entries) == 9
    whole = entries[0].read_bytes()
    damaged = {
        "cut": whole[:-1],
        "longer": whole + b"\0",
        "changed": whole[:-1] + bytes([whole[-1] ^ 1]),
        "empty": b"",
        "swapped": entries[1].read_bytes(),
    }[damage]
    entries[0].write_bytes(damaged)
    pd.testing.assert_frame_equal(embedder.transform(pictures), expected, check_exact=True)
    assert len(computed) == 10
    assert entries[0].read_bytes() == whole


def test_unreadable_pictures_are_not_cached(tmp_path, model, pictures):
    pictures["p0"].write_bytes(b"no picture")
    embedder = ImageEmbedder(model, cache=tmp_path / "cache", unreadable="missing").fit()
    for _ in range(2):
        with pytest.warns(UserWarning, match="p0"):
            embedder.transform(pictures)
    assert sum(path.is_file() for path in (tmp_path / "cache").rglob("*")) == 8


def test_a_cache_that_is_no_folder_is_refused(model, pictures):
    with pytest.raises(DataError, match="is not a folder"):
        ImageEmbedder(model, cache=model).fit_transform(pictures)


SHARING = """
import sys
from pathlib import Path
from tsshape.features import ImageEmbedder
folder = Path(sys.argv[1])
pictures = sorted(folder.glob("*.png"))
embedder = ImageEmbedder(folder / "classifier.onnx", cache=folder / "cache", n_jobs=2).fit()
for _ in range(3):
    embedder.transform(pictures).to_pickle(sys.argv[2])
    for entry in list((folder / "cache").glob("*/*"))[::3]:
        if entry.is_file() and not entry.name.startswith("."):
            entry.write_bytes(b"damaged")
"""


def test_two_processes_share_a_cache_that_both_damage(tmp_path, model, pictures):
    expected = ImageEmbedder(model).fit_transform(pictures)
    outs = [tmp_path / f"out{i}" for i in range(2)]
    started = [subprocess.Popen([sys.executable, "-c", SHARING, str(tmp_path), str(out)]) for out in outs]
    assert [process.wait() for process in started] == [0, 0]
    for out in outs:
        np.testing.assert_array_equal(pd.read_pickle(out), expected)  # noqa: S301 - our own
