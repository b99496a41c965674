"""The paper's experiment on real curves, one split of it."""

import pytest

from tsshape import bench, load_dataset
from tsshape.bench import score_table
from tsshape.bench._components import DIRECT, TRIVIAL


@pytest.mark.slow
def test_the_paper_suite_gives_what_is_known_of_real_curves(real_data, tmp_path):
    suite = bench.load_suite("paper").model_copy(update={"n_runs": 2})
    table = score_table(bench.run(suite, load_dataset(real_data / "youku30"), tmp_path / "run", n_jobs=2))
    assert 85 < table.loc[TRIVIAL.name, "trmse"] < 107
    assert table.loc[DIRECT.name, "trmse"] < 0.8 * table.loc[TRIVIAL.name, "trmse"]
    machines = table[table.index.str.contains("SVR")]
    assert len(machines) == 6
    assert (machines["trmse"] > 2 * table.loc[TRIVIAL.name, "trmse"]).all()
    assert (machines["accuracy"] > machines["majority_share"]).all()
