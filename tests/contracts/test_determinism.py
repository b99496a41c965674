"""The same seed gives the same bits: in every process, for any number of threads and however Python hashes strings."""

import json
import os
import subprocess
import sys

import pytest

# Prints the digest of each result, by name. Its argument is n_jobs.
PROGRAM = """
import hashlib, json, sys, warnings
import numpy as np
import pandas as pd
import tsshape
from joblib import parallel_config
from sklearn.linear_model import LinearRegression
from tsshape.cluster import ShapeKMeans, ShapeKMedoids, get_clusterer, select_n_clusters, silhouette
from tsshape.features import FeatureSelector, TableEncoder, rank_features
from tsshape.forecast import DirectForecaster, ScaleRegressor, ScaleShapeForecaster, ShapeClassifier
from tsshape.metrics import barycenter, nearest, pairwise

n_jobs, said = int(sys.argv[1]), {}
warnings.simplefilter("ignore")
posts = tsshape.simulate_spid(300, n_times=6, random_state=0)
features = posts.features[["Contacts", "MeanViews", "Country", "Title"]]
# So many that the work is worth two threads.
shapes = np.sort(np.random.default_rng(0).random((500, 24)), axis=1)


def say(name, *values):
    # Python spells floats so that they are read back exactly.
    spelled = repr([pd.DataFrame(value).to_numpy().tolist() for value in values])
    said[name] = hashlib.sha256(spelled.encode()).hexdigest()


for metric in ("euclidean", "area", "dtw", "soft_dtw", "msm", "sbd"):
    say(f"distances {metric}", pairwise(shapes, metric=metric, n_jobs=n_jobs))
    say(f"nearest {metric}", *nearest(shapes, shapes[:5], metric, n_jobs=n_jobs))
    say(f"barycenter {metric}", barycenter(shapes, metric, n_jobs=n_jobs))

clusterings = [(method, metric) for method in ("kmeans", "kmedoids", "agglomerative") for metric in ("area", "dtw")]
clusterings += [("kmeans", "euclidean"), ("kmeans", "soft_dtw"), ("kmeans", "msm"), ("meanshift", "euclidean")]
for method, metric in [*clusterings, ("meanshift", "cumulative_area"), ("kshape", None)]:
    kind = get_clusterer(method)
    wanted = {"n_clusters": 4, "bandwidth": 0.3, "metric": metric, "n_jobs": n_jobs, "random_state": 0}
    taken = kind().get_params()
    model = kind(**{name: value for name, value in wanted.items() if name in taken}).fit(shapes)
    say(f"{method} {metric}", model.labels_, model.prototypes_, model.predict(shapes[::-1]))
    if hasattr(model, "transform"):
        say(f"{method} {metric}, distances", model.transform(shapes))
    if hasattr(model, "inertia_"):
        say(f"{method} {metric}, inertia", [model.inertia_])

batches = ShapeKMeans(3, metric="dtw", n_jobs=n_jobs, random_state=0)
for rows in (slice(0, 250), slice(250, None)):
    batches.partial_fit(shapes[rows])
say("kmeans in batches", batches.prototypes_)
samples = ShapeKMedoids(3, memory_limit=8 * 300**2, n_jobs=n_jobs, random_state=0).fit(shapes)
say("kmedoids of samples", samples.medoid_indices_)
say("silhouette", [silhouette(shapes, samples.labels_, "dtw", n_jobs=n_jobs)])
say("number of clusters", select_n_clusters(shapes, range(2, 5), random_state=0, n_jobs=n_jobs).table)

encoder = TableEncoder(max_categories=5, n_components=4, random_state=0)
say("encoder", encoder.fit_transform(features))
say("ranking", rank_features(features, np.log1p(posts.curves.max(axis=1)), random_state=0))
numbers = posts.features[["Contacts", "MeanViews", "TagCount"]]
selector = FeatureSelector(LinearRegression(), cv=3, n_jobs=n_jobs, random_state=0)
with parallel_config(backend="threading"):
    say("selector", selector.fit(numbers, posts.curves.max(axis=1)).scores_)

scale, first = posts.curves.max(axis=1), posts.curves.loc[:, :2]
say("classifier", ShapeClassifier(random_state=0).fit(features, np.arange(300) % 3).predict_proba(features))
for loss in ("median", "mean", "trimmed"):
    head = ScaleRegressor(loss=loss, random_state=0).fit(features, scale)
    say(f"scale, {loss}", head.predict(features), head.predict_quantiles(features))
    model = ScaleShapeForecaster(ShapeKMeans(3, n_jobs=n_jobs, random_state=0), loss=loss, random_state=0)
    model.fit(features, posts.curves, authors=posts.authors)
    say(f"forecast, {loss}", model.predict(features, authors=posts.authors))
    say(f"forecast in flight, {loss}", model.predict(features, observed=first))
    say(f"intervals, {loss}", *model.predict_interval(features))
    say(f"intervals in flight, {loss}", *model.predict_interval(features, observed=first))
    say(f"explanation, {loss}", *model.explain(features))
    direct = DirectForecaster(loss=loss, days=(1, 3), random_state=0).fit(features, posts.curves)
    say(f"direct, {loss}", direct.predict(features))
print(json.dumps(said))
"""


def run(n_jobs, hash_seed):
    """What the program says."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(n_jobs))
    environment = os.environ | threads | {"PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", PROGRAM, str(n_jobs)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def alone():
    return run(1, "0")


def test_every_result_has_the_same_bits_for_any_number_of_threads(alone):
    together = run(2, "1")
    assert {name for name in alone if together[name] != alone[name]} == set()
    assert alone.keys() == together.keys()


def test_results_are_told_apart(alone):
    of_forecasts = [digest for name, digest in alone.items() if name.startswith(("forecast", "direct"))]
    assert len(set(of_forecasts)) == len(of_forecasts) == 9
