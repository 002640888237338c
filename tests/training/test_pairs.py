from pathlib import Path

import pytest

from pointsman.errors import ConfigError
from pointsman.training.pairs import Pair, read_pairs
from pointsman.training.shelf import Shelf


def test_english_pairs_are_as_near_as_people_or_their_label_say(data_folder: Path) -> None:
    assert read_pairs(Shelf(data_folder)) == (
        Pair("a cat sits", "a cat is sitting", 0.9),
        Pair("rain", "a red bus", 0.0),
        Pair("x", "y", 0.4),
        Pair("where is it", "where does it lie", 1.0),
        Pair("2 red hats", "3 red hats", 0.6),
    )


def test_the_file_is_noted_with_its_hash_and_missed_when_absent(data_folder: Path) -> None:
    shelf = Shelf(data_folder)
    read_pairs(shelf)
    assert list(shelf.files) == ["cache/train.jsonl.gz"]
    (data_folder / "cache/train.jsonl.gz").unlink()
    with pytest.raises(ConfigError, match=r"holds no cache/train\.jsonl\.gz"):
        read_pairs(shelf)
