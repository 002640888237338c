"""Whether masked values come back byte for byte and never leak, and what masking takes.

    python benchmarks/restoring.py > benchmarks/restoring.md

Invented conversations of up to ten turns (`evaluation/masked_chats.py` tells how, and what is
checked): 27,000, so that more than 100,000 answers are streamed; every seed is new, and the same in
every run. Takes about half an hour on two cores (`restoring.py 100` plays 100 chats). The times are
medians of 300 runs (beside 2 MB of tools, of 20), in microseconds, on one core.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from pointsman.evaluation.masked_chats import Tally, chat
from pointsman.wire.masking import Seen, mask
from pointsman.wire.restoring import RestoringStream

CHATS = int(sys.argv[1]) if sys.argv[1:] else 27_000
CHATS_AT_ONCE = 100
SHOWN_FAILURES = 20
SENTENCE = "Please write to them before noon, and say that the train of Monday was late again. "
KIND = "EMAIL_ADDRESS"
VALUES = [f"person{number}.name@example-{number}.org" for number in range(10)]
TOOL = {
    "type": "function",
    "function": {
        "name": "send",
        "description": 'Sends a "letter".\nAsk first.',
        "parameters": {"type": "object", "properties": {"to": {"type": "string"}}},
    },
}
TOOLS = 10_000  # about 2 MB


def a_prompt() -> Seen:
    """Return a text of 2,000 bytes with ten values, as a detector has read it."""
    text, spans = "", []
    for value in VALUES:
        text += SENTENCE * 2
        spans.append((KIND, len(text), len(text) + len(value)))
        text += value + "\n"
    return Seen(text[: spans[-1][2]], tuple(spans))


def masking(seen: Seen, tools: int) -> Callable[[], object]:
    """Return what masks a request."""
    messages = [{"role": "user", "content": seen.text}]
    body = json.dumps({"messages": messages, "tools": [TOOL] * tools}).encode()
    return lambda: mask(body, [seen], {KIND})


def feeding(*texts: str) -> Callable[[], object]:
    """Return what restores a stream whose events say these texts."""
    choices = [[{"index": 0, "delta": {"content": text}, "finish_reason": None}] for text in texts]
    events = [f"data: {json.dumps({'id': 'c', 'choices': each})}\n\n".encode() for each in choices]
    values = {f"<{KIND}_{number}>": value for number, value in enumerate(VALUES)}

    def run() -> None:
        stream = RestoringStream(values, structured=False)
        for event in events:
            stream.feed(event)

    return run


def play(first: int) -> Tally:
    """Play some chats."""
    tally = Tally()
    for seed in range(first, min(first + CHATS_AT_ONCE, CHATS)):
        chat(seed, tally)
    return tally


def played() -> Tally:
    """Play all chats on all cores, and tell how far it is."""
    whole = Tally()
    with ProcessPoolExecutor() as pool:
        for part in pool.map(play, range(0, CHATS, CHATS_AT_ONCE)):
            whole.streams += part.streams
            whole.restored += part.restored
            whole.leaks += part.leaks
            whole.failures += part.failures
            print(f"{whole.streams:,} streams", end="\r", file=sys.stderr)
    return whole


def microseconds(work: Callable[[], object], repeats: int = 300) -> float:
    """Return the median of so many runs."""
    spent = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        spent.append(1e6 * (time.perf_counter() - began))
    return statistics.median(spent)


def main() -> int:
    """Print what was seen; return whether anything went wrong."""
    tally = played()
    seen = a_prompt()
    print("# Masking and restoring\n")
    print("`python benchmarks/restoring.py`; see its head for what is measured.\n")
    print("| chats | streams | placeholders in answers | values leaked | other failures |")
    print("|---|---|---|---|---|")
    row = (CHATS, tally.streams, tally.restored, tally.leaks, len(tally.failures))
    print("|", " | ".join(f"{number:,}" for number in row), "|\n")
    print("| step | µs |")
    print("|---|---|")
    size = len(seen.text.encode())
    print(f"| mask 10 values in {size:,} bytes of text | {microseconds(masking(seen, 0)):,.0f} |")
    print(f"| the same beside 2 MB of tools | {microseconds(masking(seen, TOOLS), 20):,.0f} |")
    for said, texts in (
        ("without a bracket", ("word ",)),
        ("with a placeholder", (f"<{KIND}_1>",)),
    ):
        print(f"| restore an event {said} | {microseconds(feeding(*texts * 100)) / 100:.1f} |")
    for failure in tally.failures[:SHOWN_FAILURES]:
        print(failure, file=sys.stderr)
    return int(bool(tally.leaks or tally.failures))


if __name__ == "__main__":
    sys.exit(main())
