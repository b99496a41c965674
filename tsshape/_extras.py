"""Optional libraries, or a sentence that says what to install."""

from importlib import import_module
from types import ModuleType


def require(name: str, *, extra: str) -> ModuleType:
    """An optional library, imported when it is first needed.

    Parameters
    ----------
    name : str
        The module, such as `onnxruntime` or `PIL.Image`.
    extra : str
        The extra of this package that installs it.

    Raises
    ------
    ImportError
        If it cannot be imported; the message says which extra brings it.

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
