"""The verbs `cluster` and `select-k`, run as a user runs them."""

import json
import re
import sys

import numpy as np
import pandas as pd
import pytest
from cli_program import tsshape as program
from sklearn.cluster import BisectingKMeans
from sklearn.preprocessing import StandardScaler

import tsshape
from tsshape.cli import _select_k, main
from tsshape.cli._cluster_summary import SILHOUETTE_CURVES
from tsshape.cli._select_k import parse_numbers
from tsshape.cluster import ShapeKMeans, _silhouette_sample, class_agreement, describe_lives, silhouette
from tsshape.forecast import ScaleShapeForecaster
from tsshape.report import write_report

PLUGIN = """
import numpy as np
from tsshape.metrics import register_metric

@register_metric("half", route="batch")
def half(X, Y):
    return np.abs(X[:, None] - Y[None]).sum(axis=2) / 2
"""

CLUSTERER = """
from cli_program import tsshape as program
from sklearn.cluster import BisectingKMeans
from tsshape.cluster import register_clusterer

register_clusterer("bisecting")(BisectingKMeans)
"""


@pytest.fixture(scope="module")
def posts(tmp_path_factory):
    """A folder of simulated posts, of which two have no view."""
    folder = tmp_path_factory.mktemp("clustering") / "posts"
    posts = tsshape.simulate_spid(90, n_times=6, random_state=0)
    curves = posts.curves.copy()
    curves.iloc[[4, 7]] = 0.0
    tsshape.EngagementDataset(curves, posts.features, name="posts").save(folder)
    return folder


