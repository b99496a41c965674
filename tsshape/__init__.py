"""Engagement curves as scale x shape: cluster the shapes, forecast both, compare with the published baseline.

Names are loaded when first used, so that importing the package stays quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tsshape._errors import DataError
    from tsshape.bundle import load, save
    from tsshape.curves import join_scale_shape, popularity_score, split_scale_shape
    from tsshape.data import (
        CleaningReport,
        EngagementDataset,
        ImportReport,
        clean_curves,
        fetch,
        load_dataset,
        load_spid,
        read_curves,
        read_export,
        read_features,
        resample,
        simulate_spid,
    )

_MODULES = {
    "tsshape._errors": ("DataError",),
    "tsshape.bundle": ("load", "save"),
    "tsshape.curves": ("join_scale_shape", "popularity_score", "split_scale_shape"),
    "tsshape.data": (
        "CleaningReport",
        "EngagementDataset",
        "ImportReport",
        "clean_curves",
        "fetch",
        "load_dataset",
        "load_spid",
        "read_curves",
        "read_export",
        "read_features",
        "resample",
        "simulate_spid",
    ),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}
_SUBMODULES = (
    "bench",
    "bundle",
    "cluster",
    "curves",
    "data",
    "features",
    "forecast",
    "metrics",
    "paper",
    "plots",
    "scores",
)

__all__ = [
    "CleaningReport",
    "DataError",
    "EngagementDataset",
    "ImportReport",
    "clean_curves",
    "fetch",
    "join_scale_shape",
    "load",
    "load_dataset",
    "load_spid",
    "popularity_score",
    "read_curves",
    "read_export",
    "read_features",
    "resample",
    "save",
    "simulate_spid",
    "split_scale_shape",
]


def __getattr__(name: str) -> Any:
    """Load a public name or a public module on first use."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version(__name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """All public names, loaded or not."""
    return sorted([*__all__, *_SUBMODULES, "__version__"])
