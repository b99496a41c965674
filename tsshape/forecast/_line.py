"""Quantiles of a logarithm as lines of the features, for so few posts that trees find nothing in them."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from scipy.stats import norm

from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.features import DesignMatrix
from tsshape.forecast._pinball import Problems

MEDIAN = 0.5

# What a term is: a number, its signed logarithm, whether a value is missing, whether it is a certain category.
FORMS = _NUMBER, _LOGARITHM, _MISSING, _CATEGORY = range(4)
# A category, or the absence of a value, has a term where at least so many posts have it and as many do not.
_FEWEST_POSTS_OF_TERM = 3
_FOLDS = 5
# The penalties that are tried, as shares of the smallest one that leaves no term.
_PENALTY_SHARES = np.geomspace(1.0, 0.01, 12)
# Errors up to this share of their standard deviation count as their squares: half the steps, and fewer wrong terms.
_KINK = 0.4
# The probability that the lines of some other level than the median take up a term that tells nothing of the spread.
_CHANCE = 0.5
# Of larger numbers the squares overflow.
_LARGEST_NUMBER = 1e60
# How far a forecast may lie outside the training values, as a share of their range.
_MARGIN = 0.1


class QuantileLines:
    """Lines for quantiles of a logarithm given features, with few terms.

    Numbers enter as they are or as signed logarithms, whichever follows the target more closely; their missing values
    are the median; frequent categories, and missing values where they are frequent, have terms of their own. The
    median's line minimises the absolute error with an L1 penalty, which five folds choose. The lines of the other
    levels follow the errors that these folds left, so that few posts do not make them too narrow. Nothing is random.

    Attributes
    ----------
    columns_, forms_ : array of int of shape (n_terms,)
        The design column of each term, and what is made of it.
    codes_, fills_ : array of shape (n_terms,)
        The category of a term, and what stands for a missing number; NaN in the terms that have none.
    lows_, highs_, centers_, scales_ : array of shape (n_terms,)
        The range of each term in training, to which it is clipped, and what is subtracted and divided by.
    coefficients_, intercepts_ : array of shape (n_levels, n_terms) and (n_levels,)
        The lines.
    median_ : int
        The position of the median among the levels.
    lowest_, highest_ : float
        The bounds of the forecasts.
    """

    def fit(self, X: DesignMatrix, y: FloatArray, levels: Sequence[float]) -> Self:
        """Fit on rows of features and their logarithms.

        Parameters
        ----------
        X : DesignMatrix of n_rows rows
            At least one.
        y : array of shape (n_rows,)
            Finite.
        levels : sequence of float
            Levels of the quantiles, ascending, 0.5 among them.
        """
        self.median_ = list(levels).index(MEDIAN)
        margin = _MARGIN * (y.max() - y.min())
        self.lowest_, self.highest_ = float(y.min() - margin), float(y.max() + margin)
        self._choose_terms(X, y)
        terms = np.array([self._term(X.values, term) for term in range(len(self.columns_))]).reshape(-1, len(y))
        line, errors = _fit_median(terms, y)
        spread = np.zeros((len(levels), len(line)))
        others = np.delete(np.arange(len(levels)), self.median_)
        spread[others] = _fit_spread(terms, errors, np.take(levels, others))
        self.coefficients_ = line + spread
        intercept = np.median(y - np.einsum("j,ji->i", line, terms))
        # The errors need not have their median at 0: the levels keep their distances from it.
        left = errors - np.median(errors) - np.einsum("kj,ji->ki", spread, terms)
        self.intercepts_ = intercept + np.array(
            [np.quantile(row, level) for row, level in zip(left, levels, strict=True)]
        )
        used: BoolArray = (self.coefficients_ != 0).any(axis=0)
        self.coefficients_ = self.coefficients_[:, used]
        self._keep_terms(used)
        return self

    def predict(self, values: FloatArray) -> FloatArray:
        """Return quantiles of the logarithm, shape (n_rows, n_levels), ascending in each row."""
        lines = np.repeat(self.intercepts_[:, None], len(values), axis=1)
        # Term by term: a table of all terms may not fit into memory, and the bits do not depend on the number of rows.
        for term, coefficients in enumerate(self.coefficients_.T):
            lines += coefficients[:, None] * self._term(values, term)
        lines = np.clip(lines.T, self.lowest_, self.highest_)
        middle = lines[:, [self.median_]]
        below = np.minimum(lines[:, : self.median_], middle)
        above = np.maximum(lines[:, self.median_ + 1 :], middle)
        return np.hstack([np.sort(below, axis=1), middle, np.sort(above, axis=1)])

    def contributions(self, values: FloatArray) -> FloatArray:
        """Return what each design column adds to the median; the last column is the median of an average row.

        Shape (n_rows, n_columns + 1); the bounds of the forecasts are left out of account.
        """
        parts = np.zeros((len(values), values.shape[1] + 1))
        parts[:, -1] = self.intercepts_[self.median_]
        for term, coefficient in enumerate(self.coefficients_[self.median_]):
            parts[:, self.columns_[term]] += coefficient * self._term(values, term)
        return parts

    def _choose_terms(self, X: DesignMatrix, y: FloatArray) -> None:
        """Choose the terms, and learn their ranges and scales."""
        rows: list[tuple[int, int, float, float]] = []
        for column, values in enumerate(X.values.T):
            missing = np.isnan(values)
            if column in X.categorical:
                codes, sizes = np.unique(values[~missing], return_counts=True)
                rows += [(column, _CATEGORY, code, np.nan) for code in codes[_are_frequent(sizes, len(y))]]
            elif not missing.all():
                form = _form_of_number(values[~missing], y[~missing])
                rows.append((column, form, np.nan, float(np.median(values[~missing]))))
            if _are_frequent(missing.sum(), len(y)):
                rows.append((column, _MISSING, np.nan, np.nan))
        columns, forms, codes, fills = np.array(rows, dtype=np.float64).reshape(-1, 4).T
        self.columns_, self.forms_, self.codes_, self.fills_ = columns.astype(int), forms.astype(int), codes, fills
        raw = np.array([self._raw_term(X.values, term) for term in range(len(rows))]).reshape(len(rows), len(y))
        self.lows_, self.highs_ = raw.min(axis=1), raw.max(axis=1)
        self.centers_, self.scales_ = raw.mean(axis=1), raw.std(axis=1)
        # A category counts as if half of the posts had it: rare ones are held back by the penalty.
        self.scales_[self.forms_ >= _MISSING] = 0.5
        self._keep_terms(self.highs_ > self.lows_)

    def _keep_terms(self, kept: BoolArray) -> None:
        """Forget the other terms."""
        for name in ("columns_", "forms_", "codes_", "fills_", "lows_", "highs_", "centers_", "scales_"):
            setattr(self, name, getattr(self, name)[kept])

    def _term(self, values: FloatArray, term: int) -> FloatArray:
        """Return one term of each row, clipped to its range and standardised, shape (n_rows,)."""
        clipped = np.clip(self._raw_term(values, term), self.lows_[term], self.highs_[term])
        standardised: FloatArray = (clipped - self.centers_[term]) / self.scales_[term]
        return standardised

    def _raw_term(self, values: FloatArray, term: int) -> FloatArray:
        """Return one term of each row, shape (n_rows,)."""
        column, form = values[:, self.columns_[term]], self.forms_[term]
        if form == _CATEGORY:
            return np.asarray(column == self.codes_[term], dtype=np.float64)
        missing = np.isnan(column)
        if form == _MISSING:
            return missing.astype(np.float64)
        filled = np.where(missing, self.fills_[term], column)
        return _signed_log(filled) if form == _LOGARITHM else np.asarray(filled, dtype=np.float64)


def _are_frequent(sizes: IntArray, n_posts: int) -> BoolArray:
    """Return whether enough posts have something, and enough do not."""
    return (sizes >= _FEWEST_POSTS_OF_TERM) & (n_posts - sizes >= _FEWEST_POSTS_OF_TERM)


def _signed_log(values: FloatArray) -> FloatArray:
    """Return log(1 + |x|) with the sign of x."""
    logarithm: FloatArray = np.sign(values) * np.log1p(np.abs(values))
    return logarithm


def _form_of_number(values: FloatArray, y: FloatArray) -> int:
    """Return whether a number or its logarithm has the higher correlation with the target; the logarithm in doubt."""
    if np.abs(values).max() > _LARGEST_NUMBER:
        return _LOGARITHM
    linear, log = (_correlation(each, y) for each in (values, _signed_log(values)))
    return _NUMBER if linear > log else _LOGARITHM


def _correlation(a: FloatArray, b: FloatArray) -> float:
    """Return the absolute value of Pearson's correlation, 0 where one of the two is constant."""
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return abs(float((a * b).sum())) / size if size else 0.0


