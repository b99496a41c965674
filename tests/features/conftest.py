"""A small network and pictures for it."""

import pandas as pd
import pytest
from networks import classifier, draw


@pytest.fixture
def model(tmp_path):
    """The file of a small classifier."""
    path = tmp_path / "classifier.onnx"
    path.write_bytes(classifier())
    return path


@pytest.fixture
def pictures(tmp_path):
    """Nine pictures of noise, by id."""
    ids = [f"p{i}" for i in range(9)]
    paths = [draw(tmp_path / f"{id_}.png", seed=i) for i, id_ in enumerate(ids)]
    return pd.Series(paths, pd.Index(ids, name="id"))
