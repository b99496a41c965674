"""The sets of features from which the paper predicts the scale."""

from types import MappingProxyType

import pandas as pd

from tsshape.features import rank_features

FEATURE_SETS = MappingProxyType(
    {
        "views": ("MeanViews",),
        "views_groups": ("MeanViews", "GroupsCount"),
        "views_contacts": ("MeanViews", "Contacts"),
        "three": ("MeanViews", "GroupsCount", "Contacts"),
        "five": ("MeanViews", "GroupsCount", "Contacts", "GroupsAvgMembers", "GroupsAvgPictures"),
        "six": ("Contacts", "PhotoCount", "MeanViews", "NumGroups", "AvgGroupsMemb", "AvgGroupPhotos"),
        "eight": (
            "MeanViews",
            "Contacts",
            "GroupsCount",
            "GroupsAvgMembers",
            "GroupsAvgPictures",
            "NumGroups",
            "AvgGroupsMemb",
            "AvgGroupPhotos",
        ),
    }
)


def published_or_ranked(features: pd.DataFrame, scale: pd.Series, *, feature_set: str) -> list[str]:
    """Return the columns of a published set, or as many columns with the strongest rank correlation.

    Parameters
    ----------
    features : DataFrame of shape (n_posts, n_columns)
        Training rows.
    scale : Series of shape (n_posts,)
        Their scales.
    feature_set : str
        A key of `FEATURE_SETS`.

    Returns
    -------
    list of str
        Names of columns: the published ones if the table has all of them. Otherwise as many numeric columns, those with
        the largest absolute Spearman correlation with the scale, or all if there are fewer.

    Examples
    --------
    >>> posts = pd.DataFrame({"noise": [1.0, 3.0, 2.0, 1.0, 2.0] * 2, "followers": range(10)})
    >>> scale = pd.Series(range(100, 200, 10))
    >>> published_or_ranked(posts, scale, feature_set="views")
    ['followers']
    """
    published = FEATURE_SETS[feature_set]
    if set(published) <= set(features.columns):
        return list(published)
    ranking = rank_features(features, scale, methods=("spearman",))
    ranked = ranking[ranking["spearman"].notna()]
    # A table of categories, or of few posts, has no rank correlations; then its first columns are taken.
    return list((ranked if len(ranked) else ranking).index[: len(published)])
