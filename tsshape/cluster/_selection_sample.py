"""The sample of curves that the criteria with all distances are computed from."""

from typing import NamedTuple


class SelectionSample(NamedTuple):
    """The sample that some criteria of a `ClusterSelection` are computed from, and its error.

    Attributes
    ----------
    criteria : tuple of str
        These criteria: `silhouette`, `dunn` or both.
    n_curves, n_all : int
        Number of curves in the sample, and of all curves.
    silhouette_error : float or None
        Greatest standard error of a mean silhouette, over the numbers of clusters; None without silhouettes.

    Examples
    --------
    >>> print(SelectionSample(("dunn",), 20_000, 100_000, None).words)
    dunn is computed from a sample of 20,000 of the 100,000 curves; the Dunn index of a sample is an upper bound
    """

    criteria: tuple[str, ...]
    n_curves: int
    n_all: int
    silhouette_error: float | None

    @property
    def words(self) -> str:
        """One sentence on the sample and its error."""
        names, verb = " and ".join(self.criteria), "are" if len(self.criteria) > 1 else "is"
        parts = [f"{names} {verb} computed from a sample of {self.n_curves:,} of the {self.n_all:,} curves"]
        if self.silhouette_error is not None:
            parts.append(f"the standard error of a mean silhouette is at most {self.silhouette_error:.2g}")
        if "dunn" in self.criteria:
            parts.append("the Dunn index of a sample is an upper bound")
        return "; ".join(parts)