def _fit_median(terms: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the slopes of the median's line, and the errors of lines fitted without each post.

    The slopes are the mean over the folds' lines and over all penalties whose loss is within one standard error of the
    least: a choice of one penalty would depend on few posts.
    """
    fold = _folds(y)
    kept = np.vstack([fold != each for each in range(int(fold.max()) + 1)]).astype(np.float64)
    if len(kept) == 1:
        return np.zeros(len(terms)), y - np.median(y)
    problems = Problems(terms, y, kept, np.full(len(kept), MEDIAN), _KINK * float(y.std()))
    lines = problems.constants()
    largest = np.abs(problems.gradient(lines)[0]).max(initial=0.0)
    slopes, errors = [], []
    for share in _PENALTY_SHARES:
        lines = problems.minimise(share * largest, lines)
        slopes.append(lines.slopes.mean(axis=0))
        errors.append(problems.errors(lines)[fold, np.arange(len(y))])
    losses = np.abs(errors)
    mean, best = losses.mean(axis=1), losses.mean(axis=1).argmin()
    standard_error = (losses - losses[best]).std(axis=1) / np.sqrt(len(y))
    good = mean <= mean[best] + standard_error
    return np.mean(np.array(slopes)[good], axis=0), np.mean(np.array(errors)[good], axis=0)


def _fit_spread(terms: FloatArray, errors: FloatArray, levels: FloatArray) -> FloatArray:
    """Return the slopes of quantiles of the median's errors, (n_levels, n_terms).

    A. Belloni, V. Chernozhukov, "L1-penalized quantile regression in high-dimensional sparse models", Annals of
    Statistics 39, 2011: the penalty that errors which depend on no term pass with a known probability.
    """
    n_terms, n_rows = terms.shape
    problems = Problems(terms, errors, np.ones((len(levels), n_rows)), levels, _KINK * float(errors.std()))
    quantile = norm.isf(_CHANCE / (2 * max(n_terms, 1)))
    return problems.minimise(quantile * np.sqrt(levels * (1 - levels) / n_rows), problems.constants()).slopes


def _folds(y: FloatArray) -> IntArray:
    """Return the fold of each post; every fold has posts from the whole range of the target."""
    order = np.argsort(y, kind="stable")
    fold = np.empty(len(y), dtype=np.int64)
    fold[order] = np.arange(len(y)) % _FOLDS
    return fold
