"""Plug-in files, and what is registered by name in this process."""

import sys
from collections.abc import Mapping
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from os import PathLike
from pathlib import Path
from typing import Any

from tsshape._errors import DataError, foreign_code, quote

# By entry-point group, then by name: a plug-in file adds to what installed distributions offer there.
_registered: dict[str, dict[str, Any]] = {}
_loaded: dict[str, dict[str, tuple[str, ...]]] = {}
_texts: dict[str, bytes] = {}


def registered(group: str) -> dict[str, Any]:
    """Return what this process has registered in a group, by name; whoever registers something adds to it."""
    return _registered.setdefault(group, {})


def loaded_files() -> tuple[str, ...]:
    """Return the absolute paths of the plug-in files that this process has run."""
    return tuple(_loaded)


def loaded_texts() -> dict[str, bytes]:
    """Return the text of the plug-in files that this process has run, by path."""
    return {path: _texts[path] for path in _loaded}


def run_once(path: str | PathLike[str], *, copy: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Run a plug-in file, unless it was run before; return the names that it registers in each group.

    If it fails or registers nothing, nothing of it stays registered and a DataError says why. Where another machine has
    the file, its `copy` is run here under the same name.
    """
    resolved = str(Path(path).resolve())
    # The copy of a file that has changed since is run again.
    if resolved in _loaded and (copy is None or copy.read_bytes() == _texts[resolved]):
        return _loaded[resolved]
    before = {group: dict(things) for group, things in _registered.items()}
    try:
        _run(resolved, copy)
    except BaseException:
        _restore(before)
        raise
    names = {
        group: tuple(name for name, thing in things.items() if before.get(group, {}).get(name) is not thing)
        for group, things in _registered.items()
    }
    for group, of_file in names.items():
        taken = [name for name in of_file if name in before.get(group, {}) and name not in _names_of(resolved, group)]
        if taken:
            _restore(before)
            raise DataError(f"{path}: another plug-in has registered {quote(taken[0])} already; choose another name")
    if not any(names.values()):
        raise DataError(
            f"{path}: registers no metric and no clusterer; decorate a function with tsshape.metrics.register_metric, "
            "or a class with tsshape.cluster.register_clusterer"
        )
    _loaded[resolved] = names
    _texts[resolved] = Path(copy or resolved).read_bytes()
    return names


def _names_of(path: str, group: str) -> tuple[str, ...]:
    """Return what an earlier run of a plug-in file has registered in a group."""
    return _loaded.get(path, {}).get(group, ())


def _restore(before: Mapping[str, Mapping[str, Any]]) -> None:
    """Register what was registered before, and nothing else."""
    for group, things in _registered.items():
        things.clear()
        things.update(before.get(group, {}))


def _run(path: str, copy: Path | None) -> None:
    """Run a Python file, or its copy, as a module of its own; DataError if it cannot be read or fails."""
    if not path.endswith(".py") or not Path(copy or path).is_file():
        raise DataError(f"{path}: a plug-in is a Python file that exists and ends in .py")
    # Two plug-ins may have the same file name; numba and pickle look functions up by their module.
    name = f"tsshape_plugin_{Path(path).stem}_{sha256(path.encode()).hexdigest()[:8]}"
    spec = spec_from_file_location(name, copy or path)
    assert spec is not None  # noqa: S101
    assert spec.loader is not None  # noqa: S101
    module = sys.modules[name] = module_from_spec(spec)
    # The folder is the user's: no compiled copy is left in it.
    earlier, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with foreign_code(f"{path}: the plug-in failed with", str(copy or path)):
            spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    finally:
        sys.dont_write_bytecode = earlier
