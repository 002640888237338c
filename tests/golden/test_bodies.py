"""Request body → edited body, as files: each `bodies/*.txt` holds a target, what came, what goes.

The three are parted by lines of `---`; every byte between them counts.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pointsman.catalog.families import Reasoning
from pointsman.catalog.models import Model, Target
from pointsman.exchange.plan import edits_for
from pointsman.wire.chat import parse_chat
from pointsman.wire.edit import apply_patch

FILES = sorted((Path(__file__).parent / "bodies").glob("*.txt"))


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """The first part of a file."""

    family: str
    name: str
    reasoning: Reasoning
    ask_usage: bool = True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_body_is_edited_as_written(path: Path, a_model: Callable[..., Model]) -> None:
    head, came, goes = path.read_bytes().split(b"\n---\n")
    wanted = msgspec.json.decode(head, type=Wanted)
    model = a_model("m", wanted.family, upstream_name=wanted.name)
    request = parse_chat(came)
    target = Target("m", wanted.reasoning)
    edits = edits_for(target, model, request, ask_usage=wanted.ask_usage)
    edited = apply_patch(request.body, edits)
    assert edited == goes.removesuffix(b"\n")
    # What has been edited needs no edit.
    again = edits_for(target, model, parse_chat(edited), ask_usage=wanted.ask_usage)
    assert apply_patch(edited, again) == edited
