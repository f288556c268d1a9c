"""Phones, what they sent, what waits for a person, and what was published to them."""

from .devices import Device
from .held import HeldItem
from .published import Published, Shelf
from .receipts import Code, Discard, Receipt, SyncEpoch

__all__ = ["Code", "Device", "Discard", "HeldItem", "Published", "Receipt", "Shelf", "SyncEpoch"]
