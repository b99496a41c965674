"""Text that runs the kernels of `_path_sums` over many pairs, and computes the pairs that they leave.

These are gathered, one pair a lane, as many as the vectors of a strip hold, and computed by the recurrence of
`ELASTIC`, whose cells are several times as much work. In a tile most of whose first row was left, the other rows are
left unseen.
"""

DRIVER = '''
from tsshape._kernels._recurrences import ELASTIC

logarithmic_cell = njit(**JIT_OPTIONS)(ELASTIC["soft_dtw"].cell)


@njit(**JIT_OPTIONS)
def in_logarithms(x, y, T, U, window, gamma, cells, values):
    """Write the distances of the pairs of curves in the lanes of x and y."""
    sharpness = FLOAT(1) / gamma
    outside = broadcast(FLOAT(np.inf), LANES)
    for j in range(1, U + 1):
        for v in VECTORS:
            store(cells, j * WIDTH + {v} * LANES, outside)
    for v in VECTORS:
        store(cells, {v} * LANES, broadcast(ZERO, LANES))
    for i in range(T):
        first = max(0, i - window)
        for v in VECTORS:
            x{v} = load(x, i * WIDTH + {v} * LANES, LANES)
            h{v} = load(cells, first * WIDTH + {v} * LANES, LANES)
            l{v} = outside
            store(cells, {v} * LANES, outside)
        for j in range(first, min(U, i + window + 1)):
            for v in VECTORS:
                at = (j + 1) * WIDTH + {v} * LANES
                a{v} = load(cells, at, LANES)
                y{v} = load(y, j * WIDTH + {v} * LANES, LANES)
                l{v} = logarithmic_cell(x{v}, y{v}, a{v}, l{v}, h{v}, gamma, sharpness)
                h{v} = a{v}
                store(cells, at, l{v})
    for v in VECTORS:
        store(values, {v} * LANES, l{v})


@njit(**JIT_OPTIONS)
def finish(rows, columns, n_pairs, values, out, direct, mirrored):
    """Write the distances of gathered pairs to the matrix."""
    for lane in range(n_pairs):
        i, j = rows[lane], columns[lane]
        if direct:
            out[i, j] = values[lane]
        if mirrored:
            out[j, i] = values[lane]


@njit(**JIT_OPTIONS)
def kernel(
    x, x_stride, n, T, y, m, U, window, constants, by_lag, out, symmetric, direct, mirrored,
    first, last, first_block, last_block,
):
    top = np.empty(U * WIDTH, x.dtype)
    tile = np.empty(CHUNK * WIDTH, x.dtype)
    lane_x, lane_y, cells = np.zeros(T * WIDTH), np.zeros(U * WIDTH), np.empty((U + 1) * WIDTH)
    rows, columns, values, n_left = np.empty(WIDTH, np.intp), np.empty(WIDTH, np.intp), np.empty(WIDTH), 0
    n_chunks = (n + CHUNK - 1) // CHUNK
    for number in range(first, last):
        for half in range(2):
            chunk = n_chunks - 1 - number if half else number
            if half and chunk == number:
                continue
            start, stop = chunk * CHUNK, min(n, chunk * CHUNK + CHUNK)
            for b in range(max(start // WIDTH, first_block) if symmetric else first_block, last_block):
                yo = (b * (U + 1) + 1) * WIDTH
                left, right = b * WIDTH, min(m, b * WIDTH + WIDTH)
                n_infinite = 0
                for i in range(start, stop):
                    to = (i - start) * WIDTH
                    if 2 * n_infinite > right - left:
                        tile[to : to + WIDTH] = np.inf
                        continue
                    block(x, i * x_stride + 1, x_stride, T, y, yo, U, window, constants, by_lag, top, tile, to)
                    n_infinite = 0
                    for lane in range(right - left):
                        n_infinite += tile[to + lane] == np.inf
                for i in range(start, stop):
                    for j in range(max(left, i) if symmetric else left, right):
                        value = tile[(i - start) * WIDTH + j - left]
                        if value < np.inf:
                            if direct:
                                out[i, j] = value
                            continue
                        for t in range(T):
                            lane_x[t * WIDTH + n_left] = x[i * x_stride + 1 + t]
                        for t in range(U):
                            lane_y[t * WIDTH + n_left] = y[yo + t * WIDTH + j - left]
                        rows[n_left], columns[n_left] = i, j
                        n_left += 1
                        if n_left == WIDTH:
                            in_logarithms(lane_x, lane_y, T, U, window, constants[0], cells, values)
                            finish(rows, columns, n_left, values, out, direct, mirrored)
                            n_left = 0
                if mirrored:
                    for j in range(left, right):
                        for i in range(start, min(stop, j) if symmetric else stop):
                            value = tile[(i - start) * WIDTH + j - left]
                            if value < np.inf:
                                out[j, i] = value
    if n_left:
        in_logarithms(lane_x, lane_y, T, U, window, constants[0], cells, values)
        finish(rows, columns, n_left, values, out, direct, mirrored)
'''
