"""SIMD vectors for numba: a `Vector` is one LLVM vector of floats, a `Mask` the result of comparing two.

Inside a compiled function vectors take `+ - * /`, unary minus, `< <= > >=`, `min`, `max`, `abs` and `math.sqrt`, with
each other and with plain numbers (which are broadcast), so that one Python function works on floats and on vectors.
Instead of branching, write `select(mask, a, b)`: it works on floats too, compiled or not.

    load(array, index, n_lanes)     n_lanes values of a flat array from `index` on; n_lanes is a constant
    store(array, index, vector)     the reverse
    broadcast(value, n_lanes)       the same value in all lanes
    interleave(a, b, half)          a0, b0, a1, b1, … of the first half of the lanes or the second; half is 0 or 1
    fma(a, b, c)                    a * b + c, rounded once where the processor can
    select(mask, a, b)              a where the mask holds, else b
    mask_bits(mask)                 the mask as an integer, lane 0 in the lowest bit
    nearest_integer(a)              rounded to the nearest integer, ties to even
    times_power_of_two(a, n)        a * 2**n for an n that is integral and keeps the factor a normal number
    scaled_down(a, n)               a * 2**n, at least 2**-1000, for n + SHIFT instead of an n from -2000 to 0; float64
    exponent(a)                     n such that a = m * 2**n, 1 <= m < 2, for a normal a > 0; float64

Arithmetic has the flags {nnan, nsz, contract}: no result may be NaN. Infinity is allowed, because recurrences put it
outside their bands.
"""

import math
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

# How every kernel is compiled. "ninf" must not be among these flags.
FLAGS = {"nnan", "nsz", "contract"}
JIT_OPTIONS: dict[str, Any] = {"error_model": "numpy", "boundscheck": False, "fastmath": FLAGS, "nogil": True}
_IR_FLAGS = tuple(sorted(FLAGS))
_SINGLE_BITS = 32
# Added to a float64 n of at most 2**51, it rounds n to an integer, which then stands in the low bits.
SHIFT = 1.5 * 2**52
LEAST_EXPONENT = -1000


class Vector(types.Type):
    """The numba type of `n_lanes` floats that are handled as one."""

    def __init__(self, element: types.Float, n_lanes: int) -> None:
        self.element = element
        self.n_lanes = n_lanes
        super().__init__(name=f"Vector({element}, {n_lanes})")


class Mask(types.Type):
    """The numba type of `n_lanes` truth values."""

    def __init__(self, n_lanes: int) -> None:
        self.n_lanes = n_lanes
        super().__init__(name=f"Mask({n_lanes})")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    """A vector is held as an LLVM vector, so that it lives in a register."""

    def __init__(self, manager: Any, vector: Vector) -> None:
        element = manager.lookup(vector.element).get_value_type()
        super().__init__(manager, vector, ir.VectorType(element, vector.n_lanes))


@register_model(Mask)
class _MaskModel(models.PrimitiveModel):
    """A mask is held as an LLVM vector of bits."""

    def __init__(self, manager: Any, mask: Mask) -> None:
        super().__init__(manager, mask, ir.VectorType(ir.IntType(1), mask.n_lanes))


def _splat(builder: Any, value: Any, n_lanes: int) -> Any:
    """Emit an LLVM vector with the same value in all lanes."""
    empty = ir.Constant(ir.VectorType(value.type, n_lanes), ir.Undefined)
    first = builder.insert_element(empty, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(ir.IntType(32), n_lanes), [0] * n_lanes))


def _as_vector(context: Any, builder: Any, type_: types.Type, value: Any, vector: Vector) -> Any:
    """Emit an operand as an LLVM vector: numbers are broadcast."""
    if isinstance(type_, Vector):
        return value
    return _splat(builder, context.cast(builder, value, type_, vector.element), vector.n_lanes)


def _vector_of(*operands: types.Type) -> Vector | None:
    """Return the common vector type of operands; None if there is no vector, or there are two types of them."""
    vectors = {operand for operand in operands if isinstance(operand, Vector)}
    others = [operand for operand in operands if not isinstance(operand, Vector)]
    if len(vectors) != 1 or not all(isinstance(operand, types.Number) for operand in others):
        return None
    return vectors.pop()


def _call(builder: Any, name: str, *operands: Any) -> Any:
    """Emit a call of the LLVM intrinsic `name` for vectors."""
    type_ = operands[0].type
    element = "f32" if isinstance(type_.element, ir.FloatType) else "f64"
    function_type = ir.FunctionType(type_, [type_] * len(operands))
    full_name = f"llvm.{name}.v{type_.count}{element}"
    return builder.call(cgutils.get_or_insert_function(builder.module, function_type, full_name), operands)


