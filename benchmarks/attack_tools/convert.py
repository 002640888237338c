"""Runs PyRIT's converters over texts: run in an environment that holds pyrit, see README.md.

Reads a JSON array of texts from stdin, and writes an object to stdout: for each converter by its
name the converted texts, null where it could not convert one.
"""

import asyncio
import contextlib
import importlib
import json
import random
import sys
from typing import Any

SEED = 1

DISGUISES: dict[str, tuple[str, dict[str, object]]] = {
    "Base64": ("Base64Converter", {}),
    "Base32": ("Base64Converter", {"encoding_func": "b32encode"}),
    "Ascii85": ("Base64Converter", {"encoding_func": "a85encode"}),
    "Hex": ("BinAsciiConverter", {}),
    "Quoted-printable": ("BinAsciiConverter", {"encoding_func": "quoted-printable"}),
    "UUencode": ("BinAsciiConverter", {"encoding_func": "UUencode"}),
    "Binary": ("BinaryConverter", {}),
    "URL": ("UrlConverter", {}),
    "JSON string": ("JsonStringConverter", {}),
    "Unicode escapes": ("UnicodeReplacementConverter", {}),
    "ROT13": ("ROT13Converter", {}),
    "Caesar 3": ("CaesarConverter", {"caesar_offset": 3}),
    "Atbash": ("AtbashConverter", {}),
    "Vigenere": ("VigenereConverter", {"key": "lemon"}),
    "Morse": ("MorseConverter", {}),
    "Nato": ("NatoConverter", {}),
    "Braille": ("BrailleConverter", {}),
    "Base2048": ("Base2048Converter", {}),
    "Ecoji": ("EcojiConverter", {}),
    "Letter bijection": ("LetterBijectionConverter", {"seed": SEED}),
    "Leetspeak": ("LeetspeakConverter", {}),
    "Unicode confusables": ("UnicodeConfusableConverter", {"deterministic": True}),
    "Diacritics": ("DiacriticConverter", {}),
    "Zalgo": ("ZalgoConverter", {"seed": SEED}),
    "Superscript": ("SuperscriptConverter", {}),
    "Emoji letters": ("EmojiConverter", {"seed": SEED}),
    "Random capitals": ("RandomCapitalLettersConverter", {"percentage": 50.0, "seed": SEED}),
    "Swapped letters": ("CharSwapConverter", {"seed": SEED}),
    "Noise 5 %": ("CharNoiseConverter", {}),
    "Punctuation between": ("InsertPunctuationConverter", {"seed": SEED}),
    "Spaces between letters": ("CharacterSpaceConverter", {}),
    "Hyphens between letters": ("StringJoinConverter", {}),
    "Zero-width between letters": ("ZeroWidthConverter", {}),
    "Backwards": ("FlipConverter", {}),
    "Bidirectional override": ("BidiConverter", {}),
    "Tag characters": ("AsciiSmugglerConverter", {"unicode_tags": True}),
    "Tag characters by offset": ("UnicodeSubstitutionConverter", {}),
    "Variation selectors": ("VariationSelectorSmugglerConverter", {}),
    "Invisible bits": ("SneakyBitsSmugglerConverter", {}),
    "First letters": ("FirstLetterConverter", {}),
}
WRAPPINGS: dict[str, tuple[str, dict[str, object]]] = {
    "Caesar 3, described": (
        "CaesarConverter",
        {"caesar_offset": 3, "append_description": True},
    ),
    "Atbash, described": ("AtbashConverter", {"append_description": True}),
    "Morse, described": ("MorseConverter", {"append_description": True}),
    "Policy puppetry": ("PolicyPuppetryConverter", {}),
    "Code attack": ("CodeAttackConverter", {}),
    "Code chameleon": ("CodeChameleonConverter", {"encrypt_type": "reverse"}),
    "Math obfuscation": ("MathObfuscationConverter", {}),
    "Negation trap": ("NegationTrapConverter", {}),
    "Task framing": ("TaskFramingConverter", {}),
    "Segments": ("TemplateSegmentConverter", {"seed": SEED}),
    "Acrostic": ("AcrosticConverter", {}),
}


async def convert(texts: list[str]) -> dict[str, list[str | None]]:
    """Return all texts by converter; the name's first word says which kind it is."""
    library = importlib.import_module("pyrit.converter")
    converted: dict[str, list[str | None]] = {"plain/none": list(texts)}
    for kind, converters in (("disguise", DISGUISES), ("wrapping", WRAPPINGS)):
        for name, (class_, settings) in converters.items():
            random.seed(SEED)  # some draw from the global generator
            converter = getattr(library, class_)(**settings)
            converted[f"{kind}/{name}"] = [await _one(converter, text) for text in texts]
    return converted


async def _one(converter: Any, text: str) -> str | None:  # noqa: ANN401 - pyrit is not here
    try:
        result = await converter.convert_async(prompt=text)
    except Exception as error:  # noqa: BLE001 - a converter's own limits are not ours to know
        sys.stderr.write(f"{type(converter).__name__}: {type(error).__name__}\n")
        return None
    return str(result.output_text)


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):  # what the library prints is not our answer
        answer = asyncio.run(convert(json.load(sys.stdin)))
    json.dump(answer, sys.stdout)
