"""Keys and tokens: known beginnings, private key blocks, and what stands after `api_key=`."""

import re
from collections import Counter
from collections.abc import Iterator
from math import log2

from pointsman.signals.patterns_match import Match
from pointsman.signals.patterns_words import Words

# The forms that services document for their keys.
_FORMS = (
    r"sk-(?:(?:ant|proj|or|svcacct|admin)-)?(?=[\w-]*[0-9])[\w-]{20,}+",  # OpenAI, Anthropic
    r"gh[oprsu]_[A-Za-z0-9]{20,}+",  # GitHub, since 2021
    r"github_pat_\w{22,}+",
    r"glpat-[\w-]{20,}+",  # GitLab
    r"(?:AKIA|ASIA)[A-Z0-9]{16}(?!\w)",  # AWS, IAM user guide "Unique identifiers"
    r"AIza[\w-]{35}(?![\w-])",  # Google
    r"xox[abeprs]-[A-Za-z0-9-]{10,}+",  # Slack
    r"hf_[A-Za-z0-9]{30,}+",  # Hugging Face
    r"npm_[A-Za-z0-9]{36}(?!\w)",
    r"pypi-AgE[\w-]{16,}+",
    r"SG\.[\w-]{16,}+\.[\w-]{16,}+",  # SendGrid
    r"eyJ[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]++){1,3}",  # JSON Web Token (RFC 7519)
    r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}+",  # Stripe
)
# Whether one can be there at all is told quickly by its beginning.
_BEGINNINGS = (
    "sk-", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "AKIA", "ASIA", "AIza",
    "xox", "hf_", "npm_", "pypi-", "SG.", "eyJ", "_live_", "_test_",
)  # fmt: skip
# One start for each run of such characters, so that a hostile row of beginnings is read once.
_KEY = re.compile(rf"(?<![\w-])(?:{'|'.join(_FORMS)})", re.ASCII)

_BLOCK = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_BLOCK_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_BLOCK_LINES = re.compile(r"(?:(?:\s|\\n){0,4}+[A-Za-z0-9+/=]{16,80}+)*+")
_LONGEST_BLOCK = 20_000  # characters; an RSA key of 16,384 bits has 12,500

_BEARER = re.compile(r"[ \t]{1,3}([\w.~+/-]{16,}+={0,2})", re.ASCII)
_ASSIGNED = re.compile(
    r"(?:[ _-]?(?:access[ _-]?)?(?:key|id|value)){0,2}['\"]?[ \t]{0,3}(?:=>|:=|[:=]|is\b)[ \t]{0,3}"
    r"['\"`]?([\w.+/~-]{16,}+={0,2})",
    re.ASCII | re.IGNORECASE,
)
_NAMES = (
    "apikey", "api key", "api_key", "api-key", "accesskey", "access key", "access_key",
    "access-key", "private_key", "auth_key", "account_key", "accountkey", "secret", "token",
    "credential", "credentials",
)  # fmt: skip
_NOT_LAST = ".~-/"
_LEAST_BITS = 3.0
"""Entropy per character of a random value: 16 random letters have 3.5, words about 2.5."""


def keys(text: str, words: Words) -> Iterator[Match]:
    """Find keys and tokens."""
    if any(beginning in text for beginning in _BEGINNINGS):
        for found in _KEY.finditer(text):
            yield Match("API_KEY", *found.span(), 1.0)
    if "-----BEGIN " in text:
        yield from _blocks(text)
    yield from _random_values(text, words, ("bearer",), _BEARER, 0.95)  # a header in its form
    yield from _random_values(text, words, _NAMES, _ASSIGNED, 0.8)  # random, with a telling name


def _random_values(
    text: str, words: Words, names: tuple[str, ...], form: re.Pattern[str], p: float
) -> Iterator[Match]:
    for name in names:
        for end in words.find(name):
            found = form.match(text, end)
            value = found[1].rstrip(_NOT_LAST) if found else ""
            if found and _is_random(value):
                yield Match("API_KEY", found.start(1), found.start(1) + len(value), p)


def _is_random(value: str) -> bool:
    """Tell whether a value has letters and digits, and hardly repeats itself."""
    sample = value[:128]
    if not any(map(str.isdigit, sample)) or not any(map(str.isalpha, sample)):
        return False
    shares = [count / len(sample) for count in Counter(sample).values()]
    return -sum(share * log2(share) for share in shares) >= _LEAST_BITS


def _blocks(text: str) -> Iterator[Match]:
    """Find private keys in PEM (RFC 7468), whole or cut off."""
    start = 0
    while begin := _BLOCK.search(text, start):
        start = begin.end()
        rest = min(len(text), start + _LONGEST_BLOCK)
        following = text.find("-----BEGIN ", start, rest)
        last = _BLOCK_END.search(text, start, rest if following < 0 else following)
        last = last or _BLOCK_LINES.match(text, start)
        start = last.end() if last else start
        yield Match("API_KEY", begin.start(), start, 1.0)
