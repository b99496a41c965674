"""The score of all forecasters, for scikit-learn's model selection."""

from typing import Any

import numpy as np
from sklearn.metrics import r2_score

from tsshape._typing import FloatArray


def score_logarithms(true: FloatArray, forecast: FloatArray, sample_weight: Any) -> float:
    """Return the R² of log(1 + count), the mean of all days.

    1 is a perfect forecast, 0 is as good as one curve for every post, the mean of the logarithms; negative is worse.
    Counts have a heavy tail: the R² of the counts themselves depends on a few posts with very many views.

    Parameters
    ----------
    true, forecast : array of shape (n_posts,) or (n_posts, n_times)
        Counts, at least 0.
    sample_weight : array of shape (n_posts,) or None
        Weight of each post.

    Examples
    --------
    >>> true = np.array([[1.0, 3.0], [7.0, 15.0], [31.0, 63.0]])
    >>> score_logarithms(true, true, None), score_logarithms(true, np.tile([7.0, 15.0], (3, 1)), None)
    (1.0, 0.0)
    """
    return float(r2_score(np.log1p(true), np.log1p(forecast), sample_weight=sample_weight))
