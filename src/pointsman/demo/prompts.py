"""The requests that the demo sends: whole OpenAI chat bodies, written for this project.

Nothing here comes from a data set. Each body is what a client would send; `model` is
`auto` except where a request names its own model.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from pointsman.demo.prompts_long import long_requests
from pointsman.demo.prompts_plain import PLAIN
from pointsman.demo.prompts_shaped import shaped_requests

__all__ = ["DemoRequest", "demo_requests"]


class DemoRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request of the demo.

    Args:
        title: a few words for a table's first column, unique.
        group: what kind of request it is, such as `arithmetic`.
        body: the body of a `POST /v1/chat/completions`, to be changed by nobody.
        conversation: requests with the same name belong together and are sent in order,
            each body holding the turns before it; empty if the request stands alone.
    """

    title: str
    group: str
    body: Mapping[str, Any]
    conversation: str = ""


_CONVERSATIONS: Mapping[str, Sequence[tuple[str, str]]] = {
    "sums": (
        ("What is the sum of the first n odd numbers, and why?", "It is n squared: each odd"
         " number adds the L-shaped border that turns one square into the next."),
        ("and for n=5?", "25."),
        ("Now prove it by induction.", ""),
    ),
    "trip": (
        ("I have three days in Lisbon in May. What should I not miss?", "Alfama on foot, Belém"
         " for the monastery and the tarts, and a morning train to Sintra."),
        ("Is day two too full then?", "A little; leave the tile museum for day three."),
        ("thanks!", ""),
    ),
    "bug": (
        ("My Flask app returns 404 for /users/42 although the route is there:"
         " @app.route('/users/<id>/'). Why?", "The route ends in a slash, and a POST is not"
         " redirected to it."),
        ("It is a GET. Same thing?", "Then it should redirect; check strict_slashes."),
        ("Explain step by step how Werkzeug matches a URL against rules with converters, and what"
         " the complexity is with thousands of rules.", ""),
    ),
}  # fmt: skip
"""By conversation: the user's turns, each with the answer that stands in the history."""


def demo_requests() -> tuple[DemoRequest, ...]:
    """All requests of the demo, in the order in which they are sent."""
    plain = (
        DemoRequest(title=title, group=group, body=_body([_user(text)]))
        for group, rows in PLAIN.items()
        for title, text in rows
    )
    shaped = (
        DemoRequest(title=title, group=group, body={"model": "auto"} | body)
        for title, group, body in itertools.chain(shaped_requests(), long_requests())
    )
    return (*plain, *shaped, *_turns())


def _turns() -> Iterable[DemoRequest]:
    for name, turns in _CONVERSATIONS.items():
        history: list[dict[str, str]] = []
        for number, (text, answer) in enumerate(turns, start=1):
            history.append(_user(text))
            yield DemoRequest(
                title=f"{name}, turn {number}",
                group="conversation",
                body=_body(list(history)),
                conversation=name,
            )
            history.append({"role": "assistant", "content": answer})


def _user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def _body(messages: list[dict[str, str]]) -> dict[str, Any]:
    return {"model": "auto", "messages": messages}
