"""
How many kinds of life
======================

There are many criteria for the number of clusters, and they often disagree. ``select_n_clusters`` computes all of them
and recommends the number that most of them vote for, or none.
"""

import matplotlib.pyplot as plt

import tsshape
from tsshape.cluster import select_n_clusters
from tsshape.plots import plot_criterion

posts = tsshape.simulate_spid(500, random_state=0)
scale, shape = tsshape.split_scale_shape(posts.curves[posts.curves.max(axis=1) > 0])

criteria = ("inertia", "silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "stability")
choice = select_n_clusters(shape, range(1, 16), criteria=criteria, random_state=0)

# %%
# Each panel marks the number that its criterion votes for; a dashed line is the recommendation, if there is one.

figure, axes = plt.subplots(2, 3, figsize=(11, 6), layout="constrained")
for criterion, ax in zip(criteria, axes.flat, strict=True):
    plot_criterion(choice.table, criterion, ax, votes=choice.votes, recommended=choice.recommended.n_clusters)
    ax.set_xlabel("number of clusters")
plt.show()

# %%
# In words:

print(choice.recommended.reason)
