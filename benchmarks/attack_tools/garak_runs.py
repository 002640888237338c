"""Runs garak, in its own environment, against a gateway."""

import asyncio
import os
import tempfile
from pathlib import Path

import msgspec
from benchmarks.attack_tools.garak_report import Attempt, read_report
from benchmarks.attack_tools.probes import Group

from pointsman.errors import PointsmanError

_SEED = 1
"""garak samples its prompts: the same with the guard off and on."""
_PREFIX = "attacked"


async def attacked(python: str, url: str, group: Group, prompts: int) -> tuple[Attempt, ...]:
    """Run probes, one request at a time.

    Args:
        python: The interpreter of an environment that holds garak.
        url: The base URL of the server that is attacked.
        group: What is run.
        prompts: The most that one probe sends, for probes that heed garak's cap.

    Raises:
        PointsmanError: garak ends with an error; its own words are in the message.
    """
    with tempfile.TemporaryDirectory(prefix="pointsman-garak-") as folder:
        config = Path(folder) / "garak.json"
        config.write_bytes(msgspec.json.encode(_config(url, group, prompts, folder)))
        process = await asyncio.create_subprocess_exec(
            *(python, "-m", "garak", "--config", str(config)),
            cwd=folder,
            env={**os.environ, **_environment(folder)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        try:
            return tuple(read_report(Path(folder) / f"{_PREFIX}.report.jsonl"))
        except FileNotFoundError as error:  # it ends with 0 after errors, too
            words = said.decode(errors="replace")[-2000:]
            raise PointsmanError(f"garak wrote no report: {words}") from error


def _config(url: str, group: Group, prompts: int, folder: str) -> dict[str, object]:
    """Return garak's settings: docs.garak.ai, "Configuring garak"."""
    target = {"uri": f"{url}/", "max_tokens": 1000}
    return {
        "system": {"parallel_attempts": False, "parallel_requests": False},
        "run": {
            "seed": _SEED,
            "generations": 1,
            "soft_probe_prompt_cap": prompts,
            "spec": {"include": [f"probes.{probe}" for probe in group.probes]},
        },
        "plugins": {
            "target_type": "openai.OpenAICompatible",
            "target_name": "auto",
            "detector_spec": group.detector,
            "extended_detectors": False,
            "generators": {"openai": {"OpenAICompatible": target}},
            "probes": dict(group.settings),
        },
        "reporting": {"report_dir": folder, "report_prefix": _PREFIX},
    }


def _environment(folder: str) -> dict[str, str]:
    return {
        "OPENAICOMPATIBLE_API_KEY": "none",
        "HF_HUB_OFFLINE": "1",
        "PYTHONHASHSEED": str(_SEED),
        "XDG_DATA_HOME": folder,
        "XDG_CONFIG_HOME": folder,
        "XDG_CACHE_HOME": folder,
    }
