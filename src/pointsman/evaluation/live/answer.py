"""How a letter is asked for and read out of an answer: strictly, and never guessed. Pure."""

import re

SYSTEM = (
    "Answer the multiple-choice question. End with a line of exactly this form, with the letter of "
    "the right option for X: The answer is (X)."
)
"""Asked as the system text, so that the user turn, which a router judges, is the question alone."""

_OPEN, _CLOSE = "<think>", "</think>"
# What models dress a letter in: Markdown emphasis and code, TeX maths and boxes.
_DRESS = re.compile(r"[*_`$]|\\(?:boxed|text|textbf|mathrm|mathbf)(?=\{)|\\[()\[\]]")
_BRACES = str.maketrans("{}", "()")
_LETTER = r"(?:\(+\s*([A-Z])\s*\)+|([A-Z])(?=[.:)]|[ \t]*$))"
# "(A) or (B)" names no letter; in "(C), I think" and "(C) and I am sure" no second one is named.
_BARE = r"[A-Z](?=[.,:)]|[ \t]*$)"
_ANOTHER = rf"(\s*(?:or\s+\(*[A-Z]\b|(?:,|/|&|and\b)\s*(?:or\s+)?(?:\([A-Z]\)|{_BARE})))?"
_STATED = re.compile(rf"\b[Aa]nswer is:?[ \t]*{_LETTER}{_ANOTHER}", re.MULTILINE)
_LAST_LINE = re.compile(
    r"(?:(?:The |the )?(?:[Ff]inal |[Cc]orrect )?[Aa]nswer:?[ \t]*)?\(*[ \t]*([A-Z])[ \t]*\)*[.!]?"
)


def parted_thought(text: str) -> tuple[str, str]:
    """Take a text apart into what was thought aloud and the answer after it.

    Qwen3, DeepSeek and others mark a thought with `<think>` and `</think>`. A chat template may
    have written the opening mark itself, so that only the closing one is there; a thought without
    its end has no answer after it.
    """
    before, closed, after = text.rpartition(_CLOSE)
    if closed:
        return before.replace(_OPEN, "").replace(_CLOSE, "").strip(), after.strip()
    spoken, opened, thought = text.partition(_OPEN)
    return (thought.strip(), "") if opened else ("", spoken.strip())


def letter_of(answer: str, letters: str) -> str | None:
    """Return the letter that an answer states, or None where it states none of `letters`.

    It is stated as "answer is (X)", the last time if there are several, or else by a last line that
    holds nothing but the letter, perhaps after "Answer:".

    Args:
        answer: Without the thought before it.
        letters: Those that are options.
    """
    plain = _DRESS.sub("", answer).translate(_BRACES).strip()
    statements = list(_STATED.finditer(plain))
    if statements:
        parenthesised, bare, another = statements[-1].groups()
        letter = None if another else parenthesised or bare
    else:
        last = _LAST_LINE.fullmatch(plain.splitlines()[-1].strip()) if plain else None
        letter = last[1] if last else None
    return letter if letter is not None and letter in letters else None
