"""Prompts of an exact length in word pieces, made from sentences written here."""

import json
import random
from collections.abc import Callable

CountPieces = Callable[[str], int]
"""Word pieces of a text, without the two marks that the encoder adds."""

MARKS = 2
"""The start and the end mark that the encoder puts around a text."""

# Written for this file; no data set's rows. Ordinary requests, of the kinds a router meets.
_SENTENCES = (
    "Please read the following notes and tell me which of the two plans would finish sooner.",
    "The warehouse ships forty crates a day, but on Fridays only half of the drivers come to work.",
    (
        "How many litres of paint do we need for a wall that is nine metres long and three metres "
        "high?"
    ),
    "My manager wants a short summary, in plain words, before the meeting at four o'clock.",
    (
        "The function returns an empty list whenever the input has a trailing comma, and I cannot "
        "see why."
    ),
    "Explain the difference between a mutex and a semaphore with an example from a kitchen.",
    (
        "Yesterday the patient slept badly, complained of a dry cough, and had a temperature of "
        "38.2 degrees."
    ),
    "If the supplier breaks the contract in March, may the buyer refuse what is due in April?",
    "Translate the last paragraph into Spanish, and keep the names of the streets as they are.",
    (
        "A train leaves the coast at 7:40 and meets the express, which is twice as fast, after 95 "
        "kilometres."
    ),
    (
        "We compared the three vaccines in a small trial, and the confidence intervals overlap "
        "completely."
    ),
    "Write a friendly reply to a customer whose blue jacket arrived with a broken zip.",
    (
        "Suppose that every even number in the sequence is replaced by half of it; does it always "
        "reach one?"
    ),
    "The old bridge was closed in 1931, reopened after the war, and finally torn down by the city.",
    (
        "Our database takes twelve seconds for this query, although the table has an index on "
        "both columns."
    ),
    "Give me five names for a bakery that sells rye bread, none of them longer than two words.",
    (
        "In the second act, the brother confesses, and nobody on the stage believes a single word "
        "of it."
    ),
    (
        "Interest is paid quarterly at 3.6 percent, and the fees are taken from the account in "
        "December."
    ),
    "Which countries signed the treaty first, and what did the smaller ones get in return?",
    "Sort these tasks by how urgent they are, and say in one line why the first comes first.",
)
_FILL = "and"


def text_of(pieces: int, count: CountPieces, seed: int = 0) -> str:
    """Return a text of exactly this many word pieces.

    Args:
        pieces: Word pieces wanted, marks not counted.
        count: Counts the word pieces of a short text; called once per different word.
        seed: Chooses the order of the sentences; from 64 pieces on, two seeds hardly ever give
            the same text.
    """
    order = random.Random(seed)  # noqa: S311  # an order of sentences, no secret
    sizes: dict[str, int] = {}
    words: list[str] = []
    left = pieces
    while left:
        for word in order.choice(_SENTENCES).split():
            if word not in sizes:
                sizes[word] = count(word)
            size = sizes[word]
            if size > left:
                # The last places are filled with a word of one piece.
                words += [_FILL] * left
                left = 0
                break
            words.append(word)
            left -= size
    return " ".join(words)


def body_of(text: str) -> bytes:
    """Return a chat request as clients send it, with this text as its user turn."""
    messages = [
        {"role": "system", "content": "You are a careful assistant."},
        {"role": "user", "content": text},
    ]
    request = {"model": "auto", "messages": messages, "temperature": 0.7, "stream": True}
    return json.dumps(request).encode()
