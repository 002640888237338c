"""Invented requests with invented personal data, and where it lies, to teach the tagger from.

`texts/pii.json` holds all that is hand-written: templates with slots (`{PERSON}`, or with a form
`{PERSON:first}`), harmless texts that look the part, asks to put around a text, and the shapes of
the values. A shape draws on other shapes (`<month>`; `<^word>` with a capital, `<^^word>` in
capitals), on what faker knows by locale (`<last_name>`) and on classes of signs (`[0-9]{4}`). A key
that ends in a language (`month.de`) stands in for the plain one in templates of that language.
"""

import functools
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import msgspec

from pointsman.training.attack_texts import TEXTS
from pointsman.training.examples import Span
from pointsman.training.weights import PII_TYPES

LOCALES = {
    "en": ("en_US",) * 8
    + ("en_GB", "en_GB", "en_IN", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "pt_BR")
    + ("sv_SE",),
    "de": ("de_DE", "de_DE", "de_AT", "de_CH"),
    "es": ("es_ES", "es_ES", "es_MX", "es_AR"),
    "fr": ("fr_FR", "fr_FR", "fr_CH", "fr_CA"),
    "it": ("it_IT",),
    "pt": ("pt_BR", "pt_BR", "pt_PT"),
    "nl": ("nl_NL", "nl_NL", "nl_BE"),
}
"""Where the people of a text may come from, by its language; the frequent stand more than once."""

ELSEWHERE = 0.15
"""How often one value of a text comes from a locale of its own."""
ASKED = 0.15
"""How many texts stand inside an ask."""
IN_LOWER_CASE = 0.12
"""How many texts are in lower case from end to end."""

_SLOT = re.compile(rf"\{{({'|'.join(PII_TYPES)})(?::([a-z]+))?\}}")
_PART = re.compile(r"<(\^*)([^<>]+)>|\[([^\]]+)\](?:\{(\d+)(?:,(\d+))?\})?")
_RANGE = re.compile(r"(.)-(.)|(.)", re.DOTALL)

_STEADY = {("it_IT", "city"): "administrative_unit"}
"""What stands in for the one provider that draws from a set: each process would give its own."""

Say = Callable[[str, str], str]
"""What faker says for a locale and the name of a provider."""


class Template(msgspec.Struct, frozen=True):
    """A text with slots, and its language."""

    text: str
    lang: str = "en"


class Pieces(msgspec.Struct, frozen=True):
    """The hand-written file: plain strings are English; an ask holds the text in its `{}`."""

    templates: tuple[str | Template, ...]
    negatives: tuple[str, ...]
    asks: tuple[str, ...]
    shapes: dict[str, tuple[str, ...]]


def generated(count: int, seed: int) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """Texts with their spans, the same for a seed; every template comes once before any twice."""
    pieces = read_pieces()
    dice = random.Random(seed)  # noqa: S311 - no secret
    inventor = _Inventor(pieces.shapes, _faker(seed), dice)
    templates = _turns(pieces.templates, dice)
    for _ in range(count):
        text, spans = _filled(next(templates), inventor)
        if dice.random() < ASKED:
            before, after = dice.choice(pieces.asks).split("{}")
            text = f"{before}{text}{after}"
            spans = [(start + len(before), end + len(before), kind) for start, end, kind in spans]
        if dice.random() < IN_LOWER_CASE and len(text.lower()) == len(text):
            text = text.lower()
        yield text, tuple(spans)


def harmless(seed: int) -> Iterator[str]:
    """Texts without personal data that tempt a tagger, each once, in an order of the seed."""
    negatives = read_pieces().negatives
    yield from random.Random(seed).sample(negatives, len(negatives))  # noqa: S311 - no secret


@functools.cache
def read_pieces() -> Pieces:
    """The hand-written file."""
    return msgspec.json.decode((TEXTS / "pii.json").read_bytes(), type=Pieces)


