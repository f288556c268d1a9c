"""What areas of a level are called: those of several words first, so that the longest fits."""

from __future__ import annotations

from .models import Level

_VILLAGES = (
    "Tổ dân phố",
    "Khu dân cư",
    "Điểm dân cư",
    "Khu phố",
    "Khối phố",
    "Tiểu khu",
    "Thôn",
    "Ấp",
    "Bản",
    "Buôn",
    "Bon",
    "Làng",
    "Xóm",
    "Khóm",
    "Khối",
    "Khu",
    "Phố",
    "Plei",
    "Phum",
    "Sóc",
    "Đội",
    "Tổ",
)

KINDS: dict[Level, tuple[str, ...]] = {
    Level.COUNTRY: ("Nước",),
    Level.PROVINCE: ("Thành phố", "Tỉnh"),
    Level.DISTRICT: ("Thành phố", "Thị xã", "Quận", "Huyện"),
    Level.WARD: ("Phường", "Thị trấn", "Đặc khu", "Xã"),
    Level.VILLAGE: _VILLAGES,
}
