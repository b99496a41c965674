"""Clusterings of shapes: each gives labels and prototypes."""

# The redundant aliases are for the layers above and not public.
from tsshape.cluster._agglomerative import ShapeAgglomerative
from tsshape.cluster._agreement import ClassAgreement, class_agreement, class_counts
from tsshape.cluster._columns import GROUP_COLUMNS as GROUP_COLUMNS
from tsshape.cluster._columns import LIFE_COLUMNS as LIFE_COLUMNS
from tsshape.cluster._columns import selection_columns as selection_columns
from tsshape.cluster._criteria import class_columns_of as class_columns_of
from tsshape.cluster._criteria import criterion_columns as criterion_columns
from tsshape.cluster._criteria import find_criterion as find_criterion
from tsshape.cluster._dbscan import ShapeDBSCAN
from tsshape.cluster._hdbscan import ShapeHDBSCAN
from tsshape.cluster._kmeans import ShapeKMeans
from tsshape.cluster._kmedoids import ShapeKMedoids
from tsshape.cluster._kshape import ShapeKShape
from tsshape.cluster._lives import describe_lives, name_lives
from tsshape.cluster._lloyd_in_blocks import BY_SUMS as BY_SUMS
from tsshape.cluster._mean_shift import ShapeMeanShift
from tsshape.cluster._members import describe_members as describe_members  # for the layers above; no public name
from tsshape.cluster._methods import clustering_methods, get_clusterer, make_clusterer, register_clusterer
from tsshape.cluster._selection import ClusterSelection, applicable_criteria, select_n_clusters
from tsshape.cluster._selection_sample import SelectionSample as SelectionSample
from tsshape.cluster._silhouette import separations as separations
from tsshape.cluster._silhouette import silhouette, silhouette_samples
from tsshape.cluster._strata import draw_stratified as draw_stratified
from tsshape.cluster._validation import count_distinct as count_distinct

__all__ = [
    "ClassAgreement",
    "ClusterSelection",
    "ShapeAgglomerative",
    "ShapeDBSCAN",
    "ShapeHDBSCAN",
    "ShapeKMeans",
    "ShapeKMedoids",
    "ShapeKShape",
    "ShapeMeanShift",
    "applicable_criteria",
    "class_agreement",
    "class_counts",
    "clustering_methods",
    "describe_lives",
    "get_clusterer",
    "make_clusterer",
    "name_lives",
    "register_clusterer",
    "select_n_clusters",
    "silhouette",
    "silhouette_samples",
]
