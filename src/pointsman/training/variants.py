"""Measures the ways to store the weights against each other: time, size, agreement, accuracy.

    python -m pointsman.training.variants --data DATA --out OUT

reads the checkpoint that `pointsman train --out OUT` left and writes OUT/variants.json and, as a
table, OUT/variants.md. The shipped precision (`export.INT8_PER_CHANNEL`) was chosen by this table.
"""

import argparse
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np
import onnxruntime as ort

from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.statistics import metrics
from pointsman.training import export, fitting, loop, manifest
from pointsman.training import weights as w
from pointsman.training.corpus import read_corpus
from pointsman.training.examples import NO_LABEL, Example
from pointsman.training.export import PRECISIONS, Precision
from pointsman.training.manifest import Described, TrainingNote
from pointsman.training.readings import Readings, read_texts
from pointsman.training.stock import ATTENTION_HEADS, Stock, read_stock
from pointsman.training.train import add_data_argument

LENGTHS = (16, 64, 128, 256)
REPEATS = 40
QUESTIONS = 600
_BLANK = TrainingNote("variants", 0, {}, {}, {}, {}, 0.0)


class Variant(msgspec.Struct, frozen=True):
    """One precision: median milliseconds by word pieces (batch 1, one thread), and quality."""

    precision: str
    ms: dict[int, float]
    bytes: int
    domain_accuracy: float
    domain_agreement: float
    embedding_cosine: float


def main() -> None:
    """Measures all precisions and writes variants.json."""
    parser = argparse.ArgumentParser(description=__doc__, prog="pointsman.training.variants")
    add_data_argument(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    args = parser.parse_args()
    stock = read_stock()
    weights = loop.read_weights(args.out / "checkpoint.pt")
    weights = {**weights, w.WORD_PIECES: stock.weights[w.WORD_PIECES]}
    asked = [e for e in read_corpus(args.data).on("report") if e.domain != NO_LABEL][:QUESTIONS]
    with tempfile.TemporaryDirectory() as folder:
        bundles = {
            precision: _bundle(Path(folder) / str(at), weights, stock, precision)
            for at, precision in enumerate(PRECISIONS)
        }
        full = read_texts(bundles[export.FP32], [example.text() for example in asked])
        found = [_variant(name, bundle, asked, full) for name, bundle in bundles.items()]
    (args.out / "variants.md").write_text(_page(found), encoding="utf-8")
    text = msgspec.json.format(msgspec.json.encode({"onnxruntime": ort.__version__, "rows": found}))
    (args.out / "variants.json").write_bytes(text + b"\n")


def _page(found: list[Variant]) -> str:
    """The table, Markdown."""
    lengths = " | ".join(f"{length} pieces" for length in LENGTHS)
    note = (
        "`python -m pointsman.training.variants --data DATA --out OUT`, ONNX Runtime "
        f"{ort.__version__}. Median milliseconds of one text, one thread, {REPEATS} passes on a "
        f"shared machine: good to a quarter or so. Domain: accuracy on {QUESTIONS} `report` "
        "questions (95 % interval about 3 points either way), and agreement with fp32."
    )
    lines = [
        "# How the weights are stored",
        "",
        note,
        "",
        f"| precision | {lengths} | MB | domain | agreement | embedding cosine with fp32 |",
        "|" + " --- |" * (len(LENGTHS) + 5),
    ]
    for row in found:
        times = " | ".join(f"{ms:.1f}" for ms in row.ms.values())
        lines.append(
            f"| {row.precision} | {times} | {row.bytes / 1e6:.1f} | {row.domain_accuracy:.3f} | "
            f"{row.domain_agreement:.3f} | {row.embedding_cosine:.4f} |"
        )
    return "\n".join(lines) + "\n"


def _bundle(folder: Path, weights: w.Weights, stock: Stock, precision: Precision) -> Path:
    folder.mkdir()
    export.export(weights, ATTENTION_HEADS, folder, precision=precision)
    (folder / manifest.TOKENIZER_FILE).write_bytes(stock.tokenizer_json)
    width = weights[w.WORD_PIECES].shape[1]
    (folder / manifest.TIER_FILE).write_bytes(b"")  # these rows are of the encoder alone
    plain = Described(fitting.unfitted().heads, None)
    manifest.write(manifest.describe(folder, "variant", plain, width, _BLANK), folder)
    return folder


def _variant(precision: Precision, bundle: Path, asked: list[Example], full: Readings) -> Variant:
    readings = read_texts(bundle, [example.text() for example in asked])
    labels = np.array([example.domain for example in asked], dtype=np.intp)
    predicted = readings.domain.argmax(axis=1)
    return Variant(
        precision=precision.name,
        ms={length: round(_median_ms(bundle, length), 2) for length in LENGTHS},
        bytes=sum((bundle / name).stat().st_size for name in manifest.FILES),
        domain_accuracy=metrics.accuracy(predicted, labels),
        domain_agreement=float((predicted == full.domain.argmax(axis=1)).mean()),
        embedding_cosine=float((readings.embedding * full.embedding).sum(axis=1).mean()),
    )


def _median_ms(bundle: Path, length: int) -> float:
    """Of one text of this many word pieces, read alone by one thread."""
    encoder = OnnxEncoder(load_bundle(bundle))
    ids = np.random.default_rng(0).integers(1000, 30000, size=(1, length), dtype=np.int32)
    outputs = [head.name for head in w.EXPORTED]
    times: list[float] = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        encoder.run(ids, outputs)
        times.append(1000 * (time.perf_counter() - began))
    return float(np.median(times))


if __name__ == "__main__":
    main()
