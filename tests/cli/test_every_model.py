"""Whatever model `save` accepts is of use at the command line, however odd its days, columns and clusters are."""

import shutil
import warnings
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from cli_program import tsshape
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from tsshape import DataError, save, simulate_spid
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeKShape,
    ShapeMeanShift,
)
from tsshape.forecast import ScaleShapeForecaster

CLUSTERERS = {
    "k-means": lambda k: ShapeKMeans(k, random_state=0),
    "windowed": lambda k: ShapeKMeans(k, metric="dtw", metric_params={"window": 2}, random_state=0),
    "medoids": lambda k: ShapeKMedoids(k, metric="msm", random_state=0),
    "modes": lambda _: ShapeMeanShift(0.5),
    "embedded modes": lambda _: ShapeMeanShift(metric="cumulative_area"),
    "tree": ShapeAgglomerative,
    "k-shape": lambda k: ShapeKShape(k, random_state=0),
    "dense": lambda _: ShapeDBSCAN(0.3, min_samples=2),
    "densest": lambda k: ShapeHDBSCAN(k + 1, metric="dtw"),
    "default": lambda _: None,
}
# The names of days, given their position from 1 on.
DAYS = {
    "numbers": lambda day: day,
    "from 0 on": lambda day: day - 1,
    "before a date": lambda day: day - 100,
    "with gaps": lambda day: day**2,
    "late": lambda day: day + 4,
    "huge": lambda day: day + 10**9,
    "numbered": lambda day: f"day{day:02d}",
    "backwards": lambda day: f"d{100 - day}",
    "one number": lambda day: f"{'x' * day}1",
    "dates": lambda day: f"2024-01-{day:02d}",
    "weeks": lambda day: f"week {day}",
    "words": lambda day: ["id", "", " ", 'a,"b', "\u202e", "a\nb", "_lower", "day01_lower", "mon", "é"][day % 10] * day,
}
# The values of a column, given random numbers of the posts.
VALUES = {
    "number": lambda r: r * 1000,
    "large": lambda r: r * 1e300,
    "single": lambda r: r.astype(np.float32),
    "whole": lambda r: (r * 9).astype(int),
    "whole or missing": lambda r: pd.array(np.where(r < 0.3, None, (r * 9).astype(int)), "Int64"),
    "flag": lambda r: r < 0.5,
    "category": lambda r: pd.Categorical(np.where(r < 0.5, "x", "z, ü")),
    "category of numbers": lambda r: pd.Categorical((r * 3).astype(int) / 2, ordered=True),
    "category of flags": lambda r: pd.Categorical(r < 0.5),
    "title": lambda r: [f"{each:.6f} words" for each in r],
    "topic": lambda r: np.where(r < 0.5, "cats", "dogs").tolist(),
    "year": lambda r: np.where(r < 0.5, "1984", "007").tolist(),
    "blank": lambda r: np.where(r < 0.5, " ", "NA").tolist(),
    "time": lambda r: pd.Timestamp("2024-01-01") + pd.to_timedelta((r * 1e6).astype(int), "s"),
    "text of dates": lambda r: np.where(r < 0.5, "2024-01-01", "2024-02-01").tolist(),
    "constant": lambda r: np.ones(len(r)),
    "missing": lambda r: np.full(len(r), np.nan),
}
NAMES = [
    *("followers", "author", "posted", "posted_hour", "label", "split", "title", "Title", "id", "post_id", "FlickrId"),
    *(" lead", "trail ", "a,b", 'q"x', "a\tb", "a\nb", "\x1b[31m", "\u202eabc", "\u061c", "\u2028", "é", "e\u0301"),
    *("day01", "_lower", "forecast", "average", "feature", "scale", "views", "NA", "nan", "1", "=1+1", "x" * 300),
    *("author_mean_log_growth_1", "level_0", "index"),
]


@dataclass(frozen=True)
class Odd:
    """A model: its posts, days, columns by name, components, and the file in which posts are given to it."""

    n_posts: int = 12
    n_times: int = 5
    days: str = "numbers"
    columns: tuple[tuple[str, str], ...] = ()
    clusterer: str = "k-means"
    k: int = 2
    index: str | None = "id"
    zeros: bool = False
    young: bool = False
    authors: bool = False
    in_flight: bool = True
    intervals: bool = True
    shape: str = "soft"
    loss: str = "median"
    parquet: bool = False
    seed: int = 0

    def posts(self):
        """Curves, features, authors, and the days so far of posts of all ages as a file has them."""
        posts, rng = simulate_spid(self.n_posts, n_times=self.n_times, random_state=self.seed), np.random.default_rng(0)
        ids = posts.curves.index.rename(self.index)
        positions = range(1, self.n_times + 1)
        curves = posts.curves.set_axis(ids).set_axis([DAYS[self.days](day) for day in positions], axis=1)
        ages = np.arange(self.n_posts) % (self.n_times + 1)
        seen = posts.curves.round().where(np.arange(self.n_times) < ages[:, None])
        if self.days in {"with gaps", "late"}:
            seen = seen.set_axis(curves.columns, axis=1).reindex(columns=range(1, curves.columns[-1] + 1))
        if self.zeros:
            curves.iloc[::2] = 0.0
        if self.young and self.n_times > 1:
            curves.iloc[::3, -1] = np.nan
        features = pd.DataFrame(
            {name: pd.Series(VALUES[kind](rng.random(self.n_posts)), ids) for name, kind in self.columns}, ids
        )
        # A file has one column of that name.
        named = self.authors and "author" not in features
        authors = pd.Series(np.where(rng.random(self.n_posts) < 0.5, "mo", "ü,li"), ids) if named else None
        return curves, features, authors, seen

    def model(self):
        """The fitted model."""
        curves, features, authors, _ = self.posts()
        options = {"shape": self.shape, "loss": self.loss, "in_flight": self.in_flight, "intervals": self.intervals}
        model = ScaleShapeForecaster(CLUSTERERS[self.clusterer](self.k), random_state=0, **options)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return model.fit(features, curves, authors=authors)

    def write(self, folder, model):
        """Write the features that a model uses, and the days so far; the name of the former."""
        _, features, authors, seen = self.posts()
        features = features[[*model.posts_.encoder.kinds_]]
        if authors is not None:
            features = features.assign(author=authors)
        # Flags are 0 and 1 in a file of text.
        table = features.rename_axis("key")
        if self.parquet:
            table.to_parquet(folder / "f.parquet")
        else:
            is_flag = [name for name, kind in self.columns if "flag" in kind and name in table]
            table.astype(dict.fromkeys(is_flag, "float")).to_csv(folder / "f.csv")
        seen.rename_axis("key").to_csv(folder / "seen.csv")
        return "f.parquet" if self.parquet else "f.csv"


