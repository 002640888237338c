"""Learns the gain heads that ship for recorded pairs of models.

    python -m pointsman.learning.pairs --data DATA --out src/pointsman/bundles/pairs

reads the tables of recorded answers below DATA (default: $POINTSMAN_DATA) with the shipped encoder,
and writes a head for each pair whose own report says that it is worth using: weights, counts and
numbers, and no text.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from pointsman.config.heads import groups_of, mark_of
from pointsman.encoder.bundle import load_bundle
from pointsman.encoder.encoding import Encoding
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.learning.alone import Rows, fit_alone
from pointsman.learning.gain import outcome_counts, targets_of
from pointsman.learning.heads import Reader, token_part
from pointsman.learning.measuring import gain_report
from pointsman.learning.outcomes import Arms
from pointsman.learning.reading import encoded, gain_readings
from pointsman.learning.recorded import HEAVY, LIGHT, RecordedPair, Tables
from pointsman.learning.sample import sample_of
from pointsman.learning.verdicts import gain_verdict
from pointsman.signals.features import GAIN_READS
from pointsman.signals.head_file import FORMAT, GAIN, GainHead, layer_of, written_head
from pointsman.signals.outcome import OUTCOMES
from pointsman.statistics.outcome_point import OutcomePoint

COMMAND = "python -m pointsman.learning.pairs --data DATA --out OUT"
BINS = 40
"""Points of the sample that a dial is solved on: means and counts of some 30 questions each."""


class ShippedPair(msgspec.Struct, frozen=True):
    """A pair whose head ships.

    Attributes:
        name: Of its file, and after `shipped:` in a config.
        exam: Where its questions come from, in words.
        read: Takes what is recorded of it out of the tables.
    """

    name: str
    arms: Arms
    exam: str
    read: Callable[[Tables, Arms], RecordedPair]


_GPT_4O, _LLAMA = "gpt-4o-2024-05", "Meta-Llama-3_1-{}-Instruct"
_GEMINI = "gemini-1.5-{}-002"
PAIRS = (
    ShippedPair(
        "jamba-1.5-large-to-gpt-4o",
        Arms("jamba-1.5-large", _GPT_4O),
        "MMLU-Pro",
        Tables.mmlu_pro,
    ),
    ShippedPair(
        "llama-3.1-8b-to-gpt-4o",
        Arms(_LLAMA.format("8B"), _GPT_4O),
        "MMLU-Pro",
        Tables.mmlu_pro,
    ),
    ShippedPair(
        "llama-3.1-8b-to-70b",
        Arms(_LLAMA.format("8B"), _LLAMA.format("70B")),
        "MMLU-Pro",
        Tables.mmlu_pro,
    ),
    ShippedPair(
        "gemini-1.5-flash-to-pro",
        Arms(_GEMINI.format("flash"), _GEMINI.format("pro")),
        "MMLU-Pro",
        Tables.mmlu_pro,
    ),
    ShippedPair("mixtral-8x7b-to-gpt-4-mmlu", Arms(f"mmlu:{LIGHT}", HEAVY), "MMLU", Tables.mmlu),
    ShippedPair(
        "mixtral-8x7b-to-gpt-4-gsm8k", Arms(f"gsm8k:{LIGHT}", HEAVY), "GSM8K", Tables.gsm8k
    ),
)
"""Light and heavy are named as in the tables; what stands before a colon is the set of questions,
where the same two models have answered several."""


def learn_pair(pair: ShippedPair, recorded: RecordedPair, rows: Rows, reader: Reader) -> GainHead:
    """Fit a pair's head on the sides `train` and `choose`, and measure it on `report`.

    Args:
        pair: What it is called.
        recorded: What is recorded of it.
        rows: Its questions, in the same order.
        reader: What they were read with.

    Raises:
        TooFewRowsError: A side lacks one of the four outcomes.
    """
    seen, choose, report = (
        rows.at(recorded.on(*sides)) for sides in (("train", "choose"), ("choose",), ("report",))
    )
    counts, *_ = (outcome_counts(part.targets, pair.arms) for part in (seen, choose, report))
    fitted = fit_alone(recorded, rows, groups_of(reader.bundle)[GAIN])
    head = fitted.report.outcome
    measured = gain_report(fitted.report, report.readings, report.targets, pair.arms)
    verdict = gain_verdict(measured)
    return GainHead(
        **token_part(msgspec.structs.replace(fitted.choose, outcome=head)),
        format=FORMAT,
        name=GAIN,
        labels=OUTCOMES,
        bundle=mark_of(reader.bundle),
        features=groups_of(reader.bundle)[GAIN],
        layer=layer_of(head.model),
        temperature=head.choice.scale,
        counts=counts,
        rows=len(seen.targets.light),
        use=verdict.use,
        verdict=verdict.text,
        report=msgspec.to_builtins(measured),
        command=COMMAND,
        light=pair.arms.light,
        heavy=pair.arms.heavy,
        sample=binned(sample_of(fitted.choose, choose.readings, choose.targets)),
        basis=f"public answers of {pair.arms.light} and {pair.arms.heavy} to {pair.exam}",
    )


def binned(sample: Sequence[OutcomePoint], bins: int = BINS) -> tuple[OutcomePoint, ...]:
    """Means and counts of questions of about the same expected gain, from the least to the most.

    Args:
        sample: A point for each question.
        bins: How many; fewer where there are fewer questions.
    """
    ordered = sorted(sample, key=lambda point: point.p_heavy - point.p_light)
    found = []
    for rows in np.array_split(np.arange(len(ordered)), min(bins, len(ordered))):
        points = [ordered[row] for row in rows]
        means = np.array([[p.p_light, p.p_heavy, p.extra_tokens] for p in points]).mean(axis=0)
        both, heavy, light, neither = np.array([p.outcomes for p in points]).sum(axis=0).tolist()
        p_light, p_heavy, tokens = (round(float(mean), 4) for mean in means)
        found.append(OutcomePoint(p_light, p_heavy, tokens, (both, heavy, light, neither)))
    return tuple(found)


def learn_pairs(tables: Tables, reader: Reader, pairs: Sequence[ShippedPair], out: Path) -> None:
    """Learn every pair's head; write those that their report bears out. A text is read once."""
    known: dict[str, Encoding] = {}
    for pair in pairs:
        recorded = pair.read(tables, pair.arms)
        texts = [question.text for question in recorded.questions]
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(
            zip(fresh, encoded(reader.encoder, fresh, GAIN_READS, reader.progress), strict=True)
        )
        readings = gain_readings(texts, [known[text] for text in texts])
        head = learn_pair(pair, recorded, Rows(readings, targets_of(recorded.questions)), reader)
        if head.use:
            (out / f"{pair.name}.json").write_bytes(written_head(head))
        sys.stderr.write(f"{pair.name}: {head.rows} questions; {head.verdict}\n")


def main() -> None:
    """Learn the heads and write them."""
    parser = argparse.ArgumentParser(description=__doc__, prog="pointsman.learning.pairs")
    parser.add_argument("--data", type=Path, default=os.environ.get("POINTSMAN_DATA"))
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if args.data is None:
        parser.error("give the folder of the data with --data or in POINTSMAN_DATA")
    args.out.mkdir(parents=True, exist_ok=True)
    bundle = load_bundle()
    reader = Reader(bundle, OnnxEncoder(bundle), _progress)
    learn_pairs(Tables(args.data), reader, PAIRS, args.out)


def _progress(read: int) -> None:
    if read % 2000 == 0:
        sys.stderr.write(f"read {read} texts\n")


if __name__ == "__main__":
    main()
