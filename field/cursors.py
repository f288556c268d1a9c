"""Up to where a phone has been told: opaque to the phone, plain to us."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from .decoding import Refused, canonical, decode


@dataclass
class Cursor:
    """`villages`: number of the last unit told of, for each village; `catalogue`: its version."""

    epoch: int
    villages: dict[int, int] = field(default_factory=dict)
    catalogue: str = ""

    def text(self) -> str:
        told = {str(pk): version for pk, version in self.villages.items()}
        value = {"e": self.epoch, "v": told, "c": self.catalogue}
        return base64.urlsafe_b64encode(canonical(value)).decode().rstrip("=")


def read_cursor(text: str, epoch: int) -> Cursor | None:
    """None for one that is not ours or of another epoch: begin again."""
    try:
        value = decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        villages = {int(pk): version for pk, version in value["v"].items()}
        sound = value["e"] == epoch and isinstance(value["c"], str) and all(type(v) is int for v in villages.values())
    except (Refused, binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Cursor(epoch, villages, value["c"]) if sound else None
