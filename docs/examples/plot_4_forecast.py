"""
A forecast with its interval, at upload and in flight
=====================================================

A forecast at upload uses only the features of the post. Once the first days are observed, the forecast passes through
them and continues from there, with a narrower interval.
"""

import matplotlib.pyplot as plt

import tsshape
from tsshape.forecast import ScaleShapeForecaster

posts = tsshape.simulate_spid(700, random_state=0)
known, new = slice(0, 600), slice(600, None)
forecaster = ScaleShapeForecaster(random_state=0)
forecaster.fit(posts.features[known], posts.curves[known], authors=posts.authors[known])

# %%
# The forecast of one new post from its features alone, then with three and with seven observed days. On each day, the
# interval should hold the true count of 80 % of the posts.

features, curves, authors = posts.features[new], posts.curves[new], posts.authors[new]
post = (curves[30] - curves[30].quantile(0.7)).abs().idxmin()

figure, axes = plt.subplots(1, 3, figsize=(11, 3.8), sharey=True, layout="constrained")
for n_days, ax in zip((0, 3, 7), axes, strict=True):
    observed = curves.loc[:, :n_days] if n_days else None
    forecast = forecaster.predict(features, observed=observed, authors=authors)
    lower, upper = forecaster.predict_interval(features, coverage=0.8, observed=observed, authors=authors)
    ax.fill_between(forecast.columns, lower.loc[post], upper.loc[post], color="#A9D6F2", label="80 % of posts")
    ax.plot(forecast.columns, forecast.loc[post], color="#0072B2", label="forecast")
    ax.plot(curves.columns, curves.loc[post], color="black", linestyle="--", linewidth=1, label="true views")
    if n_days:
        ax.plot(curves.columns[:n_days], curves.loc[post].iloc[:n_days], "o", color="black", label="observed")
    ax.set(title=f"{n_days} days observed" if n_days else "at upload", xlabel="days since upload")
axes[0].set_ylabel("views so far")
axes[-1].legend(loc="upper left", fontsize=8)
plt.show()

# %%
# One post proves nothing. The same for all hundred new posts:

for n_days in (0, 3, 7):
    observed = curves.loc[:, :n_days] if n_days else None
    forecast = forecaster.predict(features, observed=observed, authors=authors)
    lower, upper = forecaster.predict_interval(features, coverage=0.8, observed=observed, authors=authors)
    to_come = slice(n_days + 1, None)
    error = tsshape.scores.median_rmse(curves.loc[:, to_come].to_numpy(), forecast.loc[:, to_come].to_numpy())
    covered = ((lower <= curves) & (curves <= upper)).loc[:, to_come].to_numpy().mean()
    print(f"{n_days} days observed: median error {error:6.1f} views, {covered:.0%} of the later counts in the interval")
