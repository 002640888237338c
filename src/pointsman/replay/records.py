"""What replay reads of a decision record; the rest of a line, prompts among it, is skipped."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from pointsman.catalog.models import Target
from pointsman.observe.record import Attempt
from pointsman.policy.question import Question
from pointsman.signals.findings import Finding
from pointsman.wire.usage import Usage

CASCADE = "cascade"
ANSWERED = "answered"


class Kept(msgspec.Struct, frozen=True):
    """A decision record (`observe.record.DecisionRecord`), as far as replay reads it."""

    id: str
    policy: str
    bundle: str
    rule: str
    algorithm: str
    signals: Mapping[str, Finding]
    expected_usd: float
    expected_p_correct: float | None = None
    expected_tokens: float = 0.0
    target: Target | None = None
    question: Question | None = None
    propensity: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    shadow_of: str | None = None
    total_ms: float | None = None
    attempts: tuple[Attempt, ...] = ()
    outcome: str | None = None
    usage: Usage | None = None
    usd: float | None = None
    usd_estimated: bool = False

    @property
    def measured(self) -> tuple[Usage, float] | None:
        """Tokens and money of the answer, where its server has reported them."""
        if self.usage is None or self.usd is None or self.usd_estimated:
            return None
        return (self.usage, self.usd) if self.outcome == ANSWERED else None


_DECODER = msgspec.json.Decoder(Kept)


def read_record(line: bytes) -> Kept:
    """Read one line.

    Raises:
        ValueError: It is no decision record; the message names the place, never a text.
    """
    try:
        return _DECODER.decode(line)
    except msgspec.ValidationError as error:
        raise ValueError(f"no decision record: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not valid JSON: {error}") from error