@pytest.fixture
def run(monkeypatch, capsys, clean_registry):  # noqa: ARG001 - a plug-in is forgotten after its test
    """The verb's standard output."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tsshape", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        assert end.value.code == 0, printed.err
        return printed.out

    return run


def shapes_of(posts):
    """The shapes that the verbs cluster."""
    curves = tsshape.load_dataset(posts).curves
    return tsshape.split_scale_shape(curves[curves.max(axis=1) > 0])[1]


def test_cluster_writes_what_the_estimator_finds(posts, run, tmp_path):
    text = run("cluster", posts / "curves.parquet", "--k", 4, "--seed", 3, "--out", tmp_path / "out")
    model = ShapeKMeans(4, random_state=3).fit(shapes_of(posts))
    labels = pd.read_csv(tmp_path / "out" / "labels.csv", dtype={"id": str}, index_col="id")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert labels["cluster"].dropna().astype(int).tolist() == model.labels_.tolist()
    assert labels.isna().sum().tolist() == [2, 2]
    assert labels.index.tolist() == tsshape.load_dataset(posts).curves.index.tolist()
    prototypes = pd.read_csv(tmp_path / "out" / "prototypes.csv", index_col="cluster", float_precision="round_trip")
    lives = describe_lives(model.prototypes_)
    assert prototypes.index.tolist() == lives.index.tolist() == [each["cluster"] for each in summary["lives"]]
    assert prototypes.pop("name").tolist() == lives["name"].tolist() == [each["name"] for each in summary["lives"]]
    assert labels["life"].dropna().tolist() == [lives["name"][label] for label in model.labels_]
    assert all(f"{name} ({number})" in text for number, name in lives["name"].items())
    np.testing.assert_array_equal(prototypes.sort_index(), model.prototypes_)
    assert prototypes.columns.tolist() == [f"day{day:02d}" for day in range(1, 7)]
    assert "of which 2 without a view" in text
    assert (tmp_path / "out" / "clusters.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "out" / "clusters.svg").read_text()


def test_the_summary_has_majority_share_and_silhouette(posts, run, tmp_path):
    summary = json.loads(run("cluster", posts / "curves.parquet", "--k", 3, "--out", tmp_path / "out", "--json"))
    assert {"name": "share", "label": "share", "unit": "share, 0 to 1"} in summary.pop("columns")["lives"]
    assert summary == json.loads((tmp_path / "out" / "summary.json").read_text())
    csv = run("cluster", posts / "curves.parquet", "--k", 3, "--out", tmp_path / "again", "--csv")
    assert csv.startswith("life,posts,share (%),on day 1 (%),")
    assert len(csv.splitlines()) == 4
    shapes = shapes_of(posts)
    model = ShapeKMeans(3, random_state=0).fit(shapes)
    assert summary["majority_share"] == np.bincount(model.labels_).max() / len(shapes)
    assert summary["silhouette"] == pytest.approx(silhouette(shapes, model.labels_))
    assert summary["silhouette_curves"] == len(shapes) < SILHOUETTE_CURVES
    assert summary["n_zero_curves"] == 2
    assert "zero curves: 2; kept" in summary["cleaning"]


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """A folder of posts with likes, which two young posts have for four days, and comments, which three never get."""
    posts = tsshape.simulate_spid(60, n_times=6, random_state=0)
    curves = posts.curves[posts.curves.max(axis=1) > 0].iloc[:40]
    likes, comments = curves**0.5, (curves / 2) ** 2
    likes.iloc[:2, 4:] = np.nan
    comments.iloc[1:4] = 0.0
    folder = tmp_path_factory.mktemp("counted") / "counted"
    dataset = tsshape.EngagementDataset(
        curves, curves[[]], channels={"likes": likes, "comments": comments}, name="counted"
    )
    dataset.save(folder)
    return folder


def test_channels_are_clustered_together(counted, run, tmp_path):
    out = tmp_path / "out"
    text = run("cluster", counted, "--channels", "likes,views=0.5, comments", "--k", 3, "--out", out)
    loaded = tsshape.load_dataset(counted)
    tables = [loaded.channels["likes"], loaded.curves, loaded.channels["comments"]]
    ids, weights = loaded.curves.index[4:], np.array([1, 0.5, 1])[:, None]
    panel = tsshape.split_scale_shape(np.stack([table.loc[ids] for table in tables], axis=1))[1]
    model = ShapeKMeans(3, random_state=0).fit(panel * weights)
    labels = pd.read_csv(out / "labels.csv", dtype={"id": str}, index_col="id")
    assert labels["cluster"].dropna().astype(int).tolist() == model.labels_.tolist()
    assert labels.index[labels["cluster"].isna()].tolist() == loaded.curves.index[2:4].tolist()
    summary = json.loads((out / "summary.json").read_text())
    assert summary["channels"] == {"likes": 1.0, "views": 0.5, "comments": 1.0}
    assert list(summary["channels"]) == ["likes", "views", "comments"]
    assert summary["silhouette"] == pytest.approx(silhouette(panel * weights, model.labels_))
    loss = "4 of 40 posts are left out: 2 that end early in a channel (likes 2), 2 that are 0 throughout in one"
    assert summary["cleaning"][-1] == f"{loss} (comments 2)"
    assert f"posts       {loss} (comments 2)" in text
    assert "channels    likes, views=0.5, comments" in text
    lives = describe_lives(model.prototypes_[:, 0])
    prototypes = pd.read_csv(out / "prototypes.csv", index_col=["cluster", "channel"], float_precision="round_trip")
    assert prototypes.index.tolist() == [(life, name) for life in lives.index for name in summary["channels"]]
    assert prototypes.pop("name").tolist() == lives["name"].repeat(3).tolist()
    shares = model.prototypes_ / weights
    np.testing.assert_allclose(prototypes.sort_index(level=0, sort_remaining=False), shares.reshape(9, 6), rtol=1e-12)
    bands = pd.read_csv(out / "bands.csv", index_col="cluster")
    assert bands["channel"].tolist() == [name for _ in range(3) for name in summary["channels"] for _ in range(6)]
    assert bands["day"].tolist() == [*range(1, 7)] * 9
    for number in range(3):
        expected = np.quantile(panel[model.labels_ == number], 0.9, axis=0)
        np.testing.assert_allclose(bands.loc[number, "upper"].to_numpy().reshape(3, 6), expected, rtol=1e-12)
    write_report(out, tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"<figcaption>(\w+)<", html) == ["likes", "views", "comments"] * 3
    assert "likes, weight 1; views, weight 0.5; comments, weight 1" in html
    assert "of the likes on the first day" in html


@pytest.mark.parametrize("method", ["kshape", "kmedoids"])
def test_one_channel_is_clustered_by_any_method_and_cut_to_the_days_that_all_have(counted, run, tmp_path, method):
    options = ["--method", method, "--k", 2, "--incomplete", "truncate", "--out", tmp_path / "out", "--json"]
    summary = json.loads(run("cluster", counted, "--channels", "likes", *options))
    assert (summary["n_times"], summary["n_curves"]) == (4, 40)
    assert "; all channels are cut to the 4 days that each post has in each of them" in summary["cleaning"][-1]
    assert set(pd.read_csv(tmp_path / "out" / "prototypes.csv")["channel"]) == {"likes"}


def test_a_large_loss_of_posts_by_channels_is_warned_of(counted, tmp_path):
    few = tsshape.load_dataset(counted)
    tsshape.EngagementDataset(few.curves[:8], few.features[:8], channels={"likes": few.channels["likes"][:8]}).save(
        tmp_path / "few"
    )
    said = program("cluster", tmp_path / "few", "--channels", "likes,views", "--k", 2, "--out", tmp_path / "two").stderr
    assert "2 of 8 posts are left out: 2 that end early in a channel (likes 2): 25% of the posts are lost" in said


@pytest.fixture(scope="module")
def known(posts, tmp_path_factory):
    """A folder of posts without features, and the classes of all but ten."""
    curves = tsshape.load_dataset(posts).curves
    labels = pd.Series(["early", "late"] * 45, index=curves.index, dtype="str")
    labels.iloc[:10] = None
    folder = tmp_path_factory.mktemp("known") / "known"
    tsshape.EngagementDataset(curves, curves[[]], labels=labels, name="known").save(folder)
    return folder


def test_clusters_are_compared_with_known_classes(known, run, tmp_path):
    labels = tsshape.load_dataset(known).labels
    text = run("cluster", known, "--k", 3, "--out", tmp_path / "out")
    found = json.loads((tmp_path / "out" / "summary.json").read_text())["classes"]
    clusters = pd.read_csv(tmp_path / "out" / "labels.csv", dtype={"id": str}, index_col="id")["cluster"]
    classes = labels[labels.notna() & clusters.notna()]
    expected = class_agreement(classes, clusters[classes.index])
    assert found == {"n_classes": 2, "n_curves": 80, **expected._asdict()}
    assert f"classes     2 known, of 80 shapes: ARI {expected.ari:.3f}" in text
    counts = pd.read_csv(tmp_path / "out" / "classes.csv", index_col="class")
    assert counts.to_dict("index") == {
        name: {str(k): int((clusters[classes.index[classes == name]] == k).sum()) for k in range(3)}
        for name in ("early", "late")
    }


def test_select_k_compares_with_known_classes(known, run, tmp_path):
    text = run("select-k", known, "--k", "1:3", "--criteria", "inertia", "--seeds", 1, "--out", tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "selection.csv", index_col="n_clusters")
    assert table.loc[1, "class_ari"] == 0.0
    assert "classes            2 known, of 80 shapes: they have no vote" in text
    assert "classes: ARI" in text
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["classes"], list(summary["votes"])) == ({"n_classes": 2, "n_curves": 80}, ["inertia"])


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A file in the UCR archive's form: two classes of waves, neither of which is a count."""
    path, rng = tmp_path_factory.mktemp("archive") / "waves.tsv", np.random.default_rng(0)
    waves = [np.sin(np.arange(8) + 2 * (row % 2)) + rng.normal(0, 0.1, 8) for row in range(20)]
    path.write_text("".join("\t".join(map(str, [1 + row % 2, *wave])) + "\n" for row, wave in enumerate(waves)))
    return path


