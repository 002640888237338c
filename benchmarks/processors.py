"""How much the shipped bundle's scores differ between processors' int8 kernels.

python benchmarks/processors.py write here.json
valgrind --tool=none python benchmarks/processors.py write-quick quick.json  # valgrind knows no
valgrind --tool=none python benchmarks/processors.py write-exact exact.json  # AVX-512, so no VNNI
python benchmarks/processors.py compare here.json exact.json
"""

import statistics
import sys
from pathlib import Path

import msgspec

from pointsman.demo.prompts import demo_requests
from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.encoding import Asked
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

Scores = dict[str, dict[str, dict[str, float]]]


def write(path: Path, *, exact: bool | None = None) -> None:
    """Read the demo's requests and write every score."""
    encoder = OnnxEncoder(load_bundle(), first_tier=False, exact=exact)
    judged = Asked(judged=frozenset({"domain", "outcome"}))
    scores = {
        request.title: encoder.encode(
            read_prompt(chat_from_object(dict(request.body))).judged, judged
        ).scores
        for request in demo_requests()
    }
    path.write_bytes(msgspec.json.encode(scores))


def compare(one: Path, other: Path) -> None:
    """Print how often the domain is the same, and how far p(heavy_only) moves."""
    first, second = (msgspec.json.decode(p.read_bytes(), type=Scores) for p in (one, other))
    same = sum(_top(first[title]) == _top(second[title]) for title in first)
    moves = [
        abs(first[title]["outcome"]["heavy_only"] - second[title]["outcome"]["heavy_only"])
        for title in first
    ]
    print(f"{same} of {len(first)} requests keep their domain")
    print(
        f"p(heavy_only) moves by {statistics.median(moves):.4f} (median), {max(moves):.4f} (most)"
    )


def _top(scores: dict[str, dict[str, float]]) -> str:
    return max(scores["domain"], key=lambda label: scores["domain"][label])


if __name__ == "__main__":
    if sys.argv[1].startswith("write"):
        kind = sys.argv[1].removeprefix("write").removeprefix("-")
        write(Path(sys.argv[2]), exact={"quick": False, "exact": True}.get(kind))
    else:
        compare(Path(sys.argv[2]), Path(sys.argv[3]))
