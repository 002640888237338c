"""A question as plain JSON: records hold it, and replays read it back."""

import msgspec

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Speed, Target
from pointsman.policy.question import Question
from pointsman.signals.detector import Signals
from pointsman.signals.findings import Measure, Scores, Span, Spans

SIGNALS: Signals = {
    "domain": Scores({"math": 0.7, "law": 0.3}),
    "keywords": Scores({"urgent": 1.0}, exclusive=False),
    "pii": Spans((Span("PERSON", 0, 1, 4, 0.9),)),
    "surface": Measure({"prompt_tokens": 12.0}),
}


def test_what_is_as_ever_is_not_written() -> None:
    assert msgspec.json.encode(Question()) == b"{}"
    assert msgspec.json.decode(b"{}", type=Question) == Question()


def test_all_of_a_question_comes_back_from_json() -> None:
    question = Question(
        signals=SIGNALS,
        named="large",
        wish=Reasoning("on", "low", 300),
        output_cap=50,
        choices=2,
        images=True,
        current="small",
        in_tool_loop=True,
        carried_share=0.75,
        conversation="c",
        caller="k",
        avoid={"small": "it has failed this request"},
        answered=(Target("small", Reasoning("off")),),
        down=frozenset({"large"}),
        speeds={"small": Speed(0.1, 70.0)},
        trade=0.3,
        pressure=0.5,
        tenant="t",
        failed=True,
    )
    assert set(question.__struct_fields__) == set(msgspec.to_builtins(question)), "all are set"
    assert msgspec.json.decode(msgspec.json.encode(question), type=Question) == question
