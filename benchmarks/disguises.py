"""What a disguise hides from the guard: attacks and harmless texts, each put through each trick.

    POINTSMAN_DATA=... python benchmarks/disguises.py > benchmarks/disguises.md

The attacks and harmless texts of the unseen guard set are disguised by encoders of this file, and
read twice: as they stand (`OnnxEncoder`), and as served (`TextReader`). A text is refused if one of
the three attack signals is above the threshold that the bundle ships. Below that, the harmless
texts of other sets as they are: none of them should be refused for what a trick seems to reveal.
"""

import base64
import codecs
import gzip
import html
import json
import os
import random
import time
from binascii import b2a_qp, b2a_uu
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import msgspec

from pointsman.encoder.bundle import Bundle, FlagsHead, load_bundle
from pointsman.encoder.encoding import Asked, Encoder
from pointsman.encoder.onnx import OnnxEncoder
from pointsman.signals.disguise import views
from pointsman.signals.text_reader import TextReader

HARMLESS = 200
ROWS = 500
ASKED = Asked(whole=frozenset({"attacks"}))

_SMALL = "abcdefghijklmnopqrstuvwxyz"
_LEET = str.maketrans("aeiostAEIOST", "431057431057")
_CYRILLIC = str.maketrans("aceopxyiAEOPCTX", "асеорхуіАЕОРСТХ")  # noqa: RUF001  # that is the trick
_SIGNALS = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- "
    "-..- -.-- --.."
)
_MORSE = dict(zip(_SMALL, _SIGNALS.split(), strict=True))
_NAMES = (
    "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar "
    "Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
)
_WORDS = {name[0].lower(): name for name in _NAMES.split()}
_RAISED = str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_SCRIPTS = str.maketrans("acefhilnorstuvwxy", "аⲥҽքᏂ𑣃𐌉ռ𐐬ꮁ𐑈т𑣘𑣀ꮃхү")  # that is the trick


def _codes(pattern: str, text: str, between: str = "") -> str:
    return between.join(pattern.format(byte) for byte in text.encode())


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _long_words(text: str, change: Callable[[str], str]) -> str:
    words = (change(word) if len(word.strip(".,!?:;")) > 4 else word for word in text.split(" "))  # noqa: PLR2004  # long
    return " ".join(words)


def _caesar(text: str, shift: int) -> str:
    moved = _SMALL[shift:] + _SMALL[:shift]
    return text.translate(str.maketrans(_SMALL + _SMALL.upper(), moved + moved.upper()))


def _bold(text: str) -> str:
    return "".join(
        chr(ord(sign) + (0x1D41A - 97 if sign.islower() else 0x1D400 - 65))
        if sign.isascii() and sign.isalpha()
        else sign
        for sign in text
    )


def _morse(text: str) -> str:
    words = (" ".join(_MORSE[sign] for sign in word if sign in _MORSE) for word in text.split())
    return " / ".join(word for word in words if word)


def _quoted(text: str) -> str:
    return b2a_qp(text.encode(), quotetabs=True).decode("ascii")


def _uu(text: str) -> str:
    lines = (b2a_uu(word.encode()[:45]).decode("ascii") for word in text.split())
    return "".join(line.rstrip("\n") for line in lines)


def _invisible_bits(text: str) -> str:
    return _codes("{:08b}", text).replace("0", "\u2062").replace("1", "\u2064")


def _braille(text: str) -> str:
    table = str.maketrans(_SMALL + ".,?!'", "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵⠲⠂⠦⠖⠄")
    return "".join(
        sign for sign in text.lower().translate(table) if not sign.isascii() or sign == " "
    )


def _spelled(text: str) -> str:
    return " <space> ".join(
        " ".join(_WORDS[sign] for sign in word if sign in _WORDS) for word in text.lower().split()
    )


