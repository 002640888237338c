"""What is found in a text: ⟦ and ⟧ stand round it."""

import re

from pointsman.signals.patterns import matches


def marked(text: str) -> str:
    """Return the text with ⟦⟧ round each match."""
    for match in reversed(matches(text)):
        text = f"{text[: match.start]}⟦{text[match.start : match.end]}⟧{text[match.end :]}"
    return text


def assert_found(kind: str, case: str) -> None:
    text = re.sub("[⟦⟧]", "", case)
    assert marked(text) == case
    assert {match.type for match in matches(text)} == {kind}


def p_of(text: str) -> float:
    (match,) = matches(text)
    return match.p
