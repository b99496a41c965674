"""Shape-based distance."""

from typing import Any

import numpy as np
from scipy import fft

from tsshape._typing import Floats

# Correlations in memory at once, 32 MB in float64.
BLOCK_CELLS = 2**22


def shape_based(X: Floats, Y: Floats, *, standardize: bool) -> Floats:
    """Compute shape-based distances: 1 minus the greatest normalised cross-correlation over all shifts, from 0 to 2.

    A curve that is 0 throughout (a constant one, if `standardize`) has no norm: its distance to another such curve is
    defined as 0, to any other curve as 1.

    References
    ----------
    J. Paparrizos, L. Gravano, "k-Shape: efficient and accurate clustering of time series", SIGMOD 2015.
    """
    first, second = (_unit_norm(Z.astype(np.float64), standardize=standardize) for Z in (X, Y))
    size = fft.next_fast_len(X.shape[1] + Y.shape[1] - 1, real=True)
    spectra, others = fft.rfft(first, size), np.conj(fft.rfft(second, size))
    distances = np.empty((len(X), len(Y)), dtype=X.dtype)
    step = max(1, BLOCK_CELLS // (len(Y) * size))
    for start in range(0, len(X), step):
        rows, columns = slice(start, start + step), slice(start if Y is X else 0, None)
        correlations = fft.irfft(spectra[rows, None, :] * others[None, columns, :], size)
        # Shifts without overlap, from padding, have correlation 0, which must not exceed negative ones.
        correlations[:, :, X.shape[1] : size - Y.shape[1] + 1] = -1
        # By rounding the distance of a curve to itself may be below 0.
        distances[rows, columns] = np.maximum(1 - correlations.max(axis=-1), 0)
        if Y is X:
            distances[columns, rows] = distances[rows, columns].T
    flat, others_flat = ~first.any(axis=1), ~second.any(axis=1)
    distances[np.ix_(flat, others_flat)] = 0
    return distances


def _unit_norm(X: np.ndarray[Any, np.dtype[np.float64]], *, standardize: bool) -> Any:
    """Divide each curve by its Euclidean norm, without overflow or underflow of squares."""
    scaled = _scaled(X)
    if standardize:
        # The mean of equal values may differ from them by a rounding error, which scaling would magnify.
        constant = X.min(axis=1) == X.max(axis=1)
        scaled = scaled - scaled.mean(axis=1, keepdims=True)
        scaled[constant] = 0
        scaled = _scaled(scaled)
    norms = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))[:, None]
    return np.divide(scaled, norms, out=np.zeros_like(scaled), where=norms > 0)


def _scaled(X: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
    """Divide each curve by the power of two next to its largest value, which is exact."""
    exponents = np.frexp(np.abs(X).max(axis=1, keepdims=True))[1]
    return np.ldexp(X, -exponents)
