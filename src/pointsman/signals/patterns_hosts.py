"""E-mail addresses, host names and IPv6 addresses."""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from pointsman.signals.patterns_match import Match

_LONGEST_LOCAL = 64  # characters before the @ (RFC 5321, section 4.5.3.1.1)
_LONGEST_HOST = 253  # RFC 1035, section 2.3.4, as text
_LONGEST_LABEL = 63
_FEWEST = 2  # labels of a name: its own and the ending

# Scripts written without blanks: an address between such letters ends where they begin.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
# RFC 5322's atext less what more often stands round an address: quotes, braces, = / ? | and `.
_LOCAL = {
    True: re.compile(rf"[\w.!#$%&'*+^~-]{{1,{_LONGEST_LOCAL}}}\Z"),
    False: re.compile(rf"(?:(?![{_UNSPACED}])[\w.!#$%&'*+^~-]){{1,{_LONGEST_LOCAL}}}\Z"),
}
_NOT_FIRST = ".!#$%&'*+^~-"
_MAIL_HOST = {
    True: re.compile(r"[\w.-]++"),
    False: re.compile(rf"(?:(?![{_UNSPACED}])[\w.-])++"),
}

_INNER_DOT = re.compile(r"\.(?=[A-Za-z]{2})")
_NAME_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
_NAME_REST = re.compile(r"[A-Za-z0-9.-]++")
_URL = re.compile(r"://(?:[^\s/@?#]{1,128}@)?([\w.-]{1,253}+)")

# Endings of names that people write without http:// before them. Left out: those that are words
# or attributes in code as well (id, name, in, is, me, to, so, it, at, info), and file endings
# (py, sh, rs, md, cc, pl, zip); such names count with www. or in an address.
_SURE = """
com org net edu gov mil biz xyz tech site shop eu uk de fr nl ru cn jp br au ca ch se dk fi cz gr pt
hu ro ie nz za kr tw sg hk ua tr mx ar cl pe ve il ir pk ng ke eg th vn ph lt lv ee sk si hr bg lu
by kz kg uz ge
"""
_UNSURE = "int co io ai dev app online store cloud blog club news es be my"
_SURE_ENDINGS = frozenset(_SURE.split())
_UNSURE_ENDINGS = frozenset(_UNSURE.split())
_ENDINGS = _SURE_ENDINGS | _UNSURE_ENDINGS

_IPV6_HINT = re.compile(r":(?:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:|:[0-9A-Fa-f])")
# All eight groups; or an IPv4 address inside; or the first group of an address in use, which are
# global (2, 3), link-local (fe8 to feb), unique local (fc, fd) or for many (ff).
_LOOKS_LIKE_IPV6 = re.compile(
    r"(?:[0-9a-f]{1,4}:){7}[0-9a-f]|::ffff:[0-9]|(?:[23][0-9a-f]{3}|f[cdef][0-9a-f]{2}):",
    re.IGNORECASE,
)
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:.]{2,41}+(?![\w:])")


def hosts(text: str) -> Iterator[Match]:
    """Find e-mail addresses, host names and IPv6 addresses."""
    if "@" in text:
        yield from _emails(text)
    if "://" in text:
        for url in _URL.finditer(text):
            labels = _labels(url[1])
            if labels:
                yield Match("DOMAIN_NAME", url.start(1), url.start(1) + _width(labels), 1.0)
    yield from _bare_names(text)
    if _IPV6_HINT.search(text):
        yield from _ipv6_addresses(text)


def _labels(name: str) -> list[str]:
    """Return the labels of a host name as far as they are valid; none without an ending."""
    labels: list[str] = []
    for label in name.split(".") if len(name) <= _LONGEST_HOST else ():
        if not 0 < len(label) <= _LONGEST_LABEL or "_" in label or "-" in (label[0], label[-1]):
            break
        labels.append(label)
    # "Write to a@b.com.Then wait": a blank is missing, and the next sentence is no ending.
    while len(labels) > _FEWEST and labels[-1].istitle() and labels[-2].lower() in _ENDINGS:
        labels.pop()
    while labels and not _is_ending(labels[-1]):
        labels.pop()
    return labels if len(labels) >= _FEWEST else []


