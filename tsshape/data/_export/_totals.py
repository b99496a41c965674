"""Rows that add up the others, which are no posts."""

import shlex

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray
from tsshape.data._export._roles import is_total

_TOLERANCE = 1e-3
# What is in every name of a total, so that few ids are looked at one by one.
_TOTAL_LIKE = "(?i)tot|sum|gesamt|overall|som|итог|计|計"


def refuse_totals(ids: pd.Index, post: IntArray, views: FloatArray, source: str) -> None:
    """Refuse a post that is called a total and whose counts add up to at least those of all others.

    `post` has the position of each count's post among the ids.
    """
    if len(ids) < 3 or not ids.str.contains(_TOTAL_LIKE).any():  # noqa: PLR2004 - one other is no sum
        return
    sums = np.bincount(post, np.nan_to_num(views), minlength=len(ids))
    for id_, own in zip(ids, sums, strict=True):
        others = sums.sum() - own
        if is_total(id_) and own >= others * (1 - _TOLERANCE):
            raise DataError(
                f"{source}: the counts of the post {id_!r} add up to {own:,.6g}, those of all others to"
                f" {others:,.6g}: it looks like their total. Leave it out with --ignore-post {shlex.quote(str(id_))}"
            )
