"""Attacks on the model or through it: jailbreaks, injected instructions, harmful requests.

Three signals, each with its own probability: a policy may refuse the first, send the second to a
hardened model and only note the third. Every text of the request counts, whoever said it: an
instruction may hide in a tool's result as well as in the user's turn.
"""

from pointsman.signals.detector import NO_HEADS, Kind
from pointsman.signals.findings import Measure
from pointsman.signals.reading import Reading
from pointsman.wire.prompt import Prompt

HEAD = "attacks"
ATTACKS = ("jailbreak", "injection", "harmful")
"""Jailbreak: talks the model out of its rules. Injection: poses as an instruction of another.
Harmful: plainly asks for harm, without any such technique."""


class AttackDetector:
    """Hands on one label of the encoder's `attacks` head, the highest of all texts.

    Args:
        name: One of `ATTACKS`.
    """

    kind: Kind = "numbers"
    judged = NO_HEADS
    whole = frozenset({HEAD})
    names = frozenset({"p"})

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, prompt: Prompt, reading: Reading) -> Measure:  # noqa: ARG002  # protocol
        """Return `p`, the probability that a text of the request is such an attack."""
        read = (*reading.parts, *reading.seams)
        found = (text.scores.get(HEAD, {}).get(self.name, 0.0) for text in read)
        return Measure({"p": max(found, default=0.0)})
