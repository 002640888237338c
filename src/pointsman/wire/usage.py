"""Token counts as an OpenAI-compatible server reports them."""

import msgspec


class PromptDetails(msgspec.Struct, frozen=True):
    """Of the prompt's tokens, those the server had in its prefix cache."""

    cached_tokens: int | None = None


class CompletionDetails(msgspec.Struct, frozen=True):
    """Of the answer's tokens, those spent on reasoning."""

    reasoning_tokens: int | None = None


class Usage(msgspec.Struct, frozen=True):
    """The `usage` object of an answer."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: PromptDetails | None = None
    completion_tokens_details: CompletionDetails | None = None

    @property
    def cached_tokens(self) -> int:
        """Prompt tokens that were read from the server's prefix cache."""
        details = self.prompt_tokens_details
        return (details.cached_tokens or 0) if details else 0

    @property
    def reasoning_tokens(self) -> int | None:
        """Completion tokens spent on reasoning, or None where the server does not say."""
        details = self.completion_tokens_details
        return details.reasoning_tokens if details else None


class _Answer(msgspec.Struct):
    usage: Usage | None = None


_ANSWER = msgspec.json.Decoder(_Answer)


def read_usage(body: bytes) -> Usage | None:
    """Return the usage of a whole (not streamed) answer, or None where it has none."""
    try:
        return _ANSWER.decode(body).usage
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
