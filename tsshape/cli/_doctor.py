"""`tsshape doctor`."""

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tsshape._files import check_writable
from tsshape.cli._say import say, say_json

if TYPE_CHECKING:
    from collections.abc import Callable

# Libraries that decide results and speed, and those of the extras.
LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn", "numba", "lightgbm", "tslearn", "sktime", "pyarrow", "skrub")
EXTRAS = ("onnx", "onnxruntime", "pillow", "dask")
# Environment variables that change threads, kernels and memory.
VARIABLES = (
    "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
    "OPENBLAS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "NUMBA_CPU_NAME",
    "NUMBA_DISABLE_JIT",
    "TSSHAPE_MEMORY_LIMIT",
    "XDG_CACHE_HOME",
)


def doctor(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show what tsshape finds on this machine: versions, cores, vectors, threads, memory, caches; try a kernel."""
    found = {"versions": _versions(), "machine": _machine(), "threads": _threads(), "kernels": _kernels()}
    found["folders"] = _folders()
    if as_json:
        say_json(found)
        return
    width = max(len(name) for lines in found.values() for name in lines)
    for title, lines in found.items():
        say(title)
        for name, value in lines.items():
            say(f"  {name:<{width}}  {'-' if value is None else value}")


def _versions() -> dict[str, str | None]:
    """Return the versions of Python, tsshape and its dependencies; None for an extra that is not installed."""
    found: dict[str, str | None] = {"python": platform.python_version(), "tsshape": metadata.version("tsshape")}
    for name in (*LIBRARIES, *EXTRAS):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def _machine() -> dict[str, Any]:
    """Return the system, the processor, and the cores and memory that this process may use."""
    from joblib import cpu_count

    from tsshape._kernels import lanes, register_bytes, target
    from tsshape._memory import memory_limit, spell_bytes

    return {
        "system": platform.platform(),
        "processor": target()[0],
        "cores": os.cpu_count(),
        "cores for this process": cpu_count(),
        "vector width": f"{8 * register_bytes()} bits: {lanes('float64')} float64 or {lanes('float32')} float32",
        "memory for one table": spell_bytes(memory_limit()),
    }


def _threads() -> dict[str, Any]:
    """Return the threads of the distances and of the libraries, and the variables that set them."""
    import lightgbm  # noqa: F401 - so that its threads are counted
    from threadpoolctl import threadpool_info

    from tsshape._threads import count_threads

    found: dict[str, Any] = {"distances, n_jobs=-1": count_threads(-1)}
    for pool in threadpool_info():
        name = f"{pool['internal_api']} of {Path(pool['filepath']).parent.name}"
        found[name] = pool["num_threads"]
    return found | {name: os.environ[name] for name in VARIABLES if name in os.environ}


def _kernels() -> dict[str, Any]:
    """Return where compiled kernels are kept, and check one of them."""
    from tsshape._kernels import cache_directory
    from tsshape._memory import spell_bytes
    from tsshape.metrics import check_metric

    check_metric("dtw")
    folder, home = cache_directory(), os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    files = [] if folder is None else [path for path in folder.rglob("*") if path.is_file()]
    none = f"none, kernels are compiled in each process: {home}/tsshape cannot be written, or not by this user alone"
    return {
        "cache": none if folder is None else f"{folder} (between processes)",
        "files": f"{len(files):,}, {spell_bytes(sum(path.stat().st_size for path in files))}",
        "dtw": "keeps its contract",
    }


def _folders() -> dict[str, str]:
    """Return where else files are kept that no user names, and why nothing can be written there, if so."""
    import tempfile

    from tsshape.data import cache_folder

    def font_folder() -> str:
        from matplotlib import get_cachedir

        return get_cachedir()

    places: dict[str, Callable[[], Path | str]] = {
        "downloads": cache_folder,
        "fonts": font_folder,
        "temporary": tempfile.gettempdir,
    }
    found = {}
    for name, find in places.items():
        try:
            folder = Path(find())
            check_writable(folder)
            found[name] = str(folder)
        except (OSError, RuntimeError) as error:
            found[name] = f"none: {error}"
    return found
