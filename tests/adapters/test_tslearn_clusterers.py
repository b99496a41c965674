"""Kernel k-means is tslearn's, with curves for prototypes."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from tsshape import DataError
from tsshape.adapters._tslearn_clusterers import KernelKMeans, clustering

RNG = np.random.default_rng(0)
LIVES = np.sort(RNG.random((3, 10)), axis=1)
SHAPES = np.repeat(LIVES, 12, axis=0) + RNG.normal(0, 0.05, (36, 10))


def test_the_clusters_are_those_of_tslearn_and_prototypes_their_means():
    theirs = clustering.KernelKMeans(3, n_init=5, kernel_params={"sigma": 0.7}, random_state=0).fit(SHAPES[:, :, None])
    ours = KernelKMeans(3, sigma=0.7, random_state=0).fit(SHAPES)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    assert ours.inertia_ == theirs.inertia_
    np.testing.assert_array_equal(ours.predict(SHAPES + 0.01), theirs.predict(SHAPES[:, :, None] + 0.01))
    for label, prototype in enumerate(ours.prototypes_):
        np.testing.assert_allclose(prototype, SHAPES[ours.labels_ == label].mean(axis=0))


def test_it_is_offered_by_its_name():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    (name, value), *_ = project["entry-points"]["tsshape.clusterers"].items()
    assert name == "tslearn:kernel-kmeans"
    assert EntryPoint(name, value, "tsshape.clusterers").load() is KernelKMeans


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sigma": 0.0}, "sigma must be finite and more than 0; got 0.0"),
        ({"sigma": "wide"}, "sigma must be one of 'auto'; got 'wide'"),
        ({"n_init": 0}, "n_init must be at least 1; got 0"),
    ],
)
def test_a_parameter_out_of_range_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        KernelKMeans(2, **options).fit(SHAPES)


def test_what_cannot_be_clustered_is_one_clear_error(monkeypatch):
    equal = np.concatenate((np.ones((60, 10)), SHAPES[:2]))
    with pytest.raises(DataError, match="the estimated sigma is 0, since most values are equal: give a sigma"):
        KernelKMeans(2, random_state=0).fit(equal)
    with pytest.raises(DataError, match="every start of kernel k-means left one of the 30 clusters empty"):
        KernelKMeans(30, sigma=100.0, random_state=0).fit(SHAPES)
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "5K")
    with pytest.raises(DataError, match=r"the kernel of 36 curves takes 10\.12 KiB, more than the limit of 5 KiB"):
        KernelKMeans(2).fit(SHAPES)
