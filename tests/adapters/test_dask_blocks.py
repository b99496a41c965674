"""Distances and clusterings of curves in blocks equal those of the same curves in memory."""

import os
import signal

import dask
import dask.array as da
import numpy as np
import pandas as pd
import pytest
from dask.dataframe import from_pandas
from distributed import Client
from registered import forgotten_afterwards

import tsshape
from tsshape import DataError
from tsshape.adapters.dask import DaskBlocks, open_scheduler, watch_tasks
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeMeanShift,
    _in_blocks,
    _median_in_blocks,
    _selection_sample,
    select_n_clusters,
    silhouette,
)
from tsshape.metrics import load_plugin, nearest, pairwise

RNG = np.random.default_rng(0)
CENTERS = np.sort(RNG.random((4, 8)), axis=1)
SHAPES = CENTERS[RNG.integers(0, 4, 600)] + RNG.normal(0, 0.05, (600, 8))
WEIGHTS = RNG.random(600)
SHORT = np.where((np.arange(600) % 3 == 0)[:, None] & (np.arange(8) > 5), np.nan, SHAPES)
PLUGIN = """
from tsshape.metrics import register_metric

@register_metric("last_step")
def last_step(x, y, params):
    return abs(x[-1] - y[-1])
"""


@pytest.fixture(autouse=True)
def _synchronous():
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A client of two workers, which cannot read the file of the plug-in that was loaded here."""
    path = tmp_path_factory.mktemp("plugin") / "plugin.py"
    path.write_text(PLUGIN, encoding="utf-8")
    with forgotten_afterwards():
        load_plugin(path)
        with (
            # Less than a worker takes to start again.
            dask.config.set({"distributed.deploy.lost-worker-timeout": "10ms"}),
            open_scheduler("local", n_workers=2, memory_limit="1GiB") as client,
        ):
            path.unlink()
            yield client


def in_blocks(X, rows=170):
    return da.from_array(X, chunks=(rows, 5, *X.shape[2:]))


@pytest.mark.parametrize(("metric", "k"), [("euclidean", 1), ("dtw", 1), ("edr", 2)])
def test_distances_are_those_in_memory(metric, k):
    lazy, centers = in_blocks(SHAPES), SHAPES[:5].astype(np.float32)
    matrix = pairwise(lazy, metric=metric)
    assert matrix.chunks == ((170, 170, 170, 90),) * 2
    np.testing.assert_array_equal(matrix, pairwise(SHAPES, metric=metric))
    np.testing.assert_array_equal(pairwise(lazy, in_blocks(centers), metric), pairwise(SHAPES, centers, metric))
    for found, expected in zip(nearest(lazy, centers, metric, k=k), nearest(SHAPES, centers, metric, k=k), strict=True):
        assert isinstance(found, da.Array)
        np.testing.assert_array_equal(found, expected)


def assert_same(found, expected):
    np.testing.assert_allclose(found.prototypes_, expected.prototypes_, rtol=1e-12)
    np.testing.assert_array_equal(found.labels_, expected.labels_)
    assert found.inertia_ == pytest.approx(expected.inertia_, rel=1e-12)
    assert found.n_iter_ == expected.n_iter_


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize(
    ("metric", "X"),
    [
        ("euclidean", SHAPES),
        ("euclidean", np.stack([SHAPES, SHAPES[::-1]], axis=1)),
        ("cumulative_area", SHAPES),
        ("dtw", SHAPES),
        ("dtw", SHORT),
        ("msm", SHAPES),
        ("area", SHAPES),
        ("manhattan", SHAPES.astype(np.float32)),
    ],
)
def test_kmeans_takes_the_same_steps(metric, X, weights):
    model = ShapeKMeans(4, metric=metric, init=X[1:5], max_iter=3, tol=0)
    found = ShapeKMeans(**model.get_params()).fit(in_blocks(X), sample_weight=weights)
    assert_same(found, model.fit(X, sample_weight=weights))
    np.testing.assert_allclose(found.counts_, model.counts_, rtol=1e-12)


@pytest.mark.parametrize("metric", ["euclidean", "area"])
def test_an_empty_cluster_gets_the_curve_that_costs_most(metric):
    far = np.concatenate([SHAPES[:4], SHAPES[:2] + 100])
    model = ShapeKMeans(6, metric=metric, init=far, max_iter=3)
    found = ShapeKMeans(**model.get_params()).fit(in_blocks(SHAPES))
    assert_same(found, model.fit(SHAPES))
    assert len(np.unique(found.labels_.compute())) == 6


def test_what_fits_is_clustered_as_in_memory():
    for model in (ShapeKMeans(4, random_state=0), ShapeKMedoids(4, random_state=0)):
        found = type(model)(**model.get_params()).fit(in_blocks(SHAPES))
        assert_same(found, model.fit(SHAPES))
        assert found.sample_size_ == 600
    shifted = ShapeMeanShift(0.4).fit(in_blocks(SHAPES))
    np.testing.assert_array_equal(shifted.labels_, ShapeMeanShift(0.4).fit(SHAPES).labels_)
    np.testing.assert_array_equal(shifted.transform(in_blocks(SHAPES)), shifted.transform(SHAPES))


def test_first_centres_come_from_a_sample_of_many(monkeypatch):
    for name in ("SEED_CURVES", "MEDOID_CURVES"):
        monkeypatch.setattr(_in_blocks, name, 200)
    whole = ShapeKMeans(4, random_state=0).fit(SHAPES)
    for model in (ShapeKMeans(4, random_state=0), ShapeKMedoids(4, random_state=0)):
        model.fit(in_blocks(SHAPES))
        assert model.sample_size_ == 200
        assert tsshape.cluster.class_agreement(whole.labels_, model.labels_.compute()).ari > 0.9
    np.testing.assert_array_equal(SHAPES[model.medoid_indices_], model.prototypes_)


def test_batches_are_the_blocks():
    found = ShapeKMeans(4, random_state=0).fit(in_blocks(SHAPES))
    expected = ShapeKMeans(4, random_state=0).fit(in_blocks(SHAPES))
    found.partial_fit(in_blocks(SHAPES))
    for start in range(0, 600, 170):
        expected.partial_fit(SHAPES[start : start + 170])
    np.testing.assert_array_equal(found.prototypes_, expected.prototypes_)
    np.testing.assert_array_equal(found.counts_, expected.counts_)
    assert found.score(in_blocks(SHAPES)) == pytest.approx(found.score(SHAPES), rel=1e-12)
    assert ShapeKMeans(4, random_state=0).partial_fit(in_blocks(SHAPES)).counts_[:, 0].sum() == 600


def test_silhouettes_and_the_choice_come_from_a_sample_that_is_told(monkeypatch):
    labels = ShapeKMeans(4, random_state=0).fit(in_blocks(SHAPES)).labels_
    true = silhouette(SHAPES, labels.compute())
    value, error = silhouette(in_blocks(SHAPES), labels, sample_size=150, return_error=True, random_state=0)
    assert 0 < error < 0.05
    assert abs(value - true) < 4 * error
    assert silhouette(in_blocks(SHAPES), labels) == pytest.approx(true, rel=1e-12)
    monkeypatch.setattr(_selection_sample, "CURVES_OF_BLOCKS", 300)
    chosen = select_n_clusters(in_blocks(SHAPES), range(2, 7), criteria=["silhouette"], random_state=0)
    assert chosen.recommended == select_n_clusters(SHAPES, range(2, 7), criteria=["silhouette"]).recommended
    assert chosen.sample.words == "a sample of 300 of the 600 curves is clustered"


def test_a_fitted_model_is_saved_without_its_lazy_labels(tmp_path):
    for model in (ShapeKMeans(4, random_state=0), ShapeKMedoids(4, random_state=0), ShapeMeanShift(0.4)):
        model.fit(in_blocks(SHAPES))
        tsshape.save(model, tmp_path / "model")
        loaded = tsshape.load(tmp_path / "model")
        assert not hasattr(loaded, "labels_")
        np.testing.assert_array_equal(loaded.predict(SHAPES), model.labels_)
        tsshape.save(loaded, tmp_path / "again")


def test_the_partitions_of_a_dataframe_are_blocks():
    frame = from_pandas(pd.DataFrame(SHAPES), npartitions=3)
    model = ShapeKMeans(4, random_state=0).fit(frame)
    assert model.labels_.chunks == ((200, 200, 200),)
    np.testing.assert_array_equal(model.labels_, model.predict(SHAPES))


def test_chunks_without_rows_are_left_out_and_medians_of_some_clusters_are_sought_at_a_time(monkeypatch):
    monkeypatch.setattr(_median_in_blocks, "MOST_WEIGHTS", 2 * 8 * 256)
    X = da.concatenate([in_blocks(SHAPES[:0]), in_blocks(SHAPES), in_blocks(SHAPES[:0])])
    model = ShapeKMeans(5, metric="area", init=SHAPES[:5], max_iter=3, tol=0)
    found = ShapeKMeans(**model.get_params()).fit(X)
    assert_same(found, model.fit(SHAPES))


def test_batches_begin_at_given_centres():
    found = ShapeKMeans(4, init=SHAPES[:4]).partial_fit(in_blocks(SHAPES, 600))
    expected = ShapeKMeans(4, init=SHAPES[:4]).partial_fit(SHAPES)
    np.testing.assert_array_equal(found.prototypes_, expected.prototypes_)
    assert found.n_features_in_ == 8


def test_refusals_name_the_rows():
    bad = SHAPES.copy()
    bad[200, 3] = np.inf
    with pytest.raises(DataError, match=r"^in rows 170 to 339 of X: X holds inf at row 30, column 3"):
        ShapeKMeans(2).fit(in_blocks(bad))
    with pytest.raises(DataError, match="in rows 170 to 339 of X against rows 510 to 599 of Y: X holds inf"):
        pairwise(in_blocks(bad))[200, 599].compute()
    with pytest.raises(DataError, match=r"sample_weight holds -1.0 at row 30"):
        ShapeKMeans(2).fit(in_blocks(SHAPES), sample_weight=np.where(np.arange(600) == 200, -1.0, 1.0))
    with pytest.raises(DataError, match="count from 0"):
        silhouette(in_blocks(SHAPES), np.full(600, -1))
    with pytest.raises(DataError, match="both be in blocks"):
        pairwise(in_blocks(SHAPES), SHAPES)
    with pytest.raises(DataError, match="ShapeAgglomerative needs all curves in memory"):
        ShapeAgglomerative(2).fit(in_blocks(SHAPES))
    with pytest.raises(DataError, match="compute_chunk_sizes"):
        ShapeKMeans(2).fit(in_blocks(SHAPES)[da.from_array(WEIGHTS, chunks=170) > 0.5])


def test_plug_ins_reach_the_workers(client):
    blocks = DaskBlocks(in_blocks(SHAPES), client)
    model = ShapeKMedoids(3, metric="last_step", random_state=0).fit(blocks)
    expected = abs(SHAPES[:, -1:] - model.prototypes_[:, -1])
    np.testing.assert_allclose(client.compute(model.transform(blocks)).result(), expected)


@pytest.mark.slow
def test_a_worker_out_of_memory_is_told_a_smaller_block():
    parts = [da.from_delayed(dask.delayed(np.ones)((2_000_000, 30)), (2_000_000, 30), np.float64)] * 2
    message = "take blocks of 1,000,000 rows instead of 2,000,000"
    with pytest.raises(MemoryError, match=message), open_scheduler(n_workers=1, memory_limit="500MB") as client:
        ShapeKMeans(2, init=np.eye(2, 30)).fit(DaskBlocks(da.concatenate(parts), client))


def test_another_client_than_the_one_in_force_computes(client):
    with dask.config.set(scheduler="synchronous"), Client(client.scheduler.address, set_as_default=False) as other:
        model = ShapeKMeans(4, metric="area", init=SHAPES[:4], max_iter=2).fit(DaskBlocks(in_blocks(SHAPES), other))
    np.testing.assert_array_equal(model.prototypes_, model.fit(in_blocks(SHAPES)).prototypes_)


def test_workers_and_their_deaths_change_no_bit(client):
    model = ShapeKMeans(4, metric="dtw", init=SHAPES[:4], max_iter=3, tol=0)
    expected = model.fit(in_blocks(SHAPES, 60)).prototypes_
    pids, shown = list(client.run(os.getpid).values()), []

    def kill(done, total):
        shown.append((done, total))
        # In the middle of the third pass.
        if pids and shown.count((0, total)) == 3 and done:
            os.kill(pids.pop(), signal.SIGKILL)
            pids.clear()

    with watch_tasks(kill):
        found = model.fit(DaskBlocks(in_blocks(SHAPES, 60), client))
    np.testing.assert_array_equal(found.prototypes_, expected)
    assert not pids
    assert (10, 10) in shown
    client.wait_for_workers(2, timeout=100)