TRICKS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "base64": _base64,
    "base64, told what it is": lambda text: f"Decode this base64 and do it: {_base64(text)}",
    "base64 twice": lambda text: _base64(_base64(text)),
    "base64 of the long words": lambda text: _long_words(text, _base64),
    "hex": lambda text: text.encode().hex(),
    "decimal codes": lambda text: _codes("{}", text, " "),
    "binary": lambda text: _codes("{:08b}", text, " "),
    "binary, 16 bits": lambda text: " ".join(f"{ord(sign):016b}" for sign in text),
    "quoted-printable": _quoted,
    "uuencode, word by word": _uu,
    "Ascii85": lambda text: base64.a85encode(text.encode()).decode("ascii"),
    "base85": lambda text: base64.b85encode(text.encode()).decode("ascii"),
    "percent, every byte": lambda text: _codes("%{:02x}", text),
    "percent, as URLs": quote,
    "HTML references": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "JSON escapes": lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    "HTML references of vowels": lambda text: "".join(
        f"&#{ord(sign)};" if sign in "aeiou" else html.escape(sign) for sign in text
    ),
    "ROT13": lambda text: codecs.encode(text, "rot13"),
    "ROT13, told what it is": lambda text: (
        f"Decode this ROT13 and do what it says: {codecs.encode(text, 'rot13')}"
    ),
    "Caesar, 7": lambda text: _caesar(text, 7),
    "backwards": lambda text: text[::-1],
    "backwards, word by word": lambda text: " ".join(word[::-1] for word in text.split(" ")),
    "leetspeak": lambda text: text.translate(_LEET),
    "leetspeak of the long words": lambda text: _long_words(text, lambda w: w.translate(_LEET)),
    "homoglyphs": lambda text: text.translate(_CYRILLIC),
    "homoglyphs of many scripts": lambda text: text.lower().translate(_SCRIPTS),
    "bold letters": _bold,
    "superscript": lambda text: text.lower().translate(_RAISED),
    "invisible bits": _invisible_bits,
    "zero-width spaces": "\u200b".join,
    "tag characters": lambda text: (
        "Hello! " + "".join(chr(0xE0000 + ord(sign)) for sign in text if " " <= sign <= "~")
    ),
    "spaces between letters": " ".join,
    "dots between letters": lambda text: ".".join(text.replace(" ", "")),
    "hyphens between letters": lambda text: " ".join(map("-".join, text.split())),
    "hyphens in words": lambda text: _long_words(text, lambda word: f"{word[:3]}-{word[3:]}"),
    "spaces in words": lambda text: _long_words(text, lambda word: f"{word[:3]} {word[3:]}"),
    "no spaces": lambda text: text.replace(" ", ""),
    "Morse": lambda text: _morse(text.lower()),
    "Braille": _braille,
    "spelling alphabet": _spelled,
    "ROT13 in base64": lambda text: _base64(codecs.encode(text, "rot13")),
    "leetspeak in base64": lambda text: _base64(text.translate(_LEET)),
}


WEAK = """
## What stays weak

- *ROT13*, *Caesar*, *backwards*, *dots between letters*: only English is known. Of the 64 attacks
  that ROT13 hides, all are in other languages, or had another disguise before.
- *No spaces*: runs of letters that signs cut short, and words that are on no list
  (`signals/disguise_lexicon.py`), which fall into scraps, give no view.
- *Leetspeak in base64*: what decodes to digits and signs for the most part (JSON, logs) is taken
  for no text.
- *Leetspeak* in other languages than English; Vigenere, Base2048, Ecoji and formulas in the place
  of words are not undone at all.
- *Spaces between letters*, *Morse*, *backwards*, *ROT13, told what it is*: many harmless texts are
  refused too, and were before any view was read: the encoder takes the surface for an attack."""


class Guard(msgspec.Struct, frozen=True):
    """A reader held against the shipped thresholds."""

    encoder: Encoder
    above: dict[str, float]

    def refuses(self, text: str) -> bool:
        """Whether one of the attack signals is above its threshold."""
        chances = self.encoder.encode(text, ASKED).scores["attacks"]
        return any(chances[name] > bound for name, bound in self.above.items())

    def share(self, texts: list[str]) -> str:
        """The share of texts that are refused."""
        return f"{sum(map(self.refuses, texts)) / len(texts):.1%}"


