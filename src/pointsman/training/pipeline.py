"""A whole training run: corpus, network, graph, calibration, results, and the bundle's papers."""

import importlib.metadata
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from tokenizers import Tokenizer

from pointsman.encoder.bundle import DEFAULT_BUNDLE
from pointsman.training import card, export, fitting, loop, manifest, prior, refusal_rates
from pointsman.training import weights as w
from pointsman.training.corpus import Corpus, read_corpus
from pointsman.training.harmless import read_harmless
from pointsman.training.inputs import Input, inputs
from pointsman.training.manifest import MAX_TOKENS, Described, TrainingNote
from pointsman.training.pairs import Pair, read_pairs
from pointsman.training.pieces import Pieces
from pointsman.training.scoring import Bundles, results_of
from pointsman.training.shelf import Shelf
from pointsman.training.stock import ATTENTION_HEADS, Stock, read_stock
from pointsman.training.tier import train_tier
from pointsman.training.tier_table import Table
from pointsman.training.weights import Weights

PACKAGES = ("torch", "onnx", "onnxruntime", "tokenizers", "numpy", "faker")
FORMS = (0, 1, 2, 3)
"""With options or without: half of the questions each way, then the other way round; then the
same with words around them (`questions.dressed`)."""


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
    bf16: bool

    def command(self) -> str:
        """The command line that asks for the same again, on any machine."""
        return (
            f"pointsman train --data DATA --out OUT --epochs {self.epochs} "
            f"--max-tokens {self.max_tokens} --seed {self.seed} "
            f"{'--bf16 ' if self.bf16 else ''}--bundle-version {self.version}"
        )


def make(order: Order) -> None:
    """Does everything and writes it below `order.out`."""
    torch.set_num_threads(order.threads)
    order.out.mkdir(parents=True, exist_ok=True)
    corpus, stock = read_corpus(order.data), read_stock()
    harmless = read_harmless(order.data, corpus)
    start: Weights = {**stock.weights, **w.new_heads(_width(stock.weights), order.seed)}
    tokenizer = Tokenizer.from_str(stock.tokenizer_json.decode())
    examples = corpus.on("train")
    forms = [inputs(tokenizer, examples, form, order.max_tokens) for form in FORMS[: order.epochs]]
    table = train_tier(examples, forms[:2], order.seed)
    trained, note = _train(order, corpus, stock, start, forms)
    # The table is frozen: exporting the published one keeps its file the same for ever.
    trained = {**trained, w.WORD_PIECES: stock.weights[w.WORD_PIECES]}
    finish = _Finish(stock, order, note, table)
    shipped = finish.write(order.out / "bundle", trained, fitting.unfitted(), int8=True)
    fitted = fitting.fit(shipped, corpus)
    bundles = Bundles(
        shipped=finish.write(order.out / "bundle", trained, fitted, int8=True),
        full=finish.write(order.out / "fp32", trained, fitted, int8=False),
        published=finish.write(order.out / "published", start, fitting.unfitted(), int8=True),
    )
    rates = refusal_rates.add_ladder(bundles.shipped, harmless)
    refusal_rates.write_rates(rates, order.out)
    prior.add_prior(bundles.shipped, corpus)
    results = results_of(bundles, corpus, fitted, order.data)
    text = msgspec.json.format(msgspec.json.encode(results), indent=1)
    (order.out / "results.json").write_bytes(text + b"\n")
    (order.out / "README.md").write_text(card.benchmark_page(results), encoding="utf-8")
    (bundles.shipped / "MODEL_CARD.md").write_text(card.model_card(results), encoding="utf-8")
    for paper in ("LICENSE", "NOTICE"):
        shutil.copyfile(DEFAULT_BUNDLE / paper, bundles.shipped / paper)
    sys.stderr.write(f"wrote {order.out}\n")


def _train(
    order: Order, corpus: Corpus, stock: Stock, start: Weights, texts: Sequence[Sequence[Input]]
) -> tuple[Weights, TrainingNote]:
    """The trained weights, and the note of how they came about."""
    settings = loop.Settings(
        attention_heads=ATTENTION_HEADS,
        epochs=order.epochs,
        max_tokens=order.max_tokens,
        seed=order.seed,
        bf16=order.bf16,
    )
    examples = corpus.on("train")
    pieces, scales = export.quantise_rows(start[w.WORD_PIECES])
    # Trained on the table as it is served, so that its rounding is learned around.
    served = {**start, w.WORD_PIECES: (pieces * scales).astype(np.float32)}
    tokenizer = Tokenizer.from_str(stock.tokenizer_json.decode())
    pairs = _pair_texts(tokenizer, read_pairs(Shelf(order.data)))
    checkpoint = order.out / "checkpoint.pt"
    trained, minutes = loop.train(
        served, examples, texts, pairs, settings, checkpoint, resume=order.resume
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


def _pair_texts(tokenizer: Tokenizer, pairs: Sequence[Pair]) -> loop.PairTexts:
    def pieces(texts: list[str]) -> list[Pieces]:
        return [np.array(e.ids[:MAX_TOKENS], dtype=np.int32) for e in tokenizer.encode_batch(texts)]

    return loop.PairTexts(
        pieces([pair.left for pair in pairs]),
        pieces([pair.right for pair in pairs]),
        torch.tensor([pair.near for pair in pairs]),
    )


class _Finish(msgspec.Struct, frozen=True):
    """Writes bundles of one run."""

    stock: Stock
    order: Order
    note: TrainingNote
    table: Table

    def write(self, folder: Path, weights: Weights, fitted: Described, *, int8: bool) -> Path:
        """A bundle that can be read, with its heads as they are described."""
        folder.mkdir(parents=True, exist_ok=True)
        precision = export.INT8_PER_CHANNEL if int8 else export.FP32
        export.export(weights, ATTENTION_HEADS, folder, precision=precision)
        (folder / manifest.TOKENIZER_FILE).write_bytes(self.stock.tokenizer_json)
        (folder / manifest.TIER_FILE).write_bytes(self.table.to_bytes())
        version, width = self.order.version, _width(weights)
        manifest.write(manifest.describe(folder, version, fitted, width, self.note), folder)
        return folder


def _width(weights: Weights) -> int:
    return int(weights[w.WORD_PIECES].shape[1])
