"""The swap phase of k-medoids."""

import functools
from typing import Any

import numpy as np

from tsshape._kernels._cache import load_kernel
from tsshape._kernels._packing import Array
from tsshape._kernels._threads import run_chunks
from tsshape._typing import FloatArray, IntArray

# For each curve, `near` and `runner` are the nearest and second nearest medoid, `first` and `second` their distances,
# which are entries of the matrix, so that no rounding error accumulates.
SOURCE = '''"""FasterPAM: makes an exchange of a medoid as soon as it is found to lower the total."""

import numpy as np
from numba import njit

from tsshape._kernels._simd import JIT_OPTIONS


@njit(**JIT_OPTIONS)
def nearest_but(distances, medoids, excluded, i):
    """Return number and distance of the medoid nearest to curve i, one medoid excluded; the first of equals."""
    slot, least = -1, np.inf
    for m in range(len(medoids)):
        if m != excluded and distances[medoids[m], i] < least:
            slot, least = m, distances[medoids[m], i]
    return slot, least


@njit(**JIT_OPTIONS)
def best_exchange(candidate, weights, near, first, second, losses, changes):
    """Return which medoid a candidate should replace, and the change of the total, except for rounding."""
    changes[:] = losses
    gain = 0.0
    for i in range(len(near)):
        distance = candidate[i]
        if distance < second[i]:
            if distance < first[i]:
                # The curve moves to the candidate whichever medoid goes: if its own, nothing is lost.
                gain += weights[i] * (np.float64(distance) - first[i])
                changes[near[i]] += weights[i] * (np.float64(first[i]) - second[i])
            else:
                changes[near[i]] += weights[i] * (np.float64(distance) - second[i])
    slot = np.argmin(changes)
    return slot, changes[slot] + gain


@njit(**JIT_OPTIONS)
def total_with(candidate, slot, weights, near, first, second):
    """Return the total after the candidate has replaced a medoid."""
    total = 0.0
    for i in range(len(near)):
        total += weights[i] * min(candidate[i], second[i] if near[i] == slot else first[i])
    return total


@njit(**JIT_OPTIONS)
def exchange(distances, medoids, slot, near, runner, first, second):
    """Update the nearest medoids of each curve after the one in `slot` was replaced."""
    candidate = distances[medoids[slot]]
    for i in range(len(near)):
        distance = candidate[i]
        if near[i] == slot:
            if distance < second[i]:
                first[i] = distance
            else:
                near[i], first[i] = runner[i], second[i]
                runner[i], second[i] = nearest_but(distances, medoids, near[i], i)
        elif distance < first[i]:
            runner[i], second[i] = near[i], first[i]
            near[i], first[i] = slot, distance
        elif distance < second[i]:
            runner[i], second[i] = slot, distance
        elif runner[i] == slot:
            runner[i], second[i] = nearest_but(distances, medoids, near[i], i)


@njit(**JIT_OPTIONS)
def set_losses(weights, near, first, second, losses):
    """Write by how much the total rises if a medoid is removed, for each medoid."""
    losses[:] = 0.0
    for i in range(len(near)):
        losses[near[i]] += weights[i] * (np.float64(second[i]) - first[i])


@njit(**JIT_OPTIONS)
def kernel(distances, weights, medoids, max_sweeps):
    """Exchange medoids in place; return the total and the number of sweeps, the last perhaps incomplete."""
    n = len(distances)
    if len(medoids) == 1:
        # One sweep tries all curves whatever the start; from curve 0 on, the first of equals stays.
        medoids[0] = 0
    near, runner = np.empty(n, np.int64), np.empty(n, np.int64)
    first, second = np.empty(n, distances.dtype), np.empty(n, distances.dtype)
    losses, changes = np.empty(len(medoids)), np.empty(len(medoids))
    is_medoid = np.zeros(n, np.bool_)
    is_medoid[medoids] = True
    total = 0.0
    for i in range(n):
        near[i], first[i] = nearest_but(distances, medoids, -1, i)
        runner[i], second[i] = nearest_but(distances, medoids, near[i], i)
        total += weights[i] * first[i]
    set_losses(weights, near, first, second, losses)
    tried, since_exchange = 0, 0
    while since_exchange < n and tried // n < max_sweeps:
        c = tried % n
        tried, since_exchange = tried + 1, since_exchange + 1
        if is_medoid[c]:
            continue
        slot, change = 0, -np.inf
        if len(medoids) > 1:
            slot, change = best_exchange(distances[c], weights, near, first, second, losses, changes)
        if change < 0.0:
            # The sum itself decides, not its change: only then do exchanges among equals surely come to an end.
            lower = total_with(distances[c], slot, weights, near, first, second)
            if lower < total:
                is_medoid[medoids[slot]], is_medoid[c] = False, True
                medoids[slot], total, since_exchange = c, lower, 0
                exchange(distances, medoids, slot, near, runner, first, second)
                set_losses(weights, near, first, second, losses)
    return total, (tried + n - 1) // n
'''


