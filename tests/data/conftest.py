"""What the tests of all readers ask."""

import pytest

from tsshape import DataError


@pytest.fixture
def refusal():
    """A function that gives the message with which a reader refuses a file: one printable line that names it first."""

    def refusal(read, path):
        with pytest.raises(DataError) as caught:
            read(path)
        message = str(caught.value)
        assert message.isprintable()
        assert message.startswith(str(path))
        return message

    return refusal
