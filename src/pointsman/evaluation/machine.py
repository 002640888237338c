"""What a number was measured on: processor, memory, versions, and how busy it was."""

import importlib.metadata
import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from pointsman.encoder.pool import default_workers

_PACKAGES = ("pointsman", "onnxruntime", "numpy", "tokenizers", "msgspec", "aiohttp", "uvloop")
# Instruction sets that decide the speed of int8 and fp32 products on x86 and Arm.
_FLAGS = (
    "avx2",
    "fma",
    "avx512f",
    "avx_vnni",
    "avx512_vnni",
    "avx512_bf16",
    "amx_int8",
    "asimddp",
    "i8mm",
    "sve",
)
_PROC = Path("/proc")


class Machine(msgspec.Struct, frozen=True):
    """A description of this machine at one moment.

    Attributes:
        cores: Cores this process may use.
        flags: The instruction sets, of those that matter here, that the processor has.
        load_1m: Load average of the last minute when the run began: other work at that moment.
    """

    made: str
    cpu: str
    cores: int
    flags: tuple[str, ...]
    memory_mib: int | None
    system: str
    python: str
    versions: dict[str, str]
    load_1m: float | None


class Memory(msgspec.Struct, frozen=True):
    """Memory of a process in MiB: resident now, and at its highest (VmRSS and VmHWM, proc(5))."""

    resident_mib: float
    peak_mib: float


def describe() -> Machine:
    """Describe this machine now."""
    cpuinfo = _read(_PROC / "cpuinfo")
    known = set(_field(cpuinfo, "flags").split()) | set(_field(cpuinfo, "Features").split())
    return Machine(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        cpu=_field(cpuinfo, "model name") or platform.processor() or "unknown",
        cores=default_workers(),
        flags=tuple(flag for flag in _FLAGS if flag in known),
        memory_mib=_mib(_read(_PROC / "meminfo"), "MemTotal"),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        versions=versions(*_PACKAGES),
        load_1m=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    )


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of those packages that are installed."""
    found = {}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def memory_of(pid: int) -> Memory | None:
    """Return a process's memory with that of its children; None where /proc does not tell."""
    parts = [_memory_of_one(process) for process in family(pid)]
    known = [part for part in parts if part is not None]
    if not known:
        return None
    return Memory(sum(m.resident_mib for m in known), sum(m.peak_mib for m in known))


def cpu_seconds_of(pid: int) -> float | None:
    """Return the processor time that a process and its children have taken, or None."""
    if not hasattr(os, "sysconf"):
        return None
    ticks = 0
    for process in family(pid):
        # Fields 14 and 15 of proc_pid_stat(5), counted after the name, which may hold spaces.
        fields = _read(_PROC / str(process) / "stat").rpartition(")")[2].split()
        if not fields:
            return None
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """Return a process and its descendants, as far as /proc tells them."""
    children = _read(_PROC / str(pid) / "task" / str(pid) / "children").split()
    return [pid, *(member for child in children for member in family(int(child)))]


def _memory_of_one(pid: int) -> Memory | None:
    status = _read(_PROC / str(pid) / "status")
    resident, peak = _number(status, "VmRSS"), _number(status, "VmHWM")
    if resident is None or peak is None:
        return None
    return Memory(resident / 1024, peak / 1024)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # not Linux, or the process has ended
        return ""


def _field(text: str, name: str) -> str:
    found = re.search(rf"^{re.escape(name)}\s*:\s*(.*)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def _number(text: str, name: str) -> int | None:
    words = _field(text, name).split()
    return int(words[0]) if words else None


def _mib(text: str, name: str) -> int | None:
    value = _number(text, name)
    return None if value is None else value // 1024
