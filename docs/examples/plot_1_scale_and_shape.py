"""
Scale and shape
===============

Two posts can unfold in the same way at very different sizes. Dividing each curve by its maximum, its *scale*, leaves
its *shape*: the share of its final views that a post has by each day.
"""

import matplotlib.pyplot as plt
import numpy as np

import tsshape

posts = tsshape.simulate_spid(1000, random_state=0)
seen = posts.curves[posts.curves.max(axis=1) > 0]
scale, shape = tsshape.split_scale_shape(seen)

# %%
# Take a post with thousands of views, and find the post with fewer than 100 views whose shape is nearest to its own.
# The curves could hardly be more different, but the shapes are nearly the same.

great = (scale - 9000).abs().idxmin()
small = tsshape.metrics.pairwise(shape.loc[[great]], shape[scale < 100], "area")[0].argmin()
small = shape[scale < 100].index[small]

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(seen.columns, seen.iloc[:150].T, color="0.8", linewidth=0.6)
right.plot(shape.columns, shape.iloc[:150].T, color="0.8", linewidth=0.6)
for post, colour, line in ((great, "#0072B2", "-"), (small, "#D55E00", "--")):
    left.plot(seen.columns, seen.loc[post], color=colour, linestyle=line, linewidth=2.5)
    right.plot(shape.columns, shape.loc[post], color=colour, linestyle=line, linewidth=2.5, label=f"{scale[post]:,.0f}")
left.set(title="Curves", xlabel="days since upload", ylabel="views so far", ylim=(-300, 12_000))
left.yaxis.set_major_formatter("{x:,.0f}")
right.set(title="Their shapes", xlabel="days since upload", ylabel="share of the final views")
right.legend(title="scale, views", loc="lower right")
plt.show()

# %%
# The scales have a heavy tail. Their logarithms are nearly symmetric, which is why models of the scale are fitted to
# log(1 + scale).

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
left.hist(scale, bins=60, color="#0072B2")
left.set(title="Scale", xlabel="views on the last day", ylabel="posts")
left.xaxis.set_major_formatter("{x:,.0f}")
right.hist(np.log1p(scale), bins=60, color="#0072B2")
right.set(title="The same, as a logarithm", xlabel="log(1 + views on the last day)", ylabel="posts")
plt.show()

# %%
# Nothing is lost: scale times shape is the curve.

np.allclose(tsshape.join_scale_shape(scale, shape), seen)
