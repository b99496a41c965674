"""Text of the search in `_nearest_dtw_pairs`: `warp`, which computes a pair a lane, the bounds, and the rounds.

A module with this text defines `OUTSIDE`, `CELL_COST`, `PACK_COST`, `BOUND_COST`, and the functions `cell` and `final`.
Loops over names in capitals are written out by `_tile`.
"""

PAIRS = '''
@njit(**JIT_OPTIONS)
def is_live(array, index, limit):
    """Return whether a cell of any lane is within the lane's limit."""
    live = 0
    for v in VECTORS:
        live |= mask_bits(load(array, index + {v} * LANES, LANES) <= load(limit, {v} * LANES, LANES))
    return live != 0


@njit(**JIT_OPTIONS)
def warp(x, y, T, window, unscale, limit, top, out):
    """Compute each lane's distance where it is within the lane's limit, else more; return the number of cells."""
    outside = broadcast(OUTSIDE, LANES)
    for v in VECTORS:
        limit{v} = load(limit, {v} * LANES, LANES)
        store(out, {v} * LANES, outside)
    for j in range(T):
        for v in VECTORS:
            store(top, j * WIDTH + {v} * LANES, outside)
    last = (T - 1) % N_ROWS
    # Where the row above is within a limit; it is infinite from `stop` on.
    start, end, stop, n_cells = 0, 0, 0, 0
    for s in range(0, T, N_ROWS):
        for r in ROWS:
            for v in VECTORS:
                x{r}_{v} = load(x, (s + {r}) * WIDTH + {v} * LANES, LANES)
                l{r}_{v} = outside
        for v in VECTORS:
            g{v} = outside
        if s == 0:
            for v in VECTORS:
                g{v} = broadcast(ZERO, LANES)
        elif s - window > start:
            start = s - window
            if start > end:
                return n_cells
            for v in VECTORS:
                g{v} = load(top, (start - 1) * WIDTH + {v} * LANES, LANES)
        reached, j = T, start
        for p in PARTIAL:
            if j == s - window + {p} and j < T:
                for v in VECTORS:
                    y{v} = load(y, (j + 1) * WIDTH + {v} * LANES, LANES)
                    t{v} = load(top, j * WIDTH + {v} * LANES, LANES)
                    a{v} = t{v}
                    h{v} = g{v}
                for r in FIRST{p}:
                    for v in VECTORS:
                        a{v} = cell(x{r}_{v}, y{v}, a{v}, l{r}_{v}, h{v})
                        h{v} = l{r}_{v}
                        l{r}_{v} = a{v}
                for v in VECTORS:
                    g{v} = t{v}
                j += 1
        edge = min(T, s + window + 1)
        for j in range(j, edge):
            for v in VECTORS:
                y{v} = load(y, (j + 1) * WIDTH + {v} * LANES, LANES)
                t{v} = load(top, j * WIDTH + {v} * LANES, LANES)
                a{v} = t{v}
                h{v} = g{v}
            for r in ROWS:
                for v in VECTORS:
                    a{v} = cell(x{r}_{v}, y{v}, a{v}, l{r}_{v}, h{v})
                    h{v} = l{r}_{v}
                    l{r}_{v} = a{v}
            for v in VECTORS:
                store(top, j * WIDTH + {v} * LANES, a{v})
                g{v} = t{v}
            if j >= end:
                for r in ROWS:
                    for v in VECTORS:
                        a{v} = min(a{v}, l{r}_{v})
                live = 0
                for v in VECTORS:
                    live |= mask_bits(a{v} <= limit{v})
                if live == 0:
                    reached = j + 1
                    break
        if reached == T:
            for p in PARTIAL:
                j = s + window + 1 + {p}
                if j < T:
                    for v in VECTORS:
                        y{v} = load(y, (j + 1) * WIDTH + {v} * LANES, LANES)
                        a{v} = outside
                        h{v} = l{p}_{v}
                    for r in LAST{p}:
                        for v in VECTORS:
                            a{v} = cell(x{r}_{v}, y{v}, a{v}, l{r}_{v}, h{v})
                            h{v} = l{r}_{v}
                            l{r}_{v} = a{v}
                    for v in VECTORS:
                        store(top, j * WIDTH + {v} * LANES, a{v})
            if s + N_ROWS >= T:
                for r in ROWS:
                    if last == {r}:
                        for v in VECTORS:
                            store(out, {v} * LANES, final(l{r}_{v}, unscale))
            reached = min(T, s + window + N_ROWS)
        for j in range(reached, stop):
            for v in VECTORS:
                store(top, j * WIDTH + {v} * LANES, outside)
        end = stop = reached
        n_cells += (reached - start) * N_ROWS * WIDTH
        while start < end and not is_live(top, start * WIDTH, limit):
            start += 1
        if start == end:
            return n_cells
        while not is_live(top, (end - 1) * WIDTH, limit):
            end -= 1
    return n_cells
'''

