"""Which numbers of a phone have come: up to where without a hole, which are missing, which must be lost."""

from __future__ import annotations

import datetime as dt

from .models import Device, Discard, HeldItem, Receipt

MOST_GAPS = 20


def advance(device: Device) -> list[tuple[int, int]]:
    """Move `acked_through` as far as there is no hole; returns the holes below the highest number known of.

    The caller holds the device's row and saves it.
    """
    receipts, *others = (
        model.objects.filter(device=device, seq__gt=device.acked_through).order_by().values_list("seq", flat=True)
        for model in (Receipt, Discard, HeldItem)
    )
    numbers = set(receipts.union(*others, all=True))
    highest = max([device.last_seq, *numbers])
    while device.acked_through + 1 in numbers:
        device.acked_through += 1
    device.last_seq = max(highest, device.acked_through)
    beyond = sorted(number for number in numbers if number > device.acked_through)
    gaps, expected = [], device.acked_through + 1
    for number in [*beyond, device.last_seq + 1]:
        if number > expected:
            gaps.append((expected, number - 1))
        expected = number + 1
    device.unsent = sum(last - first + 1 for first, last in gaps)
    if device.unsent == 0:
        device.oldest_unsent_at = None
    return gaps


def suspect_loss(device: Device, through: int, at: dt.datetime) -> int:
    """The phone has nothing to send up to `through`: what is missing until there is lost, as far as we know."""
    gaps = advance(device)
    gone = sum(min(last, through) - first + 1 for first, last in gaps if first <= through)
    if gone:
        device.lost += gone
        device.lost_through = max(device.lost_through, through)
        device.lost_since = device.lost_since or at
        device.acked_through = max(device.acked_through, through)
        advance(device)
    return gone


def found_again(device: Device, count: int) -> None:
    """Items that were thought lost came after all."""
    device.lost = max(0, device.lost - count)
    if device.lost == 0:
        device.lost_since = None
