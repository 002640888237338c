"""What the operator's configuration says, as routing needs it."""

import msgspec

from pointsman.catalog.models import Catalog
from pointsman.encoder.encoding import Asked
from pointsman.policy.rules import Policy
from pointsman.signals.detector import Detector


class World(msgspec.Struct, frozen=True):
    """Policy, catalog and detectors: all that routing needs beside the request.

    Attributes:
        asked: What the encoder must tell for this policy; nothing else is computed.
        guard_asked: The part of it that the guard needs: all that is read of a request that names
            its model.
        read_s: How long reading one text may take, where a guard waits for it.
        placeholder_key: Makes placeholders that are alike on every replica; None numbers them.
        policy_hash: Hash of the configuration, for records.
        bundle: Name and version of the encoder bundle.
        ask_usage: Whether to ask upstream for token counts on behalf of the client.
    """

    policy: Policy
    catalog: Catalog
    detectors: tuple[Detector, ...]
    asked: Asked = Asked()
    guard_asked: Asked = Asked()
    read_s: float | None = None
    placeholder_key: bytes | None = None
    policy_hash: str = ""
    bundle: str = ""
    ask_usage: bool = True
