"""Encoding tables of mixed columns and pictures as numbers, and ranking and selecting their columns."""

from tsshape.features._encoded import DesignMatrix, EncodedTable
from tsshape.features._encoded import Features as Features  # a type for the layers above; no public name
from tsshape.features._encoder import TableEncoder
from tsshape.features._images import ImageEmbedder
from tsshape.features._late import LATE_COLUMN as LATE_COLUMN  # for the layers above; no public name
from tsshape.features._late import find_late_features
from tsshape.features._matrix import to_matrix
from tsshape.features._predictive_power import predictive_power_score
from tsshape.features._preprocessing import Preprocessing
from tsshape.features._ranking import FEWEST_POSTS as FEWEST_POSTS  # for the layers above; no public name
from tsshape.features._ranking import RANKING_COLUMNS as RANKING_COLUMNS  # for the layers above; no public name
from tsshape.features._ranking import rank_features
from tsshape.features._selector import FeatureSelector
from tsshape.features._spearman import spearman
from tsshape.features._table import as_table as as_table  # for the layers above; no public name
from tsshape.features._text import TextEmbedding as TextEmbedding  # for the layers above; no public name

__all__ = [
    "DesignMatrix",
    "EncodedTable",
    "FeatureSelector",
    "ImageEmbedder",
    "Preprocessing",
    "TableEncoder",
    "find_late_features",
    "predictive_power_score",
    "rank_features",
    "spearman",
    "to_matrix",
]