def test_series_of_an_archive_are_clustered_as_they_stand(archive, run, tmp_path):
    text = run("cluster", archive, "--k", 2, "--out", tmp_path / "out")
    assert "series      20 series of 8 steps, as they stand" in text
    assert "classes     2 known, of 20 series: ARI 1.000, NMI 1.000, accuracy 100.0 %" in text
    values = pd.read_csv(archive, sep="\t", header=None).iloc[:, 1:].to_numpy()
    prototypes = pd.read_csv(tmp_path / "out" / "prototypes.csv", index_col="cluster")
    np.testing.assert_allclose(prototypes, ShapeKMeans(2, random_state=0).fit(values).prototypes_)
    assert list(pd.read_csv(tmp_path / "out" / "labels.csv")) == ["id", "cluster"]
    write_report(tmp_path / "out", tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "20 series fall into 2 clusters" in html
    assert "life" not in re.sub("<style>.*</style>", "", html, flags=re.DOTALL).split("<script>")[0]


def test_series_are_normalised_if_asked_and_select_k_takes_them(archive, run, tmp_path, monkeypatch):
    run("cluster", archive, "--k", 1, "--z-normalize", "--out", tmp_path / "out")
    values = pd.read_csv(archive, sep="\t", header=None).iloc[:, 1:].to_numpy()
    scaled = StandardScaler().fit_transform(values.T).T
    prototypes = pd.read_csv(tmp_path / "out" / "prototypes.csv", index_col="cluster")
    np.testing.assert_allclose(prototypes.iloc[0], scaled.mean(axis=0), atol=1e-12)
    monkeypatch.setattr(_select_k, "SAMPLE_SIZE", 16)
    monkeypatch.setattr(_silhouette_sample, "LEAST_OF_CLUSTER", 2)
    options = ["--k", "1:3", "--criteria", "silhouette", "--json"]
    exact = json.loads(run("select-k", archive, *options, "--exact", "--out", tmp_path / "exact"))
    found = json.loads(run("select-k", archive, *options, "--out", tmp_path / "selection"))
    assert exact["sample"] is None
    assert found["sample"] | {"silhouette_error": 0} == {
        "criteria": ["silhouette"], "n_curves": 16, "n_all": 20, "silhouette_error": 0, "n_clustered": None,
    }  # fmt: skip
    assert found["table"][1]["class_ari"] == 1.0
    assert {"name": "class_ari", "label": "classes: ARI", "unit": ""} in found["columns"]["table"]
    assert found["clustered"] == "series"
    write_report(tmp_path / "selection", tmp_path / "report.html")
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "How many clusters: 1 to 3 tried" in report
    assert "a sample of 16 of the 20 curves; the standard error" in report


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["cluster", "ARCHIVE", "--id-column", "x"], "--id-column: the series of"),
        (["cluster", "POSTS", "--z-normalize"], "--z-normalize is for series"),
        (["select-k", "ARCHIVE", "--features", "POSTS"], "--features: "),
    ],
)
def test_options_of_posts_and_of_series_are_kept_apart(archive, posts, tmp_path, arguments, says):
    places = {"ARCHIVE": archive, "POSTS": posts}
    command = [places.get(word, word) for word in arguments]
    refused = program(*command, "--out", tmp_path / "out", check=False)
    assert refused.returncode == 2
    assert f"tsshape: error: {says}" in refused.stderr


