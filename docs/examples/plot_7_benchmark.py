"""
A benchmark in seconds
======================

Is a new variant better, or is it chance? A suite measures every variant on the same splits, beside two baselines: the
trivial forecast, and LightGBM for each day without a decomposition.
"""

import tempfile
import tomllib

import matplotlib.pyplot as plt

import tsshape
from tsshape.bench import Suite, budget_table, run, score_table
from tsshape.plots import plot_budget, plot_scores

# %%
# A suite is a TOML file for ``tsshape bench``; here it is part of the script.

SUITE = """
name = "small"
n_runs = 2
test_size = 0.25

[[variants]]
name = "K-means 3"
clusterer = { kind = "kmeans", n_clusters = 3 }
classifier = { kind = "lightgbm" }
regressor = { kind = "lightgbm" }

[[variants]]
name = "K-means 10 under DTW"
clusterer = { kind = "kmeans", n_clusters = 10, metric = "dtw", metric_params = { window = 3 } }
classifier = { kind = "lightgbm" }
regressor = { kind = "lightgbm" }
"""

posts = tsshape.simulate_spid(400, random_state=0)
with tempfile.TemporaryDirectory() as folder:
    records = run(Suite.model_validate(tomllib.loads(SUITE)), posts, f"{folder}/run")

# %%
# One row per variant, means over the splits. Compare the accuracy with the majority share, the accuracy of always
# predicting the largest cluster.

scores = score_table(records)
scores[["accuracy", "majority_share", "rho", "trmse", "med"]].round(2)

# %%
# Where do the errors come from? The budget is the error of the same forecasts if the scale, the prototype or the shape
# were known. Two splits are few: the bars are wide, and smaller differences mean nothing.

figure, (left, right) = plt.subplots(1, 2, figsize=(12, 3.4), sharey=True, layout="constrained")
plot_scores(scores, left)
plot_budget(budget_table(records).reindex(scores.index), right)
plt.show()