DRIVER = '''
@njit(**JIT_OPTIONS)
def slide(y, T, radius, sign, out):
    """Write sign times the largest of sign times y within `radius` steps of each time, for all lanes."""
    for t in range(T):
        for lane in range(0, WIDTH, LANES):
            store(out, t * WIDTH + lane, load(y, (t + 1) * WIDTH + lane, LANES) * sign)
    span = 1
    while span < radius + 1:
        step = min(span, radius + 1 - span)
        for t in range(T - 1):
            for lane in range(0, WIDTH, LANES):
                later = load(out, min(t + step, T - 1) * WIDTH + lane, LANES)
                store(out, t * WIDTH + lane, max(load(out, t * WIDTH + lane, LANES), later))
        span += step
    for t in range(T - 1, radius, -1):
        for lane in range(0, WIDTH, LANES):
            earlier = load(out, (t - radius) * WIDTH + lane, LANES)
            store(out, t * WIDTH + lane, max(load(out, t * WIDTH + lane, LANES), earlier))
    for lane in range(0, WIDTH, LANES):
        largest = load(y, WIDTH + lane, LANES) * sign
        for t in range(min(radius + 1, T)):
            largest = max(largest, load(y, (t + 1) * WIDTH + lane, LANES) * sign)
            store(out, t * WIDTH + lane, max(load(out, t * WIDTH + lane, LANES), largest))
    for t in range(T):
        for lane in range(0, WIDTH, LANES):
            store(out, t * WIDTH + lane, load(out, t * WIDTH + lane, LANES) * sign)


@njit(**JIT_OPTIONS)
def outside_of(value, lower, upper):
    """Return how far a value is outside of its bounds."""
    return value - min(max(value, lower), upper)


@njit(**JIT_OPTIONS)
def bound_by_center(x, xo, y, T, upper, lower, to, limit, out):
    """Compute the bounds by a centre's envelope, and lower the limits to the costs of the diagonal."""
    first, final = load(y, WIDTH, LANES) - x[xo], load(y, T * WIDTH, LANES) - x[xo + T - 1]
    total0, total1 = first * first, broadcast(ZERO, LANES)
    if T > 1:
        total0 = fma(final, final, total0)
    diagonal0, diagonal1 = total0, total1
    for start in range(1, T - 1, 2):
        for k in TWO:
            if start + {k} < T - 1:
                value = load(y, (start + 1 + {k}) * WIDTH, LANES)
                outside = outside_of(value, lower[to + start + {k}], upper[to + start + {k}])
                total{k} = fma(outside, outside, total{k})
                difference = value - x[xo + start + {k}]
                diagonal{k} = fma(difference, difference, diagonal{k})
    store(out, 0, total0 + total1)
    store(limit, 0, min(load(limit, 0, LANES), diagonal0 + diagonal1))


@njit(**JIT_OPTIONS)
def bound_by_curve(x, xo, y, T, above, below, out):
    """Raise the bounds to those by the curves' envelopes."""
    first, final = load(y, WIDTH, LANES) - x[xo], load(y, T * WIDTH, LANES) - x[xo + T - 1]
    total0, total1 = first * first, broadcast(ZERO, LANES)
    if T > 1:
        total0 = fma(final, final, total0)
    for start in range(1, T - 1, 2):
        for k in TWO:
            if start + {k} < T - 1:
                at = (start + {k}) * WIDTH
                value = broadcast(x[xo + start + {k}], LANES)
                outside = outside_of(value, load(below, at, LANES), load(above, at, LANES))
                total{k} = fma(outside, outside, total{k})
    store(out, 0, max(load(out, 0, LANES), total0 + total1))


@njit(**JIT_OPTIONS)
def least_of(bounds, start, n, places, values, numbers):
    """Return the place of the least bound, the first of equals."""
    least, at = load(bounds, start, LANES), load(places, 0, LANES)
    for i in range(LANES, n, LANES):
        value = load(bounds, start + i, LANES)
        nearer = value < least
        at = select(nearer, load(places, 0, LANES) + places.dtype.type(i), at)
        least = min(value, least)
    store(values, 0, least)
    store(numbers, 0, at)
    best = 0
    for lane in range(1, LANES):
        if values[lane] < values[best]:
            best = lane
    return np.int64(numbers[best])


@njit(**JIT_OPTIONS)
def pack_pairs(x, x_stride, X, start, factor, curves, centers, first, n, x_lanes, y_lanes):
    """Transpose the curves and centres of some pairs into lanes; lanes that are left over repeat the last pair."""
    T = X.shape[1]
    # A few times at once, so that the lines that are written stay in the first-level cache.
    for begin in range(0, T, LANES):
        for lane in range(WIDTH):
            pair = min(first + lane, n - 1)
            curve, at = start + curves[pair], centers[pair] * x_stride + 1
            for t in range(begin, min(T, begin + LANES)):
                x_lanes[t * WIDTH + lane] = x[at + t]
                y_lanes[(t + 1) * WIDTH + lane] = X[curve, t] * factor


@njit(**JIT_OPTIONS)
def limit_by_diagonal(x, y, T, slack, limit):
    """Lower the limits to the squared Euclidean distances: the diagonal is a path."""
    for lane in range(0, WIDTH, LANES):
        total = broadcast(ZERO, LANES)
        for t in range(T):
            difference = load(y, (t + 1) * WIDTH + lane, LANES) - load(x, t * WIDTH + lane, LANES)
            total = fma(difference, difference, total)
        store(limit, lane, min(load(limit, lane, LANES), total * slack))


@njit(**JIT_OPTIONS)
def fill_bounds(x, x_stride, n, X, radius, upper, lower, factor, slack, start, stop, bounds, stride, limits):
    """Compute the bounds of the curves from start to stop and all centres, (curve, centre), and limits by diagonals."""
    T = X.shape[1]
    y, above, below = np.empty((T + 1) * WIDTH, X.dtype), np.empty(T * WIDTH, X.dtype), np.empty(T * WIDTH, X.dtype)
    found, limit = np.empty(n * WIDTH, X.dtype), np.empty(WIDTH, X.dtype)
    for first in range(start, stop, WIDTH):
        for begin in range(0, T, LANES):
            for lane in range(WIDTH):
                curve = min(first + lane, stop - 1)
                for t in range(begin, min(T, begin + LANES)):
                    y[(t + 1) * WIDTH + lane] = X[curve, t] * factor
        slide(y, T, radius, FLOAT(1), above)
        slide(y, T, radius, FLOAT(-1), below)
        limit[:] = OUTSIDE
        for c in range(n):
            bound_by_center(x, c * x_stride + 1, y, T, upper, lower, c * T, limit, found[c * WIDTH :])
        for lane in range(WIDTH):
            limit[lane] *= slack
        for c in range(n):
            if is_live(found, c * WIDTH, limit):
                bound_by_curve(x, c * x_stride + 1, y, T, above, below, found[c * WIDTH :])
        for lane in range(min(WIDTH, stop - first)):
            limits[first - start + lane] = limit[lane]
            for c in range(n):
                bounds[(first - start + lane) * stride + c] = found[c * WIDTH + lane]


@njit(**JIT_OPTIONS)
def kernel(x, x_stride, n, X, window, unscale, upper, lower, scale, slack, start, stop, labels, distances, budget):
    T, n_curves, stride = X.shape[1], stop - start, (n + LANES - 1) // LANES * LANES
    radius = min(window, T - 1)
    bounds = np.full(n_curves * stride, OUTSIDE)
    limits = np.empty(n_curves, X.dtype)
    fill_bounds(x, x_stride, n, X, radius, upper, lower, scale, slack, start, stop, bounds, stride, limits)
    labels[start:stop] = 0
    distances[start:stop] = OUTSIDE
    active = np.arange(n_curves)
    curves, centers = np.empty(n_curves + WIDTH, np.int64), np.empty(n_curves + WIDTH, np.int64)
    x_lanes, y_lanes = np.zeros((T + N_ROWS) * WIDTH, X.dtype), np.zeros((T + 1) * WIDTH, X.dtype)
    top, found, limit = np.empty(T * WIDTH, X.dtype), np.empty(WIDTH, X.dtype), np.empty(WIDTH, X.dtype)
    places, values, numbers = np.arange(LANES).astype(X.dtype), np.empty(LANES, X.dtype), np.empty(LANES, X.dtype)
    n_active = n_curves
    spent = BOUND_COST * n_curves * n * T
    while n_active > 0 and spent < budget:
        # The last few curves take several centres each, so that no lane is empty.
        n_each = max(1, WIDTH // n_active)
        n_pairs, n_left = 0, 0
        for i in range(n_active):
            curve, before = active[i], n_pairs
            for _ in range(n_each):
                c = least_of(bounds, curve * stride, stride, places, values, numbers)
                at = curve * stride + c
                if bounds[at] == OUTSIDE or bounds[at] > limits[curve]:
                    break
                bounds[at] = OUTSIDE
                curves[n_pairs], centers[n_pairs] = curve, c
                n_pairs += 1
            if n_pairs > before:
                active[n_left] = curve
                n_left += 1
        n_active = n_left
        for first in range(0, n_pairs, WIDTH):
            pack_pairs(x, x_stride, X, start, scale, curves, centers, first, n_pairs, x_lanes, y_lanes)
            for lane in range(WIDTH):
                limit[lane] = limits[curves[min(first + lane, n_pairs - 1)]]
            limit_by_diagonal(x_lanes, y_lanes, T, slack, limit)
            spent += CELL_COST * warp(x_lanes, y_lanes, T, window, unscale, limit, top, found) + PACK_COST * WIDTH * T
            for pair in range(first, min(first + WIDTH, n_pairs)):
                curve, value = start + curves[pair], found[pair - first]
                if value < distances[curve] or (value == distances[curve] and centers[pair] < labels[curve]):
                    distances[curve], labels[curve] = value, centers[pair]
                    scaled = value * scale
                    limits[curve - start] = min(limits[curve - start], scaled * scaled * slack)
    return spent < budget
'''
