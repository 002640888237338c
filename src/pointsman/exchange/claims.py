"""What a planned request may use at most, and what it is booked with afterwards: pure."""

import msgspec

from pointsman.accounts.limits import Claim, Spent
from pointsman.exchange.plan import Forward
from pointsman.signals.detector import value_of
from pointsman.signals.surface import BYTES_PER_TOKEN
from pointsman.wire.usage import Usage

MESSAGE_TOKENS = 32
"""Tokens around each message that a chat template adds, at most: those of gpt-oss, Llama 3, Qwen3
and Mistral add 3 to 10. A judgement with room to spare."""

IMAGE_TOKENS = 16_384
"""Tokens of one image, at most: what Qwen-VL's processors cap it at; others stay far below."""

OUTPUT_TOKENS = 32_768
"""Tokens of one answer, at most, where neither the client nor the model card says. A judgement: set
`max_output_tokens` on the card."""


class _Shaped(msgspec.Struct, frozen=True):
    response_format: msgspec.Raw = msgspec.Raw()


_SHAPED = msgspec.json.Decoder(_Shaped)


def claim_of(plan: Forward) -> Claim:
    """Return the most that a plan's request can use.

    No tokenizer makes more tokens of a text than it has bytes, so the bytes of the prompt bound its
    tokens. Parts that are neither text nor images (audio, files) are not bounded.
    """
    prompt, output = _most_prompt(plan), _most_output(plan)
    prices = plan.card.prices
    # Whichever is dearer: how many of the tokens will be reasoning is not known.
    reasoning = output if (prices.reasoning or 0.0) > prices.output else 0
    return Claim(
        model=plan.model,
        usd=prices.usd(prompt=prompt, output=output, reasoning=reasoning),
        tokens=prompt + output,
        key=plan.standing.key or None,
        tenant=plan.standing.tenant or None,
    )


def _most_prompt(plan: Forward) -> int:
    surface = plan.question.signals["surface"]
    text = value_of(surface, "prompt_tokens") * BYTES_PER_TOKEN
    images = value_of(surface, "images") * IMAGE_TOKENS
    shape = _SHAPED.decode(plan.request.body).response_format  # a schema is read by the model, too
    hidden = plan.hidden.body  # placeholders may be longer than what they hide
    grown = 0 if hidden is None else max(0, len(hidden) - len(plan.request.body))
    written = text + images + len(memoryview(shape)) + grown
    return round(written) + MESSAGE_TOKENS * len(plan.request.messages)


def _most_output(plan: Forward) -> int:
    caps = (_client_cap(plan), plan.card.max_output_tokens, plan.card.context_window)
    each = min((cap for cap in caps if cap is not None), default=OUTPUT_TOKENS)
    return each * plan.request.answers


def _client_cap(plan: Forward) -> int | None:
    """Return the cap that holds whichever of the client's two a server reads, or None.

    Servers differ in that, and in whether 0 or -1 means "no cap".
    """
    both = (plan.request.max_tokens, plan.request.max_completion_tokens)
    given = [cap for cap in both if cap is not None]
    return max(given, default=None) if min(given, default=0) > 0 else None


def spent_of(plan: Forward, usage: Usage | None) -> Spent:
    """Return what one answer is booked with.

    Where its server reported no tokens nobody knows what it took, and the unknown is charged as
    reserved: no client can use more than its cap by going away before the end.
    """
    if usage is None:
        claim = claim_of(plan)
        return Spent(usd=claim.usd, tokens=claim.tokens)
    tokens = usage.prompt_tokens + usage.completion_tokens
    return Spent(usd=plan.card.prices.bill(usage), tokens=tokens)
