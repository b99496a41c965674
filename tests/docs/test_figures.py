"""The figures of the comparison with other libraries are those that the benchmarks wrote."""

import re

from documents import ROOT

FIGURE = re.compile(r"\d[\d,]*\.\d+")


def test_the_comparison_quotes_what_was_measured():
    page = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
    section = page.partition("## Speed")[2].partition("\n## ")[0]
    results = [ROOT / "benchmarks" / name / "RESULTS.md" for name in ("speed", "clustering")]
    measured = {figure for path in results for figure in FIGURE.findall(path.read_text(encoding="utf-8"))}
    quoted = {*FIGURE.findall(section)}
    assert len(quoted) > 10
    assert not quoted - measured
