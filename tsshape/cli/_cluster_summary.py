"""What `tsshape cluster` says of a clustering: its summary as JSON values and, in a few lines, as text."""

from typing import TYPE_CHECKING, Any, NamedTuple

from tsshape.cli._lives import NOISE, add_noise, title_lives
from tsshape.cli._say import say, say_json

if TYPE_CHECKING:
    from tsshape._typing import FloatArray
    from tsshape.cli._cluster_folder import Found
    from tsshape.cli._posts import Shapes
    from tsshape.cli._shape_blocks import Source
    from tsshape.cli._table_form import Form
    from tsshape.metrics import Metric

# A silhouette needs the distances of all pairs: most curves that it is computed on, under a metric that is computed
# many pairs at a time and under any other.
SILHOUETTE_CURVES, SILHOUETTE_CURVES_SLOW = 25_000, 2_000


class Asked(NamedTuple):
    """What is to be clustered, by which method, and under which metric."""

    source: "Source"
    method: str
    metric: "Metric"
    params: dict[str, Any]
    seed: int
    n_jobs: int


def summarise(
    asked: Asked, estimator: Any, read: "Shapes", found: "Found", silhouette: dict[str, Any]
) -> dict[str, Any]:
    """Return what was clustered and how, as JSON values."""
    import tsshape
    from tsshape.cli._posts import describe_classes
    from tsshape.cluster import class_agreement

    counts, takes_metric = found.counts, "metric" in estimator.get_params()
    inertia = getattr(estimator, "inertia_", None)
    summary = {
        "method": asked.method,
        "seed": asked.seed,
        "metric": asked.metric.name if takes_metric else None,
        "metric_params": asked.params if takes_metric else None,
        "clustered": read.noun,
        "n_curves": counts.n_curves,
        "n_zero_curves": counts.n_curves - counts.n_shapes,
        "channels": None if read.channels is None else read.channels.weights,
        "n_times": read.shapes.shape[1],
        "cleaning": read.cleaning,
        "n_clusters": len(found.prototypes),
        "sizes": counts.sizes.tolist(),
        "n_noise": counts.n_noise,
        "majority_share": float(counts.sizes.max() / counts.n_shapes),
        "examples": [[read.shapes.index[row] for row in each.examples] for each in found.members],
        "inertia": None if inertia is None else float(inertia),
        "bandwidth": getattr(estimator, "bandwidth_", None),
        "tsshape": tsshape.__version__,
        **silhouette,
        "classes": describe_classes(read.classes),
    }
    if read.classes is not None:
        summary["classes"] |= class_agreement(read.classes, found.labels)._asdict()
    summary["lives"] = [
        {name: None if value != value else value for name, value in life.items()}  # noqa: PLR0124 - NaN
        for life in add_noise(found.lives, counts).reset_index().to_dict("records")
    ]
    return summary


def mean_silhouette(asked: Asked, shapes: "FloatArray", labels: Any) -> dict[str, Any]:
    """Compute the mean silhouette under the metric without noise, None where there is none; say on how many curves.

    Of many curves those are taken that are evenly spaced.
    """
    import numpy as np

    from tsshape.cluster import silhouette

    metric, most = asked.metric, most_curves(asked.metric)
    clustered = np.flatnonzero(labels != NOISE)
    rows = clustered[np.linspace(0, len(clustered) - 1, min(most, len(clustered))).astype(np.int64)]
    found: dict[str, Any] = {"silhouette": None, "silhouette_metric": metric.name, "silhouette_curves": len(rows)}
    if metric.zero_self and 1 < len(np.unique(labels[rows])) < len(rows):
        try:
            found["silhouette"] = float(
                silhouette(shapes[rows], labels[rows], metric, n_jobs=asked.n_jobs, **asked.params)
            )
        except ValueError as error:
            # A silhouette may refuse the distances of a plug-in; the clusters are still worth writing.
            found["silhouette_refused"] = str(error)
    return found


def most_curves(metric: "Metric") -> int:
    """Return how many curves a silhouette is computed on at most."""
    return SILHOUETTE_CURVES if metric.routes[0] in {"kernel", "cost", "embed"} else SILHOUETTE_CURVES_SLOW


