"""`tsshape cluster`."""

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tsshape._errors import DataError
from tsshape.cli import _options as options
from tsshape.cli import _table_form as table_form
from tsshape.cli._lives import NOISE, add_noise, tabulate_lives, title_lives
from tsshape.cli._progress import working
from tsshape.cli._say import say

if TYPE_CHECKING:
    from tsshape._typing import FloatArray
    from tsshape.cli._posts import Shapes
    from tsshape.cluster._members import Members
    from tsshape.metrics import Metric

# A silhouette needs the distances of all pairs: most curves that it is computed on, evenly spaced, under a metric that
# is computed many pairs at a time and under any other.
SILHOUETTE_CURVES, SILHOUETTE_CURVES_SLOW = 25_000, 2_000
# The options that set parameters of a clusterer.
OPTIONS = {
    "n_clusters": "--k",
    "metric": "--metric",
    "metric_params": "--param",
    "bandwidth": "--bandwidth",
    "bin_seeding": "--bin-seeding",
    "n_init": "--n-init",
    "eps": "--eps",
    "min_samples": "--min-samples",
    "min_cluster_size": "--min-cluster-size",
}


def cluster(
    curves: options.ShapesPath,
    *,
    out: options.OutFolder,
    method: Annotated[
        str,
        typer.Option(help="kmeans, kmedoids, meanshift, agglomerative, kshape, dbscan, hdbscan, or a plug-in's."),
    ] = "kmeans",
    metric: options.MetricName = "euclidean",
    k: Annotated[
        int | None,
        typer.Option(min=1, help=f"Number of clusters, where the method takes one; by default {options.DEFAULT_K}."),
    ] = None,
    bandwidth: Annotated[float | None, typer.Option(help="Radius of mean shift; by default an estimate.")] = None,
    bin_seeding: Annotated[
        bool, typer.Option("--bin-seeding", help="Start mean shift from some curves near all: faster for many curves.")
    ] = False,
    n_init: Annotated[int | None, typer.Option(min=1, help="Number of starts, of which the best is kept.")] = None,
    eps: Annotated[float | None, typer.Option(help="Greatest distance between neighbours in DBSCAN.")] = None,
    min_samples: Annotated[
        int | None, typer.Option(help="Neighbours that make a curve dense, in DBSCAN and HDBSCAN; by default 5.")
    ] = None,
    min_cluster_size: Annotated[
        int | None, typer.Option(help="Least number of curves in a cluster of HDBSCAN; by default 5.")
    ] = None,
    param: options.MetricParams = None,
    channels: Annotated[
        str | None,
        typer.Option(
            help="Counts of a dataset folder to cluster together, such as views,likes=0.5: each is divided by its own "
            "maximum, then multiplied by its weight, by default 1."
        ),
    ] = None,
    z_normalize: options.ZNormalize = False,
    plugin: options.Plugin = None,
    id_column: options.IdColumn = None,
    missing: options.MissingCells = "interpolate",
    decreasing: options.Decreases = "keep",
    incomplete: options.IncompleteCurves = "drop",
    jobs: options.Jobs = None,
    seed: options.Seed = 0,
    spreadsheet_safe: options.SpreadsheetSafe = False,
    latex: table_form.Latex = False,
    csv: table_form.Csv = False,
    as_json: table_form.Json = False,
) -> None:
    """Cluster the shapes of curves; write labels, prototypes, a picture and a summary.

    Series of a .ts or .tsv file are clustered as they stand. Known classes are compared with the clusters. Curves that
    dbscan and hdbscan leave out of all clusters are noise, with the label -1.
    """
    import numpy as np

    from tsshape.cli._channels import check_takes_channels, parse_channels
    from tsshape.cli._cluster_folder import Found, write_folder
    from tsshape.cli._posts import Cleaning, describe_classes, name_of, read_shapes
    from tsshape.cli._tables import describe_columns, print_tables
    from tsshape.cluster import class_agreement, describe_members, make_clusterer

    form = table_form.choose_form(latex=latex, csv=csv, as_json=as_json)
    options.check_new_folder(out)
    weights = parse_channels(channels)
    chosen, params = options.choose_metric(metric, param, plugin)
    explicit: dict[str, Any] = {
        "n_clusters": k,
        "bandwidth": bandwidth,
        "bin_seeding": bin_seeding or None,
        "n_init": n_init,
        "eps": eps,
        "min_samples": min_samples,
        "min_cluster_size": min_cluster_size,
        "metric_params": params or None,
    }
    if metric != "euclidean" or params:
        explicit["metric"] = chosen
    n_jobs = jobs or -1
    with options.user_errors():
        estimator = make_clusterer(
            method,
            {name: value for name, value in explicit.items() if value is not None},
            {"n_clusters": options.DEFAULT_K, "random_state": seed, "n_jobs": n_jobs},
            options=OPTIONS,
        )
    cleaning = Cleaning(missing, decreasing, incomplete)
    check_takes_channels(estimator, method, chosen, weights)
    read = read_shapes(curves, id_column, cleaning, z_normalize=z_normalize, weights=weights)
    with options.user_errors(), working(f"cluster {len(read.shapes):,} {read.noun}"), warnings.catch_warnings():
        # An error says so below.
        warnings.filterwarnings("ignore", "all .* curves are noise")
        estimator.fit(read.fitted)
    _check_clusters(estimator, read)
    members = describe_members(np.asarray(read.fitted), estimator.labels_, estimator.cluster_centers_)
    summary = {
        "method": method,
        "seed": seed,
        **_summarise(estimator, read, members, chosen, params),
        **_silhouette(np.asarray(read.fitted), estimator.labels_, chosen, params, n_jobs=n_jobs),
        "classes": describe_classes(read.classes),
    }
    if read.classes is not None:
        summary["classes"] |= class_agreement(read.classes, estimator.labels_)._asdict()
    prototypes = read.prototypes_of(estimator.cluster_centers_)
    lives = tabulate_lives(estimator.labels_, prototypes, named=read.noun == "shapes")
    shown = add_noise(lives, estimator.labels_)
    summary["lives"] = [
        {name: None if value != value else value for name, value in life.items()}  # noqa: PLR0124 - NaN
        for life in shown.reset_index().to_dict("records")
    ]
    title = f"{name_of(curves)}: {method}, {_spell_metric(estimator, chosen, params, weights)}"
    found = Found(estimator.labels_, prototypes, members, lives)
    write_folder(out, read, found, summary, title=title, spreadsheet_safe=spreadsheet_safe)
    if form == "json":
        columns = {"lives": describe_columns(title_lives(shown))}
        say(json.dumps({**summary, "columns": columns}, indent=2, ensure_ascii=False))
        return
    print_tables({"lives": title_lives(shown, next(iter(weights)) if weights else None)}, form)
    if form == "text":
        _print(summary, read, out)


