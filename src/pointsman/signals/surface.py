"""What can be read off a request without understanding it."""

from pointsman.signals.detector import NO_HEADS, Kind
from pointsman.signals.findings import Measure
from pointsman.signals.reading import Reading
from pointsman.wire.prompt import Prompt

BYTES_PER_TOKEN = 4.0
"""Rule of thumb for byte-pair tokenizers: 4 letters of English, 2 of Cyrillic, 4/3 of Chinese."""


class SurfaceDetector:
    """Counts."""

    name = "surface"
    kind: Kind = "numbers"
    judged = NO_HEADS
    whole = NO_HEADS
    names = frozenset(
        {"characters", "prompt_tokens", "turns", "tools", "images", "media", "tool_loop"}
    )

    def __call__(self, prompt: Prompt, reading: Reading) -> Measure:  # noqa: ARG002  # protocol
        """Return counts; `prompt_tokens` is an estimate, `tool_loop` is 1 or 0.

        `media` counts what cannot be read as text: images, sound, files.
        """
        return Measure(
            {
                "characters": float(prompt.characters),
                "prompt_tokens": prompt.size_bytes / BYTES_PER_TOKEN,
                "turns": float(prompt.turns),
                "tools": float(prompt.tools),
                "images": float(prompt.images),
                "media": float(prompt.media),
                "tool_loop": float(prompt.in_tool_loop),
            }
        )