def _is_ending(label: str) -> bool:
    return (len(label) > 1 and label.isalpha()) or label.lower().startswith("xn--")


def _width(labels: list[str]) -> int:
    return sum(map(len, labels)) + len(labels) - 1


def _emails(text: str) -> Iterator[Match]:
    at = text.find("@")
    while at >= 0:
        start = _local_start(text, at)
        host = _MAIL_HOST[_is_unspaced(text, at + 1)].match(text, at + 1) if start < at else None
        labels = _labels(host[0]) if host else []
        if labels:
            yield Match("EMAIL_ADDRESS", start, at + 1 + _width(labels), 1.0)
        at = text.find("@", at + 1)


def _is_unspaced(text: str, at: int) -> bool:
    return _IS_UNSPACED.match(text, at) is not None


def _local_start(text: str, at: int) -> int:
    """Return where the part before the @ begins; `at` where there is none."""
    if at == 0 or text[at - 1] == ".":
        return at
    low = max(0, at - _LONGEST_LOCAL)
    form = _LOCAL[_is_unspaced(text, at - 1)]
    local = form.search(text, low, at)
    if local is None or (local.start() == low > 0 and form.match(text, low - 1, low)):
        return at  # nothing, or too long
    start = at - len(local[0].lstrip(_NOT_FIRST))
    # http://user:password@host
    in_url = text[start - 1 : start] in {"/", ":"} and "://" in text[max(0, start - 80) : start]
    return at if in_url else start


def _bare_names(text: str) -> Iterator[Match]:
    """Find host names without http:// before them, by their ending."""
    done = 0
    for dot in _INNER_DOT.finditer(text):
        if dot.start() < done:
            continue
        start = dot.start()
        while start > done and text[start - 1] in _NAME_SIGNS:
            start -= 1
        name = _NAME_REST.match(text, start)
        done = name.end() if name else dot.end()
        if name and not _is_in_code(text, start, done):
            lead = len(name[0]) - len(name[0].lstrip(".-"))
            labels = _labels(name[0][lead:])
            p = _p_of_name(labels)
            if p:
                yield Match("DOMAIN_NAME", start + lead, start + lead + _width(labels), p)


def _is_in_code(text: str, start: int, end: int) -> bool:
    """Tell whether a name is a path, an attribute, a call, or part of an e-mail address."""
    before = text[start - 1 : start]
    glued = before in "@/\\_$~`" if before else False
    in_word = before.isalpha() and not _is_unspaced(text, start - 1)
    return glued or in_word or text[end : end + 1] in {"(", "[", "@", "_", "\\"}


def _p_of_name(labels: list[str]) -> float:
    """Return how sure labels are a host name: 0 where their ending says nothing."""
    if not labels:
        return 0.0
    if labels[0].lower() == "www" and len(labels) > _FEWEST:
        return 1.0
    name, ending = labels[-2], labels[-1]  # the ending in small letters: ASP.NET is none
    if ending in _SURE_ENDINGS:
        return 0.85 if len(name) > 1 else 0.6  # x.com, but also variables
    # These are attributes and words in code, too.
    return 0.6 if ending in _UNSURE_ENDINGS and len(name) > 1 and not name.isdigit() else 0.0


def _ipv6_addresses(text: str) -> Iterator[Match]:
    for found in _IPV6.finditer(text):
        for written in (found[0].rstrip("."), found[0].rstrip(".:")):
            if _is_ipv6(written):
                yield Match("IP_ADDRESS", found.start(), found.start() + len(written), 0.95)
                break


def _is_ipv6(written: str) -> bool:
    """Tell whether this is an address (RFC 4291) and not a slice such as `[1::2]` or a name."""
    if not _LOOKS_LIKE_IPV6.match(written) or not any(map(str.isdigit, written)):
        return False
    try:
        IPv6Address(written)
    except AddressValueError:
        return False
    return True
