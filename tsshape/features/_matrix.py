"""An encoded table as the matrix that tree libraries take."""

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from tsshape._errors import DataError
from tsshape._typing import FloatArray


def to_matrix(encoded: pd.DataFrame) -> tuple[FloatArray, list[int]]:
    """An encoded table as numbers, and which of its columns are categories.

    Parameters
    ----------
    encoded : DataFrame of shape (n_posts, n_features_out)
        What `TableEncoder.transform` gives.

    Returns
    -------
    matrix : float64 array of shape (n_posts, n_features_out), C order
        Numbers as they are, categories as their codes 0, 1, …; missing as NaN.
    categorical : list of int
        The positions of the category columns: LightGBM's `categorical_feature`, scikit-learn's `categorical_features`.

    Raises
    ------
    DataError
        If a column holds neither numbers nor categories.

    Examples
    --------
    >>> import pandas as pd
    >>> from tsshape.features import TableEncoder, to_matrix
    >>> posts = pd.DataFrame({"Contacts": [12, None], "Country": ["IT", "FR"]})
    >>> to_matrix(TableEncoder().fit_transform(posts))
    (array([[12.,  1.],
           [nan,  0.]]), [1])
    """
    matrix = np.empty(encoded.shape, dtype=np.float64)
    categorical = []
    for i, (name, column) in enumerate(encoded.items()):
        if isinstance(column.dtype, pd.CategoricalDtype):
            categorical.append(i)
            matrix[:, i] = column.cat.codes.where(column.notna(), np.nan)
        elif is_numeric_dtype(column.dtype):
            matrix[:, i] = column
        else:
            raise DataError(f"column {name!r} holds {column.dtype} values: encode the table with TableEncoder first")
    return matrix, categorical
