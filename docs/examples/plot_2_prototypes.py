"""
Prototypes under three metrics
==============================

A clustering groups similar shapes and represents each group by a *prototype*, an average of its members. The metric
defines which shapes are similar, and how they are averaged.
"""

import matplotlib.pyplot as plt

import tsshape
from tsshape.cluster import ShapeKMeans, silhouette
from tsshape.plots import plot_cluster

posts = tsshape.simulate_spid(600, random_state=0)
scale, shape = tsshape.split_scale_shape(posts.curves[posts.curves.max(axis=1) > 0])
members = shape.to_numpy()

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
    # Shapes that grow late on the left, early ones on the right.
    order = fit.prototypes_.sum(axis=1).argsort()
    for cluster, ax in zip(order, row, strict=True):
        mine = members[fit.labels_ == cluster]
        plot_cluster(mine, fit.prototypes_[cluster], ax, header=f"{100 * len(mine) / len(members):.0f} % of the posts")
    row[0].set_ylabel(f"{name}\nshare of the views", fontsize=9)
for ax in axes[-1]:
    ax.set_xlabel("days since upload", fontsize=8)
figure.suptitle("Prototypes, and the middle 80 % of their members")
plt.show()

# %%
# How well are the clusters of each metric separated? Silhouettes can be compared within one metric, not between
# metrics.

for name, fit in fits.items():
    print(f"{name:10} silhouette {silhouette(members, fit.labels_, name, **metrics[name]):.2f}")
