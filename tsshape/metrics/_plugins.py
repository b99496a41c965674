"""Code from elsewhere: entry points of installed plug-ins, bridges to other libraries, files."""

import sys
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from tsshape import _entry_points
from tsshape._errors import DataError
from tsshape.metrics._metric import Metric

# A name in METRICS stands for a Metric, or for anything whose import registers a metric of that name;
# a name in BRIDGES for a function that takes what follows the colon and gives a Metric.
METRICS = "tsshape.metrics"
BRIDGES = "tsshape.metric_bridges"


def offered_names() -> tuple[str, ...]:
    """Metrics that installed plug-ins offer, none of them loaded."""
    return _entry_points.offered_names(METRICS)


def from_entry_point(name: str) -> tuple[Metric | None, str]:
    """The metric that an installed plug-in offers, None if it only registers one; and the plug-in's name."""
    point = _entry_points.find_entry_point(METRICS, name)
    loaded = point.load()
    return loaded if isinstance(loaded, Metric) else None, _entry_points.owner(point)


def from_bridge(name: str) -> Metric:
    """The metric of another library that `prefix:what` stands for."""
    prefix, what = name.split(":", 1)
    bridges = _entry_points.offered_names(BRIDGES)
    if prefix not in bridges:
        raise ValueError(f"there is no bridge {prefix!r} for the metric {name!r}; there are {', '.join(bridges)}")
    found = _entry_points.find_entry_point(BRIDGES, prefix).load()(what)
    if not isinstance(found, Metric):
        raise TypeError(f"the bridge {prefix!r} must give a Metric; got {type(found).__name__}")
    return found


def run_file(path: str) -> None:
    """Run a Python file as a module of its own; DataError if it cannot be read or fails."""
    if not path.endswith(".py") or not Path(path).is_file():
        raise DataError(f"{path}: a plug-in is a Python file that exists and ends in .py")
    # Two plug-ins may have the same file name; numba and pickle look functions up by their module.
    name = f"tsshape_plugin_{Path(path).stem}_{sha256(path.encode()).hexdigest()[:8]}"
    spec = spec_from_file_location(name, path)
    assert spec is not None  # noqa: S101
    assert spec.loader is not None  # noqa: S101
    module = sys.modules[name] = module_from_spec(spec)
    # The folder is the user's: no compiled copy is left in it.
    earlier, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise DataError(f"{path}: the plug-in failed with {type(error).__name__}: {error}") from error
    finally:
        sys.dont_write_bytecode = earlier
