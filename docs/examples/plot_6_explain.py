"""
What drives a forecast
======================

The two heads of a forecaster, one for the scale and one for the shape, can be asked which features moved them: for the
model as a whole, and for one post.
"""

import matplotlib.pyplot as plt

import tsshape
from tsshape.forecast import ScaleShapeForecaster
from tsshape.plots import plot_contributions

posts = tsshape.simulate_spid(600, random_state=0)
forecaster = ScaleShapeForecaster(in_flight=False, intervals=False, random_state=0)
forecaster.fit(posts.features, posts.curves)
explanation = forecaster.explain(posts.features)

# %%
# Of the model: how far each feature moves a forecast, on average. The simulator lets the scale depend on MeanViews
# above all, the views that an author's posts have on average; and the shape on contacts, groups, the hour and the
# topic.

figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
for head, ax in zip(("scale", "shape"), axes, strict=True):
    plot_contributions(explanation.table[head].nlargest(10), ax)
    ax.set_title(f"What moves the {head}")
plt.show()

# %%
# Of one post: contributions to the logarithm of its scale, with their signs. With the average they add up to the
# forecast.

post = forecaster.predict_scale(posts.features).idxmax()
figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
plot_contributions(explanation.of_post(post)["scale"].iloc[:8], ax)
ax.set_title(f"Why post {post} is forecast to do well")
plt.show()