def _check_clusters(estimator: Any, read: "Shapes") -> None:
    """Refuse to go on without a cluster."""
    if not len(estimator.cluster_centers_):
        names = [OPTIONS[name] for name in ("eps", "min_samples", "min_cluster_size") if hasattr(estimator, name)]
        raise DataError(
            f"all {len(read.shapes):,} {read.noun} of {read.path} are noise, so that there is no cluster: give another "
            f"{' or '.join(names)}"
        )


def _summarise(
    estimator: Any, read: "Shapes", members: "list[Members]", metric: "Metric", params: dict[str, Any]
) -> dict[str, Any]:
    """Return what was clustered and how, as JSON values."""
    import numpy as np

    import tsshape

    n_clusters = len(estimator.cluster_centers_)
    labels = estimator.labels_
    sizes = np.bincount(labels[labels != NOISE], minlength=n_clusters)
    takes_metric = "metric" in estimator.get_params()
    inertia = getattr(estimator, "inertia_", None)
    return {
        "metric": metric.name if takes_metric else None,
        "metric_params": params if takes_metric else None,
        "clustered": read.noun,
        "n_curves": len(read.curves),
        "n_zero_curves": len(read.curves) - len(read.shapes),
        "channels": None if read.channels is None else read.channels.weights,
        "n_times": read.shapes.shape[1],
        "cleaning": read.cleaning,
        "n_clusters": n_clusters,
        "sizes": sizes.tolist(),
        "n_noise": int((labels == NOISE).sum()),
        "majority_share": float(sizes.max() / len(labels)),
        "examples": [[read.shapes.index[row] for row in each.examples] for each in members],
        "inertia": None if inertia is None else float(inertia),
        "bandwidth": getattr(estimator, "bandwidth_", None),
        "tsshape": tsshape.__version__,
    }