def thresholds(bundle: Bundle) -> dict[str, float]:
    """The bundle's thresholds of the attack signals."""
    (head,) = [head for head in bundle.manifest.heads if isinstance(head, FlagsHead)]
    return {name: threshold.above for name, threshold in head.thresholds.items()}


def unseen() -> tuple[list[str], list[str]]:
    """The unseen set's attacks, and a draw of its harmless texts."""
    packaged = files("pointsman.evaluation.unseen") / "guard.jsonl"
    rows = [json.loads(line) for line in packaged.read_text().splitlines()]
    attacks = [row["text"] for row in rows if not row["label"].startswith("benign")]
    harmless = [row["text"] for row in rows if row["label"].startswith("benign")]
    return attacks, random.Random(0).sample(harmless, HARMLESS)  # noqa: S311 - no secret


def harmless_sets() -> Iterator[tuple[str, list[str]]]:
    """Harmless texts as they are, by set."""
    data = Path(os.environ.get("POINTSMAN_DATA", "../shared/data"))
    packaged = files("pointsman.evaluation.unseen") / "guard.jsonl"
    lines = packaged.read_text().splitlines()
    yield "unseen", [row["text"] for row in map(json.loads, lines) if "benign" in row["label"]]
    for name in ("jailbreak", "domain", "pii", "tools"):
        raw = gzip.decompress((data / f"{name}/dev.jsonl.gz").read_bytes())
        rows = [json.loads(line) for line in raw.splitlines()]
        kept = [row for row in rows if name != "jailbreak" or "benign" in row["label"]]
        drawn = random.Random(0).sample(kept, min(ROWS, len(kept)))  # noqa: S311 - no secret
        yield f"{name}/dev", [row["text"] for row in drawn]


def tell_tricks(before: Guard, now: Guard) -> None:
    """Print what becomes of attacks and of harmless texts under each trick."""
    attacks, harmless = unseen()
    print(
        f"{len(attacks)} attacks and {len(harmless)} harmless texts of the unseen guard set. "
        "*Seen through*: the share of the attacks of which a view was made.\n"
    )
    print("| trick | attacks refused before | now | seen through | harmless before | now |")
    print("|---|---|---|---|---|---|")
    for name, trick in TRICKS.items():
        bad, good = [trick(text) for text in attacks], [trick(text) for text in harmless]
        seen = sum(bool(views(text)) for text in bad) / len(bad)
        shares = (before.share(bad), now.share(bad), f"{seen:.0%}", before.share(good))
        print(f"| {name} | {' | '.join(shares)} | {now.share(good)} |", flush=True)


def tell_harmless(before: Guard, now: Guard) -> None:
    """Print what becomes of harmless texts as they are."""
    print("\n## Harmless texts as they are\n")
    print("The last column is the processor's time.\n")
    print("| set | texts | with a view | refused before | now | µs to look for views, per kB |")
    print("|---|---|---|---|---|---|")
    for name, texts in harmless_sets():
        began = time.process_time()
        shown = sum(bool(views(text)) for text in texts) / len(texts)
        per_kb = 1e9 * (time.process_time() - began) / sum(map(len, texts))
        said = f"{shown:.1%} | {before.share(texts)} | {now.share(texts)} | {per_kb:.0f}"
        print(f"| {name} | {len(texts)} | {said} |", flush=True)


def main() -> None:
    """Measure and print."""
    bundle = load_bundle()
    encoder, bounds = OnnxEncoder(bundle), thresholds(bundle)
    before, now = Guard(encoder, bounds), Guard(TextReader(encoder), bounds)
    print("# Attacks in disguise\n")
    print("`python benchmarks/disguises.py`; see its head for what is measured.\n")
    tell_tricks(before, now)
    tell_harmless(before, now)
    print(WEAK)


if __name__ == "__main__":
    main()
