"""
A forecast with its band, at upload and in flight
=================================================

A forecast made at upload knows the post only by its features. Once the first days are seen, it runs through them and
goes on from there, with a narrower band.
"""

import matplotlib.pyplot as plt

import tsshape
from tsshape.forecast import ScaleShapeForecaster

posts = tsshape.simulate_spid(700, random_state=0)
known, new = slice(0, 600), slice(600, None)
forecaster = ScaleShapeForecaster(random_state=0)
forecaster.fit(posts.features[known], posts.curves[known], authors=posts.authors[known])

# %%
# One of the posts that the forecaster has not seen, with nothing known but its features, then with three days and with
# seven. The band covers the true count of 80 % of posts, day by day.

features, curves, authors = posts.features[new], posts.curves[new], posts.authors[new]
post = (curves[30] - curves[30].quantile(0.7)).abs().idxmin()

figure, axes = plt.subplots(1, 3, figsize=(11, 3.8), sharey=True, layout="constrained")
for n_days, ax in zip((0, 3, 7), axes, strict=True):
    observed = curves.loc[:, :n_days] if n_days else None
    forecast = forecaster.predict(features, observed=observed, authors=authors)
    lower, upper = forecaster.predict_interval(features, coverage=0.8, observed=observed, authors=authors)
    ax.fill_between(forecast.columns, lower.loc[post], upper.loc[post], color="#A9D6F2", label="80 % of posts")
    ax.plot(forecast.columns, forecast.loc[post], color="#0072B2", label="forecast")
    ax.plot(curves.columns, curves.loc[post], color="black", linestyle="--", linewidth=1, label="what came")
    if n_days:
        ax.plot(curves.columns[:n_days], curves.loc[post].iloc[:n_days], "o", color="black", label="seen")
    ax.set(title=f"{n_days} days seen" if n_days else "at upload", xlabel="days since upload")
axes[0].set_ylabel("views so far")
axes[-1].legend(loc="upper left", fontsize=8)
plt.show()

# %%
# One post proves nothing. Over all hundred new posts:

for n_days in (0, 3, 7):
    observed = curves.loc[:, :n_days] if n_days else None
    forecast = forecaster.predict(features, observed=observed, authors=authors)
    lower, upper = forecaster.predict_interval(features, coverage=0.8, observed=observed, authors=authors)
    to_come = slice(n_days + 1, None)
    error = tsshape.scores.median_rmse(curves.loc[:, to_come].to_numpy(), forecast.loc[:, to_come].to_numpy())
    covered = ((lower <= curves) & (curves <= upper)).loc[:, to_come].to_numpy().mean()
    print(f"{n_days} days seen: median error {error:6.1f} views, {covered:.0%} of the days to come within the band")
