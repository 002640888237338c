"""What the processor can multiply."""

import platform
from pathlib import Path

_X86 = frozenset({"x86_64", "amd64", "i686", "i386", "x86"})


def clips_int8(cpuinfo: Path = Path("/proc/cpuinfo"), machine: str | None = None) -> bool:
    """Tell whether the quick int8 product overflows on this processor.

    On x86 it adds pairs of products in 16 bits, unless the processor has VNNI (AVX512-VNNI or
    AVX-VNNI). Where nothing tells what the processor has, no is assumed: ONNX Runtime's default.
    """
    if (machine or platform.machine()).lower() not in _X86:
        return False
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line.split(":", 1)[-1].split() for line in lines if line.startswith("flags")), [])
    return bool(flags) and not {"avx512_vnni", "avx_vnni"} & set(flags)
