"""A saved model, and bundles that say something else under checksums that fit."""

import numpy as np
import pytest

import tsshape
from tsshape.bundle import _archive
from tsshape.bundle._bundle import BundleRecord
from tsshape.bundle._npy import to_npy
from tsshape.bundle._record import layout
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster


@pytest.fixture(scope="session")
def posts():
    return tsshape.simulate_spid(200, n_times=6, random_state=0)


@pytest.fixture(scope="session")
def first_days(posts):
    """0, 1, …, 6 days of one post after another."""
    return posts.curves.where(np.arange(6) < (np.arange(200) % 7)[:, None])


@pytest.fixture(scope="session")
def model(posts):
    """A forecaster with every component: text, categories, authors, the in-flight model, intervals."""
    model = ScaleShapeForecaster(ShapeKMeans(4, random_state=0), loss="trimmed", random_state=0)
    return model.fit(posts.features, posts.curves, authors=posts.authors)


@pytest.fixture(scope="session")
def content(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "m"
    tsshape.save(model, path)
    return path.read_bytes()


@pytest.fixture
def saved(content, tmp_path):
    (tmp_path / "model.tsshape").write_bytes(content)
    return tmp_path / "model.tsshape"


@pytest.fixture
def rewrite(saved):
    """Write the saved bundle again, with changed metadata or arrays and checksums that fit."""

    def rewrite(metadata=dict, arrays=dict):
        with _archive.open_archive(saved) as archive:
            record = archive.metadata
            known = archive.read_arrays(layout(BundleRecord.model_validate(record).model))
        members = {name: to_npy(array) for name, array in arrays(known).items()}
        _archive.write_archive(saved, metadata(record), members)

    return rewrite
