import json

import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import DataError, EngagementDataset, bench
from tsshape.bench import Suite, _runner, budget_table, score_table
from tsshape.bench._components import DIRECT, TRIVIAL
from tsshape.forecast import DirectForecaster

POSTS = tsshape.simulate_spid(120, n_times=4, random_state=0)
SUITE = Suite.model_validate(
    {
        "name": "tiny",
        "n_runs": 2,
        "variants": [
            {
                "name": f"K-means 4, {name}",
                "clusterer": {"kind": "kmeans", "n_clusters": 4},
                "classifier": {"kind": "lightgbm"},
                "regressor": regressor,
            }
            for name, regressor in [("SVR", {"kind": "svr", "feature_set": "six"}), ("median", {"kind": "median"})]
        ],
    }
)
VARYING = ["seconds", "traceback"]


def comparable(records):
    """Records without what differs from one run to the next."""
    return [{name: value for name, value in record.items() if name not in VARYING} for record in records]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    return out, bench.run(SUITE, POSTS, out)


def test_every_variant_is_measured_on_every_split_beside_the_baselines(finished):
    _, records = finished
    names = [TRIVIAL.name, DIRECT.name, "K-means 4, SVR", "K-means 4, median"]
    assert [(record["run"], record["variant"]) for record in records] == [
        (run, name) for run in range(2) for name in names
    ]


def test_the_folder_holds_the_suite_the_environment_and_a_line_a_cell(finished):
    out, records = finished
    assert sorted(path.name for path in out.iterdir()) == ["environment.json", "records.jsonl", "suite.toml"]
    assert bench.load_suite(out / "suite.toml") == SUITE
    assert json.loads((out / "environment.json").read_text())["n_posts"] == 120
    lines = [json.loads(line) for line in (out / "records.jsonl").read_text().splitlines()]
    assert sorted(lines, key=lambda line: line["key"]) == sorted(records, key=lambda record: record["key"])


def test_the_scores_are_those_of_the_estimators_by_themselves(finished):
    _, records = finished
    split = next(_runner.splits(SUITE, POSTS))
    features = POSTS.features
    direct = DirectForecaster(random_state=split.seed).fit(features.iloc[split.train], POSTS.curves.iloc[split.train])
    pred = direct.predict(features.iloc[split.test])
    assert records[1]["trmse"] == tsshape.scores.trimmed_rmse(POSTS.curves.iloc[split.test], pred)


def test_variants_with_one_clustering_share_it(tmp_path, monkeypatch):
    fits = []
    original = tsshape.cluster.ShapeKMeans.fit
    monkeypatch.setattr(
        tsshape.cluster.ShapeKMeans, "fit", lambda self, *args: fits.append(self.n_clusters) or original(self, *args)
    )
    bench.run(SUITE.model_copy(update={"n_runs": 1}), POSTS, tmp_path / "shared")
    assert sorted(fits) == [1, 4]


def test_a_run_cut_short_resumes_to_the_same_scores(finished, tmp_path):
    whole, records = finished
    for kept in (0, 1, 5, 8):
        out = tmp_path / f"cut{kept}"
        out.mkdir()
        for name in ("suite.toml", "environment.json"):
            (out / name).write_bytes((whole / name).read_bytes())
        lines = (whole / "records.jsonl").read_bytes().splitlines(keepends=True)
        torn = lines[kept][:40] if kept < len(lines) else b""
        (out / "records.jsonl").write_bytes(b"".join(lines[:kept]) + torn)
        assert comparable(bench.run(SUITE, POSTS, out, resume=True)) == comparable(records)
        assert len((out / "records.jsonl").read_text().splitlines()) == 8


def test_a_finished_run_resumes_to_itself_without_work(finished, monkeypatch):
    out, records = finished
    monkeypatch.setattr(_runner, "measure", None)
    assert bench.run(SUITE, POSTS, out, resume=True) == records


def test_progress_counts_what_was_there_already(finished):
    out, _ = finished
    calls = []
    bench.run(SUITE, POSTS, out, resume=True, on_cell=lambda done, total: calls.append((done, total)))
    assert calls == [(8, 8)]


def test_a_folder_that_holds_something_is_not_written_to(finished, tmp_path):
    out, _ = finished
    with pytest.raises(DataError, match="--resume"):
        bench.run(SUITE, POSTS, out)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="not a folder"):
        bench.run(SUITE, POSTS, tmp_path / "file")


def test_resuming_with_another_suite_or_other_data_is_refused_by_name(finished):
    out, _ = finished
    with pytest.raises(DataError, match="another suite: n_runs, seed differ"):
        bench.run(SUITE.model_copy(update={"seed": 7, "n_runs": 4}), POSTS, out, resume=True)
    with pytest.raises(DataError, match=r"other data, .*: cells differ"):
        bench.run(SUITE, tsshape.simulate_spid(120, n_times=4, random_state=1), out, resume=True)
    with pytest.raises(DataError, match=r"other data, .*: n_posts 120 then, 130 now"):
        bench.run(SUITE, tsshape.simulate_spid(130, n_times=4, random_state=0), out, resume=True)


def test_resuming_with_other_code_is_refused(finished, monkeypatch):
    out, _ = finished
    monkeypatch.setattr(tsshape.bench._environment, "code_fingerprint", lambda *_: "other")
    with pytest.raises(DataError, match=r"other code, .*: the source of tsshape differs"):
        bench.run(SUITE, POSTS, out, resume=True)


