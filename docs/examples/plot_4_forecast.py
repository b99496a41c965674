"""
A forecast with its interval, at upload and in flight
=====================================================

A forecast at upload uses only the features of the post. Once the first days are observed, the forecast passes through
them and continues from there, with a narrower interval.
"""

import matplotlib.pyplot as plt
import pandas as pd

import tsshape
from tsshape.forecast import ScaleShapeForecaster
from tsshape.plots import draw_calibration, draw_forecast

posts = tsshape.simulate_spid(700, random_state=0)
known, new = slice(0, 600), slice(600, None)
forecaster = ScaleShapeForecaster(random_state=0)
forecaster.fit(posts.features[known], posts.curves[known], authors=posts.authors[known])

# %%
# The forecast of one new post from its features alone, then with three and with seven observed days. On each day, the
# intervals should hold the true count of 50 %, 80 % and 95 % of the posts.

features, curves, authors = posts.features[new], posts.curves[new], posts.authors[new]
post = (curves[30] - curves[30].quantile(0.7)).abs().idxmin()

coverages = (0.5, 0.8, 0.95)
cutoffs = {0: "at upload", 3: "3 days observed", 7: "7 days observed"}
forecasts, fans = {}, {}
for n_days in cutoffs:
    seen = {"observed": curves.loc[:, :n_days] if n_days else None, "authors": authors}
    forecasts[n_days] = forecaster.predict(features, **seen)
    fans[n_days] = forecaster.predict_interval(features, coverage=coverages, **seen)

figure, axes = plt.subplots(1, 3, figsize=(11, 3.8), sharey=True, layout="constrained")
for (n_days, title), ax in zip(cutoffs.items(), axes, strict=True):
    fan = {coverage: (lower.loc[post], upper.loc[post]) for coverage, (lower, upper) in fans[n_days].items()}
    observed, truth = curves.loc[post, :n_days], curves.loc[post]
    draw_forecast(forecasts[n_days].loc[post], fan, observed=observed, truth=truth, log=True, title=title, ax=ax)
axes[-1].legend(loc="lower right", fontsize=8)
plt.show()

# %%
# One post proves nothing. The same for all hundred new posts: how large are the errors, and what share of the later
# counts do the intervals hold?

measured = pd.DataFrame(index=coverages, columns=list(cutoffs.values()), dtype=float)
for n_days, title in cutoffs.items():
    to_come = slice(n_days + 1, None)
    true, forecast = curves.loc[:, to_come], forecasts[n_days].loc[:, to_come]
    for coverage, (lower, upper) in fans[n_days].items():
        held = (lower.loc[:, to_come] <= true) & (true <= upper.loc[:, to_come])
        measured.loc[coverage, title] = held.to_numpy().mean()
    print(f"{title}: median error {tsshape.scores.median_rmse(true.to_numpy(), forecast.to_numpy()):.1f} views")

draw_calibration(measured, n_posts=len(curves))
plt.show()
