"""Phones, what they sent, what waits for a person, what was published to them; what offices want first; practice."""

from .devices import Device
from .focus import FocusChoice, FocusIndicator
from .held import HeldItem
from .practice import PracticeItem, PracticeVillage
from .published import Published, Shelf
from .receipts import Code, Discard, Receipt, SyncEpoch

__all__ = [
    "Code", "Device", "Discard", "FocusChoice", "FocusIndicator", "HeldItem", "PracticeItem", "PracticeVillage",
    "Published", "Receipt", "Shelf", "SyncEpoch",
]  # fmt: skip
