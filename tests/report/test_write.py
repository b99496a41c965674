import json
import re
import shutil

import pytest
from cli_program import tsshape

from tsshape import DataError
from tsshape.report import write_report

VERBS = ["bench", "cluster", "select-k"]
MIX = [*VERBS, "predict"]


@pytest.fixture
def html(folders, tmp_path):
    """The report of a verb's folder as text."""

    def html(*verbs):
        write_report([folders / verb for verb in verbs], tmp_path / "report.html")
        return (tmp_path / "report.html").read_text(encoding="utf-8")

    return html


def test_a_report_names_nothing_to_fetch(html):
    text = html(*MIX)
    # Not a place: the name of SVG.
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert re.findall(r'(?:src|href)="([^"]*)"', text) == ["data:,"]


@pytest.mark.parametrize("verb", VERBS)
def test_three_sentences_conclude(html, verb):
    conclusions = re.search(r"<ol>(.*?)</ol>", html(verb), re.DOTALL)[1]
    assert conclusions.count("<li>") == 3


def test_the_same_folders_give_the_same_bytes_in_any_order(html):
    assert html(*MIX) == html(*MIX[::-1])


def test_the_command_takes_folders_in_any_mix(folders, html, tmp_path):
    whole = html("predict", "cluster")
    said = tsshape("report", folders / "cluster", folders / "predict", "--out", tmp_path / "mix.html").stdout
    assert said == f"written: {tmp_path / 'mix.html'}\n"
    assert (tmp_path / "mix.html").read_text(encoding="utf-8") == whole


def test_names_are_shown_as_text(html):
    text = html(*MIX)
    assert text.count("<script>") == 1
    assert text.count("</script>") == 2
    assert "<img" not in text
    assert "&lt;script&gt;alert(" in text


def test_numbers_are_those_of_the_records(html, folders):
    lines = (folders / "bench" / "records.jsonl").read_text(encoding="utf-8").splitlines()
    errors = [cell["trmse"] for cell in map(json.loads, lines) if cell["variant"] == "ours"]
    assert f'data-label="tRMSE" data-value="{sum(errors) / 2}">{sum(errors) / 2:,.1f}<' in html("bench")


def test_known_classes_stand_beside_clusters_and_criteria(html, folders):
    found = json.loads((folders / "cluster" / "summary.json").read_text(encoding="utf-8"))["classes"]
    of_clusters, of_numbers, of_run = html("cluster"), html("select-k"), html("bench")
    assert f"14 known, of {found['n_curves']} curves: ARI {found['ari']:.3f}, NMI {found['nmi']:.3f}" in of_clusters
    assert "<summary>Curves of each known class in each cluster</summary>" in of_clusters
    table = of_clusters[of_clusters.index('id="class-table"') :]
    assert sum(map(int, re.findall(r'data-label="cluster" data-value="(\d+)\.0"', table))) == 10
    assert "has no vote" in of_numbers
    assert re.findall(r"<figcaption>classes: (\w+)<", of_numbers) == ["ARI", "NMI", "accuracy"]
    assert of_run.count('data-label="known classes" data-value="2.0"') == 3
    assert '<button type="button">clusters</button>' in of_numbers


def test_cells_that_failed_are_listed_and_left_out(folders, tmp_path):
    shutil.copytree(folders / "bench", tmp_path / "run")
    path = tmp_path / "run" / "records.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    kept = {name: lines[-1][name] for name in ("key", "variant", "run", "n_train", "n_test")}
    lines[-1] = {**kept, "error": "ValueError: it broke", "traceback": "File secret.py"}
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    write_report(tmp_path / "run", tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "ValueError: it broke" in text
    assert "1 failed" in text
    assert "secret.py" not in text


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(DataError, match="not a folder of"):
        write_report(tmp_path, tmp_path / "report.html")


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("cluster/summary.json", "{", r"summary\.json: "),
        ("cluster/summary.json", '{"method": "kmeans"}', "field required"),
        ("cluster/prototypes.csv", "cluster,day01\n0,0.5\n", "1 prototypes, but summary.json has 5"),
        ("cluster/prototypes.csv", "cluster,day01\n" + "".join(f"{n},x\n" for n in range(5)), "column 'day01'"),
        ("cluster/classes.csv", "class,0,1\na,3,4\n", r"classes\.csv must have .* one for each of the 5 clusters"),
        ("cluster/classes.csv", "class,0,1,2,3,4\na,3,4,x,1,1\n", r"classes\.csv, line 2, column '2'"),
        ("select-k/selection.csv", "n_clusters,inertia\nmany,1\n", r"selection\.csv: n_clusters 'many'"),
        ("select-k/selection.csv", "n_clusters,inertia\n2,some\n", r"selection\.csv, line 2 .*, column 'inertia'"),
        ("select-k/summary.json", '{"metric": 3}', r"summary\.json: metric"),
        ("bench/environment.json", "[]", r"environment\.json"),
        ("bench/records.jsonl", '{"key": "1", "variant": "a", "run": 0, "budget": 3}\n', "line 1: .*budget"),
        ("bench/records.jsonl", "", "no finished cell"),
    ],
)
def test_a_damaged_folder_is_refused_by_file_and_nothing_is_written(folders, tmp_path, file, content, message):
    verb, name = file.split("/")
    shutil.copytree(folders / verb, tmp_path / "run")
    (tmp_path / "run" / name).write_text(content)
    with pytest.raises(DataError, match=message):
        write_report(tmp_path / "run", tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()
