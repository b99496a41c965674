"""`tsshape cluster --scheduler`: curves in blocks, of which no process needs to hold all."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tsshape._errors import DataError
from tsshape.cli._cluster_folder import Found, describe_found
from tsshape.cli._cluster_summary import Asked, most_curves, summarise
from tsshape.cli._lives import Counts
from tsshape.cli._options import user_errors
from tsshape.cli._posts import Shapes
from tsshape.cli._scheduler import task_progress
from tsshape.cli._shape_blocks import Workplace, cut_table, prepare_parts

if TYPE_CHECKING:
    from tsshape.adapters.dask import DaskBlocks
    from tsshape.data import Parts

# Methods that pass over blocks, or take a sample of the curves.
METHODS = ("kmeans", "kmedoids", "meanshift")
LABELS = "labels"
# Curves that bands, examples and the picture are made of, in all clusters together; and the least of each.
MEMBERS, LEAST_MEMBERS = 50_000, 100


class Clustered(NamedTuple):
    """A sample of what was clustered, what was found, and the summary."""

    read: Shapes
    found: Found
    summary: dict[str, Any]


def check_method(method: str) -> None:
    """Refuse a method that needs all curves at once."""
    if method not in METHODS:
        raise DataError(
            f"--scheduler: the method {method!r} needs all curves at once; take one of {', '.join(METHODS)}, or "
            "cluster a sample of the curves without --scheduler"
        )


def fit_table(estimator: Any, read: Shapes, at: Workplace) -> None:
    """Fit a clusterer, on a scheduler, to curves that are in memory here; its labels are brought here."""
    import numpy as np

    blocks = cut_table(np.asarray(read.fitted), at)
    with user_errors(), task_progress(f"cluster {len(read.shapes):,} {read.noun}"):
        estimator.fit(blocks)
        estimator.labels_ = np.concatenate(blocks.map(_labels, along=[blocks.split(estimator.labels_, "labels")]))


def cluster_parts(asked: Asked, estimator: Any, parts: "Parts", at: Workplace, out: Path) -> Clustered:
    """Cluster the shapes of parts; the workers write the labels, as parts, to the new folder `out`."""
    import numpy as np

    from tsshape.adapters.dask import DaskBlocks
    from tsshape.adapters.dask._label_parts import sample_clusters, write_labels
    from tsshape.cluster import name_lives

    prepared = prepare_parts(asked.source, parts, at)
    blocks = DaskBlocks(prepared.shapes, at.client)
    with user_errors(), task_progress(f"cluster {blocks.shape[0]:,} shapes"):
        estimator.fit(blocks)
    centers = estimator.cluster_centers_
    with task_progress("write labels"):
        written = write_labels(blocks, estimator.labels_, prepared, name_lives(centers), out, client=at.client)
    size = max(LEAST_MEMBERS, MEMBERS // len(centers))
    with task_progress("sample clusters"):
        sample, labels = sample_clusters(blocks, written, size, np.random.RandomState(asked.seed))
    sample.columns = prepared.days
    report = prepared.report
    read = Shapes(sample, sample, None, str(report).splitlines(), report.summary, parts.folder)
    found = describe_found(read, labels, centers, Counts(prepared.n_curves, blocks.shape[0], written.sizes, 0))
    with task_progress("silhouette"):
        silhouette = _silhouette(asked, blocks, written.labels, found.counts)
    samples = {"prototype_curves": estimator.sample_size_, "member_curves": len(sample)}
    summary = summarise(asked, estimator, read, found, {**silhouette, **samples})
    return Clustered(read, found, {**summary, "samples": _spell_samples(asked, summary, found.counts)})


def _silhouette(asked: Asked, blocks: "DaskBlocks", labels: Any, counts: Counts) -> dict[str, Any]:
    """Estimate the mean silhouette and its standard error from a sample; None where there is none."""
    import numpy as np

    from tsshape.cluster import separations

    most = most_curves(asked.metric)
    found: dict[str, Any] = {
        "silhouette": None, "silhouette_metric": asked.metric.name,
        "silhouette_curves": min(most, counts.n_shapes), "silhouette_error": None,
    }  # fmt: skip
    if asked.metric.zero_self and 1 < np.count_nonzero(counts.sizes) < counts.n_shapes:
        try:
            of_sample = separations(
                blocks, labels, asked.metric,
                sample_size=most, random_state=asked.seed, n_jobs=asked.n_jobs, **asked.params,
            )  # fmt: skip
        except ValueError as error:
            # A silhouette may refuse the distances of a plug-in; the clusters are still worth writing.
            return {**found, "silhouette_refused": str(error)}
        found["silhouette"], found["silhouette_curves"] = float(of_sample.silhouettes[0]), of_sample.n_curves
        spread = float(of_sample.errors[0])
        found["silhouette_error"] = spread if np.isfinite(spread) else None
    return found


def _spell_samples(asked: Asked, summary: dict[str, Any], counts: Counts) -> list[str]:
    """Say what comes from a sample of the shapes, a line for each."""
    from tsshape.cluster import BY_SUMS

    passes = asked.method == "kmeans" and asked.metric.average in BY_SUMS
    names = {
        "prototype_curves": "the first prototypes of k-means" if passes else "prototypes",
        "member_curves": "bands, examples and picture",
        "silhouette_curves": "silhouette",
    }
    return [
        f"{what}: from {summary[name]:,} of the {counts.n_shapes:,} shapes"
        for name, what in names.items()
        if 0 < summary[name] < counts.n_shapes
    ]


def _labels(X: Any, labels: Any) -> Any:
    """Return the labels of a block."""
    del X
    return labels
