"""What a clustering's folder contributes to a report."""

from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, NonNegativeInt, PositiveFloat

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import check_curves
from tsshape.report._classes import Agreement, compare_classes
from tsshape.report._conclude import conclude_clusters, conclude_series
from tsshape.report._lives import Channel, lives
from tsshape.report._long import read_long
from tsshape.report._opening import open_clusters, open_series, say_noise
from tsshape.report._page import Part, count_of
from tsshape.report._reading import SUMMARY_FILE, read_json, read_numbers

PROTOTYPES_FILE = "prototypes.csv"
# The ends of the bands of the members by cluster and day; folders of older versions have none.
BANDS_FILE = "bands.csv"
# The channel of curves that have only one.
VIEWS = "views"
Bands = dict[int, tuple[list[float], list[float]]]


class Summary(BaseModel):
    """The summary that `tsshape cluster` writes."""

    model_config = ConfigDict(extra="ignore")

    method: str
    seed: int
    metric: str | None
    metric_params: dict[str, bool | int | float | str | None] | None
    n_curves: int
    n_zero_curves: int
    n_times: int
    cleaning: list[str]
    sizes: list[int] = Field(min_length=1)
    n_noise: NonNegativeInt = 0
    examples: list[list[str]] | None = None
    inertia: FiniteFloat | None
    silhouette: FiniteFloat | None
    silhouette_metric: str
    silhouette_curves: int
    clustered: Literal["shapes", "series"] = "shapes"
    channels: dict[str, PositiveFloat] | None = Field(None, min_length=1)
    classes: Agreement | None = None
    samples: list[str] = []
    tsshape: str


def clusters_part(folder: Path) -> Part:
    """Return the contribution of a folder that `tsshape cluster` has written."""
    summary = read_json(folder / SUMMARY_FILE, Summary)
    (counts, prototypes, bands), *channels = _read_channels(folder, summary)
    found = lives(
        prototypes,
        summary.sizes,
        n_noise=summary.n_noise,
        bands=bands,
        examples=dict(enumerate(summary.examples or [])),
        of_posts=summary.clustered == "shapes",
        counts=counts,
        others={
            number: tuple(Channel(name, shapes[number].tolist(), ends.get(number)) for name, shapes, ends in channels)
            for number in range(len(prototypes))
        },
    )
    n_shapes = summary.n_curves - summary.n_zero_curves
    params = [f"{name} {value}" for name, value in (summary.metric_params or {}).items()]
    inertia = "" if summary.inertia is None else f", inertia {summary.inertia:,.4g}"
    if summary.clustered == "series":
        title = f"{count_of(len(found), 'cluster')} of {n_shapes:,} series"
        opening = open_series(found, summary.silhouette, n_shapes)
        conclusions = conclude_series(found, summary.silhouette, n_shapes)
        data = [("series", "; ".join(summary.cleaning))]
    else:
        title = f"{count_of(len(found), 'kind')} of life in {count_of(n_shapes, 'post')}"
        opening = open_clusters(found, summary.silhouette, n_shapes)
        conclusions = conclude_clusters(found, summary.silhouette, n_shapes)
        without = "without a view" if summary.channels is None else "0 throughout in a channel"
        curves = f"{summary.n_curves:,} of {summary.n_times} days, {summary.n_zero_curves:,} {without}"
        weights = [f"{name}, weight {weight:g}" for name, weight in (summary.channels or {}).items()]
        data = [("curves", curves), ("channels", "; ".join(weights)), ("cleaning", "; ".join(summary.cleaning))]
    return Part(
        "clusters",
        title,
        [*opening, *say_noise(summary.n_noise, n_shapes)],
        [
            *data,
            ("method", f"{summary.method}, seed {summary.seed}{inertia}"),
            ("metric", ", ".join([summary.metric or "the method's own", *params])),
            ("silhouette", f"under {summary.silhouette_metric}, of {summary.silhouette_curves:,} {summary.clustered}"),
            ("samples", "; ".join(summary.samples)),
        ],
        conclusions,
        {"lives": found, "classes": compare_classes(folder, summary.classes, found)},
        f"tsshape {summary.tsshape}",
    )


def _read_channels(folder: Path, summary: Summary) -> list[tuple[str, FloatArray, Bands]]:
    """Read the prototypes and bands of each channel, with its name."""
    n_clusters, signed, read = len(summary.sizes), summary.clustered == "series", []
    for name in summary.channels or [None]:
        prototypes = _prototypes(folder / PROTOTYPES_FILE, n_clusters, name)
        bands = _bands(folder / BANDS_FILE, *prototypes.shape, signed=signed, channel=name)
        read.append((name or VIEWS, prototypes, bands))
    return read


def _prototypes(path: Path, n_clusters: int, channel: str | None) -> FloatArray:
    """Read the prototypes of a channel, array of shape (n_clusters, n_times)."""
    table = read_numbers(path, "cluster", words=("name",), channel=channel).sort_index()
    if len(table) != n_clusters:
        raise DataError(f"{path} has {len(table)} prototypes, but {SUMMARY_FILE} has {n_clusters} clusters")
    return check_curves(table, name=str(path), signed=True)


def _bands(path: Path, n_clusters: int, n_times: int, *, signed: bool, channel: str | None) -> Bands:
    """Read the bands of a channel by cluster; none if there is no such file."""
    if not path.exists():
        return {}
    days, ends = read_long(path, pd.Index(map(str, range(n_clusters))), of="cluster", signed=signed, channel=channel)
    if len(days) != n_times or not {"lower", "upper"} <= set(ends):
        raise DataError(f"{path} must have the columns 'lower' and 'upper' for the {n_times} days of {PROTOTYPES_FILE}")
    return {number: (ends["lower"][number].tolist(), ends["upper"][number].tolist()) for number in range(n_clusters)}
