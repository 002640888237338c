import ipaddress
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import islice, pairwise

import pytest

from pointsman.training import pii_texts
from pointsman.training.examples import Span
from pointsman.training.pii_texts import Template, generated, harmless, read_pieces
from pointsman.training.weights import PII_TYPES

SLOT = re.compile(r"\{([A-Z][A-Z_]+(?::[a-z]+)?)\}")

Text = tuple[str, tuple[Span, ...]]


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    pytest.importorskip("faker")
    return list(generated(2 * len(read_pieces().templates), seed=3))


def slots(template: str | Template) -> list[str]:
    return SLOT.findall(template if isinstance(template, str) else template.text)


def values(texts: list[Text], kind: str) -> list[str]:
    return [text[start:end] for text, spans in texts for start, end, name in spans if name == kind]


def test_every_slot_names_a_type_and_a_form_that_has_shapes() -> None:
    pieces = read_pieces()
    for template in pieces.templates:
        assert slots(template), template
        for slot in slots(template):
            assert slot.partition(":")[0] in PII_TYPES, template
            assert slot in pieces.shapes, template


def test_every_type_stands_in_many_templates() -> None:
    kinds = (
        {slot.partition(":")[0] for slot in slots(template)} for template in read_pieces().templates
    )
    counts = Counter(kind for found in kinds for kind in found)
    assert {kind for kind in PII_TYPES if counts[kind] < 25} == set()


def test_every_language_has_locales() -> None:
    langs = {found.lang for found in read_pieces().templates if isinstance(found, Template)}
    assert langs <= set(pii_texts.LOCALES)


def test_negatives_and_asks_hold_no_slots_and_an_ask_has_one_place_for_the_text() -> None:
    pieces = read_pieces()
    for text in (*pieces.negatives, *pieces.asks):
        assert {slot.partition(":")[0] for slot in slots(text)}.isdisjoint(PII_TYPES), text
    assert {ask.count("{}") for ask in pieces.asks} == {1}


def test_every_negative_comes_once_in_an_order_of_the_seed() -> None:
    negatives = read_pieces().negatives
    assert len(set(negatives)) == len(negatives)
    assert sorted(harmless(1)) == sorted(negatives)
    assert list(harmless(1)) == list(harmless(1)) != list(harmless(2))


@pytest.mark.parametrize(
    ("number", "checked"),
    [
        ("4111 1111 1111 111*", "4111 1111 1111 1111"),
        ("5555-5555-5555-444*", "5555-5555-5555-4444"),
        ("3782 822463 1000*", "3782 822463 10005"),
        ("601111111111111*", "6011111111111117"),
    ],
)
def test_cards_end_in_the_digit_of_the_payment_networks_own_test_numbers(
    number: str, checked: str
) -> None:
    assert pii_texts.with_card_digit(number) == checked


@pytest.mark.parametrize(
    ("iban", "checked"),
    [
        # The examples of the SWIFT IBAN registry.
        ("GB**NWBK60161331926819", "GB29NWBK60161331926819"),
        ("DE**370400440532013000", "DE89370400440532013000"),
        ("NO**86011117947", "NO9386011117947"),
    ],
)
def test_ibans_get_the_check_digits_of_the_registry(iban: str, checked: str) -> None:
    assert pii_texts.with_iban_digits(iban) == checked


def test_spans_cover_values_in_order_and_apart(texts: list[Text]) -> None:
    for text, spans in texts:
        assert spans
        assert all(kind in PII_TYPES for _, _, kind in spans)
        assert all(0 <= start < end <= len(text) for start, end, _ in spans)
        assert all(text[start:end] == text[start:end].strip() for start, end, _ in spans)
        assert all(left[1] <= right[0] for left, right in pairwise(spans))
        assert not slots(text)


def test_spans_lie_on_what_their_type_says(texts: list[Text]) -> None:
    for address in values(texts, "IP_ADDRESS"):
        ipaddress.ip_address(address)
    for number in values(texts, "CREDIT_CARD"):
        assert pii_texts.with_card_digit(f"{number[:-1]}*") == number
    for iban in values(texts, "IBAN_CODE"):
        plain = iban.replace(" ", "").upper()
        assert pii_texts.with_iban_digits(f"{plain[:2]}**{plain[4:]}") == plain
    assert all(re.fullmatch(r"[\w.+-]+@[\w.-]+", mail) for mail in values(texts, "EMAIL_ADDRESS"))
    assert all(sum(map(str.isdigit, ssn)) == 9 for ssn in values(texts, "US_SSN"))
    assert all("<" not in text and "[" not in text for text in values(texts, "PERSON"))


def test_no_type_is_starved(texts: list[Text]) -> None:
    counts = Counter(kind for _, spans in texts for kind in {kind for _, _, kind in spans})
    assert {kind for kind in PII_TYPES if counts[kind] < len(texts) / 20} == set()


def test_values_of_a_type_hardly_repeat(texts: list[Text]) -> None:
    for kind in set(PII_TYPES) - {"AGE", "GPE", "NRP", "TITLE"}:
        found = values(texts, kind)
        assert len(set(found)) > len(found) / 2, kind


def test_some_texts_are_in_lower_case_and_some_stand_inside_an_ask(texts: list[Text]) -> None:
    openings = tuple(
        before for ask in read_pieces().asks if len(before := ask.partition("{}")[0]) > 4
    )
    assert 0.05 < sum(text == text.lower() for text, _ in texts) / len(texts) < 0.3
    assert 0.05 < sum(text.startswith(openings) for text, _ in texts) / len(texts) < 0.3


def test_a_seed_gives_the_same_texts_and_fewer_of_them_are_their_beginning() -> None:
    pytest.importorskip("faker")
    assert list(generated(40, seed=5)) == list(islice(generated(90, seed=5), 40))
    assert list(generated(40, seed=5)) != list(generated(40, seed=6))


def test_the_texts_are_the_same_in_every_process() -> None:
    pytest.importorskip("faker")
    line = "from pointsman.training.pii_texts import *; print(ascii(list(generated(500, seed=5))))"
    printed = {
        subprocess.run(  # noqa: S603 - our own line
            [sys.executable, "-c", line],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(printed) == 1
