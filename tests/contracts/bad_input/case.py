"""One bad input: what lies in the folder, the command, and how the program must end."""

from typing import NamedTuple


class Bad(NamedTuple):
    """Files by path, the command line, the words that the one message must hold, and the exit code."""

    files: dict
    command: str
    words: tuple
    code: int = 2


def bad(files, command, *words, code=2):
    """A case; the words may be as many as are needed."""
    return Bad(files, command, words, code)


# Stands for the bytes of a fitted model, which the test writes in its place; a function is given them.
MODEL = object()
CURVES = "id,day01,day02\na,1,2\nb,3,4\nc,5,9\n"
FEATURES = "id,followers,topic\na,10,cats\nb,20,dogs\nc,30,cats\n"