def _define_operation(function: Any, emit: Callable[..., Any], *, n_operands: int, compares: bool = False) -> None:
    """Make numba compile a function of one or two vectors (or a vector and a number), by the code that `emit` emits."""

    def type_unary(a: types.Type) -> types.Type | None:
        return a if isinstance(a, Vector) else None

    def type_binary(a: types.Type, b: types.Type) -> types.Type | None:
        vector = _vector_of(a, b)
        return Mask(vector.n_lanes) if vector and compares else vector

    def lower(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        vector = next(type_ for type_ in signature.args if isinstance(type_, Vector))
        pairs = zip(signature.args, operands, strict=True)
        return emit(builder, *(_as_vector(context, builder, type_, value, vector) for type_, value in pairs))

    type_callable(function)(lambda _context: type_unary if n_operands == 1 else type_binary)
    if n_operands == 1:
        lower_builtin(function, Vector)(lower)
        return
    for formal in ((Vector, Vector), (Vector, types.Number), (types.Number, Vector)):
        lower_builtin(function, *formal)(lower)


def _smaller(builder: Any, a: Any, b: Any) -> Any:
    """Emit the smaller of two vectors, lane by lane: one instruction."""
    return builder.select(builder.fcmp_ordered("<", a, b, flags=("nnan", "nsz")), a, b)


def _larger(builder: Any, a: Any, b: Any) -> Any:
    """Emit the larger of two vectors, lane by lane: one instruction."""
    return builder.select(builder.fcmp_ordered(">", a, b, flags=("nnan", "nsz")), a, b)


def _arithmetic(name: str) -> Callable[..., Any]:
    """Return a function that emits the LLVM instruction `name` with the flags."""
    return lambda builder, *operands: getattr(builder, name)(*operands, flags=_IR_FLAGS)


def _comparison(symbol: str) -> Callable[..., Any]:
    """Return a function that emits an ordered comparison."""
    return lambda builder, a, b: builder.fcmp_ordered(symbol, a, b)


def nearest_integer(a: float) -> float:
    """Return the nearest integer, as a float; ties go to the even one."""
    return float(round(a))


for _operator, _name in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _define_operation(_operator, _arithmetic(_name), n_operands=2)
for _operator, _symbol in ((operator.lt, "<"), (operator.le, "<="), (operator.gt, ">"), (operator.ge, ">=")):
    _define_operation(_operator, _comparison(_symbol), n_operands=2, compares=True)
_define_operation(min, _smaller, n_operands=2)
_define_operation(max, _larger, n_operands=2)
_define_operation(operator.neg, _arithmetic("fneg"), n_operands=1)
_define_operation(abs, lambda builder, a: _call(builder, "fabs", a), n_operands=1)
_define_operation(math.sqrt, lambda builder, a: _call(builder, "sqrt", a), n_operands=1)
_define_operation(nearest_integer, lambda builder, a: _call(builder, "rint", a), n_operands=1)


def select(mask: Any, a: Any, b: Any) -> Any:
    """Return `a` where the mask holds, else `b`: a vector for a mask, a float for a plain truth value."""
    return a if mask else b


@type_callable(select)
def _type_select(_context: Any) -> Callable[..., types.Type | None]:
    """Return the type of a selection: a vector for a mask, a float for a truth value."""

    def typer(mask: types.Type, a: types.Type, b: types.Type) -> types.Type | None:
        if isinstance(mask, Mask):
            return _vector_of(a, b)
        return types.float64 if isinstance(mask, types.Boolean) else None

    return typer


def _lower_select(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
    """Emit a selection in lanes."""
    vector = signature.return_type
    chosen = (_as_vector(context, builder, t, v, vector) for t, v in zip(signature.args[1:], operands[1:], strict=True))
    return builder.select(operands[0], *chosen)


for _formal in ((Vector, Vector), (Vector, types.Number), (types.Number, Vector)):
    lower_builtin(select, Mask, *_formal)(_lower_select)


@lower_builtin(select, types.Boolean, types.Number, types.Number)
def _lower_scalar_select(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
    """Emit a selection between two floats, without a branch."""
    chosen = (context.cast(builder, v, t, types.float64) for t, v in zip(signature.args[1:], operands[1:], strict=True))
    return builder.select(operands[0], *chosen)


def _address(context: Any, builder: Any, signature: Any, operands: Any, vector: Vector) -> Any:
    """Emit the address of the vector that starts at an index of a flat array."""
    array = context.make_array(signature.args[0])(context, builder, operands[0])
    index = context.cast(builder, operands[1], signature.args[1], types.intp)
    pointer = builder.gep(array.data, [index], inbounds=True)
    return builder.bitcast(pointer, context.get_value_type(vector).as_pointer())


@intrinsic(prefer_literal=True)
def load(_context: Any, array: Any, index: Any, n_lanes: Any) -> Any:
    """Return the values of a flat array from `index` on, as a vector."""
    vector = Vector(array.dtype, n_lanes.literal_value)

    def emit(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        address = _address(context, builder, signature, operands, vector)
        return builder.load(address, align=vector.element.bitwidth // 8)

    return vector(array, index, n_lanes), emit


@intrinsic
def store(_context: Any, array: Any, index: Any, vector: Any) -> Any:
    """Write a vector to a flat array from `index` on."""

    def emit(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        address = _address(context, builder, signature, operands, vector)
        builder.store(operands[2], address, align=vector.element.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, index, vector), emit


@intrinsic(prefer_literal=True)
def broadcast(_context: Any, value: Any, n_lanes: Any) -> Any:
    """Return a vector with the same value in all lanes."""
    vector = Vector(getattr(value, "literal_type", value), n_lanes.literal_value)

    def emit(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        return _splat(builder, operands[0], vector.n_lanes)

    return vector(vector.element, n_lanes), emit


@intrinsic(prefer_literal=True)
def interleave(_context: Any, a: Any, b: Any, half: Any) -> Any:
    """Return the values of one half of two vectors in turn; half is 0 or 1."""
    n_lanes, first = a.n_lanes, half.literal_value * a.n_lanes // 2
    order = [lane + side for lane in range(first, first + n_lanes // 2) for side in (0, n_lanes)]
    mask = ir.Constant(ir.VectorType(ir.IntType(32), n_lanes), order)

    def emit(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        return builder.shuffle_vector(operands[0], operands[1], mask)

    return a(a, b, half), emit


@intrinsic
def fma(_context: Any, a: Any, b: Any, c: Any) -> Any:
    """Return `a * b + c` of vectors (numbers are broadcast), rounded once where the processor can."""
    vector = _vector_of(a, b, c)
    if vector is None:
        return None

    def emit(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        pairs = zip(signature.args, operands, strict=True)
        vectors = [_as_vector(context, builder, type_, value, vector) for type_, value in pairs]
        return _call(builder, "fmuladd", *vectors)

    return vector(a, b, c), emit


@intrinsic
def mask_bits(_context: Any, mask: Any) -> Any:
    """Return a mask as an int64 with one bit for each lane."""

    def emit(_context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        bits = builder.bitcast(operands[0], ir.IntType(mask.n_lanes))
        return builder.zext(bits, ir.IntType(64))

    return types.int64(mask), emit


@intrinsic
def times_power_of_two(_context: Any, a: Any, exponent: Any) -> Any:
    """Return `a * 2**exponent`, the exponent an integral vector of the same type."""

    def emit(context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        n_lanes, bits = a.n_lanes, a.element.bitwidth
        mantissa, bias = (23, 127) if bits == _SINGLE_BITS else (52, 1023)
        integers = ir.VectorType(ir.IntType(bits), n_lanes)
        biased = builder.add(builder.fptosi(operands[1], integers), ir.Constant(integers, [bias] * n_lanes))
        factor = builder.shl(biased, ir.Constant(integers, [mantissa] * n_lanes))
        return builder.fmul(operands[0], builder.bitcast(factor, context.get_value_type(a)), flags=_IR_FLAGS)

    return a(a, exponent), emit


@intrinsic
def scaled_down(_context: Any, a: Any, n: Any) -> Any:
    """Return `a * 2**n`, at least `2**LEAST_EXPONENT`, of float64 a >= 0; `n` is the exponent plus `SHIFT`."""

    def emit(context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        integers = ir.VectorType(ir.IntType(64), a.n_lanes)
        value, shifted = (builder.bitcast(operand, integers) for operand in operands)
        # As integers, positive floats are ordered as they are; what falls below the range is negative.
        scaled = builder.add(value, builder.shl(shifted, ir.Constant(integers, [52] * a.n_lanes)))
        least = ir.Constant(integers, [(1023 + LEAST_EXPONENT) << 52] * a.n_lanes)
        larger = builder.select(builder.icmp_signed(">", scaled, least), scaled, least)
        return builder.bitcast(larger, context.get_value_type(a))

    return a(a, n), emit


@intrinsic
def exponent(_context: Any, a: Any) -> Any:
    """Return the exponent of positive float64 numbers, as a vector of floats."""

    def emit(context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
        integers = ir.VectorType(ir.IntType(64), a.n_lanes)
        biased = builder.lshr(builder.bitcast(operands[0], integers), ir.Constant(integers, [52] * a.n_lanes))
        unbiased = builder.sub(biased, ir.Constant(integers, [1023] * a.n_lanes))
        return builder.sitofp(unbiased, context.get_value_type(a))

    return a(a), emit
