"""
A metric of your own
====================

Any function of two curves can be a metric. Registered under a name, it works for clusterings, averages and selections
like a built-in one.
"""

import matplotlib.pyplot as plt

import tsshape
from tsshape.cluster import ShapeKMeans
from tsshape.metrics import check_metric, get_metric, nearest, register_metric

posts = tsshape.simulate_spid(400, random_state=0)
scale, shape = tsshape.split_scale_shape(posts.curves[posts.curves.max(axis=1) > 0])
members = shape.to_numpy()

# %%
# Call two posts similar if they reached a tenth, a half and nine tenths of their views on nearly the same days. The
# metric embeds each curve as these three days; the distance is the Euclidean distance of the embeddings.


@register_metric("milestones", route="embed", average="medoid")
def milestones(X):
    """The days on which 10, 50 and 90 % of the views were reached."""
    return (X[:, :, None] < [0.1, 0.5, 0.9]).sum(axis=1).astype(float)


print(get_metric("milestones").routes)

# %%
# ``check_metric`` checks what a metric promises: finite and symmetric distances, 0 between a curve and itself, the same
# bits for the same input, pickling. It raises an error that lists what fails.

for claim in check_metric("milestones").claims:
    print("holds:", claim.claim)

# %%
# Clustered under the new metric: the prototypes are medoids, curves of real posts.

fit = ShapeKMeans(4, metric="milestones", random_state=0).fit(members)
labels, distances = nearest(members, fit.prototypes_, "milestones")

figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
for cluster, colour in enumerate(("#0072B2", "#D55E00", "#009E73", "#CC79A7")):
    mine = members[fit.labels_ == cluster]
    days = range(1, members.shape[1] + 1)
    ax.plot(days, mine[:40].T, color=colour, linewidth=0.3, alpha=0.4)
    ax.plot(days, fit.prototypes_[cluster], color=colour, linewidth=2.5, label=f"{len(mine)} posts")
ax.set(title="Four clusters by milestones", xlabel="days since upload", ylabel="share of the final views")
ax.legend(loc="lower right")
plt.show()

# %%
# The mean distance of a post from its prototype, in days:

round(float(distances.mean()), 2)
