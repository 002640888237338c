"""The demo's long documents, written by a rule, so that they cost the repository nothing.

A document is the log book of an invented railway: each entry differs, the answer to the
question stands in one of them, and the same call writes the same words everywhere.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["log_book", "long_requests"]

_STATIONS = ("Alder", "Birchwood", "Cray", "Dunmore", "Elm Cross", "Fenwick", "Grange")
_GOODS = ("timber", "slate", "barley", "coal", "wool", "ironwork", "milk", "cider", "paper")
_WEATHERS = ("in fog", "in rain", "under a clear sky", "against the wind", "in the first snow")
_EVENTS = (
    "the points at the north end were oiled",
    "a lamp was replaced",
    "the signal wire was found slack and tightened",
    "nothing was out of order",
    "two wagons were shunted to the siding",
    "the guard reported a loose coupling",
)

_HIDDEN = (
    "Entry 0: the night train was held for eleven minutes because a white horse stood on the"
    " bridge; pointsman Odell led it off with a bag of oats."
)


def log_book(entries: int) -> str:
    """A log book of this many entries, about 33 words each, a strange one in the middle."""
    lines = [_entry(number) for number in range(1, entries + 1)]
    lines.insert(entries // 2, _HIDDEN)
    return "\n".join(lines)


def _entry(number: int) -> str:
    # Strides without a common divisor with the tables' lengths let no two entries agree soon.
    origin = _STATIONS[number % len(_STATIONS)]
    goal = _STATIONS[(number * 3 + 1) % len(_STATIONS)]
    goods = _GOODS[(number * 5) % len(_GOODS)]
    weather = _WEATHERS[(number * 2) % len(_WEATHERS)]
    event = _EVENTS[(number * 7) % len(_EVENTS)]
    hour, minute = number * 7 % 24, number * 13 % 60
    return (
        f"Entry {number}: at {hour:02}:{minute:02} train {100 + number} left {origin} for {goal}"
        f" {weather} with {1 + number % 17} wagons of {goods}; {event}, and the line was clear"
        f" again {2 + number % 9} minutes later."
    )


def long_requests() -> tuple[tuple[str, str, Mapping[str, Any]], ...]:
    """Title, group and body without `model` of each long request."""
    return (
        (
            "a needle in 4,000 words",
            "long context",
            {"messages": [_about(120, "Why was the night train held, and by whom was it freed?")]},
        ),
        (
            "a sum over 4,000 words",
            "long context",
            {
                "messages": [
                    _about(
                        150,
                        "How many wagons of coal left Cray in total? Show how you counted them.",
                    )
                ]
            },
        ),
        (
            "a summary of 8,000 words",
            "long context",
            {"messages": [_about(240, "Summarise this log book in three sentences.")]},
        ),
    )


def _about(entries: int, question: str) -> dict[str, str]:
    return {"role": "user", "content": f"{log_book(entries)}\n\n{question}"}
