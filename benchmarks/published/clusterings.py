"""Adjusted Rand index of three clusterings, with as many clusters as classes, beside published ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from report import Figure, table
from sets import UcrSet, read

from tsshape.cluster import ShapeKMeans, ShapeKMedoids, class_agreement

# Each run has one start, as those published had.
N_RUNS = 5
LIMITS = {"n_init": 1, "max_iter": 300}


def section(published: dict[str, Any]) -> Iterator[str]:
    """Yield the section's lines."""
    yield "## Clusterings: adjusted Rand index"
    yield ""
    yield f"Source: {published['source']}."
    yield "Curves are z-normalised, and there are as many clusters as classes. Ours are mean and standard deviation of"
    yield f"{N_RUNS} runs with one start each. A published figure in bold is equal to our mean; the others depend on"
    yield "random starts. For DBA, moreover, centers move by one step in an iteration here, to the average of their"
    yield "clusters there: on Coffee, starts that end at a low inertia reach the published figure, and most end higher."
    yield ""
    sets = {name: read(name).normalized() for name in published["sets"]}
    for title, (columns, measure) in CLUSTERINGS.items():
        print(title, flush=True)
        ours = {name: measure(data) for name, data in sets.items()}
        rows = [
            (name, *_published(columns, published["sets"][name], runs), _spread(runs)) for name, runs in ours.items()
        ]
        means = (np.mean([row[column] for row in published["sets"].values()]) for column in columns)
        rows.append(("mean", *map(_number, means), _number(np.mean([np.mean(runs) for runs in ours.values()]))))
        yield f"### {title}"
        yield ""
        yield from table(("set", *columns.values(), "ours"), rows)
        yield ""
    yield from _whole_archive(published)


def _published(columns: Iterable[str], row: Mapping[str, float], runs: list[float]) -> list[str]:
    """Return the published figures of a set, in bold where they equal the mean of our runs."""
    bold = ["**" if Figure(row[column], float(np.mean(runs)), 3).equal else "" for column in columns]
    return [f"{mark}{_number(row[column])}{mark}" for column, mark in zip(columns, bold, strict=True)]


def _whole_archive(published: dict[str, Any]) -> Iterator[str]:
    """Yield the means that were published over more sets than are here."""
    yield "Published means over the archive are of other sets than these, so that ours cannot be compared with them."
    yield "Those quoted from the paper are not the means of its result files, which are later."
    yield ""
    rows = [(title, *map(str, figures)) for title, figures in published["means"].items()]
    yield from table(("", "quoted from the paper", "of the result files", "sets in these"), rows)
    yield ""


def _joined(build: Callable[[int, int], Any]) -> Callable[[UcrSet], list[float]]:
    """Return a function that clusters both parts together, once for each seed."""

    def measure(data: UcrSet) -> list[float]:
        X, classes = data.joined()
        k = len(np.unique(classes))
        return [class_agreement(classes, build(k, seed).fit(X).labels_).ari for seed in range(N_RUNS)]

    return measure


def _divided(build: Callable[[int, int], Any]) -> Callable[[UcrSet], list[float]]:
    """Return a function that clusters the training part, and assigns the test part to the clusters."""

    def measure(data: UcrSet) -> list[float]:
        k = len(np.unique(data.train_classes))
        models = (build(k, seed).fit(data.train) for seed in range(N_RUNS))
        return [class_agreement(data.test_classes, model.predict(data.test)).ari for model in models]

    return measure


def _number(value: float) -> str:
    """Three digits."""
    return f"{value:.3f}"


def _spread(runs: list[float]) -> str:
    """Mean and standard deviation."""
    return f"{np.mean(runs):.3f} ± {np.std(runs, ddof=1):.3f}"


CLUSTERINGS: dict[str, tuple[dict[str, str], Callable[[UcrSet], list[float]]]] = {
    "K-means": (
        {"kmeans": "published, k-means++", "kmeans_random": "published, random starts"},
        _joined(lambda k, seed: ShapeKMeans(k, tol=1e-6, random_state=seed, **LIMITS)),
    ),
    "DBA k-means": (
        {"dba": "published"},
        _joined(lambda k, seed: ShapeKMeans(k, metric="dtw", tol=1e-6, random_state=seed, **LIMITS)),
    ),
    "PAM under MSM, c = 1, of the test part after a fit on the training part": (
        {"pam": "published"},
        _divided(lambda k, seed: ShapeKMedoids(k, metric="msm", random_state=seed, **LIMITS)),
    ),
}
