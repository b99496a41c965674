"""Nothing that was not yet known when the models are fitted reaches them."""

from dataclasses import replace
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import bench
from tsshape.bench import Suite
from tsshape.bench import _measure as measuring
from tsshape.bench._components import Variant
from tsshape.bench._splits import splits
from tsshape.bundle import save

POSTS = tsshape.simulate_spid(200, n_times=5, random_state=0)
# Posts of five days: the first half long ago, the others one to five days before the last 40.
POSTED = pd.Series(
    pd.Timestamp("2020-06-10") - pd.to_timedelta(np.r_[np.full(100, 20), np.arange(60) % 5 + 1, np.zeros(40)], "D"),
    POSTS.curves.index,
)
DATED = replace(POSTS, posted=POSTED)
PARTS = {
    "clusterer": {"kind": "kmeans", "n_clusters": 3},
    "classifier": {"kind": "lightgbm"},
    "regressor": {"kind": "lightgbm", "loss": "trimmed"},
    "authors": True,
}
SUITE = Suite.model_validate(
    {"name": "days", "split": "rolling", "n_runs": 1, "test_size": 0.2, "variants": [{"name": "complete", **PARTS}]}
)


@pytest.fixture(scope="module")
def split():
    (found,) = splits(SUITE, DATED)
    return found


def unknown(split):
    """Whether each count of the posts is later than the day of the split."""
    seen = np.zeros(len(POSTS.curves), dtype=int)
    seen[split.train] = split.seen
    return np.arange(5) >= seen[:, np.newaxis]


def test_counts_after_the_day_do_not_reach_the_training_part(split):
    scrambled = replace(DATED, curves=DATED.curves + unknown(split) * 1e6)
    for unfinished, n_train in ((True, 160), (False, 112)):
        parts = measuring._encode_posts(DATED, split, unfinished=unfinished)
        other = measuring._encode_posts(scrambled, split, unfinished=unfinished)
        pd.testing.assert_frame_equal(parts.train.curves, other.train.curves)
        assert len(parts.train.curves) == len(parts.posted) == n_train
        assert parts.train.curves.iloc[:, -1].isna().any() == unfinished
        assert not parts.test.curves.equals(other.test.curves)
    np.testing.assert_array_equal(
        measuring._encode_posts(DATED, split, unfinished=True).train.curves.isna(), unknown(split)[split.train]
    )


def test_counts_that_were_not_yet_known_change_no_bit_of_a_fitted_model(split, tmp_path):
    """Neither the later days of unfinished posts nor any of the test posts, in models, history and calibration."""
    variant = Variant.model_validate({"name": "all", **PARTS, "in_flight": True, "intervals": True, "unfinished": True})
    shuffled = np.random.default_rng(0).permutation(DATED.curves.to_numpy()) * 7
    scrambled = replace(DATED, curves=DATED.curves.mask(unknown(split), shuffled))
    for name, dataset in (("plain", DATED), ("scrambled", scrambled)):
        parts = measuring._encode_posts(dataset, split, unfinished=True)
        save(measuring._fit(variant, parts.train, parts.posted, seed=split.seed, fitted={}), tmp_path / name)
    plain, other = (
        {entry: file.read(entry) for entry in file.namelist()}
        for file in (ZipFile(tmp_path / name) for name in ("plain", "scrambled"))
    )
    assert plain == other
    assert any("bands" in name for name in plain)


def test_unfinished_posts_are_learned_from_where_a_variant_asks(tmp_path):
    asking = {"name": "all", **PARTS, "in_flight": True, "unfinished": True}
    suite = SUITE.model_copy(update={"variants": (*SUITE.variants, Variant.model_validate(asking))})
    records = bench.run(suite, DATED, tmp_path / "run")
    assert not [record for record in records if "error" in record]
    table = bench.rolling_table(records)
    assert set(table["steps_seen"]) == {2.5}
    # Of the two baselines, of the complete posts, and of all.
    assert table["n_train"].tolist() == [112, 112, 112, 160]
    assert table["n_unfinished"].tolist() == [0, 0, 0, 48]
    assert table.loc[("all", 0), "trmse"] != table.loc[("complete", 0), "trmse"]
