"""Hostile model bundles: mutations of saved models, and the claim that each is refused or answers in numbers.

The name of a case begins with the base model and with `raw` where only bytes of the file were changed: then what is
still loaded must answer as the original does, bit by bit. The other mutations are signed again, so that they pass the
checksums and meet the checks behind them.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

import bundle_bytes
import bundle_contents
import numpy as np
import pandas as pd

import tsshape
from tsshape import DataError
from tsshape.cluster import ShapeAgglomerative, ShapeKMeans, ShapeKMedoids, ShapeKShape, ShapeMeanShift
from tsshape.features import EncodedTable, TableEncoder
from tsshape.forecast import ScaleShapeForecaster, ShapeClassifier

POSTS = tsshape.simulate_spid(200, n_times=6, random_state=0)
MIXED = POSTS.features[["Camera", "Title", "Contacts", "MeanViews", "Country"]].assign(
    Posted=pd.date_range("2020-01-01", periods=200, freq="h"), Pro=np.arange(200) % 3 == 0
)
PLAIN = MIXED.drop(columns="Title")
OWN_ENCODER = ShapeClassifier(encoder=TableEncoder(categories="onehot", random_state=0), random_state=0)
SOME = slice(0, 12)
SHARE_OF_RAW = 0.4


class Base(NamedTuple):
    """A model: what it is, the features it takes, and the names of the days of its curves; a clusterer takes shapes."""

    model: Any
    features: pd.DataFrame
    authors: pd.Series | None = None
    day: str | None = None
    categories: Literal["native", "onehot"] = "native"

    @property
    def curves(self) -> pd.DataFrame:
        """The curves, by the names of their days."""
        return POSTS.curves if self.day is None else POSTS.curves.rename(columns=lambda day: f"{self.day}{day}")


def forecaster(clusterer: Any, **parameters: Any) -> ScaleShapeForecaster:
    """A forecaster that gives the same bits each time."""
    return ScaleShapeForecaster(clusterer, random_state=0, **parameters)


BASES = {
    "kmeans": Base(forecaster(ShapeKMeans(3, random_state=0), loss="trimmed"), MIXED, POSTS.authors),
    "dtw": Base(
        forecaster(
            ShapeKMeans(3, metric="dtw", metric_params={"window": 2}, random_state=0),
            shape="hard",
            loss="mean",
        ),
        PLAIN,
        day="day",
        categories="onehot",
    ),
    "medoids": Base(forecaster(ShapeKMedoids(3, metric="area", random_state=0)), PLAIN, POSTS.authors),
    "meanshift": Base(
        forecaster(
            ShapeMeanShift(0.6, metric="cumulative_area"), classifier=OWN_ENCODER, in_flight=False, intervals=False
        ),
        PLAIN,
    ),
    "clusters": Base(ShapeKShape(3, random_state=0), tsshape.split_scale_shape(POSTS.curves)[1]),
    "oneclass": Base(forecaster(ShapeAgglomerative(1)), PLAIN, POSTS.authors),
}


def cases(seed: int, n: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of `n` bundles; each is the same for any `n`."""
    for number in range(n):
        rng = np.random.default_rng([seed, number])
        base = list(BASES)[int(rng.integers(len(BASES)))]
        raw = rng.random() < SHARE_OF_RAW
        mutate = bundle_bytes.mutate if raw else bundle_contents.mutate
        what, content = mutate(saved(base), rng)
        yield f"{base} {'raw' if raw else 'signed'} {what}", content


def check(name: str, content: bytes, folder: Path) -> str:
    """`refused` or `answered`; AssertionError if a bundle does anything else than one of the two."""
    base, kind, *_ = name.split()
    path = Path(folder) / "case.tsshape"
    path.write_bytes(content)
    printed = io.StringIO()
    try:
        with warnings.catch_warnings(), redirect_stdout(printed), redirect_stderr(printed):
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", message=".*was written by tsshape")
            found = answers(BASES[base], tsshape.load(path))
    except DataError as error:
        line = str(error)
        assert line.startswith(str(path)), line
        assert line.isprintable(), line
        assert "not enough memory" not in line, line
        found = None
    except BaseException as error:
        raise AssertionError(f"{type(error).__name__}: {error}") from error
    assert not printed.getvalue(), printed.getvalue()
    if found is None:
        return "refused"
    for question, answer in found.items():
        assert isinstance(answer, DataError) or np.isfinite(answer).all(), f"{question}: {answer}"
        if isinstance(answer, DataError):
            assert str(answer).isprintable(), str(answer)
    if kind == "raw":
        for question, answer in expected(base).items():
            assert (
                str(found[question]) == str(answer)
                if isinstance(answer, DataError)
                else (found[question].tobytes() == answer.tobytes())
            ), f"{question} is answered otherwise than by the model that was saved"
    return "answered"


def answers(base: Base, model: Any) -> dict[str, Any]:
    """What a model says of some posts: arrays, or a DataError in place of one."""
    features, curves = base.features[SOME], base.curves[SOME]
    if not isinstance(model, ScaleShapeForecaster):
        return {"clusters": model.predict(features), "labels": model.labels_}
    authors = None if base.authors is None else base.authors[SOME]
    observed = curves.where(np.arange(6) < (np.arange(len(curves)) % 7)[:, None])
    posts: Any = features
    with suppress(DataError):
        # Encoded once for most questions.
        posts = EncodedTable.of(model.posts_.encoder, features)
    questions = {
        "forecast": lambda: model.predict(features),
        "forecast in flight": lambda: model.predict(posts, authors=authors, observed=observed),
        "interval": lambda: np.hstack(model.predict_interval(posts)),
        "quantiles": lambda: np.hstack([*model.predict_quantiles(posts, [0.1, 0.5]).values()]),
        "summary in flight": lambda: model.summary(posts, authors=authors, observed=observed, coverage=0.5, above=100)[
            ["forecast", "lower", "upper", "above_100"]
        ],
        "scale": lambda: model.predict_scale(posts, authors=authors),
        "cluster": lambda: model.predict_cluster(posts),
        "explanation": lambda: np.concatenate([np.ravel(each) for each in model.explain(posts, authors=authors)]),
        # A mutated model may have other days.
        "assignment": lambda: model.assign(curves if curves.shape[1] == len(model.days_) else model.prototypes_[SOME]),
    }
    found: dict[str, Any] = {}
    for question, ask in questions.items():
        try:
            found[question] = np.asarray(ask())
        except DataError as error:
            found[question] = error
    return found


@cache
def fitted(name: str) -> Any:
    """The base model of that name."""
    base = BASES[name]
    if not isinstance(base.model, ScaleShapeForecaster):
        return base.model.fit(base.features)
    encoder = TableEncoder(categories=base.categories, random_state=0).fit(base.features)
    return base.model.fit(EncodedTable.of(encoder, base.features), base.curves, authors=base.authors)


@cache
def saved(name: str) -> bytes:
    """The bundle of a base model."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "base.tsshape"
        tsshape.save(fitted(name), path)
        return path.read_bytes()


@cache
def expected(name: str) -> dict[str, Any]:
    """What a base model itself says."""
    return answers(BASES[name], fitted(name))