def odd_models():
    """Models of few posts."""
    names = st.one_of(st.sampled_from(NAMES), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5))
    columns = st.lists(st.tuples(names, st.sampled_from([*VALUES])), max_size=4, unique_by=lambda each: each[0])
    return st.builds(
        Odd,
        n_posts=st.sampled_from([3, 5, 12, 25, 45]),
        n_times=st.sampled_from([1, 2, 3, 5, 9, 40]),
        days=st.sampled_from([*DAYS]),
        columns=columns.map(tuple),
        clusterer=st.sampled_from([*CLUSTERERS]),
        k=st.integers(1, 3),
        index=st.sampled_from(["id", None, "post", "FlickrId"]),
        zeros=st.booleans(),
        young=st.booleans(),
        authors=st.booleans(),
        in_flight=st.booleans(),
        intervals=st.booleans(),
        shape=st.sampled_from(["soft", "hard"]),
        loss=st.sampled_from(["median", "mean", "trimmed", "relative"]),
        parquet=st.booleans(),
        seed=st.integers(0, 3),
    )


def use(odd, folder):
    """Ask the program all that it answers with a model; the forecasts by post, and by post and day."""
    try:
        model = odd.model()
    except ValueError:
        assume(False)  # noqa: FBT003 - no such model can be fitted
    with suppress(DataError):
        save(model, folder / "m")
    assume((folder / "m").exists())
    posts, key = odd.write(folder, model), ("--id-column", "key")
    seen = ("--observed", "seen.csv") if model.in_flight_ is not None else ()
    # With fewer posts there is no wider interval.
    half = ("--coverage", 0.5) if model.bands_ is not None else ()
    tsshape("predict", "m", posts, *key, *half, "--out", "wide.csv", folder=folder)
    tsshape("predict", "m", posts, *key, "--final", "--out", "final.parquet", folder=folder)
    tsshape("predict", "m", posts, *key, *half, *seen, "--out", "forecast", folder=folder)
    tsshape("report", "forecast", "--out", "report.html", folder=folder)
    tsshape("explain", "m", posts, *key, "--figure", "why.png", folder=folder)
    if seen:
        tsshape("predict", "m", *seen, *key, *half, "--out", "long.parquet", "--form", "long", folder=folder)
    if seen and half and odd.n_times > 1:
        assert tsshape("watch", "m", posts, *key, *seen, *half, folder=folder, check=False).returncode in {0, 3}
    return pd.read_csv(folder / "wide.csv", index_col="id"), pd.read_parquet(folder / "forecast/forecast.parquet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("odd")


def check(odd, folder):
    """Every verb does its work, and the days so far of a post are those that the model knows by their places."""
    shutil.rmtree(folder)
    folder.mkdir()
    wide, long = use(odd, folder)
    assert np.isfinite(wide.to_numpy()).all()
    assert len(wide) == odd.n_posts
    assert len(long) == odd.n_posts * odd.n_times
    if odd.in_flight and odd.n_times > 1:
        curves, _, _, seen = odd.posts()
        known = seen.loc[:, curves.columns] if odd.days in {"with gaps", "late"} else seen
        forecast = long["forecast"].to_numpy().reshape(known.shape)
        np.testing.assert_allclose(forecast[known.notna()], known.to_numpy()[known.notna()])


COLUMNS = (("author", "topic"), ("posted", "time"), ("label", "number"), ("split", "flag"), (" lead", "topic"))


@given(odd=odd_models())
@example(odd=Odd(days="words", k=1, columns=COLUMNS))
@example(odd=Odd(days="with gaps", clusterer="windowed", authors=True, columns=(("author", "topic"), ("id", "year"))))
@example(odd=Odd(days="from 0 on", n_times=3, authors=True, loss="mean", parquet=True))
@settings(max_examples=1, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
def test_every_model_that_is_saved_is_of_use(odd, folder):
    check(odd, folder)


@pytest.mark.slow
@given(odd=odd_models())
@settings(max_examples=200, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_very_many_models_that_are_saved_are_of_use(odd, folder):
    check(odd, folder)
