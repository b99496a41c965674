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


# Architectures of 64-bit Arm, as compilers name them; its 32 vector registers have 16 bytes each.
ARM = ("aarch64", "arm64")


def target() -> tuple[str, str]:
    """Return name and features of the processor compiled for, in the form of NUMBA_CPU_NAME and NUMBA_CPU_FEATURES."""
    if config.CPU_FEATURES is not None:
        return config.CPU_NAME or llvm.get_host_cpu_name(), config.CPU_FEATURES
    if config.CPU_NAME is not None:
        return config.CPU_NAME, ""
    return llvm.get_host_cpu_name(), get_host_cpu_features()


def fingerprint() -> str:
    """Return eight bytes, in hex, that differ between processors for which numba may compile differently."""
    parts = (*target(), str(config.CPU_NAME), llvm.get_default_triple(), get_host_cpu_features())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@functools.cache
def register_bytes() -> int:
    """Return the bytes of the widest vector register: 64 with AVX-512, 32 with AVX, 16 elsewhere."""
    name, features = target()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(cpu=name, features=features, opt=2)
    assembly = machine.emit_assembly(llvm.parse_assembly(PROBE))
    return 64 if "zmm" in assembly else 32 if "ymm" in assembly else 16


def n_registers() -> int:
    """Return the number of vector registers that can hold a kernel's state: 32 with AVX-512 and on Arm, else 16."""
    return 32 if register_bytes() == 64 or llvm.get_default_triple().startswith(ARM) else 16  # noqa: PLR2004


def lanes(dtype: npt.DTypeLike) -> int:
    """Return how many values of `dtype` one vector register holds."""
    return register_bytes() // np.dtype(dtype).itemsize
