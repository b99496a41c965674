"""
Scale and shape
===============

Two posts can live the same life at very different sizes. Dividing each curve by its maximum, its *scale*, leaves its
*shape*: the share of its final views that a post has by each day.
"""

import matplotlib.pyplot as plt
import numpy as np

import tsshape

posts = tsshape.simulate_spid(1000, random_state=0)
seen = posts.curves[posts.curves.max(axis=1) > 0]
scale, shape = tsshape.split_scale_shape(seen)

# %%
# The views of posts span several orders of magnitude. On one axis, only the greatest can be seen; as shapes, all can.
# The coloured posts are the same on both sides: one that has nearly all of its views at once, one that grows evenly,
# one that wakes up late.

chosen = [(shape[1] - share).abs().where((shape[15] - middle).abs() < 0.08).idxmin() for share, middle in
          ((0.8, 0.95), (0.05, 0.5), (0.0, 0.15))]
colours = ("#0072B2", "#D55E00", "#009E73")

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(seen.columns, seen.iloc[:150].T, color="0.75", linewidth=0.6)
right.plot(shape.columns, shape.iloc[:150].T, color="0.75", linewidth=0.6)
for post, colour in zip(chosen, colours, strict=True):
    left.plot(seen.columns, seen.loc[post], color=colour, linewidth=2.2)
    right.plot(shape.columns, shape.loc[post], color=colour, linewidth=2.2, label=f"{scale[post]:,.0f} views")
left.set(title="Curves: 150 posts", xlabel="days since upload", ylabel="views so far", ylim=(0, scale[:150].max()))
right.set(title="Their shapes", xlabel="days since upload", ylabel="share of the final views")
right.legend(title="scale", loc="lower right")
plt.show()

# %%
# The scales have a heavy tail. Their logarithms are nearly symmetric, which is why models of the scale are fitted to
# log(1 + scale).

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
left.hist(scale, bins=60, color="#0072B2")
left.set(title="Scale", xlabel="views on the last day", ylabel="posts")
right.hist(np.log1p(scale), bins=60, color="#0072B2")
right.set(title="The same, as a logarithm", xlabel="log(1 + views on the last day)", ylabel="posts")
plt.show()

# %%
# Nothing is lost: scale times shape is the curve.

np.allclose(tsshape.join_scale_shape(scale, shape), seen)
