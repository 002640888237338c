"""Token counts, as OpenAI-compatible servers report them."""

import pytest

from pointsman.wire.usage import read_usage


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        # https://platform.openai.com/docs/api-reference/chat/object
        (
            b"""{"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
                 "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
                 "completion_tokens_details": {"reasoning_tokens": 6}}""",
            (19, 10, 4, 6),
        ),
        # vLLM writes null where it does not know.
        (
            b'{"prompt_tokens": 19, "completion_tokens": 10, "prompt_tokens_details": null}',
            (19, 10, 0, None),
        ),
        (b'{"prompt_tokens_details": {"cached_tokens": null}}', (0, 0, 0, None)),
        (b'{"completion_tokens_details": {}}', (0, 0, 0, None)),
        (b"{}", (0, 0, 0, None)),
    ],
)
def test_the_counts_of_an_answer_are_read(
    usage: bytes, counts: tuple[int, int, int, int | None]
) -> None:
    found = read_usage(b'{"choices": [], "usage": %s}' % usage)
    assert found is not None
    assert (
        found.prompt_tokens,
        found.completion_tokens,
        found.cached_tokens,
        found.reasoning_tokens,
    ) == counts


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"usage": null}',
        b'{"usage": 5}',
        b'{"usage": {"prompt_tokens": 1.5}}',
        b'{"usage": "\xff"}',
        b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_an_answer_without_readable_counts_has_none(body: bytes) -> None:
    assert read_usage(body) is None
