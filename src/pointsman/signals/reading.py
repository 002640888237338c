"""What was read of a request: the judged text, and every text that had to be seen whole."""

from collections.abc import Generator

import msgspec

from pointsman.encoder.encoding import UNREAD, Asked, Encoding
from pointsman.wire.prompt import Prompt


class Reading(msgspec.Struct, frozen=True, eq=False):
    """The encodings that detectors look at.

    Attributes:
        asked: What was asked of the encoder; a detector that needs more is left out.
        judged: Of the text that decides domain and need of reasoning; `UNREAD` if nobody asked.
        parts: Of every text of the request, in the order of `Prompt.parts`; empty if nobody asked.
        seams: Of what stands across the borders of texts, in the order of `Prompt.seams`.
    """

    asked: Asked = Asked()
    judged: Encoding = UNREAD
    parts: tuple[Encoding, ...] = ()
    seams: tuple[Encoding, ...] = ()

    @property
    def encodings(self) -> tuple[Encoding, ...]:
        """Every encoding once: the judged one may also be a part's."""
        others = (part for part in self.parts if part is not self.judged)
        return (*(() if self.judged is UNREAD else (self.judged,)), *others, *self.seams)


NOTHING_READ = Reading()

SEAM_HEADS = frozenset({"attacks"})
"""What is looked for across the borders of texts; personal data there could not be replaced."""

SHORT_TURN = 800
"""Code points of a user turn that surely fits one pass. It is asked for as it was when it was the
last turn, so that it is remembered; the heads that judge cost next to nothing beside the pass."""


def read(prompt: Prompt, asked: Asked) -> Generator[tuple[str, Asked], Encoding, Reading]:
    """Ask for each text that must be read; one pass serves the judged text in both ways.

    The newest texts come first, and what the request says beside its messages, such as its tools,
    comes last: when the windows run out, it is the oldest that stay unread, and their encodings say
    so. A text that is begun is asked for in the same words whatever is left,
    so that it is known again in the next turn; a request takes less than twice `max_windows`.

    Args:
        prompt: The request's texts.
        asked: What is wanted of them; no text is begun when `max_windows` passes were taken.

    Returns:
        The reading. Each text to be encoded is yielded with what is asked of it.
    """
    judged = UNREAD
    if asked.judged:
        # A short follow-up is judged with the turn before it: a text that is none of the parts.
        is_part = any(part.text == prompt.judged for part in prompt.parts)
        wanted = asked if is_part else msgspec.structs.replace(asked, whole=frozenset())
        judged = yield prompt.judged, wanted
    if not asked.whole:
        return Reading(asked, judged)
    left = asked.max_windows - judged.passes
    only_whole = msgspec.structs.replace(asked, judged=frozenset())
    parts: list[Encoding] = []
    for part in reversed(prompt.parts):
        if part.text == prompt.judged and judged is not UNREAD:
            parts.append(judged)
        elif left > 0:
            again = part.role == "user" and len(part.text) <= SHORT_TURN
            parts.append((yield part.text, asked if again else only_whole))
            left -= parts[-1].passes
        else:
            parts.append(msgspec.structs.replace(UNREAD, unread=len(part.text)))
    across = msgspec.structs.replace(only_whole, whole=asked.whole & SEAM_HEADS)
    seams: list[Encoding] = []
    for seam in reversed(prompt.seams if across.whole else ()):
        if left > 0:
            seams.append((yield seam, across))
            left -= seams[-1].passes
        else:
            seams.append(msgspec.structs.replace(UNREAD, unread=len(seam)))
    return Reading(asked, judged, tuple(reversed(parts)), tuple(reversed(seams)))
