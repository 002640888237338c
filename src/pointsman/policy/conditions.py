"""Conditions: what a rule asks of the signals.

In a config a condition is a mapping: `{all: [...]}`, `{any: [...]}`, `{not: ...}`, or a signal
with a name of its vocabulary and bounds, such as `{domain: math, above: 0.6}`. `above` and
`below` are strict. Without bounds, the signal's value must be above 0.5 (for probabilities, also
the `p` of an attack) or above 0 (for numbers).
"""

import difflib
import math
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

import msgspec

from pointsman.errors import ConfigError
from pointsman.signals.detector import Signals, Vocabulary, value_of
from pointsman.signals.findings import Measure


class Asks(msgspec.Struct, frozen=True, tag="asks"):
    """One value of one signal lies between two bounds, which it may not touch."""

    signal: str
    name: str
    above: float | None = None
    below: float | None = None


class All(msgspec.Struct, frozen=True, tag="all"):
    """Every one holds."""

    of: tuple["Condition", ...]


class Any_(msgspec.Struct, frozen=True, tag="any"):  # noqa: N801  # Any is typing's
    """At least one holds."""

    of: tuple["Condition", ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """It does not hold."""

    of: "Condition"


Condition = Asks | All | Any_ | Not

_MAX_DEPTH = 16


def holds(condition: Condition, signals: Signals) -> bool:
    """Say whether a condition holds for what was measured."""
    match condition:
        case Asks(signal=signal, name=name):
            finding = signals[signal]
            above, below = condition.above, condition.below
            if above is None and below is None:
                above = least_of(name, number=isinstance(finding, Measure))
            value = value_of(finding, name)
            return (above is None or value > above) and (below is None or value < below)
        case All(of=parts):
            # Plain loops: a generator took a third of a decision among 100 rules.
            for part in parts:  # noqa: SIM110
                if not holds(part, signals):
                    return False
            return True
        case Any_(of=parts):
            for part in parts:  # noqa: SIM110
                if holds(part, signals):
                    return True
            return False
        case Not(of=part):
            return not holds(part, signals)
        case _:
            assert_never(condition)


def least_of(name: str, *, number: bool) -> float:
    """Return what a value must exceed where a condition states no bound.

    Args:
        name: The value's name; an attack's `p` is a probability although its finding is a measure.
        number: Whether its signal's values are numbers.
    """
    return 0.0 if number and name != "p" else 0.5


def in_words(condition: Condition, signals: Signals | None = None) -> str:
    """Return a condition as a person would read it, with the values found where given."""
    match condition:
        case Asks(signal=signal, name=name):
            found = "" if signals is None else f"={value_of(signals[signal], name):.3g}"
            bounds = [f"> {condition.above:g}" if condition.above is not None else ""]
            bounds.append(f"< {condition.below:g}" if condition.below is not None else "")
            said = " and ".join(bound for bound in bounds if bound)
            return f"{signal}.{name}{found} {said}".rstrip()
        case All(of=parts):
            return "(" + " and ".join(in_words(part, signals) for part in parts) + ")"
        case Any_(of=parts):
            return "(" + " or ".join(in_words(part, signals) for part in parts) + ")"
        case Not(of=part):
            return "not " + in_words(part, signals)
        case _:
            assert_never(condition)


def asked_signals(condition: Condition) -> Iterator[str]:
    """Yield the names of the signals that a condition asks, some more than once."""
    match condition:
        case Asks(signal=signal):
            yield signal
        case Not(of=part):
            yield from asked_signals(part)
        case All(of=parts) | Any_(of=parts):
            for part in parts:
                yield from asked_signals(part)
        case _:
            assert_never(condition)


def parse_condition(
    raw: Any,  # noqa: ANN401  # whatever stands in the file
    vocabulary: Vocabulary,
    path: str,
    depth: int = 0,
) -> Condition:
    """Read a condition from a config.

    Args:
        raw: The value in the file.
        vocabulary: The signals there are, and the names each knows.
        path: Where the value stands in the file; an error carries it as its `param`.
        depth: How deeply it is nested.

    Raises:
        ConfigError: Unknown signal or name, wrong type, empty list, or bounds that exclude all.
    """
    if depth > _MAX_DEPTH:
        raise ConfigError(f"conditions nest deeper than {_MAX_DEPTH}", param=path)
    if not isinstance(raw, Mapping) or not raw:
        raise ConfigError(
            f"expected a condition such as {{domain: math, above: 0.6}}, got {raw!r}", param=path
        )
    for word, kind in (("all", All), ("any", Any_)):
        if word in raw:
            return kind(_parse_list(raw, word, vocabulary, path, depth))
    if "not" in raw:
        _only(raw, {"not"}, path)
        return Not(parse_condition(raw["not"], vocabulary, f"{path}.not", depth + 1))
    return _parse_asks(raw, vocabulary, path)


def _parse_list(
    raw: Mapping[Any, Any], word: str, vocabulary: Vocabulary, path: str, depth: int
) -> tuple[Condition, ...]:
    _only(raw, {word}, path)
    items = raw[word]
    if not isinstance(items, list) or not items:
        raise ConfigError(f"expected a list of conditions, got {items!r}", param=f"{path}.{word}")
    return tuple(
        parse_condition(item, vocabulary, f"{path}.{word}[{index}]", depth + 1)
        for index, item in enumerate(items)
    )


def _parse_asks(raw: Mapping[Any, Any], vocabulary: Vocabulary, path: str) -> Asks:
    signals = [key for key in raw if key not in {"above", "below"}]
    if len(signals) != 1:
        raise ConfigError(
            f"expected one signal with optional `above` and `below`, got the keys "
            f"{', '.join(map(str, raw))}; combine several with `all` or `any`",
            param=path,
        )
    signal = str(signals[0])
    if signal not in vocabulary:
        raise ConfigError(
            f"unknown signal `{signal}`{suggestion(signal, vocabulary)}; "
            f"signals are: {', '.join(sorted(vocabulary))}",
            param=path,
        )
    name = raw[signals[0]]
    if not isinstance(name, str) or name not in vocabulary[signal]:
        known = ", ".join(sorted(vocabulary[signal])) or "none (define some first)"
        raise ConfigError(
            f"signal `{signal}` has no `{name}`"
            f"{suggestion(str(name), vocabulary[signal])}; it knows: {known}",
            param=f"{path}.{signal}",
        )
    above, below = (_bound(raw, key, path) for key in ("above", "below"))
    if above is not None and below is not None and above >= below:
        raise ConfigError(f"nothing is above {above:g} and below {below:g}", param=path)
    return Asks(signal, name, above, below)


def _bound(raw: Mapping[Any, Any], key: str, path: str) -> float | None:
    value = raw.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"expected a number, got {value!r}", param=f"{path}.{key}")
    if not math.isfinite(value):
        raise ConfigError(f"expected a finite number, got {value!r}", param=f"{path}.{key}")
    return float(value)


def _only(raw: Mapping[Any, Any], allowed: set[str], path: str) -> None:
    if extra := [str(key) for key in raw if key not in allowed]:
        raise ConfigError(
            f"`{next(iter(allowed))}` stands alone in a condition; move "
            f"{', '.join(f'`{key}`' for key in extra)} into its list",
            param=path,
        )


def suggestion(word: str, known: Any) -> str:  # noqa: ANN401  # any iterable of str
    """Return `, did you mean ...?` when a known word is close, else nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f", did you mean `{close[0]}`?" if close else ""
