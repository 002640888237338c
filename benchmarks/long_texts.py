"""What length does to the guard: harmless long texts that are refused, attacks in them that pass.

    POINTSMAN_DATA=... python benchmarks/long_texts.py > benchmarks/long_texts.md

A long text is read in windows, and each window is a chance to be mistaken. Texts are made of so
many questions of the domain dev set, one after the other; in half of them one attack of the unseen
guard set stands somewhere. Read as served, at the thresholds that the bundle ships and at 0.9.
"""

import gzip
import json
import os
import random
from importlib.resources import files
from pathlib import Path

from pointsman import Router
from pointsman.encoder.bundle import FlagsHead
from pointsman.evaluation.shares import Share, share
from pointsman.signals.attacks import ATTACKS, HEAD
from pointsman.signals.detector import value_of

COUNTS = (1, 3, 10, 30, 100)
TEXTS = 60
"""Of each length, with an attack and without."""
ALIKE = 0.9
SEED = 20261124

Chances = dict[str, float]


def main() -> None:
    """Print the table."""
    router = Router.default()
    heads = router.setup.bundle.manifest.heads
    head = next(h for h in heads if isinstance(h, FlagsHead) and h.name == HEAD)
    shipped = {name: head.thresholds[name].above for name in ATTACKS}
    alike = dict.fromkeys(ATTACKS, ALIKE)
    data = Path(os.environ.get("POINTSMAN_DATA", "../shared/data"))
    raw = gzip.decompress((data / "domain/dev.jsonl.gz").read_bytes())
    questions = [json.loads(line)["text"] for line in raw.splitlines()]
    unseen = (files("pointsman.evaluation") / "unseen/guard.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in unseen.splitlines()]
    attacks = [row["text"] for row in rows if row["label"] in ("jailbreak", "injection")]
    chance = random.Random(SEED)  # noqa: S311  # which texts are put together
    print("# Long texts\n\n`python benchmarks/long_texts.py`; see its head for what is measured.\n")
    print(f"{TEXTS} texts of each length and kind; refused, percent with 95 % intervals.\n")
    bounds = "harmless, shipped | harmless, 0.9 | attacks, shipped | attacks, 0.9"
    print(f"| questions | passes | {bounds} |")
    print("|---|---|---|---|---|---|")
    for count in COUNTS:
        harmless, passes = _read(router, [chance.sample(questions, count) for _ in range(TEXTS)])
        hidden = []
        for _ in range(TEXTS):
            texts = chance.sample(questions, count)
            texts.insert(chance.randrange(count + 1), chance.choice(attacks))
            hidden.append(texts)
        found, _ = _read(router, hidden)
        cells = (_refused(read, at) for read in (harmless, found) for at in (shipped, alike))
        print(f"| {count} | {passes:.0f} | {' | '.join(map(_cell, cells))} |", flush=True)


def _read(router: Router, texts: list[list[str]]) -> tuple[list[Chances], float]:
    """The probabilities of each text, and the mean of the passes that it took."""
    read, passes = [], 0.0
    for pieces in texts:
        request = {"messages": [{"role": "user", "content": "\n\n".join(pieces)}]}
        signals, _ = router.classify(request, signals=(*ATTACKS, "coverage"))
        read.append({name: value_of(signals[name], "p") for name in ATTACKS})
        passes += value_of(signals["coverage"], "passes")
    return read, passes / len(texts)


def _refused(read: list[Chances], thresholds: Chances) -> Share:
    return share([any(p[name] > thresholds[name] for name in ATTACKS) for p in read])


def _cell(found: Share) -> str:
    return f"{100 * found.share:.1f} [{100 * found.low:.1f}-{100 * found.high:.1f}]"


if __name__ == "__main__":
    main()
