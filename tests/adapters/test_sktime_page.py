"""The examples of the page about sktime run and give what the page says."""

import doctest
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "sktime.md"


@pytest.mark.skipif(not PAGE.exists(), reason="an installed package has no pages")
def test_the_examples_of_the_page_give_what_it_says():
    # A fence would be taken for a line of output.
    text = "\n".join("" if line.startswith("```") else line for line in PAGE.read_text(encoding="utf-8").split("\n"))
    page = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    assert len(page.examples) > 10
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    output: list[str] = []
    runner.run(page, out=output.append)
    assert not runner.failures, "".join(output)
