"""The page of a clustering's folder."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import check_curves
from tsshape.report._conclude import conclude_clusters
from tsshape.report._lives import lives
from tsshape.report._page import Page
from tsshape.report._reading import SUMMARY_FILE, read_numbers, read_summary

PROTOTYPES_FILE = "prototypes.csv"


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
    inertia: FiniteFloat | None
    silhouette: FiniteFloat | None
    silhouette_metric: str
    silhouette_curves: int
    tsshape: str


def clusters_page(folder: Path) -> Page:
    """Return the page of a folder that `tsshape cluster` has written."""
    summary = read_summary(folder, Summary)
    found = lives(_prototypes(folder / PROTOTYPES_FILE, len(summary.sizes)), summary.sizes)
    n_shapes = summary.n_curves - summary.n_zero_curves
    params = [f"{name} {value}" for name, value in (summary.metric_params or {}).items()]
    inertia = "" if summary.inertia is None else f", inertia {summary.inertia:,.4g}"
    return Page(
        "clusters.html.jinja",
        f"{len(found)} clusters by {summary.method}",
        [
            ("curves", f"{summary.n_curves:,} of {summary.n_times} days, {summary.n_zero_curves:,} without a view"),
            ("cleaning", "; ".join(summary.cleaning)),
            ("method", f"{summary.method}, seed {summary.seed}{inertia}"),
            ("metric", ", ".join([summary.metric or "the method's own", *params])),
            ("silhouette", f"under {summary.silhouette_metric}, of {summary.silhouette_curves:,} shapes"),
            ("versions", f"tsshape {summary.tsshape}"),
        ],
        conclude_clusters(found, summary.silhouette, n_shapes),
        {"lives": found},
    )


def _prototypes(path: Path, n_clusters: int) -> FloatArray:
    """Read the prototypes, array of shape (n_clusters, n_times)."""
    table = read_numbers(path, "cluster", words=("name",)).drop(columns="name", errors="ignore").sort_index()
    if len(table) != n_clusters:
        raise DataError(f"{path} has {len(table)} prototypes, but {SUMMARY_FILE} has {n_clusters} clusters")
    return check_curves(table, name=str(path), signed=True)
