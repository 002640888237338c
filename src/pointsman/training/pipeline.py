"""A whole training run: corpus, network, graph, calibration, results, and the bundle's papers."""

import importlib.metadata
import shutil
import sys
from pathlib import Path

import msgspec
import numpy as np
import torch
from tokenizers import Tokenizer

from pointsman.encoder.bundle import DEFAULT_BUNDLE
from pointsman.training import card, export, loop, manifest
from pointsman.training import weights as w
from pointsman.training.corpus import Corpus, read_corpus
from pointsman.training.examples import Example
from pointsman.training.manifest import Calibration, TrainingNote
from pointsman.training.pieces import Pieces, head_and_tail
from pointsman.training.scoring import Bundles, calibration_of, results_of
from pointsman.training.stock import ATTENTION_HEADS, Stock, read_stock
from pointsman.training.weights import Weights

PACKAGES = ("torch", "onnx", "onnxruntime", "tokenizers", "numpy")
FORMS = (0, 1)
"""With options or without: half of the questions each way, then the other way round."""


class Order(msgspec.Struct, frozen=True):
    """What was asked for on the command line."""

    data: Path
    out: Path
    version: str
    epochs: int
    max_tokens: int
    seed: int
    threads: int
    resume: bool

    def command(self) -> str:
        """The command line that asks for the same again, on any machine."""
        return (
            f"pointsman train --data DATA --out OUT --epochs {self.epochs} "
            f"--max-tokens {self.max_tokens} --seed {self.seed} --bundle-version {self.version}"
        )


def make(order: Order) -> None:
    """Does everything and writes it below `order.out`."""
    torch.set_num_threads(order.threads)
    order.out.mkdir(parents=True, exist_ok=True)
    corpus, stock = read_corpus(order.data), read_stock()
    start: Weights = {**stock.weights, **w.new_heads(_width(stock.weights), order.seed)}
    trained, note = _train(order, corpus, stock, start)
    # The table is frozen: exporting the published one keeps its file the same for ever.
    trained = {**trained, w.WORD_PIECES: stock.weights[w.WORD_PIECES]}
    calibration = calibration_of(
        _write(order.out / "bundle", trained, stock, order, note, int8=True), corpus
    )
    mended = _with_line(trained, calibration)
    bundles = Bundles(
        shipped=_write(order.out / "bundle", mended, stock, order, note, int8=True),
        full=_write(order.out / "fp32", mended, stock, order, note, int8=False),
        published=_write(order.out / "published", start, stock, order, note, int8=True),
    )
    _describe(bundles.shipped, order, calibration, note, _width(trained))
    results = results_of(bundles, corpus, calibration, order.data)
    text = msgspec.json.format(msgspec.json.encode(results), indent=1)
    (order.out / "results.json").write_bytes(text + b"\n")
    (order.out / "README.md").write_text(card.benchmark_page(results), encoding="utf-8")
    (bundles.shipped / "MODEL_CARD.md").write_text(card.model_card(results), encoding="utf-8")
    for paper in ("LICENSE", "NOTICE"):
        shutil.copyfile(DEFAULT_BUNDLE / paper, bundles.shipped / paper)
    sys.stderr.write(f"wrote {order.out}\n")


def _train(
    order: Order, corpus: Corpus, stock: Stock, start: Weights
) -> tuple[Weights, TrainingNote]:
    """The trained weights, and the note of how they came about."""
    settings = loop.Settings(
        attention_heads=ATTENTION_HEADS,
        epochs=order.epochs,
        max_tokens=order.max_tokens,
        seed=order.seed,
    )
    examples = corpus.on("train")
    pieces, scales = export.quantise_rows(start[w.WORD_PIECES])
    # Trained on the table as it is served, so that its rounding is learned around.
    served = {**start, w.WORD_PIECES: (pieces * scales).astype(np.float32)}
    texts = [_pieces(stock, examples, form, order.max_tokens) for form in FORMS]
    checkpoint = order.out / "checkpoint.pt"
    trained, minutes = loop.train(
        served, examples, texts, settings, checkpoint, resume=order.resume
    )
    note = TrainingNote(
        command=order.command(),
        seed=order.seed,
        data=corpus.files,
        versions={
            **{name: importlib.metadata.version(name) for name in PACKAGES},
            "weights": stock.version,
        },
        settings=msgspec.to_builtins(settings),
        rows=corpus.row_counts(),
        minutes=round(minutes, 1),
    )
    return trained, note


def _pieces(
    stock: Stock, examples: tuple[Example, ...], form: int, max_tokens: int
) -> list[Pieces]:
    """All examples' word pieces in one form, cut to the width trained on."""
    tokenizer = Tokenizer.from_str(stock.tokenizer_json.decode())
    encodings = tokenizer.encode_batch([example.text(form) for example in examples])
    return [
        head_and_tail(np.array(encoding.ids, dtype=np.int32), max_tokens) for encoding in encodings
    ]


def _with_line(weights: Weights, calibration: Calibration) -> Weights:
    """The weights with the token head's line folded into it."""
    weight, bias = "heads.extra_tokens.weight", "heads.extra_tokens.bias"
    slope, offset = calibration.tokens_slope, calibration.tokens_offset
    line = {weight: weights[weight] * slope, bias: weights[bias] * slope + offset}
    return {**weights, **{name: array.astype(np.float32) for name, array in line.items()}}


def _write(
    folder: Path, weights: Weights, stock: Stock, order: Order, note: TrainingNote, *, int8: bool
) -> Path:
    """A bundle that can be read, not calibrated yet."""
    folder.mkdir(parents=True, exist_ok=True)
    precision = export.INT8_PER_CHANNEL if int8 else export.FP32
    export.export(weights, ATTENTION_HEADS, folder, precision=precision)
    (folder / manifest.TOKENIZER_FILE).write_bytes(stock.tokenizer_json)
    _describe(folder, order, Calibration(), note, _width(weights))
    return folder


def _describe(
    folder: Path, order: Order, calibration: Calibration, note: TrainingNote, width: int
) -> None:
    described = manifest.describe(folder, order.version, calibration, width, note)
    manifest.write(described, folder)


def _width(weights: Weights) -> int:
    return int(weights[w.WORD_PIECES].shape[1])
