"""The generated pages and the README say what the code does."""

import subprocess
import sys
from pathlib import Path

import pytest

from pointsman.config.build import DEFAULT_CONFIG

ROOT = Path(__file__).parents[2]


def test_the_reference_pages_are_not_stale() -> None:
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_readme_is_a_front_door_of_at_most_200_lines() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 200


def test_the_config_in_the_readme_is_the_shipped_one() -> None:
    readme = (ROOT / "README.md").read_text()
    for line in DEFAULT_CONFIG.read_text().splitlines():
        if line.strip().startswith(("small:", "large:", "- {name")):
            assert line in readme


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text()
    for target in [part.split(")")[0] for part in text.split("](")[1:]]:
        if not target.startswith(("http", "#")):
            assert (page.parent / target.split("#")[0]).exists(), f"{page.name}: {target}"
