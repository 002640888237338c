"""Reads the table that judges texts that are not English, and checks that it is whole."""

import hashlib
from pathlib import Path

import msgspec

from pointsman.encoder.bundle import DEFAULT_BUNDLE
from pointsman.errors import BundleError
from pointsman.signals.foreign import FORMAT, Foreign, ForeignNote

SHIPPED_FOREIGN = DEFAULT_BUNDLE.parent / "foreign"
NOTE_FILE = "foreign.json"


def load_foreign(folder: Path = SHIPPED_FOREIGN) -> Foreign:
    """Read the shipped table, or another one.

    Args:
        folder: Holds `foreign.json` and the file that it names.

    Raises:
        BundleError: A file is missing or damaged, or of another format; the message tells the mend.
    """
    note = _read_note(folder / NOTE_FILE)
    file = folder / note.file
    table = _read(file)
    found = hashlib.sha256(table).hexdigest()
    if found != note.sha256:
        raise BundleError(
            f"{file} is damaged: its SHA-256 is {found}, {NOTE_FILE} says {note.sha256}; reinstall "
            "pointsman, or fit it again with `python -m pointsman.training.foreign`"
        )
    try:
        return Foreign(note, table)
    except ValueError as error:
        raise BundleError(f"{folder}: {NOTE_FILE} contradicts itself: {error}") from error


def _read_note(path: Path) -> ForeignNote:
    raw = _read(path)
    try:
        note = msgspec.json.decode(raw, type=ForeignNote)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BundleError(f"{path} is damaged: {error}; reinstall pointsman") from error
    if note.format != FORMAT:
        raise BundleError(
            f"{path}: format {note.format} is not format {FORMAT}, which this version of pointsman "
            "reads: fit it again with `python -m pointsman.training.foreign`"
        )
    return note


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or error
        raise BundleError(
            f"{path} cannot be read: {why}; reinstall pointsman to get the shipped one back"
        ) from error