def fasterpam(
    distances: Array, starts: IntArray, weights: FloatArray | None, max_sweeps: int, n_threads: int
) -> tuple[IntArray, FloatArray, IntArray]:
    """Run the swap phase of FasterPAM from each of several starts.

    A sweep tries every curve in place of the medoid that it would best replace, and makes the exchange at once if that
    lowers the weighted sum of the distances of the curves to their nearest medoids. The phase ends when no curve lowers
    the sum, so that no single exchange can. One sweep takes O(n_curves^2) operations, and an exchange O(n_curves) where
    few curves must look for another medoid, O(n_curves n_medoids) at worst.

    Parameters
    ----------
    distances : array of shape (n_curves, n_curves), float32 or float64
        C-contiguous, finite; row m holds the distances of all curves to curve m. They may be negative.
    starts : array of shape (n_starts, n_medoids), int64
        Rows of the initial medoids, all different within a start; with one medoid every start gives the same result.
    weights : array of shape (n_curves,), optional
        Not negative; ones by default.
    max_sweeps : int
        Most sweeps of one start, at least 1.
    n_threads : int
        At most as many threads are used, among which the starts are divided; the result is the same bits for any
        number.

    Returns
    -------
    medoids : array of shape (n_starts, n_medoids), int64
    totals : array of shape (n_starts,)
        Weighted sum of the distances to the nearest medoids.
    n_sweeps : array of shape (n_starts,), int64
        Number of sweeps, the last perhaps incomplete.

    References
    ----------
    E. Schubert, P. J. Rousseeuw, "Fast and eager k-medoids clustering: O(k) runtime improvement of the PAM, CLARA, and
    CLARANS algorithms", Information Systems 101, 2021.

    Examples
    --------
    >>> points = np.array([0.0, 1.0, 2.0, 10.0, 11.0, 12.0])
    >>> medoids, totals, _ = fasterpam(abs(points - points[:, None]), np.array([[0, 1]]), None, 10, 1)
    >>> sorted(medoids[0].tolist()), totals.tolist()
    ([1, 4], [4.0])
    """
    kernel = _kernel(distances.dtype.name)
    weights = np.ones(len(distances)) if weights is None else np.ascontiguousarray(weights, np.float64)
    medoids = np.array(starts, dtype=np.int64, order="C")
    totals, n_sweeps = np.empty(len(medoids)), np.empty(len(medoids), np.int64)

    def swap(start: int) -> None:
        totals[start], n_sweeps[start] = kernel(distances, weights, medoids[start], max_sweeps)

    run_chunks(swap, range(len(medoids)), n_threads)
    return medoids, totals, n_sweeps


@functools.cache
def _kernel(dtype: str) -> Any:
    """Compile `SOURCE`."""
    signature = f"Tuple((float64, int64))({dtype}[:, ::1], float64[::1], int64[::1], int64)"
    return load_kernel(f"fasterpam-{dtype}", SOURCE, signature)