class _Inventor:
    """Invents values, one text after another."""

    def __init__(self, shapes: dict[str, tuple[str, ...]], say: Say, dice: random.Random) -> None:
        self.dice = dice
        self._shapes = shapes
        self._say = say
        self._lang = self._locale = ""
        self._person = ""

    def begin(self, lang: str) -> None:
        """Another text, whose people come from where its language is spoken."""
        self._lang = lang
        self._locale = self.dice.choice(LOCALES[lang])
        self._person = ""

    def value(self, kind: str, form: str | None) -> str:
        """A value of this type, in this form if one is asked for."""
        if kind == "EMAIL_ADDRESS" and not self.dice.randrange(5):
            self._person = ""  # not of the person last named
        home = self._locale
        if self.dice.random() < ELSEWHERE:
            self._locale = self.dice.choice(LOCALES[self._lang])
        value = self._draw(f"{kind}:{form}" if form else kind).strip()
        self._locale = home
        if kind == "CREDIT_CARD":
            return with_card_digit(value).replace(" ", self.dice.choice((" ", " ", "-", "", "")))
        if kind == "IBAN_CODE":
            value = with_iban_digits(value)
            return self.dice.choice((value, re.sub("(....)(?=.)", r"\1 ", value)))
        if kind in {"PERSON", "GPE", "ORGANIZATION", "EMAIL_ADDRESS"}:
            value = self.dice.choices((value, value.lower(), value.upper()), (89, 7, 4))[0]
        if kind == "PERSON":
            self._person = value
        return value

    def _draw(self, name: str) -> str:
        if name.startswith("user "):
            return self._user(name.removeprefix("user "))
        shapes = self._shapes.get(f"{name}.{self._lang}") or self._shapes.get(name)
        if shapes is None:
            return self._say("ja_JP" if name == "romanized_name" else self._locale, name)
        return _PART.sub(self._part, self.dice.choice(shapes))

    def _part(self, found: re.Match[str]) -> str:
        carets, name, signs, least, most = found.groups()
        if name is None:
            length = self.dice.randint(int(least or 1), int(most or least or 1))
            return "".join(self.dice.choices(_signs(signs), k=length))
        value = self._draw(name)
        if carets:
            return value.upper() if carets == "^^" else value[:1].upper() + value[1:]
        return value

    def _user(self, part: str) -> str:
        """A part of the last person's name (or of a new one) as mail addresses spell it."""
        if not self._person:
            self._person = f"{self._draw('first_name')} {self._draw('last_name')}"
        words = [plain for word in self._person.split() if len(plain := _plain(word)) > 1]
        words = words or [self._draw("word")]
        if part == "last" and len(words) == 1:
            words.append(_plain(self._draw("last_name")))
        return {"first": words[0], "last": words[-1], "initial": words[0][:1]}[part]


def _filled(template: str | Template, inventor: _Inventor) -> tuple[str, list[Span]]:
    """The template with a value in every slot, and where the values lie."""
    if isinstance(template, str):
        template = Template(template)
    inventor.begin(template.lang)
    quoted, lines = '"' in template.text or "'" in template.text, "\n" in template.text
    text, spans, at = "", list[Span](), 0
    for slot in _SLOT.finditer(template.text):
        kind, form = slot.groups()
        if kind == "STREET_ADDRESS" and "{ZIP_CODE" in template.text:
            form = "street"  # the code stands elsewhere in this text
        value = inventor.value(kind, form)
        if quoted or not lines or inventor.dice.randrange(3):
            value = value.replace("\n", ", ")
        if template.text[slot.end() :].startswith("."):
            value = value.removesuffix(".")
        text += template.text[at : slot.start()]
        spans.append((len(text), len(text) + len(value), kind))
        text += value
        at = slot.end()
    return text + template.text[at:], spans


def with_card_digit(number: str) -> str:
    """A card number with `*` replaced by its check digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for at, digit in enumerate(reversed([int(sign) for sign in number if sign.isdigit()])):
        total += sum(divmod(digit * (2 - at % 2), 10))
    return number.replace("*", str(-total % 10))


def with_iban_digits(iban: str) -> str:
    """An IBAN with `**` replaced by its check digits (ISO 13616-1, after ISO/IEC 7064)."""
    turned = f"{iban[4:]}{iban[:2]}00"
    rest = int("".join(str(int(sign, 36)) for sign in turned)) % 97
    return iban.replace("**", f"{98 - rest:02d}")


def _faker(seed: int) -> Say:
    from faker import Faker  # noqa: PLC0415 - only a training run needs the extra

    @functools.cache
    def of(locale: str) -> Faker:
        made = Faker(locale)
        made.seed_instance(seed)
        return made

    def say(locale: str, provider: str) -> str:
        return str(getattr(of(locale), _STEADY.get((locale, provider), provider))())

    return say


@functools.cache
def _signs(spelled: str) -> str:
    """The signs of a class, such as `A-Z0-9`."""
    return "".join(
        single or "".join(map(chr, range(ord(first), ord(last) + 1)))
        for first, last, single in _RANGE.findall(spelled)
    )


def _plain(word: str) -> str:
    """A name without accents and marks, in lower case."""
    letters = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return "".join(filter(str.isalpha, letters)).lower()


def _turns(pieces: Sequence[str | Template], dice: random.Random) -> Iterator[str | Template]:
    """The pieces again and again, each once before any comes twice, in a new order every time."""
    while True:
        yield from dice.sample(pieces, len(pieces))
