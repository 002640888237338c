"""What Presidio finds in the rows that `pointsman bench pii` scores.

It runs in an environment of its own, and downloads nothing:

python -m venv ~/presidio-venv
~/presidio-venv/bin/pip install -r benchmarks/presidio/requirements.txt
~/presidio-venv/bin/python benchmarks/presidio/run.py --data DIR --out presidio.jsonl
pointsman bench pii --data DIR --beside presidio.jsonl

Without --model Presidio's pattern recognisers stand alone, which find no names or places. With it
a spaCy model reads as well, under the settings of the analyzer's own conf/default.yaml.
"""

import argparse
import gzip
import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

LANGUAGE = "en"
TYPES: Mapping[str, str] = {
    "CREDIT_CARD": "CREDIT_CARD",
    "DATE_TIME": "DATE_TIME",
    "EMAIL_ADDRESS": "EMAIL_ADDRESS",
    "IBAN_CODE": "IBAN_CODE",
    "IP_ADDRESS": "IP_ADDRESS",
    "LOCATION": "GPE",  # streets and zip codes are not told apart from places
    "NRP": "NRP",
    "ORGANIZATION": "ORGANIZATION",
    "PERSON": "PERSON",
    "PHONE_NUMBER": "PHONE_NUMBER",
    "URL": "DOMAIN_NAME",
    "US_BANK_NUMBER": "BANK_ACCOUNT",
    "US_DRIVER_LICENSE": "US_DRIVER_LICENSE",
    "US_PASSPORT": "PASSPORT",
    "US_SSN": "US_SSN",
}
"""Presidio's types and ours. Spans of its other types (crypto wallets, medical licences, UUIDs ...)
are left out, so that they count neither for nor against it."""

Found = tuple[int, int, str, float]
"""Start and end in code points, end exclusive, type, and Presidio's score."""


def main() -> None:
    """Read the rows and write a line for each."""
    args = _arguments()
    analyzer = _analyzer(args.model)
    with args.out.open("w", encoding="utf-8") as out:
        for row in _rows(args.data, args.split):
            results = analyzer.analyze(text=row["text"], language=LANGUAGE)
            spans = [(one.start, one.end, one.entity_type, one.score) for one in results]
            line = {"id": row["id"], "gold": row["spans"], "pred": kept(spans, args.at_least)}
            out.write(json.dumps(line) + "\n")


def kept(spans: Sequence[Found], at_least: float) -> list[Found]:
    """Return the spans that are scored, under our names, in order and without overlaps.

    Of spans that overlap the one with the higher score stays, then the longer, as Presidio's own
    anonymizer keeps one of them; without that every second reading of a number would be a mistake.

    Args:
        spans: What Presidio found, under its names.
        at_least: The lowest score.
    """
    ours = [(a, b, TYPES[kind], p) for a, b, kind, p in spans if kind in TYPES and p >= at_least]
    chosen: list[Found] = []
    for span in sorted(ours, key=lambda one: (-one[3], one[0] - one[1], one)):
        if all(span[1] <= other[0] or other[1] <= span[0] for other in chosen):
            chosen.append(span)
    return sorted(chosen)


def _rows(data: Path, split: str) -> Iterator[dict[str, Any]]:
    names = [f"{folder}{split}.jsonl{end}" for folder in ("pii/", "") for end in (".gz", "")]
    path = next((data / name for name in names if (data / name).is_file()), None)
    if path is None:
        raise SystemExit(f"{data} holds none of {', '.join(names)}: name the folder with --data")
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    for line in text.decode().split("\n"):
        if line.strip():
            yield json.loads(line)


def _analyzer(model: str | None) -> Any:  # noqa: ANN401 - Presidio's own, in its own environment
    """Return Presidio's analyzer as it ships, with this spaCy model or with none."""
    presidio = importlib.import_module("presidio_analyzer")
    engines = importlib.import_module("presidio_analyzer.nlp_engine")
    suffixes: Any = importlib.import_module("tldextract")
    # Its mail recogniser looks domains up; the list that the package brings, not a fresh download.
    suffixes.extract = suffixes.TLDExtract(suffix_list_urls=())
    if model is not None:
        return presidio.AnalyzerEngine(nlp_engine=_with_model(presidio, engines, model))
    engine = engines.SpacyNlpEngine(models=[{"lang_code": LANGUAGE, "model_name": "blank"}])
    engine.nlp = {LANGUAGE: _blank()}
    return presidio.AnalyzerEngine(nlp_engine=engine)


def _with_model(presidio: Any, engines: Any, model: str) -> Any:  # noqa: ANN401 - as above
    importlib.import_module(model)  # not installed, it would be downloaded
    yaml = importlib.import_module("yaml")
    shipped = Path(presidio.__file__).parent / "conf" / "default.yaml"
    settings = yaml.safe_load(shipped.read_text(encoding="utf-8"))
    settings["models"] = [{"lang_code": LANGUAGE, "model_name": model}]
    return engines.NlpEngineProvider(nlp_configuration=settings).create_engine()


def _blank() -> Any:  # noqa: ANN401 - a spaCy pipeline
    """Return a tokenizer whose lemmas are the words in lower case.

    Presidio raises a match's score where a word before it says what it is, by lemma; an empty
    pipeline has none, and would take that away from the patterns.
    """
    spacy = importlib.import_module("spacy")

    def lemmas(document: Any) -> Any:  # noqa: ANN401 - a spaCy document
        for token in document:
            token.lemma_ = token.lower_
        return document

    spacy.Language.component("lower_lemmas", func=lemmas)
    pipeline = spacy.blank(LANGUAGE)
    pipeline.add_pipe("lower_lemmas")
    return pipeline


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Plain)
    parser.add_argument("--data", type=Path, required=True, help="folder as of `bench pii`")
    parser.add_argument("--split", default="dev", help="score NAME.jsonl.gz or NAME.jsonl")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    parser.add_argument("--model", help="an installed spaCy model; none: pattern recognisers only")
    parser.add_argument(
        "--at-least", type=float, default=0.0, help="lowest score (default 0, Presidio's own)"
    )
    return parser.parse_args()


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Leaves the head's lines as they are."""


if __name__ == "__main__":
    main()
