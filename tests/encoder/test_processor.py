from pathlib import Path

import pytest

from pointsman.encoder.processor import clips_int8


@pytest.mark.parametrize(
    ("content", "machine", "clips"),
    [
        ("processor : 0\nflags\t\t: fpu avx avx2 fma\n", "x86_64", True),
        ("flags\t\t: fpu avx2 avx512f avx512_vnni\n", "x86_64", False),
        ("flags\t\t: fpu avx2 avx_vnni\n", "AMD64", False),
        ("Features\t: fp asimd asimddp\n", "aarch64", False),
        ("flags\t\t: fpu avx2\n", "arm64", False),
        ("processor : 0\n", "x86_64", False),
    ],
)
def test_the_quick_product_overflows_on_x86_without_vnni(
    content: str, machine: str, tmp_path: Path, *, clips: bool
) -> None:
    (tmp_path / "cpuinfo").write_text(content)
    assert clips_int8(tmp_path / "cpuinfo", machine) is clips


def test_where_nothing_tells_the_default_is_kept(tmp_path: Path) -> None:
    assert not clips_int8(tmp_path / "none", "x86_64")
    assert isinstance(clips_int8(), bool)
