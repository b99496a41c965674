"""
Prototypes under three metrics
==============================

A clustering groups similar shapes and represents each group by a *prototype*, an average of its members. The metric
defines which shapes are similar, and how they are averaged.
"""

import matplotlib.pyplot as plt
import numpy as np

import tsshape
from tsshape.cluster import ShapeKMeans, describe_lives, silhouette
from tsshape.plots import draw_growth, draw_lives, plot_cluster

posts = tsshape.simulate_spid(600, random_state=0)
scale, shape = tsshape.split_scale_shape(posts.curves[posts.curves.max(axis=1) > 0])
members = shape.to_numpy()

# %%
# How do posts grow at all? The line is the median of the shares of the final views that posts have by each day, and
# half of the posts are within the darker band.

draw_growth(posts.curves)
plt.show()

# %%
# ``euclidean`` compares day with day, and averages by the mean. ``dtw`` may shift days, here by at most three, and
# averages by DTW barycenter averaging. ``area`` is the area between two curves: by how many days the views of one post
# arrive later than the other's; its average is the median of each day.

metrics = {"euclidean": {}, "dtw": {"window": 3}, "area": {}}
fits = {
    name: ShapeKMeans(4, metric=name, metric_params=params, random_state=0).fit(members)
    for name, params in metrics.items()
}

figure, axes = plt.subplots(len(fits), 4, figsize=(10, 6.2), sharey=True, layout="constrained")
for row, (name, fit) in zip(axes, fits.items(), strict=True):
    # Each cluster is named by when the views of its prototype come, the quickest first.
    for (cluster, life), ax in zip(describe_lives(fit.prototypes_)["name"].items(), row, strict=True):
        mine = members[fit.labels_ == cluster]
        plot_cluster(mine, fit.prototypes_[cluster], ax, header=f"{life}\n{100 * len(mine) / len(members):.0f} %")
    row[0].set_ylabel(f"{name}\nshare of the views", fontsize=9)
for ax in axes[-1]:
    ax.set_xlabel("days since upload", fontsize=8)
figure.suptitle("Prototypes, and the middle 80 % of their members")
plt.show()

# %%
# A closer look at one of them: in each panel the post that is nearest to the prototype, and one that half of the
# members are nearer than.

draw_lives(shape, fits["area"].labels_, fits["area"].prototypes_)
plt.show()

# %%
# How well are the clusters of each metric separated? Silhouettes can be compared within one metric, not between
# metrics.

for name, fit in fits.items():
    print(f"{name:10} silhouette {silhouette(members, fit.labels_, name, **metrics[name]):.2f}")

# %%
# Posts with several counts are clustered by all of them, each divided by its own maximum. The likes here are invented:
# those of half of the posts come later than their views. ``dtw`` shifts the days of both channels alike.

views = posts.curves.loc[shape.index].to_numpy()
late = np.random.default_rng(0).integers(0, 2, len(views))[:, None]
likes = 0.1 * views * (np.arange(1, 31) / 30) ** late
_, both = tsshape.split_scale_shape(np.stack([views, likes], axis=1))
fit = ShapeKMeans(4, metric="dtw", metric_params={"window": 3}, random_state=0).fit(both)

figure, axes = plt.subplots(2, 4, figsize=(10, 4.4), sharex=True, sharey=True, layout="constrained")
for column, (cluster, life) in zip(axes.T, describe_lives(fit.prototypes_[:, 0])["name"].items(), strict=True):
    for channel, ax in enumerate(column):
        plot_cluster(both[fit.labels_ == cluster, channel], fit.prototypes_[cluster, channel], ax)
    column[0].set_title(life, fontsize=8)
for ax, channel in zip(axes[:, 0], ["views", "likes"], strict=True):
    ax.set_ylabel(f"{channel}\nshare of the last day", fontsize=9)
figure.supxlabel("days since upload", fontsize=8)
figure.suptitle("Prototypes of views and likes together")
plt.show()
