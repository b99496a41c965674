"""The processor that numba compiles for, and the width of its vector registers."""

import functools
import hashlib

import llvmlite.binding as llvm
import numpy as np
import numpy.typing as npt
from numba.core import config
from numba.core.codegen import get_host_cpu_features

# The sum of two vectors far wider than any register: the names of the registers that it takes tell their width.
PROBE = """
define void @probe(<64 x float>* %a, <64 x float>* %b) {
  %x = load <64 x float>, <64 x float>* %a
  %y = load <64 x float>, <64 x float>* %b
  %z = fadd <64 x float> %x, %y
  store <64 x float> %z, <64 x float>* %a
  ret void
}
"""


def target() -> tuple[str, str]:
    """Name and features of the processor compiled for, as numba's NUMBA_CPU_NAME and NUMBA_CPU_FEATURES have them."""
    if config.CPU_FEATURES is not None:
        return config.CPU_NAME or llvm.get_host_cpu_name(), config.CPU_FEATURES
    if config.CPU_NAME is not None:
        return config.CPU_NAME, ""
    return llvm.get_host_cpu_name(), get_host_cpu_features()


def fingerprint() -> str:
    """Eight bytes, in hex, that differ between processors for which numba may compile differently."""
    parts = (*target(), str(config.CPU_NAME), llvm.get_default_triple(), get_host_cpu_features())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@functools.cache
def register_bytes() -> int:
    """Bytes in the widest vector register: 64 with AVX-512, 32 with AVX, 16 with SSE2 and elsewhere."""
    name, features = target()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(cpu=name, features=features, opt=2)
    assembly = machine.emit_assembly(llvm.parse_assembly(PROBE))
    return 64 if "zmm" in assembly else 32 if "ymm" in assembly else 16


def lanes(dtype: npt.DTypeLike) -> int:
    """How many values of `dtype` one vector register holds."""
    return register_bytes() // np.dtype(dtype).itemsize


def n_registers() -> int:
    """Vector registers there are to keep a kernel's state in."""
    wide, usual = 32, 16
    return wide if register_bytes() == 64 else usual  # noqa: PLR2004
