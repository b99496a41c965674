"""`tsshape select-k`."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tsshape._errors import DataError, list_names
from tsshape.cli import _options as options
from tsshape.cli import _table_form as table_form
from tsshape.cli._progress import progress
from tsshape.cli._say import MOST_NAMES, say, warn
from tsshape.cli._scheduler import BlockRows, Scheduler

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from tsshape.cli._posts import Shapes
    from tsshape.cli._shape_blocks import Source
    from tsshape.cluster import ClusterSelection, ShapeKMeans
    from tsshape.data import Parts
    from tsshape.metrics import Metric

# Each number takes several clusterings.
MOST_NUMBERS = 10_000
# Of more curves the criteria that take all distances are computed from so many.
SAMPLE_SIZE = 20_000
# Of more curves in parts so many are measured.
SAMPLE_OF_PARTS = 100_000
# The figures of the paper's Section 4, and one of all criteria.
FIGURES = {"elbow": ("inertia",), "silhouette": ("silhouette",), "criteria": None}


def select_k(
    curves: options.ShapesPath,
    *,
    out: options.OutFolder,
    metric: options.MetricName = "euclidean",
    k: Annotated[str, typer.Option(help="Numbers of clusters: 1:80, 2:80:2 or 5,10,20.")] = "1:80",
    param: options.MetricParams = None,
    criteria: Annotated[
        str, typer.Option(help="Names with commas between them, or `all` that the metric has a use for.")
    ] = "all",
    features: Annotated[
        Path | None,
        typer.Option(help="A table of features, by default the folder's: adds the error of the whole forecast."),
    ] = None,
    predict_at: Annotated[
        str | None, typer.Option(help="The numbers of clusters to forecast with; by default six of them.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Starts for each number of clusters.")] = 3,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact",
            help="Silhouettes and Dunn indices of all curves, not of a sample of 20,000, which takes quadratic time.",
        ),
    ] = False,
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
    latex: table_form.Latex = False,
    csv: table_form.Csv = False,
    as_json: table_form.Json = False,
) -> None:
    """Measure each number of clusters in several ways; write the table and figures, and say which to take, if any.

    Numbers of clusters beyond the distinct curves are left out, which is said. Known classes are compared with the
    clusters and have no vote. Series of a .ts or .tsv file are taken as they stand. Of curves in a folder of Parquet
    parts, which takes --scheduler, a sample of 100,000 is measured, without features and classes.
    """
    import numpy as np

    import tsshape
    from tsshape._files import atomic_folder
    from tsshape.cli._posts import Cleaning, describe_classes, name_of
    from tsshape.cli._shape_blocks import Source, Where, find_curve_parts
    from tsshape.cli._tables import Titled, print_tables
    from tsshape.cluster import SelectionSample, ShapeKMeans, select_n_clusters, selection_columns

    form = table_form.choose_form(latex=latex, csv=csv, as_json=as_json)
    options.check_new_folder(out)
    chosen, params = options.choose_metric(metric, param, plugin)
    numbers = parse_numbers(k, "--k")
    named = _choose_criteria(criteria, chosen)
    source = Source(curves, id_column, Cleaning(missing, decreasing, incomplete), Where(scheduler, jobs, block_rows))
    parts = find_curve_parts(source, features=features, predict_at=predict_at, exact=exact, z_normalize=z_normalize)
    wanted = parts is None and (criteria == "all" or predict_at is not None)
    known = _features_path(curves, features, wanted=wanted)
    if predict_at is not None and known is None:
        raise DataError("--predict-at says where to forecast, which takes --features or a dataset folder that has them")
    asked_at = None if predict_at is None else parse_numbers(predict_at, "--predict-at")
    if asked_at and not {*asked_at} <= {*numbers}:
        raise DataError(f"--predict-at {predict_at} names numbers of clusters that --k {k} does not have")
    rng = np.random.RandomState(seed)
    read, n_shapes = _read(source, parts, out, rng, z_normalize=z_normalize)
    numbers = _clip(numbers, k, read)
    if known is not None and read.noun == "series":
        raise DataError(f"--features: {curves} has series, not posts: there is nothing to forecast")
    if known is not None:
        at = asked_at or _spread(numbers)
        clusterer = ShapeKMeans(metric=chosen, metric_params=params or None, random_state=seed)
        asked = features is not None or predict_at is not None
        named += _predictability(known, read, clusterer, at, id_column=id_column, seed=seed, asked=asked)
    with options.user_errors(), progress(f"select-k {metric}", "clusterings") as show:
        selection = select_n_clusters(
            read.shapes,
            numbers,
            metric=chosen,
            metric_params=params,
            criteria=named,
            classes=read.classes,
            n_seeds=seeds,
            sample_size=None if exact else SAMPLE_SIZE,
            n_jobs=jobs or -1,
            random_state=rng,
            on_fit=show,
        )
    if len(read.shapes) < n_shapes:
        sample = selection.sample or SelectionSample((), len(read.shapes), n_shapes, None)
        selection = replace(selection, sample=sample._replace(n_all=n_shapes, n_clustered=len(read.shapes)))
    summary = {
        "metric": metric,
        "metric_params": params,
        "seed": seed,
        "clustered": read.noun,
        "n_shapes": n_shapes,
        "cleaning": read.cleaning,
        "votes": dict(selection.votes),
        "recommended": selection.recommended.n_clusters,
        "reason": selection.recommended.reason,
        "sample": selection.sample and selection.sample._asdict(),
        "classes": describe_classes(read.classes),
        "tsshape": tsshape.__version__,
    }
    title = " ".join(
        [f"{name_of(curves)}: k-means under {metric}", *(f"{name} {value}" for name, value in params.items())]
    )
    with atomic_folder(out) as folder:
        _write(folder, selection, summary, title=title)
    if form == "text":
        say(f"{'series' if read.noun == 'series' else 'cleaning'}: {read.summary}")
    table = Titled("Means over the seeds", selection.table, selection_columns(selection.table))
    print_tables({"table": table}, form, summary)
    if form == "text":
        _print(selection, summary["classes"], read.noun, out)


def parse_numbers(text: str, option: str) -> list[int]:
    """Parse `1:80` (both ends included), `2:80:2` or `5,10,20` into ascending numbers of at least 1."""
    found = re.fullmatch(r"(\d{1,9}):(\d{1,9})(?::(\d{1,9}))?", text.strip())
    numbers: Sequence[int] = []
    if found:
        numbers = range(int(found[1]), int(found[2]) + 1, max(1, int(found[3] or 1)))
    elif re.fullmatch(r"\d{1,9}(,\d{1,9})*", text.strip()):
        numbers = [int(each) for each in text.split(",")]
    if len(numbers) > MOST_NUMBERS:
        raise DataError(f"{option} {text} names {len(numbers):,} numbers of clusters, more than {MOST_NUMBERS:,}")
    if not numbers or min(numbers) < 1:
        raise DataError(f"{option} takes 1:80, 2:80:2 or 5,10,20, from 1 on; got {text!r}")
    return sorted({*numbers})


def _choose_criteria(text: str, metric: "Metric") -> list[Any]:
    """Return the criteria that are named, or all that have a meaning under a metric; refuse one that has none."""
    from tsshape.cluster import applicable_criteria

    there_are = applicable_criteria(metric)
    named = [*there_are] if text == "all" else text.split(",")
    for name in named:
        if name not in there_are:
            has = ", ".join(there_are)
            raise DataError(f"--criteria: {name!r} is no criterion under the metric {metric.name!r}; there are {has}")
    return named


def _read(
    source: "Source", parts: "Parts | None", out: Path, rng: "np.random.RandomState", *, z_normalize: bool
) -> "tuple[Shapes, int]":
    """Read what is to be measured, of parts a sample; return it with the number of all shapes."""
    from tsshape.cli._posts import read_shapes
    from tsshape.cli._shape_blocks import open_workplace, sample_parts

    if parts is not None:
        with open_workplace(out, source.where) as at:
            return sample_parts(source, parts, at, SAMPLE_OF_PARTS, rng)
    if source.where.scheduler is not None:
        raise DataError(f"--scheduler is for a folder of Parquet parts; leave it out for {source.path}")
    read = read_shapes(source.path, source.id_column, source.cleaning, z_normalize=z_normalize)
    return read, len(read.shapes)


def _clip(numbers: list[int], text: str, read: "Shapes") -> list[int]:
    """Return the numbers that the distinct curves allow, and say which are left out; refuse to leave out all."""
    from tsshape.cluster import count_distinct

    most = count_distinct(read.shapes.to_numpy(), numbers[-1])
    kept, dropped = [k for k in numbers if k <= most], [k for k in numbers if k > most]
    if not kept:
        raise DataError(f"--k must be between 1 and the {most} distinct curves of {read.path}; got {text}")
    if dropped:
        left_out = f"{dropped[0]} to {dropped[-1]}" if ":" in text else list_names(dropped, MOST_NAMES)
        warn(f"--k {text}: {read.path} has {most} distinct curves; left out: {left_out}")
    return kept


def _spread(numbers: list[int], most: int = 6) -> list[int]:
    """Choose a few of the numbers, evenly spaced on a log scale, since forecasting with each takes long."""
    import numpy as np

    positions = np.searchsorted(numbers, np.geomspace(max(2, numbers[0]), numbers[-1], most).round(), side="left")
    return sorted({numbers[min(position, len(numbers) - 1)] for position in positions})


def _features_path(curves: Path, features: Path | None, *, wanted: bool) -> Path | None:
    """Return the table of features: the one that is named, or that of the dataset folder if it is wanted and there."""
    from tsshape.data import find_table

    if features is not None:
        return find_table(features, "features")
    return find_table(curves, "features") if wanted and any(curves.glob("features.*")) else None


def _predictability(
    known: Path,
    read: "Shapes",
    clusterer: "ShapeKMeans",
    at: list[int],
    *,
    id_column: str | None,
    seed: int,
    asked: bool,
) -> list[Any]:
    """Return the criterion that is the error of the whole forecast; none where there is no feature, unless asked."""
    from tsshape.cli._posts import read_features_of
    from tsshape.forecast import Predictability

    ids = read.shapes.index
    posts, _ = read_features_of(known, ids, id_column, curves_path=read.path)
    if not len(posts.features.columns):
        if asked:
            raise DataError(f"{known} has no feature to forecast from")
        return []
    return [Predictability(posts.features, read.curves.loc[ids], clusterer, k_values=at, random_state=seed)]


def _write(out: Path, selection: "ClusterSelection", summary: dict[str, Any], *, title: str) -> None:
    """Write the table, the figures for the criteria that there are, and the summary."""
    from tsshape._files import atomic_path, write_json
    from tsshape.data import write_table
    from tsshape.plots import draw_selection

    write_table(selection.table, out / "selection.csv")
    for name, criteria in FIGURES.items():
        if criteria is None or criteria[0] in selection.table:
            figure = draw_selection(
                selection.table,
                criteria=criteria,
                votes=selection.votes,
                recommended=selection.recommended.n_clusters,
                title=title,
            )
            for ending in ("png", "svg"):
                with atomic_path(out / f"{name}.{ending}") as temporary:
                    figure.savefig(temporary)
    write_json(out / "summary.json", summary)


def _print(selection: "ClusterSelection", classes: dict[str, int] | None, noun: str, out: Path) -> None:
    """Print the votes and the recommendation."""
    for criterion, vote in selection.votes.items():
        say(f"{criterion:<18} {'-' if vote is None else vote}")
    if classes is not None:
        say(f"classes            {classes['n_classes']:,} known, of {classes['n_curves']:,} {noun}: they have no vote")
    number = selection.recommended.n_clusters
    if selection.sample is not None:
        remedy = " (--exact takes all)" if selection.sample.n_clustered is None else ""
        say()
        say(f"sample: {selection.sample.words}{remedy}")
    say()
    say(f"recommended: {'none' if number is None else number}: {selection.recommended.reason}")
    say(f"written: {out}")