def test_a_damaged_record_is_refused_with_its_line(finished, tmp_path):
    whole, _ = finished
    for path in whole.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    good = (whole / "records.jsonl").read_text().splitlines()[0]
    for bad, reason in (
        ("{]", "invalid JSON"),
        ("{}", "key: field required"),
        (good.replace("trivial", "x\0"), "JSON"),
    ):
        (tmp_path / "records.jsonl").write_text(f"{good}\n{bad}\n")
        with pytest.raises(DataError, match=rf"records\.jsonl, line 2: .*{reason}"):
            bench.run(SUITE, POSTS, tmp_path, resume=True)


TOO_MANY = SUITE.variants[0].model_copy(
    update={"name": "too many", "clusterer": SUITE.variants[0].clusterer.model_copy(update={"n_clusters": 500})}
)


def test_a_cell_that_fails_is_recorded_with_its_reason_and_the_rest_goes_on_in_any_number_of_processes(
    finished, tmp_path
):
    _, whole = finished
    suite = SUITE.model_copy(update={"variants": (TOO_MANY, *SUITE.variants)})
    alone, together = (bench.run(suite, POSTS, tmp_path / f"{n}", n_jobs=n) for n in (1, 2))
    assert comparable(together) == comparable(alone)
    rest = [{**record, "key": ""} for record in comparable(together) if "error" not in record]
    assert rest == [{**record, "key": ""} for record in comparable(whole)]
    for n, records in ((1, alone), (2, together)):
        failed = [record for record in records if "error" in record]
        assert [(record["run"], record["variant"]) for record in failed] == [(run, "too many") for run in range(2)]
        assert all("distinct curves; got 500" in record["error"] for record in failed)
        assert all("Traceback" in record["traceback"] for record in failed)
        kept = {record["key"]: record for record in bench.read_run(tmp_path / f"{n}").records}
        assert kept == {record["key"]: record for record in records}
        assert "too many" not in score_table(records).index


def test_a_cell_that_failed_is_tried_again_on_resume(tmp_path, monkeypatch):
    one = SUITE.model_copy(update={"n_runs": 1})
    original = tsshape.bench._measure._fit
    with monkeypatch.context() as broken:
        broken.setattr(tsshape.bench._measure, "_fit", lambda *_args, **_names: 1 / 0)
        records = bench.run(one, POSTS, tmp_path / "run")
    assert [record["error"] for record in records if "error" in record] == ["ZeroDivisionError: division by zero"] * 3
    fits = []
    monkeypatch.setattr(
        tsshape.bench._measure, "_fit", lambda *args, **names: fits.append(1) or original(*args, **names)
    )
    again = bench.run(one, POSTS, tmp_path / "run", resume=True)
    assert len(fits) == 3
    assert comparable(again) == comparable(bench.run(one, POSTS, tmp_path / "other"))


def test_a_split_that_cannot_be_encoded_fails_all_of_its_cells(tmp_path, monkeypatch):
    monkeypatch.setattr(tsshape.bench._measure, "_encode_posts", lambda *_, **__: 1 / 0)
    records = bench.run(SUITE.model_copy(update={"n_runs": 1}), POSTS, tmp_path / "run")
    assert [record["error"] for record in records] == ["ZeroDivisionError: division by zero"] * 4


def test_curves_are_cleaned_as_the_suite_says(tmp_path):
    curves = POSTS.curves.copy()
    curves.iloc[0, 3] = np.nan
    holes = EngagementDataset(curves, POSTS.features, POSTS.authors, POSTS.posted, "holes")
    bare = SUITE.model_copy(update={"variants": (), "n_runs": 1})
    reports = []
    bench.run(bare, holes, tmp_path / "dropped", on_clean=reports.append)
    assert json.loads((tmp_path / "dropped" / "environment.json").read_text())["n_posts"] == 119
    assert reports[0].dropped_ids == (POSTS.curves.index[0],)
    cutting = bare.model_copy(update={"cleaning": bare.cleaning.model_copy(update={"incomplete": "truncate"})})
    bench.run(cutting, holes, tmp_path / "truncated")
    assert json.loads((tmp_path / "truncated" / "environment.json").read_text())["n_times"] == 3


def test_cleaning_keeps_what_else_is_known_of_the_posts():
    curves, ids = POSTS.curves.copy(), POSTS.curves.index
    curves.iloc[0, 3] = np.nan
    labels = pd.Series("art", ids, dtype="str")
    split = pd.Series(["test", "train"] * 60, ids)
    dataset = EngagementDataset(curves, POSTS.features, labels=labels, split=split, channels={"likes": curves / 2})
    cleaned, _ = _runner._clean(SUITE, dataset)
    for part in (cleaned.curves, cleaned.features, cleaned.labels, cleaned.split, cleaned.channels["likes"]):
        assert part.index.equals(ids[1:])


def test_the_table_averages_over_the_runs(finished):
    _, records = finished
    table = score_table(records)
    one = [record for record in records if record["variant"] == "K-means 4, SVR"]
    assert table.loc["K-means 4, SVR", "trmse"] == pytest.approx(np.mean([record["trmse"] for record in one]))
    assert table.loc["K-means 4, SVR", "trmse_sd"] == pytest.approx(np.std([record["trmse"] for record in one], ddof=1))
    assert np.isnan(table.loc[DIRECT.name, "accuracy"])
    assert np.isnan(table.loc[TRIVIAL.name, "rho"])


def test_the_budget_begins_with_the_error_itself(finished):
    _, records = finished
    table, budget = score_table(records), budget_table(records)
    assert DIRECT.name not in budget.index
    np.testing.assert_allclose(budget["nothing"], table.loc[budget.index, "trmse"])
    assert (budget["scale"] < budget["nothing"]).all()
