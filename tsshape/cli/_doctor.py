"""`tsshape doctor`."""

import json
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from tsshape.cli._say import say

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
    """Show what tsshape finds on this machine: versions, cores, vector width, cache, threads, memory; try a kernel."""
    found = {"versions": _versions(), "machine": _machine(), "threads": _threads(), "kernels": _kernels()}
    if as_json:
        say(json.dumps(found, indent=2, ensure_ascii=False))
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
    import tempfile

    from tsshape._kernels import cache_directory
    from tsshape._memory import spell_bytes
    from tsshape.metrics import check_metric

    check_metric("dtw")
    folder = cache_directory()
    files = [path for path in folder.rglob("*") if path.is_file()]
    kept = "for this process only" if str(folder).startswith(tempfile.gettempdir()) else "between processes"
    return {
        "cache": f"{folder} ({kept})",
        "files": f"{len(files):,}, {spell_bytes(sum(path.stat().st_size for path in files))}",
        "dtw": "keeps its contract",
    }
