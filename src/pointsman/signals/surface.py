"""What can be read off a request without understanding it."""

from pointsman.encoder.encoding import Encoding
from pointsman.signals.findings import Measure
from pointsman.wire.prompt import Prompt

CHARACTERS_PER_TOKEN = 4.0
"""Rule of thumb for English text with a byte-pair tokenizer; code and other scripts take more."""


class SurfaceDetector:
    """Counts."""

    name = "surface"
    reads = False
    names = frozenset({"characters", "prompt_tokens", "turns", "tools", "images", "tool_loop"})

    def __call__(self, prompt: Prompt, encoding: Encoding) -> Measure:  # noqa: ARG002  # protocol
        """Return counts; `prompt_tokens` is an estimate, `tool_loop` is 1 or 0."""
        return Measure(
            {
                "characters": float(prompt.characters),
                "prompt_tokens": prompt.characters / CHARACTERS_PER_TOKEN,
                "turns": float(prompt.turns),
                "tools": float(prompt.tools),
                "images": float(prompt.images),
                "tool_loop": float(prompt.in_tool_loop),
            }
        )
