"""Tables as LaTeX and CSV, and the forms of `tsshape compare`."""

import csv
import io
import json

import pandas as pd
import pytest
from cli_program import tsshape

from tsshape import bench, simulate_spid
from tsshape._columns import Column, format_count, format_percent
from tsshape.bench import Suite
from tsshape.cli._tables import Titled, csv_of, latex_of

FRAME = pd.DataFrame(
    {"views": [1234.56, -3.0], "share": [0.125, None], "unused": [0, 0]},
    index=pd.Index(["50 % & more_{x}", "one\ntwo, three"], name="variant"),
)
COLUMNS = [
    Column("variant", "variant"),
    Column("views", "views", format_count),
    Column("share", "share", format_percent),
    Column("absent", "absent"),
]
TABLE = Titled("Title_1", FRAME, COLUMNS)
LATEX = r"""
\begin{table}
  \centering
  \caption{Title\_1}
  \begin{tabular}{lrr}
    \toprule
    variant & views & share \\
    \midrule
    50 \% \& more\_\{x\} & 1,234.6 & 12.5 \% \\
    one two, three & $-$3.0 & -- \\
    \bottomrule
  \end{tabular}
\end{table}
"""


def test_a_latex_table_has_the_headings_and_digits_of_the_terminal():
    assert latex_of(TABLE) == LATEX.strip()


def test_a_csv_table_has_headings_and_numbers_that_programs_read():
    rows = [*csv.reader(io.StringIO(csv_of(TABLE)))]
    assert rows == [
        ["variant", "views", "share (%)"],
        ["50 % & more_{x}", "1234.6", "12.5"],
        ["one two, three", "-3.0", ""],
    ]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The folders of three runs of one suite, each on other data."""
    out = tmp_path_factory.mktemp("runs")
    for seed in range(3):
        posts = simulate_spid(60, n_times=2, random_state=seed)
        bench.run(Suite(name="baselines", variants=(), n_runs=2), posts, out / str(seed))
    return [out / str(seed) for seed in range(3)]


def test_compare_prints_each_form_of_its_table(runs):
    printed = {form: tsshape("compare", runs[0], f"--{form}").stdout for form in ("latex", "csv", "json")}
    assert printed["latex"].startswith("\\begin{table}\n")
    assert printed["csv"].startswith("variant,score,runs,baseline,variant mean,difference,lower,upper,p,interval\n")
    # The trivial baseline has no rho.
    assert [len(pd.read_csv(io.StringIO(printed["csv"]))), len(json.loads(printed["json"]))] == [2, 3]


def test_compare_ranks_variants_over_data_sets_and_draws_them(runs, tmp_path):
    printed = tsshape("compare", *runs, "--score", "med", "--figure", tmp_path / "ranks.png").stdout
    assert "Mean ranks of MED over 3 data sets" in printed
    assert "Wilcoxon" in printed
    assert (tmp_path / "ranks.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads(tsshape("compare", *runs, "--json").stdout)
    assert [row["datasets"] for row in found["ranks"]] == [3, 3]
    assert found["pairs"][0]["p_value"] >= 0.25
    assert found["friedman_p"] is None
    latex = tsshape("compare", *runs, "--latex").stdout
    assert latex.count("\\begin{table}") == 2
    assert tsshape("compare", *runs, "--csv").stdout.count("# ") == 2


@pytest.mark.parametrize(
    ("n_runs", "options", "message"),
    [
        (1, ["--latex", "--csv"], "--latex and --csv"),
        (1, ["--score", "med"], "different data"),
        (2, ["--baseline", "direct LightGBM"], "--baseline"),
        (2, ["--figure", "ranks.gif"], "ranks.gif"),
    ],
)
def test_options_that_do_not_go_together_are_refused(runs, n_runs, options, message):
    result = tsshape("compare", *runs[:n_runs], *options, check=False)
    assert result.returncode == 2
    assert message in result.stderr
