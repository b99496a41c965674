"""`tsshape cluster`."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tsshape._errors import DataError
from tsshape.cli import _options as options
from tsshape.cli import _table_form as table_form
from tsshape.cli._progress import working
from tsshape.cli._scheduler import BlockRows, Scheduler

if TYPE_CHECKING:
    from tsshape.cli._posts import Shapes
    from tsshape.cli._shape_blocks import Where

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
    scheduler: Scheduler = None,
    block_rows: BlockRows = None,
    seed: options.Seed = 0,
    spreadsheet_safe: options.SpreadsheetSafe = False,
    latex: table_form.Latex = False,
    csv: table_form.Csv = False,
    as_json: table_form.Json = False,
) -> None:
    """Cluster the shapes of curves; write labels, prototypes, a picture and a summary.

    Series of a .ts or .tsv file are clustered as they stand. Known classes are compared with the clusters. Curves that
    dbscan and hdbscan leave out of all clusters are noise, with the label -1. Of curves in a folder of Parquet
    parts, which takes --scheduler, labels are such parts, too; sizes of clusters are those of all curves, and what is
    computed from a sample is said. Classes are compared in tables only.
    """
    import numpy as np

    from tsshape._files import atomic_folder
    from tsshape.cli._channels import check_takes_channels, parse_channels
    from tsshape.cli._cluster_folder import CLASSES_FILE, FILES, describe_found, write_found, write_labels
    from tsshape.cli._cluster_parts import LABELS, check_method, cluster_parts
    from tsshape.cli._cluster_summary import Asked, mean_silhouette, print_clusters, summarise, title_clusters
    from tsshape.cli._posts import Cleaning, read_shapes
    from tsshape.cli._shape_blocks import Source, Where, find_curve_parts, open_workplace
    from tsshape.cluster import make_clusterer

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
    where = Where(scheduler, jobs, block_rows)
    source = Source(curves, id_column, Cleaning(missing, decreasing, incomplete), where)
    asked = Asked(source, method, chosen, params, seed, jobs or -1)
    with options.user_errors():
        estimator = make_clusterer(
            method,
            {name: value for name, value in explicit.items() if value is not None},
            {"n_clusters": options.DEFAULT_K, "random_state": seed, "n_jobs": asked.n_jobs},
            options=OPTIONS,
        )
    check_takes_channels(estimator, method, chosen, weights)
    if scheduler is not None:
        check_method(method)
    parts = find_curve_parts(source, channels=channels, z_normalize=z_normalize, spreadsheet_safe=spreadsheet_safe)
    if parts is not None:
        with atomic_folder(out) as folder:
            with open_workplace(out, where) as at:
                read, found, summary = cluster_parts(asked, estimator, parts, at, folder.absolute() / LABELS)
            write_found(folder, read, found, summary, title=title_clusters(asked, estimator), spreadsheet_safe=False)
        print_clusters(summary, read, found, form, f"{out}: {LABELS}/part-*.parquet, {', '.join(FILES)}")
        return
    read = read_shapes(curves, id_column, source.cleaning, z_normalize=z_normalize, weights=weights)
    _fit(estimator, read, out, where)
    found = describe_found(read, estimator.labels_, estimator.cluster_centers_)
    silhouette = mean_silhouette(asked, np.asarray(read.fitted), found.labels)
    summary = summarise(asked, estimator, read, found, silhouette)
    title = title_clusters(asked, estimator, weights)
    with atomic_folder(out) as folder:
        write_labels(folder / "labels.csv", read, found, spreadsheet_safe=spreadsheet_safe)
        write_found(folder, read, found, summary, title=title, spreadsheet_safe=spreadsheet_safe)
    files = ["labels.csv", *FILES, *([] if read.classes is None else [CLASSES_FILE])]
    print_clusters(summary, read, found, form, f"{out}: {', '.join(files)}")


def _fit(estimator: Any, read: "Shapes", out: Path, where: "Where") -> None:
    """Fit a clusterer here, or on a scheduler."""
    from tsshape.cli._cluster_parts import fit_table
    from tsshape.cli._shape_blocks import open_workplace

    if where.scheduler is not None:
        with open_workplace(out, where) as at:
            fit_table(estimator, read, at)
        return
    with options.user_errors(), working(f"cluster {len(read.shapes):,} {read.noun}"), warnings.catch_warnings():
        # An error says so below.
        warnings.filterwarnings("ignore", "all .* curves are noise")
        estimator.fit(read.fitted)
    _check_clusters(estimator, read)


def _check_clusters(estimator: Any, read: "Shapes") -> None:
    """Refuse to go on without a cluster."""
    if not len(estimator.cluster_centers_):
        names = [OPTIONS[name] for name in ("eps", "min_samples", "min_cluster_size") if hasattr(estimator, name)]
        raise DataError(
            f"all {len(read.shapes):,} {read.noun} of {read.path} are noise, so that there is no cluster: give another "
            f"{' or '.join(names)}"
        )
