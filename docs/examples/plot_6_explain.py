"""
What drives a forecast
======================

A forecaster has two models, a regressor of the scale and a classifier of the shape. ``explain`` shows which features
move each of them: on average, and for one post.
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
# How far each feature moves a forecast, on average. In the simulated data the scale depends mostly on MeanViews, the
# mean views of the author's posts; the shape depends on contacts, groups, the hour and the topic.

figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
for target, ax in zip(("scale", "shape"), axes, strict=True):
    plot_contributions(explanation.table[target].nlargest(10), ax)
    ax.set_title(f"What moves the {target}")
plt.show()

# %%
# The contributions for one post to the logarithm of its scale. Together with the average they add up to the forecast.

post = forecaster.predict_scale(posts.features).idxmax()
figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
plot_contributions(explanation.of_post(post)["scale"].iloc[:8], ax)
ax.set_title(f"Why post {post} is forecast to do well")
plt.show()
