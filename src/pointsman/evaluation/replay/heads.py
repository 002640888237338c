"""Finds the head that is shipped for exactly one pair of models."""

from pathlib import Path

from pointsman.config.heads import PAIRS, groups_of, mark_of
from pointsman.encoder.bundle import Bundle
from pointsman.errors import BundleError
from pointsman.signals.head_file import GAIN, GainHead, parse_head


def pair_head(bundle: Bundle, pair: str, folder: Path = PAIRS) -> GainHead | None:
    """Return the gain head that was learned on this pair and this bundle, if one is shipped.

    Args:
        bundle: What it must have been learned on: its numbers mean nothing on another one.
        pair: As LIGHT->HEAVY.
        folder: Where the heads are; it may not be there.

    Raises:
        BundleError: A file of the folder is damaged.
    """
    for file in sorted(folder.glob("*.json")):
        try:
            head = parse_head(file.read_bytes())
        except (OSError, ValueError) as error:
            raise BundleError(f"{file}: {error}; reinstall pointsman") from error
        if not isinstance(head, GainHead) or f"{head.light}->{head.heavy}" != pair:
            continue
        if head.bundle == mark_of(bundle) and head.features == groups_of(bundle)[GAIN]:
            return head
    return None
