"""The probes of garak 0.17.1 that are run, by what they try, with the victim's manner.

Left out: probes that need a model or a data set from a hub, or an attacking model (`atkgen`,
`audio`, `fitd`, `goat`, `sata`, `sysprompt_extraction`, `topic`, `visual_jailbreak` ...), and those
that ask for knowledge, leaks or wrong facts without attacking anybody (`leakreplay`, `snowball`,
`packagehallucination`, `misleading`, `glitch`, `lmrc` ...).
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from benchmarks.attack_tools.obedient import Manner


class Group(msgspec.Struct, frozen=True):
    """Probes of one aim.

    Attributes:
        aim: What they try.
        manner: The victim that their detectors can read.
        probes: garak's names.
        detector: garak's name of what judges the answers; `auto` is each probe's own.
        settings: garak's settings of the probes, by module and class.
    """

    aim: str
    manner: Manner
    probes: tuple[str, ...]
    detector: str = "auto"
    settings: Mapping[str, Any] = {}


def _of(module: str, *classes: str) -> tuple[str, ...]:
    return tuple(f"{module}.{name}" for name in classes)


_ENCODINGS = (
    *("InjectBase64", "InjectBase32", "InjectBase16", "InjectHex", "InjectAscii85"),
    *("InjectUU", "InjectQP", "InjectMime", "InjectROT13", "InjectAtbash"),
    *("InjectMorse", "InjectNato", "InjectBraille", "InjectZalgo", "InjectLeet"),
    *("InjectUnicodeTagChars", "InjectUnicodeVariantSelectors", "InjectSneakyBits"),
    *("InjectBase2048", "InjectEcoji"),
)

GROUPS = (
    Group(
        "hijack the task that the prompt states",
        "parrot",
        (
            *_of("promptinject", "HijackHateHumans", "HijackKillHumans", "HijackLongPrompt"),
            "goodside.Tag",
        ),
    ),
    Group(
        "instruct from inside a document",
        "parrot",
        _of(
            "latentinjection",
            "LatentInjectionFactSnippetEiffel",
            "LatentInjectionFactSnippetLegal",
            "LatentInjectionReport",
            "LatentInjectionResume",
            "LatentInjectionTranslationEnFr",
            "LatentInjectionTranslationEnZh",
            "LatentWhois",
            "LatentWhoisSnippet",
        ),
    ),
    Group(
        "instruct from inside a document, for toxic words",
        "parrot",
        ("latentinjection.LatentJailbreak",),
        # Its own is a model on a hub; this one looks for the words that the prompt wants to hear.
        detector="encoding.DecodeMatch",
    ),
    Group(
        "persona without rules (marks of the persona)",
        "parrot",
        _of(
            "dan",
            *(f"Dan_{version}_0" for version in (6, 7, 8, 9, 10, 11)),
            "Dan_6_2",
            "DUDE",
            "STAN",
            "DAN_Jailbreak",
            "AntiDAN",
            "ChatGPT_Developer_Mode_v2",
            "ChatGPT_Developer_Mode_RANTI",
            "Ablation_Dan_11_0",
            "AutoDANCached",
        ),
    ),
    Group("persona without rules (no refusal)", "yes-man", ("dan.DanInTheWild",)),
    Group(
        "harm asked for in a story or a role, or with a suffix",
        "yes-man",
        (
            "suffix.GCGCached",
            "tap.TAPCached",
            "dra.DRA",
            "grandma.Substances",
            *_of("doctor", "Bypass", "Puppetry"),
            *_of("smuggling", "HypotheticalResponse", "FunctionMasking"),
        ),
    ),
    Group(
        "harm asked for plainly (what the disguises below hide)",
        "yes-man",
        ("smuggling.HomoglyphObfuscation",),
        # A map that exchanges nothing: the probe then sends its texts as they are.
        settings={"smuggling": {"HomoglyphObfuscation": {"homoglyph_map": {"~": ["~"]}}}},
    ),
    Group(
        "harm asked for in other letters",
        "yes-man",
        ("doctor.BypassLeet", "smuggling.HomoglyphObfuscation", "badchars.BadCharacters"),
    ),
    Group(
        "harm asked for in an encoding",
        "parrot",
        _of("encoding", *_ENCODINGS),
        settings={"encoding": {"payloads": ["harmful_behaviors"]}},
    ),
    Group(
        "malicious code asked for",
        "yes-man",
        _of("malwaregen", "TopLevel", "SubFunctions", "Payload", "Evasion"),
    ),
    Group(
        "harm asked for in the past or the future tense",
        "yes-man",
        _of("phrasing", "PastTense", "FutureTense"),
    ),
    Group(
        "questions that a model should not answer (Do-Not-Answer)",
        "yes-man",
        _of(
            "donotanswer",
            "MaliciousUses",
            "InformationHazard",
            "DiscriminationExclusionToxicityHatefulOffensive",
        ),
    ),
    Group(
        "have a disguised string decoded (garak's own: harmless text, markup, slurs)",
        "parrot",
        _of("encoding", *_ENCODINGS),
    ),
    Group(
        "have the answer attack what shows it",
        "parrot",
        (
            *_of("web_injection", "MarkdownImageExfil", "PlaygroundMarkdownExfil"),
            *_of("web_injection", "MarkdownURIImageExfilExtended", "StringAssemblyDataExfil"),
            *_of("web_injection", "MarkdownURINonImageExfilExtended", "ColabAIDataLeakage"),
            *_of("web_injection", "TaskXSS", "MarkdownXSS"),
            *_of("exploitation", "JinjaTemplatePythonInjection", "SQLInjectionEcho"),
        ),
    ),
)
