"""Where generated kernels and their machine code are kept between processes.

Machine code read from a file is run, so the files lie in a folder that only the user can write: `tsshape/kernels` in
$XDG_CACHE_HOME (or ~/.cache), mode 0700, owner checked; on Windows, which has access lists instead of modes, a folder
in the user's profile. Where that cannot be had, or written because the disk is full, kernels are compiled anew in each
process. numba's own on-disk cache does the work; a digest kept beside the source says whether what numba would load is
what was compiled here, and anything else (cut off, altered, half written) is compiled again.
"""

import functools
import hashlib
import os
import platform
import re
import stat
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import llvmlite
import numba

from tsshape._kernels._host import fingerprint
from tsshape._user_cache import user_cache

IMPORTED = re.compile(r"^from tsshape\._kernels(?:\.| import )(_\w+)", re.MULTILINE)
OWNER_ONLY = 0o700
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


@functools.cache
def cache_directory() -> Path | None:
    """Return the folder of this user's kernels; None if it cannot be trusted or written."""
    try:
        kernels = user_cache() / "kernels"
        kernels.parent.parent.mkdir(parents=True, exist_ok=True)
        for folder in (kernels.parent, kernels):
            folder.mkdir(mode=OWNER_ONLY, exist_ok=True)
            _claim(folder)
    except (OSError, RuntimeError):  # RuntimeError: the user has no home directory
        return None
    return kernels


def load_kernel(name: str, source: str, signature: str, objects: Mapping[str, Any] | None = None) -> Any:
    """Return the compiled function `kernel` of a generated module, from the disk where it was compiled before.

    Parameters
    ----------
    name : str
        What the kernel computes, as part of its file's name.
    source : str
        Text of the module. What it imports from this package counts as part of it.
    signature : str
        The types it is compiled for, in numba's notation.
    objects : mapping, optional
        Objects that the module finds as globals, such as a user-defined cost. They may differ in another process, so
        the kernel is then compiled anew in each.
    """
    path = (cache_directory() or Path()) / f"{name}-{_digest_of_program(source)}.py"
    module = ModuleType(f"_tsshape_kernel_{path.stem.replace('-', '_')}")
    module.__file__ = str(path)
    if objects is None and cache_directory() is not None:
        # Where the folder has become full or closed meanwhile, the kernel does without it.
        with suppress(OSError, RuntimeError):
            return _load_from_disk(module, path, source, signature)
    module.__dict__.update(objects or {})
    kernel = _define(module, path, source)
    kernel.compile(signature)
    return kernel


def _load_from_disk(module: ModuleType, path: Path, source: str, signature: str) -> Any:
    """Return the kernel of a module that depends on its text alone, loaded from numba's cache or stored in it."""
    _write(path, source.encode())
    # numba looks the module up by name when it restores a function.
    sys.modules[module.__name__] = module
    kernel = _define(module, path, source)
    kernel.enable_caching()
    folder, proof = Path(kernel.stats.cache_path), path.with_suffix(".sha256")
    if not _is_proven(folder, path.stem, proof):
        _forget(folder, path.stem)
    kernel.compile(signature)
    if sum(kernel.stats.cache_misses.values()):
        _write(proof, _digest_of_files(folder, path.stem).encode())
    return kernel


def _define(module: ModuleType, path: Path, source: str) -> Any:
    """Return the function `kernel` that the text defines, not yet compiled; no byte code is read from a file."""
    exec(compile(source, path, "exec"), module.__dict__)  # noqa: S102 - the text was written in this process
    return module.__dict__["kernel"]


def _claim(folder: Path) -> None:
    """Refuse a folder that others own or may write; close one that others may only read."""
    if not _is_own(folder):
        raise PermissionError(f"{folder} is not a folder of this user's own")
    if sys.platform != "win32" and stat.S_IMODE(folder.stat().st_mode) != OWNER_ONLY:
        folder.chmod(OWNER_ONLY)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(f"{folder} cannot be written")


def _is_own(folder: Path) -> bool:
    """Return whether a folder, not a link to one, is this user's, and no other user can write it."""
    if sys.platform == "win32":
        # Access lists keep other users out of a profile; whom they keep out elsewhere, Python does not say.
        return Path.home().resolve() in folder.resolve().parents
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & OTHERS_MAY_WRITE


def _digest_of_program(source: str) -> str:
    """Return 24 hex digits of what a kernel depends on: its text, what that imports, the compiler and the processor."""
    versions = (numba.__version__, llvmlite.__version__, platform.python_version(), fingerprint())
    modules = (_text_of_module(name) for name in sorted(_modules_behind(source)))
    return hashlib.sha256("\n".join((source, *modules, *versions)).encode()).hexdigest()[:24]


def _modules_behind(text: str) -> set[str]:
    """Return the modules of this folder that a text imports, directly or through one another."""
    found: set[str] = set()
    wanted = set(IMPORTED.findall(text))
    while wanted:
        found |= wanted
        wanted = {name for module in wanted for name in IMPORTED.findall(_text_of_module(module))} - found
    return found


@functools.cache
def _text_of_module(name: str) -> str:
    """Return the source of a module of this folder."""
    return (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")


def _compiled_files(folder: Path, stem: str) -> list[Path]:
    """Return the index and code files that numba keeps of one generated module."""
    return sorted(path for path in folder.glob(f"{stem}.*") if path.suffix in {".nbi", ".nbc"})


def _digest_of_files(folder: Path, stem: str) -> str:
    """Return a digest of the compiled files of one module."""
    digest = hashlib.sha256()
    for path in _compiled_files(folder, stem):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _is_proven(folder: Path, stem: str, proof: Path) -> bool:
    """Return whether the compiled files are those whose digest was kept."""
    try:
        return proof.read_text(encoding="ascii") == _digest_of_files(folder, stem)
    except (OSError, UnicodeDecodeError):
        return False


def _forget(folder: Path, stem: str) -> None:
    """Remove the compiled files of one module, so that it is compiled again."""
    for path in _compiled_files(folder, stem):
        path.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, unless it holds that already."""
    if path.is_file() and path.read_bytes() == content:
        return
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        with suppress(PermissionError):
            # Windows refuses while another process reads the file, which the same program wrote with the same content.
            Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
