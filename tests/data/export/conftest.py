"""What the tests of imports ask."""

import export_panel
import pandas as pd
import pytest

from tsshape import DataError, read_export


@pytest.fixture
def write(tmp_path):
    """A function that writes a table, text or bytes to a file of some name."""

    def write(content, name="export.csv", encoding="utf-8", separator=","):
        path = tmp_path / name
        if isinstance(content, pd.DataFrame):
            content = export_panel.text(content, separator)
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def refused():
    """A function that gives the one printable line with which an export is refused; it holds some words."""

    def refused(source, *words, **options):
        with pytest.raises(DataError) as caught:
            read_export(source, **options)
        message = str(caught.value)
        assert message.isprintable()
        for word in words:
            assert word in message
        return message

    return refused