def _silhouette(
    shapes: "FloatArray", labels: Any, metric: "Metric", params: dict[str, Any], *, n_jobs: int | None
) -> dict[str, Any]:
    """Compute the mean silhouette under the metric without noise, None where there is none; say on how many curves."""
    import numpy as np

    from tsshape.cluster import silhouette

    most = SILHOUETTE_CURVES if metric.routes[0] in {"kernel", "cost", "embed"} else SILHOUETTE_CURVES_SLOW
    clustered = np.flatnonzero(labels != NOISE)
    rows = clustered[np.linspace(0, len(clustered) - 1, min(most, len(clustered))).astype(np.int64)]
    found: dict[str, Any] = {"silhouette": None, "silhouette_metric": metric.name, "silhouette_curves": len(rows)}
    if metric.zero_self and 1 < len(np.unique(labels[rows])) < len(rows):
        try:
            found["silhouette"] = float(silhouette(shapes[rows], labels[rows], metric, n_jobs=n_jobs, **params))
        except ValueError as error:
            # A silhouette may refuse the distances of a plug-in; the clusters are still worth writing.
            found["silhouette_refused"] = str(error)
    return found


def _spell_metric(estimator: Any, metric: "Metric", params: dict[str, Any], weights: dict[str, float] | None) -> str:
    """Return the metric with its parameters, where the method takes one, the channels and the number of clusters."""
    from tsshape.cli._channels import spell_channels

    words = [f"{len(estimator.cluster_centers_)} clusters"]
    if weights is not None:
        words = [spell_channels(weights), *words]
    if "metric" in estimator.get_params():
        words = [metric.name, *(f"{name} {value}" for name, value in params.items()), *words]
    return ", ".join(words)


def _print(summary: dict[str, Any], read: "Shapes", out: Path) -> None:
    """Print the summary in a few lines."""
    from tsshape._columns import format_percent

    silhouette = "-" if summary["silhouette"] is None else f"{summary['silhouette']:.3f}"
    majority = format_percent(summary["majority_share"])
    n_measured = summary["silhouette_curves"]
    files = "" if summary["classes"] is None else "classes.csv, "
    lines = {
        **_spell_input(summary, read),
        "clusters": f"{summary['n_clusters']}, the largest with {majority} of the {read.noun}",
        **_spell_noise(summary["n_noise"], read),
        "silhouette": f"{silhouette} under {summary['silhouette_metric']}, of {n_measured:,} {read.noun}",
        **_spell_classes(summary["classes"], read.noun),
        "written": f"{out}: labels.csv, prototypes.csv, bands.csv, {files}clusters.png, clusters.svg, summary.json",
    }
    for name, text in lines.items():
        say(f"{name:<11} {text}".replace("\n", "\n" + 12 * " "))


def _spell_noise(n_noise: int, read: "Shapes") -> dict[str, str]:
    """Return the line about noise, none where there is none."""
    from tsshape._columns import format_percent

    if not n_noise:
        return {}
    share = format_percent(n_noise / len(read.shapes))
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
