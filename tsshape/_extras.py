"""Importing late what takes long, and optional libraries with an error that says what to install."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any


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


def import_late(package: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package, which imports some of its modules when one of their names is first used.

    Parameters
    ----------
    package : str
        The package, `__name__` in its own file.
    homes : mapping of str to sequence of str
        The names that each module gives to the package; a module as in `package._module`, without the package.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def find(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home_of[name]}"), name)

    return find
