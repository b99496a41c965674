"""What runs the pages fails where a page is wrong."""

import pytest
from documents import blocks, commands, run_page
from systems import posix_only

WRONG = {
    "a command that fails": "```console\nls no-such-file\n```",
    "a command that is not there": "```\nno-such-program\n```",
    "an error": "```python\n1 / 0\n```",
    "a warning": "```python\nimport warnings\n\nwarnings.warn('old')\n```",
    "a name that nothing defines": "```python\nprint(os)\n```",
    "output that is not printed": "```console\necho one\n```\n\n```text\ntwo\n```",
}
RIGHT = """
```{note}
Nothing to run.
```

```console
echo "one   two"  # with a remark
```

```text
one two
```

```python
from pathlib import Path

number = 1
```

```python
Path("made").write_text(str(number + 3))
```

```
cat made
```

```text
4
```
"""


@posix_only
@pytest.mark.parametrize("wrong", WRONG)
def test_a_page_that_is_wrong_fails(wrong, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(WRONG[wrong] + "\n")
    with pytest.raises(AssertionError):
        run_page(page, tmp_path)


@posix_only
def test_a_page_runs_in_order_and_in_its_folder(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(RIGHT)
    run_page(page, tmp_path)
    assert (tmp_path / "made").read_text() == "4"


def test_commands_are_found_without_their_remarks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(RIGHT)
    assert commands(page) == ['echo "one   two"', "cat made"]
    assert [block.line for block in blocks(page)][:2] == [2, 6]
