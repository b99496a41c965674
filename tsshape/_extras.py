"""Importing optional libraries, with an error that says what to install."""

from importlib import import_module
from types import ModuleType


def require(name: str, *, extra: str) -> ModuleType:
    """Import an optional library.

    Parameters
    ----------
    name : str
        The module, such as `onnxruntime` or `PIL.Image`.
    extra : str
        The extra of this package that installs it, for the message.

    Raises
    ------
    ImportError
        If it cannot be imported; the message says how to install it.

    Examples
    --------
    >>> require("no_such_library", extra="images")
    Traceback (most recent call last):
    ...
    ImportError: this needs no_such_library: pip install 'tsshape[images]' (No module named 'no_such_library')
    """
    try:
        return import_module(name)
    except ImportError as error:
        library = name.partition(".")[0]
        raise ImportError(f"this needs {library}: pip install 'tsshape[{extra}]' ({error})", name=library) from error