def test_without_classes_there_is_nothing_to_compare_with(posts, run, tmp_path):
    assert json.loads(run("cluster", posts, "--k", 3, "--out", tmp_path / "out", "--json"))["classes"] is None


@pytest.mark.parametrize(
    ("arguments", "n_clusters"),
    [
        (["--method", "kmeans", "--metric", "dtw", "--param", "window=2", "--k", "3"], 3),
        (["--method", "kmeans", "--metric", "soft_dtw", "--param", "gamma=0.1", "--k", "3"], 3),
        (["--method", "kmedoids", "--metric", "msm", "--k", "3", "--n-init", "2"], 3),
        (["--method", "agglomerative", "--metric", "area", "--k", "3"], 3),
        (["--method", "kshape", "--k", "3"], 3),
        (["--method", "meanshift", "--bandwidth", "0.4", "--bin-seeding"], None),
        (["--method", "meanshift"], None),
        (["--method", "dbscan", "--eps", "0.2", "--min-samples", "4"], None),
        (["--method", "hdbscan", "--metric", "dtw", "--min-cluster-size", "6"], None),
    ],
)
def test_every_method_is_reached(posts, run, tmp_path, arguments, n_clusters):
    summary = json.loads(run("cluster", posts / "curves.parquet", *arguments, "--out", tmp_path / "out", "--json"))
    assert sum(summary["sizes"]) + summary["n_noise"] == 88
    assert summary["n_clusters"] == len(summary["sizes"])
    assert n_clusters in {None, summary["n_clusters"]}
    assert (summary["silhouette"] is None) == ("soft_dtw" in arguments)


