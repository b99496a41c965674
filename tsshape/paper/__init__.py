"""The pipelines of the paper, as configurations of the general estimators.

A. Dutta, F. A. Barbhuiya, "Predicting Popularity of Images Over 30 Days", arXiv 2108.01326, 2021; the clustering with
50 clusters is that of A. Ortis, G. M. Farinella, S. Battiato, IEEE Access 7, 2019.

`FEATURE_SETS` has the sets of features from which the paper predicts the scale, by name; `REPORTED` the results that it
reports, each a `Reported`, on data that tsshape has not been measured on; `SOURCE` is the reference to the paper.
"""

from tsshape.paper._feature_sets import FEATURE_SETS
from tsshape.paper._pipelines import forecaster, kmeans, mean_shift, scale_regressor, shape_classifier
from tsshape.paper._reported import REPORTED, SOURCE, Reported
from tsshape.paper._reported import REPORTED_COLUMNS as REPORTED_COLUMNS  # for the layers above, as the next one
from tsshape.paper._reported import reported_table as reported_table

__all__ = [
    "FEATURE_SETS",
    "REPORTED",
    "SOURCE",
    "Reported",
    "forecaster",
    "kmeans",
    "mean_shift",
    "scale_regressor",
    "shape_classifier",
]
