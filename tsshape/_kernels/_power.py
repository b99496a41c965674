"""Powers of vectors of lanes, by the C library."""

from typing import Any

from tsshape._kernels._simd import _call, _define_operation


def power(base: Any, exponent: Any) -> Any:
    """Return `base ** exponent` of floats or, in compiled code, of vectors; the base is not negative."""
    return base**exponent


_define_operation(power, lambda builder, base, exponent: _call(builder, "pow", base, exponent), n_operands=2)
