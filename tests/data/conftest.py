"""What the tests of all readers ask."""

import pytest

from tsshape import DataError


@pytest.fixture
def answer():
    """A function that gives what a reader makes of a file: a table, or one printable line that names the file first."""

    def answer(read, path):
        try:
            return read(path)
        except DataError as error:
            message = str(error)
        assert message.isprintable()
        assert message.startswith(str(path))
        return message

    return answer


@pytest.fixture
def refusal(answer):
    """A function that gives the line with which a reader refuses a file."""

    def refusal(read, path):
        message = answer(read, path)
        assert isinstance(message, str), "the file was read"
        return message

    return refusal
