"""Texts of kernels with loops over rows and vectors written out."""

from tsshape._kernels._tile import tile_module

TEXT = """
for r in ROWS:
    x{r} = {r}

    for v in VECTORS:
        total{r}_{v} = x{r} + {v}
for p in PARTIAL:
    for r in FIRST{p}:
        last = ({p}, {r})
for y in Y:
    z = y
"""
WRITTEN_OUT = """
x0 = 0

total0_0 = x0 + 0
total0_1 = x0 + 1
x1 = 1

total1_0 = x1 + 0
total1_1 = x1 + 1
last = (0, 0)
last = (1, 0)
last = (1, 1)
for y in Y:
    z = y
"""


def test_loops_over_the_ranges_are_written_out_and_others_stay():
    ranges = {"PARTIAL": range(2), "FIRST0": range(1), "FIRST1": range(2)}
    assert tile_module("test", TEXT, "float64", n_rows=2, n_vectors=2, ranges=ranges).endswith(WRITTEN_OUT)


def test_the_module_defines_the_shape_of_its_tiles_in_its_dtype():
    names = {}
    exec(tile_module("test", "", "float32", n_rows=3, n_vectors=2), names)  # noqa: S102 - text of this package
    assert names["WIDTH"] == 2 * names["LANES"]
    assert (names["N_ROWS"], names["ZERO"].dtype) == (3, "float32")
