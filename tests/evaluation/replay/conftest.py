"""Tables of invented questions and answers, in the columns of the recorded ones."""

import csv
import functools
import gzip
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pointsman.cli import main
from pointsman.config.heads import groups_of, mark_of
from pointsman.encoder.bundle import Bundle
from pointsman.evaluation.replay.pairs import MODE_PAIRS, Pair
from pointsman.evaluation.replay.rows import Asked
from pointsman.evaluation.replay.scores import Foreseen, Outcomes, Replayed
from pointsman.signals.head_file import FORMAT, GainHead, Linear, layer_of
from pointsman.signals.outcome import OUTCOMES

TOPICS = {
    "math": "Find the sum of the first {0} odd numbers and divide it by {0}.",
    "law": "A neighbour of house {0} cuts a hedge that is not hers. Which tort is it?",
    "history": "Which of the kings of the {0}th dynasty of an invented land reigned longest?",
}
OPTIONS = ("the first", "the second", "all of them")
NUMBERS = range(2, 14)
Row = Mapping[str, object]
Tables = Callable[..., Path]


def write_table(folder: Path, name: str, rows: Iterable[Row]) -> Path:
    """Write a compressed table."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = list(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(listed[0]))
    writer.writeheader()
    writer.writerows(listed)
    path = folder / f"{name}.csv.gz"
    path.write_bytes(gzip.compress(out.getvalue().encode()))
    return path


def questions() -> list[tuple[str, str, str]]:
    """Id, category and text of each invented question."""
    return [
        (f"{topic}-{number}", topic, text.format(number))
        for topic, text in TOPICS.items()
        for number in NUMBERS
    ]


def _pro_questions() -> list[Row]:
    options = json.dumps(OPTIONS)
    return [
        {"question_id": key, "category": topic, "src": "x", "question": text,
         "options_json": options, "answer": "A"}
        for key, topic, text in questions()
    ]  # fmt: skip


def _pro_answers(models: Mapping[str, int]) -> list[Row]:
    """The heavier a model, the more it knows; all know more law than mathematics."""
    return [
        {"question_id": key, "model": model, "pred": "A", "chars": 9,
         "correct": int((number * 7 + len(topic)) % 4 < weight + (topic == "law")),
         "wp_tokens": 5 + 100 * weight + (number if topic == "math" else 0)}
        for model, weight in models.items()
        for number, (key, topic, _) in enumerate(questions())
    ]  # fmt: skip


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A folder with all tables, named and built as the recorded ones are."""
    folder = tmp_path / "data" / "outcomes"
    models = {"jamba-1.5-large": 0, "gpt-4o-2024-05": 3, "Meta-Llama-3_1-8B-Instruct": 1}
    write_table(folder, "mmlu_pro_questions", _pro_questions())
    write_table(folder, "mmlu_pro_outcomes", _pro_answers(models))
    write_table(
        folder,
        "zeroeval_math_l5_questions",
        [{"question_id": n, "problem": f"Factor {n} + {n}x.", "answer": n} for n in range(30)],
    )
    write_table(
        folder,
        "zeroeval_math_l5_outcomes",
        [
            {"question_id": n, "model": model, "correct": int(n % 3 < rate), "visible_chars": 1,
             "visible_wp_tokens": 1}
            for model, rate in (("gpt-4o-mini-2024-07-18", 1), ("o1-mini-2024-09-12", 2))
            for n in range(30)
        ],
    )  # fmt: skip
    write_table(
        folder,
        "routellm_mmlu",
        [
            {"question_id": n, "category": ("jurisprudence", "astronomy")[n % 2],
             "prompt": f"Is claim {n} true?\nA. yes\nB. no",
             "mixtral_8x7b_correct": int(n % 3 == 0), "gpt4_1106_correct": int(n % 4 > 0)}
            for n in range(30)
        ],
    )  # fmt: skip
    write_table(
        folder,
        "routellm_gsm8k",
        [
            {"question_id": n, "prompt": f"Ada has {n} pears and buys {n} more. How many has she?",
             "mixtral_8x7b_correct": n % 2, "gpt4_1106_correct": 1,
             "mixtral_8x7b_wp_tokens": 40 + n, "gpt4_1106_wp_tokens": 60 + n}
            for n in range(30)
        ],
    )  # fmt: skip
    return folder


class Run:
    """An exit status, what was printed, and the lines of `--out`."""

    def __init__(self, status: int, out: str, err: str, lines: list[Any]) -> None:
        self.status = status
        self.out = out
        self.err = err
        self.lines = lines

    @property
    def report(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run one of the two benchmarks on the invented tables."""

    def call(name: str, *words: str) -> Run:
        out = tmp_path / "out.jsonl"
        status = main(["bench", name, "--data", str(recorded), "--out", str(out), *words])
        captured = capsys.readouterr()
        written = out.read_text().splitlines() if out.exists() else []
        return Run(status, captured.out, captured.err, [json.loads(line) for line in written])

    return call


def a_replay(
    light: Sequence[float],
    heavy: Sequence[float],
    p_gain: Sequence[float],
    *,
    tokens: tuple[Sequence[float], Sequence[float]] | None = None,
    domains: Sequence[str] | None = None,
    pair: Pair = MODE_PAIRS[0],
    table: Sequence[float] | None = None,
    generic: bool = False,
) -> Replayed:
    """A pair's questions as arrays; every one takes the router 10 ms and has 100 prompt tokens."""
    rows = len(light)
    named = domains or ["math"] * rows
    asked = [Asked(str(n), "x" * (n + 1), f"stem {n}", d, d) for n, d in enumerate(named)]
    said = Foreseen(np.array(p_gain), np.zeros(rows), np.arange(1.0, rows + 1))
    lengths = (np.array(each, dtype=np.float64) for each in tokens) if tokens else ()
    learned = np.zeros(rows) if table is None else np.array(table)
    return Replayed(
        pair=pair,
        asked=asked,
        outcomes=Outcomes(np.array(light), np.array(heavy), *lengths),
        ours=said,
        generic=Foreseen(said.p_loss, said.p_gain, said.extra_tokens) if generic else None,
        true_table=learned,
        own_table=learned,
        seconds=np.full(rows, 0.01),
        prompt_tokens=np.full(rows, 100.0),
    )


@pytest.fixture
def make_replay() -> Callable[..., Replayed]:
    return a_replay


def a_head(bundle: Bundle, light: str, heavy: str, bias: float = 0.0) -> GainHead:
    """A gain head that says what the shipped one says, or thinks more of the heavy model."""
    groups = groups_of(bundle)["gain"]
    linear = Linear(np.zeros((sum(g.size for g in groups), 4)), np.array([0.0, bias, 0.0, 0.0]))
    return GainHead(
        format=FORMAT, name="gain", labels=OUTCOMES, bundle=mark_of(bundle), features=groups,
        layer=layer_of(linear), temperature=1.0, counts={}, rows=9, use=True, verdict="", report={},
        command="", light=light, heavy=heavy,
    )  # fmt: skip


@pytest.fixture
def make_head(bundle: Bundle) -> Callable[..., GainHead]:
    return functools.partial(a_head, bundle)
