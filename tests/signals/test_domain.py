"""What a request is about."""

import msgspec
import pytest

from pointsman.encoder.encoding import UNREAD
from pointsman.signals.domain import DomainDetector
from pointsman.signals.reading import Reading
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

PROMPT = read_prompt(chat_from_object({"messages": [{"role": "user", "content": "2 + 2?"}]}))


@pytest.mark.parametrize(
    "scores", [{"math": 0.75, "law": 0.25}, {"math": 0.0, "law": 1.0}, {"math": 1.0, "law": 0.0}]
)
def test_the_domain_heads_probabilities_are_handed_on(scores: dict[str, float]) -> None:
    encoding = msgspec.structs.replace(UNREAD, scores={"domain": scores, "outcome": {}})
    finding = DomainDetector(("math", "law"))(PROMPT, Reading(judged=encoding))
    assert (finding.scores, finding.exclusive) == (scores, True)
