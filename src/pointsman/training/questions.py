"""Questions as text: their identity, the side of the split they fall on, their written form."""

import string
from collections.abc import Collection

from pointsman.statistics.halves import Side, recorded_side, share_of, stem_of

OWN_CHOOSE = 0.12
"""Of the texts written for this project."""


def own_side(piece: str) -> Side:
    """The side of a text, or a piece of texts, that was written for this project.

    Most train; some pieces are kept to calibrate with, and whatever is built of them with them, so
    that thresholds are solved on carriers and attacks that the training did not see. None is
    reported on: authors write alike.
    """
    return "choose" if share_of(stem_of(piece), "own") < OWN_CHOOSE else "train"


def side_of(stem: str, held_out: Collection[str], with_outcomes: Collection[str]) -> Side:
    """The side of the split on which every row with this stem falls, in every task.

    Args:
        stem: See `halves.stem_of`.
        held_out: Stems in any dev file: never trained on, halved into choose and report.
        with_outcomes: Stems with recorded outcomes: 80 % train, 10 % choose, 10 % report.
    """
    if stem not in held_out and stem not in with_outcomes:
        return "train"
    return recorded_side(stem, held_out=stem in held_out)


def shows_options(stem: str, epoch: int = 0) -> bool:
    """Whether a choice question is written with its options: half are, and the next epoch not."""
    return (share_of(stem, "options") < 1 / 2) == (epoch % 2 == 0)


def written(question: str, options: tuple[str, ...]) -> str:
    """The question as a client would send it, options as lines `A. ...` below."""
    lines = zip(string.ascii_uppercase, options, strict=False)
    return "\n".join([question, *(f"{letter}. {option}" for letter, option in lines)])


_BEFORE = (
    "Answer the following question.", "Please answer this question:", "Question:",
    "Choose the correct option.", "Help me with this one:", "You are a helpful assistant.",
    "The following is a multiple-choice question. Think step by step, then give the letter.",
    "Read the question carefully and pick the best answer.", "hi, can you solve this?",
    "I found this in an old exam:", "Instruction: answer with a single letter.",
)  # fmt: skip
_AFTER = (
    "Answer:", "Explain your reasoning.", "Let's think step by step.", "Only give the answer.",
    "Give the final answer on the last line.", "Please be brief.", "thanks!",
    "Answer with the letter of the correct option only.", "What is the right answer, and why?",
)  # fmt: skip
_DRESSED_FROM = 2
_DRESSED_SHARE = 0.5


def dressed(text: str, stem: str, epoch: int) -> str:
    """The question with words around it as people and programs send it; half are, from epoch 2 on.

    Exam questions come bare in data sets and hardly ever in requests.
    """
    if epoch < _DRESSED_FROM or share_of(stem, f"dressed {epoch}") >= _DRESSED_SHARE:
        return text
    place = share_of(stem, f"place {epoch}")
    before = _BEFORE[int(share_of(stem, f"before {epoch}") * len(_BEFORE))]
    after = _AFTER[int(share_of(stem, f"after {epoch}") * len(_AFTER))]
    parts = ((before, place < 2 / 3), (text, True), (after, place > 1 / 3))
    return "\n".join(part for part, kept in parts if kept)
