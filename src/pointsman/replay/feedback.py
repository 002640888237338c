"""Reads scores of answers: `{"id": "dec_...", "score": 0.8}`, one line each."""

from typing import Annotated

import msgspec

from pointsman.replay.lines import BadLine, pieces


class Score(msgspec.Struct, frozen=True):
    """How good an answer was; other keys may stand beside these.

    Attributes:
        id: The decision's, from `x-pointsman-decision-id`.
        score: 0 for useless, 1 for perfect.
    """

    id: str
    score: Annotated[float, msgspec.Meta(ge=0, le=1)]


_DECODER = msgspec.json.Decoder(Score)


def read_feedback(file: str) -> tuple[dict[str, float], list[BadLine]]:
    """Return scores by decision id, the last one of an id, and the lines that are none.

    Raises:
        ConfigError: The file cannot be read.
    """
    scores: dict[str, float] = {}
    bad: list[BadLine] = []
    for piece in pieces([file]):
        for number, line in enumerate(piece.lines, start=piece.start):
            if not line.strip():
                continue
            try:
                found = _DECODER.decode(line)
            except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
                bad.append(BadLine(file, number, f"no score: {error}"))
            else:
                scores[found.id] = found.score
        if piece.broken is not None:
            end = piece.start + len(piece.lines)
            bad.append(BadLine(file, end, f"the file cannot be read on: {piece.broken}"))
    return scores, bad
