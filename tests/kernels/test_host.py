"""What is said of the processor's vector registers, against what the compiler does with them."""

import re

import llvmlite.binding as llvm
import pytest

from tsshape._kernels import _host

N_VALUES = 40
REGISTER = re.compile(r"\b(?:[xyz]mm|[qv])(\d+)\b")


def crowded(n_lanes):
    """Text of a function that keeps more vectors alive than any processor has registers."""
    kind = f"<{n_lanes} x float>"
    lines = [f"define void @crowded({kind}* %a, {kind}* %b) {{"]
    for i in range(N_VALUES):
        lines += [
            f"  %p{i} = getelementptr {kind}, {kind}* %a, i64 {i}",
            f"  %x{i} = load volatile {kind}, {kind}* %p{i}",
        ]
    for i in range(N_VALUES):
        lines += [
            f"  %q{i} = getelementptr {kind}, {kind}* %b, i64 {i}",
            f"  store volatile {kind} %x{i}, {kind}* %q{i}",
        ]
    return "\n".join([*lines, "  ret void", "}"])


def registers_used(triple, processor, features):
    """Number of the highest vector register that the crowded function takes, and one more."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu=processor, features=features, opt=2)
    module = llvm.parse_assembly(crowded(_host.lanes("float32")))
    return 1 + max(int(number) for number in REGISTER.findall(machine.emit_assembly(module)))


def test_the_compiler_uses_as_many_registers_as_the_host_is_said_to_have():
    assert registers_used(llvm.get_default_triple(), *_host.target()) == _host.n_registers()


@pytest.mark.parametrize(
    ("triple", "processor"),
    [
        ("aarch64-unknown-linux-gnu", "neoverse-n1"),
        ("arm64-apple-darwin23", "apple-m1"),
        ("x86_64-pc-windows-msvc", "haswell"),
    ],
)
def test_width_and_number_of_registers_of_other_processors_are_the_compilers(triple, processor, monkeypatch):
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    try:
        there = llvm.Target.from_triple(triple)
    except RuntimeError:
        pytest.skip("this build of LLVM does not compile for that processor")
    monkeypatch.setattr(_host, "target", lambda: (processor, ""))
    monkeypatch.setattr(llvm, "get_default_triple", lambda: triple)
    monkeypatch.setattr(llvm.Target, "from_default_triple", lambda: there)
    _host.register_bytes.cache_clear()
    try:
        assert _host.register_bytes() == (32 if processor == "haswell" else 16)
        assert registers_used(triple, processor, "") == _host.n_registers()
    finally:
        _host.register_bytes.cache_clear()
