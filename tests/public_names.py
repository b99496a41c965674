"""The public modules of the package, and the functions and classes that they offer."""

import inspect
import pkgutil
from importlib import import_module

import tsshape


def is_public(module):
    """Whether a module is part of the library; the program is described by its help."""
    return not any(part.startswith("_") for part in module.split(".")) and not module.startswith("tsshape.cli")


_BELOW = [each.name for each in pkgutil.walk_packages(tsshape.__path__, "tsshape.")]
MODULES = ["tsshape", *filter(is_public, _BELOW)]


def is_code(thing):
    """Whether a public name is a function or a class, and not a constant."""
    return inspect.isclass(thing) or inspect.isfunction(thing)


def objects():
    """Every public function and class once, by its name in the first module that has it."""
    seen = {}
    for module in MODULES:
        loaded = import_module(module)
        for name in getattr(loaded, "__all__", ()):
            if is_code(getattr(loaded, name)):
                seen.setdefault(id(getattr(loaded, name)), (f"{module}.{name}", getattr(loaded, name)))
    return dict(seen.values())
