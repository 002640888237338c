"""The pairs of models whose recorded answers are replayed, and what each pair stands for."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from pointsman.errors import ConfigError

Table = Literal["mmlu_pro", "math", "mmlu", "gsm8k"]
Kind = Literal["mode", "choice"]


class Pair(msgspec.Struct, frozen=True):
    """A light and a heavy model that have answered the same questions.

    Attributes:
        light: As the report names it; what stands before a colon is the set of questions.
        heavy: As the report and the table name it.
        table: Where its answers are.
        kind: Whether it stands for a mode (answer at once or reason first) or a choice of model.
        note: What has to be known of it.
    """

    light: str
    heavy: str
    table: Table
    kind: Kind
    note: str

    @property
    def name(self) -> str:
        """Its name in reports and in `--out`."""
        return f"{self.light}->{self.heavy}"

    @property
    def light_model(self) -> str:
        """The light model as the table names it."""
        return self.light.rpartition(":")[2]


_CHOICE = "two models, each of which writes its reasoning before its answer"

MODE_PAIRS = (
    Pair(
        "jamba-1.5-large",
        "gpt-4o-2024-05",
        "mmlu_pro",
        "mode",
        "a surrogate for a switch: two models, not one with a switch. The light one answers with a "
        "bare letter, the heavy one writes its reasoning first, and is the stronger model, too",
    ),
    Pair(
        "gpt-4o-mini-2024-07-18",
        "o1-mini-2024-09-12",
        "math",
        "mode",
        "a surrogate for a switch: two models, the heavy one a reasoning model whose hidden tokens "
        "are not recorded, so that neither tokens nor time can be told",
    ),
)
"""Of `bench reasoning`."""

CHOICE_PAIRS = (
    Pair("Meta-Llama-3_1-8B-Instruct", "gpt-4o-2024-05", "mmlu_pro", "choice", _CHOICE),
    Pair(
        "Meta-Llama-3_1-8B-Instruct", "Meta-Llama-3_1-70B-Instruct", "mmlu_pro", "choice", _CHOICE
    ),
    Pair("gemini-1.5-flash-002", "gemini-1.5-pro-002", "mmlu_pro", "choice", _CHOICE),
    Pair(
        "mmlu:mixtral_8x7b",
        "gpt4_1106",
        "mmlu",
        "choice",
        "two models; no answer lengths are recorded, so that neither tokens nor time can be told",
    ),
    Pair("gsm8k:mixtral_8x7b", "gpt4_1106", "gsm8k", "choice", _CHOICE),
)
"""Of `bench routing`."""


def chosen_pairs(pairs: Sequence[Pair], names: Sequence[str] | None) -> tuple[Pair, ...]:
    """Return the pairs of these names, in the order they stand here; all of them for None.

    Raises:
        ConfigError: There is no pair of such a name.
    """
    known = {pair.name: pair for pair in pairs}
    for name in names or ():
        if name not in known:
            raise ConfigError(f"--pair: there is no pair `{name}`; there is: {', '.join(known)}")
    return tuple(pair for pair in pairs if names is None or pair.name in names)
