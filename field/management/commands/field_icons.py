"""manage.py field_icons: draw the phone app's icons anew (static/field/icons/), as static/img/mark.svg shows them."""

from __future__ import annotations

import math
import struct
import zlib
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

INDIGO, GOLD, WHITE = (0x21, 0x45, 0x7F), (0xEF, 0xB3, 0x2F), (0xFF, 0xFF, 0xFF)
FINE = 3  # samples a pixel, each way
FOLDER = Path(settings.BASE_DIR) / "static" / "field" / "icons"
# name: (pixels, radius of the corners, size of the drawing) on the 48 × 48 grid of the mark
ICONS = {"icon-192": (192, 11, 1.0), "icon-512": (512, 11, 1.0), "maskable-512": (512, 0, 0.72)}


class Command(BaseCommand):
    help = "Vẽ lại biểu tượng của ứng dụng điện thoại."

    def handle(self, *args, **options):
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, (pixels, radius, scale) in ICONS.items():
            (FOLDER / f"{name}.png").write_bytes(drawn(pixels, radius, scale))
            self.stdout.write(f"{name}.png")


def drawn(pixels: int, radius: float, scale: float) -> bytes:
    """A PNG of the mark: a roof over a signal."""
    step = 48 / (pixels * FINE)
    rows = []
    for y in range(pixels):
        row = bytearray()
        for x in range(pixels):
            spots = [
                spot((x * FINE + i + 0.5) * step, (y * FINE + j + 0.5) * step, radius, scale)
                for i in range(FINE)
                for j in range(FINE)
            ]
            seen = [each for each in spots if each]
            mean = [sum(channel) // len(seen) for channel in zip(*seen, strict=True)] if seen else [0, 0, 0]
            row += bytes([*mean, 255 * len(seen) // len(spots)])
        rows.append(bytes(row))
    return png(pixels, rows)


def spot(x: float, y: float, radius: float, scale: float) -> tuple[int, int, int] | None:
    """The colour at a place of the grid; None outside the rounded square."""
    over_x, over_y = (max(radius - v, v - (48 - radius), 0) for v in (x, y))
    if math.hypot(over_x, over_y) > radius and radius:
        return None
    x, y = (24 + (v - 24) / scale for v in (x, y))
    if min(to_line(x, y, 9, 23.5, 24, 11), to_line(x, y, 24, 11, 39, 23.5)) <= 1.75:
        return WHITE
    if math.hypot(x - 24, y - 38) <= 2.6 or any(on_arc(x, y, size) for size in (14.2, 7.7)):
        return GOLD
    return INDIGO


def on_arc(x: float, y: float, size: float) -> bool:
    """A quarter of a ring of 3.5 over the dot, with round ends."""
    angle = math.atan2(y - 38, x - 24)
    turned = min(max(angle, -0.75 * math.pi), -0.25 * math.pi) if y < 38 else -0.25 * math.pi
    return math.hypot(x - 24 - size * math.cos(turned), y - 38 - size * math.sin(turned)) <= 1.75


def to_line(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """How far a place is from a line between two others."""
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    along = min(max(along, 0), 1)
    return math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))


def png(pixels: int, rows: list[bytes]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", pixels, pixels, 8, 6, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
