"""The environment of a run: the data, the code with its plug-ins, the machine; and whether it is still the same."""

import hashlib
import json
import platform
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import BaseModel, Field

import tsshape
from tsshape import _entry_points
from tsshape._entry_points import CLUSTERERS, METRICS
from tsshape._errors import DataError
from tsshape._plugin_files import loaded_files
from tsshape._threads import count_threads
from tsshape.bench._numbers import CLOSED, Count, Natural
from tsshape.bench._suite import Suite
from tsshape.cluster import get_clusterer
from tsshape.data import CleaningReport, EngagementDataset
from tsshape.metrics import available_metrics, get_metric

PACKAGE = Path(tsshape.__file__).parent
# The distributions that decide scores, whichever components a suite names.
DISTRIBUTIONS = (
    "tsshape",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "numba",
    "llvmlite",
    "lightgbm",
    "skrub",
    "tslearn",
    "sktime",
)


class Environment(BaseModel):
    """The description of a run, as its folder has it."""

    model_config = CLOSED

    data: str
    data_fingerprint: str
    code_fingerprint: str
    n_posts: Natural
    n_times: Natural
    n_features: Count
    versions: dict[str, str]
    plugins: dict[str, str]
    cleaning: Annotated[list[str], Field(fail_fast=True)]
    python: str
    platform: str
    cores: Natural


def describe_environment(suite: Suite, dataset: EngagementDataset, report: CleaningReport) -> dict[str, Any]:
    """Describe the data after cleaning, the code with its plug-ins, and the machine."""
    versions, plugins = _versions(suite), _plugin_code(suite)
    return {
        "data": dataset.name,
        "data_fingerprint": data_fingerprint(dataset),
        "n_posts": len(dataset.curves),
        "n_times": dataset.curves.shape[1],
        "n_features": dataset.features.shape[1],
        "cleaning": str(report).splitlines(),
        "code_fingerprint": code_fingerprint(versions, plugins),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": count_threads(-1),
        "versions": versions,
        "plugins": plugins,
    }


def data_fingerprint(dataset: EngagementDataset) -> str:
    """Return a hash of all that a dataset holds."""
    digest = hashlib.sha256()
    for table in (dataset.curves, dataset.features, dataset.authors, dataset.posted, dataset.labels, dataset.split):
        if table is not None:
            frame = pd.DataFrame(table)
            digest.update(repr([*frame.columns]).encode())
            digest.update(pd.util.hash_pandas_object(frame).to_numpy().tobytes())
    return digest.hexdigest()[:16]


def code_fingerprint(versions: Mapping[str, str], plugins: Mapping[str, str]) -> str:
    """Return a hash of the package's source, the versions of its dependencies, and the code of plug-ins."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(str(path.relative_to(PACKAGE)).encode())
        digest.update(path.read_bytes())
    digest.update(json.dumps([versions, plugins], sort_keys=True).encode())
    return digest.hexdigest()[:16]


def check_unchanged(out: Path, earlier: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to mix cells of two datasets or two versions of the code, naming what differs."""
    if now["data_fingerprint"] != earlier["data_fingerprint"]:
        changed = [key for key in ("data", "n_posts", "n_times", "n_features") if now[key] != earlier[key]]
        raise DataError(
            f"{out} was started with other data, its cells cannot be mixed with new ones: "
            f"{', '.join(f'{key} {earlier[key]} then, {now[key]} now' for key in changed) or 'cells differ'}"
        )
    if now["code_fingerprint"] != earlier["code_fingerprint"]:
        changed = [
            *(
                f"{name} {then} then, {later} now"
                for name, then, later in _differing(earlier["versions"], now["versions"])
            ),
            *(f"the plug-in {name} differs" for name, *_ in _differing(earlier["plugins"], now["plugins"])),
        ]
        raise DataError(
            f"{out} was started with other code, its cells cannot be mixed with new ones: "
            f"{', '.join(changed) or 'the source of tsshape differs'}"
        )


def _differing(earlier: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the keys whose values differ, with both values; None where one has no such key."""
    for name in {**earlier, **now}:
        if earlier.get(name) != now.get(name):
            yield name, earlier.get(name), now.get(name)


def _versions(suite: Suite) -> dict[str, str]:
    """Return the versions of the distributions that decide scores, and of the plug-ins that a suite names."""
    plugins = (
        _entry_points.find_entry_point(group, name).dist
        for group, name, _ in _named(suite)
        if name in _entry_points.offered_names(group)
    )
    return {name: metadata.version(name) for name in DISTRIBUTIONS} | {
        each.name: each.version for each in plugins if each is not None
    }


def _plugin_code(suite: Suite) -> dict[str, str]:
    """Return a hash of each file, by its name, that was run as a plug-in or defines what a suite names."""
    files = {Path(path) for path in loaded_files()}
    for *_, code in _named(suite):
        for each in code:
            module = sys.modules.get(getattr(getattr(each, "func", each), "__module__", ""))
            files.add(Path(getattr(module, "__file__", None) or PACKAGE))
    digests: dict[str, str] = {}
    for path in sorted(files):
        # The source of the package is part of the fingerprint as it is; an interactive session has no file.
        if path.is_file() and not path.is_relative_to(PACKAGE):
            content = digests.get(path.name, "").encode() + path.read_bytes()
            digests[path.name] = hashlib.sha256(content).hexdigest()[:16]
    return digests


def _named(suite: Suite) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """Yield entry-point group, name and code of each clusterer and metric that a suite names."""
    for clusterer in (variant.clusterer for variant in suite.variants):
        yield CLUSTERERS, clusterer.kind, (get_clusterer(clusterer.kind),)
        name = (clusterer.model_extra or {}).get("metric")
        # A clusterer of another library may have metrics of its own.
        if name in available_metrics():
            metric = get_metric(name)
            yield METRICS, name, (metric.pair, metric.cost, metric.batch, metric.embed, metric.prepare)
