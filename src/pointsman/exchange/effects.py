"""What routing cannot do itself and therefore asks of whoever drives it.

`route()` yields one of these and is sent the reply. Two drivers perform them: a blocking one for
the library, an asynchronous one for the gateway (`drive.py`); tests play the replies by hand.
"""

import msgspec

from pointsman.accounts.limits import Claim
from pointsman.catalog.models import Target
from pointsman.encoder.encoding import Asked


class Encode(msgspec.Struct, frozen=True):
    """Read a text for some heads. Reply: its `Encoding`.

    Attributes:
        within_s: How long that may take where an event loop waits for it; None as long as it takes.
    """

    text: str
    asked: Asked
    within_s: float | None = None


class Recollect(msgspec.Struct, frozen=True):
    """Ask what a conversation was sent to last. Reply: a `Target`, or None."""

    conversation: str


class Remember(msgspec.Struct, frozen=True):
    """Note what a conversation was sent to. Reply: None."""

    conversation: str
    target: Target


class Reserve(msgspec.Struct, frozen=True):
    """Reserve what a request may use at most. Reply: `Granted`, or `Refused`."""

    claim: Claim


class Release(msgspec.Struct, frozen=True):
    """Give a reservation back: nothing was used. Reply: None."""

    reservation: str


Effect = Encode | Recollect | Remember | Reserve | Release
