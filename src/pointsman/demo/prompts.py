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


_CONVERSATIONS: Mapping[str, Sequence[str]] = {
    "sums": (
        "What is the sum of the first n odd numbers, and why?",
        (
            "It is n squared: each odd number adds the L-shaped border that turns one square into"
            " the next."
        ),
        "and for n=5?",
        "25.",
        "Now prove it by induction.",
    ),
    "trip": (
        "I have three days in Lisbon in May. What should I not miss?",
        (
            "Alfama on foot, Belém for the monastery and the tarts, and a morning train to Sintra."
            " Take the tile museum on day two as well."
        ),
        "Is day two too full then?",
        "A little; leave the tile museum for day three.",
        "thanks!",
    ),
    "bug": (
        (
            "My Flask app answers a POST to /users/42 with an error although the route is there:"
            " @app.route('/users/<id>/', methods=['POST']). Why?"
        ),
        "The route ends in a slash, and a POST without it is not passed on silently.",
        "Would a GET be?",
        "Yes, it is redirected to the address with the slash.",
        (
            "Explain step by step how a router can match a path against thousands of rules with"
            " converters, and what its complexity is."
        ),
    ),
}
"""By conversation: the user's turns, and between them the answers that the history holds."""


def demo_requests() -> tuple[DemoRequest, ...]:
    """All requests of the demo, in the order in which they are sent."""
    plain = (
        DemoRequest(title=title, group=group, body=_body([_user(text)]))
        for group, rows in PLAIN.items()
        for title, text in rows
    )
    shaped = (
        DemoRequest(title=title, group=group, body={"model": "auto", **body})
        for title, group, body in itertools.chain(shaped_requests(), long_requests())
    )
    return (*plain, *shaped, *_turns())


def _turns() -> Iterable[DemoRequest]:
    for name, texts in _CONVERSATIONS.items():
        roles = itertools.cycle(("user", "assistant"))
        messages = [
            {"role": role, "content": text} for role, text in zip(roles, texts, strict=False)
        ]
        for number, end in enumerate(range(1, len(messages) + 1, 2), start=1):
            yield DemoRequest(
                title=f"{name}, turn {number}",
                group="conversation",
                body=_body(messages[:end]),
                conversation=name,
            )


def _user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def _body(messages: list[dict[str, str]]) -> dict[str, Any]:
    return {"model": "auto", "messages": messages}