def title_clusters(asked: Asked, estimator: Any, weights: dict[str, float] | None = None) -> str:
    """Return a title: the data, the method, the metric with its parameters, channels and the number of clusters."""
    from tsshape.cli._channels import spell_channels
    from tsshape.cli._posts import name_of

    words = [f"{len(estimator.cluster_centers_)} clusters"]
    if weights is not None:
        words = [spell_channels(weights), *words]
    if "metric" in estimator.get_params():
        words = [asked.metric.name, *(f"{name} {value}" for name, value in asked.params.items()), *words]
    return f"{name_of(asked.source.path)}: {asked.method}, {', '.join(words)}"


def print_clusters(summary: dict[str, Any], read: "Shapes", found: "Found", form: "Form", written: str) -> None:
    """Print the clusters, and as text what else there is to say; or all of it as JSON."""
    from tsshape.cli._tables import describe_columns, print_tables

    shown = add_noise(found.lives, found.counts)
    if form == "json":
        columns = {"lives": describe_columns(title_lives(shown))}
        say_json({**summary, "columns": columns})
        return
    weights = None if read.channels is None else read.channels.weights
    print_tables({"lives": title_lives(shown, next(iter(weights)) if weights else None)}, form)
    if form == "text":
        _print_text(summary, read, written)


def _print_text(summary: dict[str, Any], read: "Shapes", written: str) -> None:
    """Print the summary in a few lines."""
    from tsshape._columns import format_percent

    silhouette = "-" if summary["silhouette"] is None else f"{summary['silhouette']:.3f}"
    if summary.get("silhouette_error"):
        silhouette += f" ± {summary['silhouette_error']:.2g}"
    majority = format_percent(summary["majority_share"])
    n_measured = summary["silhouette_curves"]
    lines = {
        **_spell_input(summary, read),
        "clusters": f"{summary['n_clusters']}, the largest with {majority} of the {read.noun}",
        **_spell_noise(summary, read),
        "silhouette": f"{silhouette} under {summary['silhouette_metric']}, of {n_measured:,} {read.noun}",
        **({"samples": "\n".join(summary["samples"])} if summary.get("samples") else {}),
        **_spell_classes(summary["classes"], read.noun),
        "written": written,
    }
    for name, text in lines.items():
        # Only the lines of channels and samples have ends; their names have none.
        for number, line in enumerate(text.split("\n") if name in {"cleaning", "samples"} else [text]):
            say(f"{'' if number else name:<11} {line}")


def _spell_noise(summary: dict[str, Any], read: "Shapes") -> dict[str, str]:
    """Return the line about noise, none where there is none."""
    from tsshape._columns import format_percent

    n_noise = summary["n_noise"]
    if not n_noise:
        return {}
    share = format_percent(n_noise / (summary["n_curves"] - summary["n_zero_curves"]))
    return {"noise": f"{n_noise:,} {read.noun} ({share}) in no cluster, labelled {NOISE}"}


def _spell_input(summary: dict[str, Any], read: "Shapes") -> dict[str, str]:
    """Return the lines about what was clustered."""
    from tsshape.cli._channels import spell_channels

    if read.noun == "series":
        return {"series": read.summary}
    if read.channels is not None:
        return {
            "channels": spell_channels(read.channels.weights),
            "cleaning": read.summary,
            "posts": read.cleaning[-1],
        }
    n_zero = summary["n_zero_curves"]
    curves = f"{summary['n_curves']:,}, of which {n_zero:,} without a view have no shape"
    return {"cleaning": read.summary, "curves": curves}


def _spell_classes(classes: dict[str, Any] | None, noun: str) -> dict[str, str]:
    """Return the line about known classes, none where there are none."""
    from tsshape._columns import format_percent

    if classes is None:
        return {}
    scores = f"ARI {classes['ari']:.3f}, NMI {classes['nmi']:.3f}, accuracy {format_percent(classes['accuracy'])}"
    return {"classes": f"{classes['n_classes']:,} known, of {classes['n_curves']:,} {noun}: {scores} if matched"}