@pytest.mark.parametrize("source", ["known", "archive"])
def test_noise_is_a_row_of_its_own_and_in_no_cluster(source, request, run, tmp_path):
    path, out = request.getfixturevalue(source), tmp_path / "out"
    options = ["--method", "dbscan", "--eps", "0.25" if source == "known" else "0.36", "--min-samples", "5"]
    text = run("cluster", path, *options, "--out", out)
    summary = json.loads((out / "summary.json").read_text())
    labels = pd.read_csv(out / "labels.csv", dtype={"id": str}, index_col="id")
    noise = labels[labels["cluster"] == -1]
    total = len(labels["cluster"].dropna())
    assert 0 < len(noise) == summary["n_noise"] == total - sum(summary["sizes"])
    assert set(noise.get("life", ["noise"])) == {"noise"}
    assert summary["lives"][-1]["cluster"] == -1
    assert summary["lives"][-1]["size"] == len(noise)
    assert sum(life["share"] for life in summary["lives"]) == pytest.approx(1)
    assert summary["silhouette_curves"] == total - len(noise)
    noun = "shapes" if source == "known" else "series"
    assert f"noise       {len(noise)} {noun} ({100 * len(noise) / total:.1f} %) in no cluster, labelled -1" in text
    assert len(pd.read_csv(out / "prototypes.csv")) == summary["n_clusters"]
    classes = pd.read_csv(out / "classes.csv", index_col="class")
    assert classes.columns.tolist() == [*map(str, range(summary["n_clusters"])), "-1"]
    write_report(out, tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f"{len(noise)} of them" in html
    assert "in none: noise." in html


def test_a_plugin_is_clustered_with(posts, run, tmp_path):
    plugin = tmp_path / "half.py"
    plugin.write_text(PLUGIN)
    options = ["--metric", "half", "--plugin", plugin, "--k", "3", "--out", tmp_path / "out", "--json"]
    summary = json.loads(run("cluster", posts / "curves.parquet", *options))
    assert summary["metric"] == "half"
    assert summary["silhouette"] is not None


def test_a_plugin_that_is_no_distance_is_clustered_without_a_silhouette(posts, run, tmp_path):
    plugin = tmp_path / "offset.py"
    plugin.write_text(PLUGIN.replace("half", "offset").replace("/ 2", "+ 1"))
    options = ["--metric", "offset", "--plugin", plugin, "--k", "3", "--out", tmp_path / "out", "--json"]
    summary = json.loads(run("cluster", posts / "curves.parquet", *options))
    assert summary["silhouette"] is None
    assert "'offset'" in summary["silhouette_refused"]
    assert (tmp_path / "out" / "labels.csv").exists()


def test_a_plugin_clusters(posts, run, tmp_path):
    plugin = tmp_path / "bisecting.py"
    plugin.write_text(CLUSTERER)
    options = ["--method", "bisecting", "--plugin", plugin, "--k", "3", "--out", tmp_path / "out", "--json"]
    summary = json.loads(run("cluster", posts / "curves.parquet", *options))
    model = BisectingKMeans(3, random_state=0).fit(shapes_of(posts).to_numpy())
    assert summary["sizes"] == np.bincount(model.labels_).tolist()
    prototypes = pd.read_csv(tmp_path / "out" / "prototypes.csv", index_col="cluster", float_precision="round_trip")
    np.testing.assert_array_equal(prototypes.drop(columns="name").sort_index(), model.cluster_centers_)


def test_the_default_number_of_clusters_of_fit_is_that_of_the_forecaster(posts, run, tmp_path):
    summary = json.loads(run("cluster", posts / "curves.parquet", "--out", tmp_path / "out", "--json"))
    assert summary["n_clusters"] == 20
    known = tsshape.load_dataset(posts)
    model = ScaleShapeForecaster(random_state=0, in_flight=False, intervals=False).fit(known.features, known.curves)
    run("fit", posts, "--no-in-flight", "--no-intervals", "--out", tmp_path / "model")
    fitted = tsshape.load(tmp_path / "model")
    assert len(fitted.prototypes_) == len(model.prototypes_) == len(known.curves) // 15


def test_select_k_writes_table_pictures_and_a_recommendation(posts, run, tmp_path):
    options = ["--k", "1:5", "--seeds", "2", "--out", tmp_path / "out", "--json"]
    found = json.loads(run("select-k", posts / "curves.parquet", *options))
    table = pd.read_csv(tmp_path / "out" / "selection.csv", index_col="n_clusters")
    assert table.index.tolist() == [1, 2, 3, 4, 5]
    assert {"inertia", "silhouette", "gap", "stability"} <= {*table}
    for name in ("elbow", "silhouette", "criteria"):
        assert (tmp_path / "out" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (tmp_path / "out" / f"{name}.svg").read_text()
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert found == {"table": found["table"], "columns": found["columns"], **summary}
    assert {column["name"] for column in found["columns"]["table"]} == {"n_clusters", *summary["votes"]}
    assert set(summary["votes"]) == {name for name in table if not name.endswith("_sd")}
    assert summary["reason"]


def test_select_k_prints_a_table_and_the_recommendation(posts, run, tmp_path):
    text = run("select-k", posts / "curves.parquet", "--k", "2,3", "--criteria", "inertia", "--out", tmp_path / "out")
    assert "recommended: none" in text
    assert "inertia" in text
    assert not (tmp_path / "out" / "silhouette.png").exists()


def test_select_k_forecasts_where_features_are_given(posts, run, tmp_path):
    features = posts / "features.parquet"
    options = ["--features", features, "--predict-at", "1,2,3", "--criteria", "inertia", "--k", "1:4", "--seeds", "1"]
    found = json.loads(run("select-k", posts / "curves.parquet", *options, "--out", tmp_path / "out", "--json"))
    errors = [row["predictability"] for row in found["table"]]
    assert [error is None for error in errors] == [False, False, False, True]
    assert found["recommended"] in {1, 2, None}
    assert "by predictability" in found["reason"] or "whose predictability" in found["reason"]


@pytest.mark.parametrize(
    ("text", "numbers"), [("1:4", [1, 2, 3, 4]), ("2:9:3", [2, 5, 8]), ("5,3,5", [3, 5]), ("7", [7])]
)
def test_numbers_of_clusters_are_ranges_or_lists(text, numbers):
    assert parse_numbers(text, "--k") == numbers


def test_a_warning_is_one_line(posts, tmp_path, monkeypatch, capsys, recwarn):
    recwarn.clear()
    options = ["--method", "meanshift", "--bandwidth", "9", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["tsshape", "cluster", str(posts / "curves.parquet"), *options])
    monkeypatch.setattr("warnings.filters", [("default", None, Warning, None, 0)])
    with pytest.raises(SystemExit):
        main()
    lines = [line for line in capsys.readouterr().err.splitlines() if "warning" in line]
    assert len(lines) == 1
    assert lines[0].startswith("tsshape: warning: ")
