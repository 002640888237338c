"""What a number was measured on."""

import os
import sys

import msgspec
import pytest

from pointsman.evaluation import machine

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_a_machine_is_described_and_can_be_written_as_json() -> None:
    found = machine.describe()
    assert found.cores >= 1
    assert found.cpu
    assert found.versions["onnxruntime"]
    assert msgspec.json.decode(msgspec.json.encode(found), type=machine.Machine) == found


def test_versions_of_absent_packages_are_left_out() -> None:
    assert machine.versions("no-such-package-anywhere") == {}


@linux
def test_this_process_has_memory_and_processor_time() -> None:
    memory = machine.memory_of(os.getpid())
    assert memory is not None
    assert 1 < memory.resident_mib <= memory.peak_mib + 1
    seconds = machine.cpu_seconds_of(os.getpid())
    assert seconds is not None
    assert seconds > 0


@linux
def test_a_process_that_is_not_there_has_none() -> None:
    nobody = 2**22 + 1  # above the highest process id of Linux, proc_sys_kernel(5)
    assert machine.memory_of(nobody) is None
    assert machine.cpu_seconds_of(nobody) is None


@linux
def test_processor_features_are_found_in_both_spellings() -> None:
    assert machine._field("model name\t: Some CPU\nflags\t\t: fma avx2\n", "flags") == "fma avx2"
    assert machine._field("Features : asimddp sve\n", "Features") == "asimddp sve"
    assert machine._field("", "flags") == ""
