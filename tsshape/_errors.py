"""The exception for data that cannot be used, how its messages quote text and fields, and the end by a signal.

Imports no library, so that the command line starts quickly.
"""

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError

_N_CHARACTERS_SHOWN, _N_FIELDS_SHOWN = 60, 5
# Pydantic spells all errors or none, which takes much more memory than finding them.
_MOST_SPELLED = 1000


class DataError(ValueError):
    """The data cannot be used as they are: the message says what is wrong, where, and what to do.

    Examples
    --------
    >>> import tsshape
    >>> try:
    ...     tsshape.split_scale_shape([[1.0, 4.0], [0.0, 0.0]])
    ... except tsshape.DataError as error:
    ...     print(str(error).split(";")[0])
    1 curves are 0 throughout and have no shape, the first of them row 1
    """


class Stopped(BaseException):
    """A signal asked the program to end; no `except Exception` is to take it for a failure."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.exit_code = 128 + number


def quote(text: str) -> str:
    """Return a text in quotes for a message: on one line, control characters escaped, cut where it is long."""
    return repr(text) if len(text) <= _N_CHARACTERS_SHOWN else f"{text[:_N_CHARACTERS_SHOWN]!r}…"


def list_names(names: Iterable[object], most: int = 8, spell: Callable[[str], str] = str) -> str:
    """Return the first names as text, and how many more there are.

    Examples
    --------
    >>> list_names(["likes", "length", "author"], most=2, spell=quote)
    "'likes', 'length' and 1 more"
    """
    all_names = list(map(str, names))
    shown = ", ".join(map(spell, all_names[:most]))
    return shown if len(all_names) <= most else f"{shown} and {len(all_names) - most:,} more"


def explain_fields(error: "ValidationError") -> str:
    """Return what pydantic found wrong, one clause per field, of a few fields."""
    if error.error_count() > _MOST_SPELLED:
        return f"{error.error_count():,} fields are missing, unknown or not of their type"
    clauses = []
    for found in error.errors(include_url=False, include_input=False)[:_N_FIELDS_SHOWN]:
        # Names come from the file.
        field = ".".join(part if part.isprintable() else quote(part) for part in map(str, found["loc"]))
        message = f"{found['msg'][0].lower()}{found['msg'][1:]}"
        # An error of the whole record has no field.
        clauses.append(f"{field[:_N_CHARACTERS_SHOWN]}: {message}" if field else message)
    more = error.error_count() - len(clauses)
    return "; ".join(clauses) + (f"; and {more:,} more" if more else "")


@contextmanager
def foreign_code(what: str, file: str | None = None) -> Iterator[None]:
    """Raise whatever the code of a plug-in raises, also an exit, as a DataError with the last line of its file.

    Ctrl-C, a signal and a lack of memory go through, and so does a DataError.
    """
    try:
        yield
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | MemoryError | DataError | Stopped):
            raise
        line, trace = 0, error.__traceback__
        while trace is not None:
            line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == file else line
            trace = trace.tb_next
        try:
            text = f": {error}".rstrip(" :")
        except Exception:  # noqa: BLE001 - the text of an error is the plug-in's, too
            text = ", of which it gives no text"
        raise DataError(f"{what} {type(error).__name__}{text}{f' (line {line})' if line else ''}") from error
