"""Where the demonstration takes place: real areas, with villages under them and how many households each has.

A village is written as kind, name, households. Ward codes are those of the three-level map (until 30/6/2025).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from areas.models import Area, Level
from areas.pasting import add_villages

# The villages stand on the map from the day the map itself begins.
MAP_FROM = dt.date(2022, 1, 1)

HOA_VANG = {
    "20293": ("Xã Hòa Bắc", [("Tà Lang", 49), ("Giàn Bí", 39), ("Phò Nam", 0), ("Nam Mỹ", 0), ("Lộc Mỹ", 42)]),
    "20296": ("Xã Hòa Liên", [("Quan Nam 1", 44), ("Quan Nam 2", 40), ("Trường Định", 39), ("Hiền Phước", 36)]),
    "20299": ("Xã Hòa Ninh", [("An Sơn", 43), ("Hòa Trung", 47), ("Đông Sơn", 39)]),
    "20302": ("Xã Hòa Sơn", [("Phú Thượng", 47), ("Tùng Sơn", 44), ("Xuân Phú", 40), ("An Ngãi Đông", 39)]),
    "20308": ("Xã Hòa Nhơn", [("Phước Thái", 46), ("Thái Lai", 39), ("Phú Hòa 1", 43), ("Phú Hòa 2", 38)]),
    "20317": ("Xã Hòa Phú", [("Đông Lâm", 40), ("Hội Phước", 36), ("An Châu", 39)]),
    "20320": ("Xã Hòa Phong", [("Túy Loan Đông 1", 47), ("Bồ Bản", 44), ("Cẩm Toại Đông", 39), ("Dương Lâm", 39)]),
    "20323": ("Xã Hòa Châu", [("Bàu Cầu", 55), ("Phong Nam", 46), ("Quang Châu", 44), ("Giáng Nam 1", 39)]),
    "20326": ("Xã Hòa Tiến", [("La Bông", 43), ("Lệ Sơn 1", 46), ("Lệ Sơn 2", 39), ("Yến Nê 1", 42)]),
    "20329": ("Xã Hòa Phước", [("Trà Kiểm", 40), ("Nhơn Thọ 1", 39), ("Giáng Đông", 42), ("Miếu Bông", 39)]),
    "20332": ("Xã Hòa Khương", [("Phú Sơn 1", 42), ("Gò Hà", 39), ("Hương Lam", 43), ("La Châu", 39)]),
}
AN_KHE = {
    "20224": ("Phường An Khê", [("Đông Xuân 1", 44), ("Đông Xuân 2", 42), ("Đông Xuân 3", 57), ("Phú Lộc 1", 39)])
}
CAO_XANH = {"06658": ("Phường Cao Xanh", [(str(n), 30 + n % 4 * 4) for n in range(1, 11)])}
KIM_SON = {
    "14620": ("Thị trấn Phát Diệm", [("Trì Chính", 55), ("Phát Diệm Đông", 43), ("Thượng Kiệm", 42)]),
    "14638": ("Xã Ân Hòa", [("1", 42), ("2", 39), ("10", 39)]),
}


@dataclass(frozen=True)
class Place:
    """A village of the demonstration and the size of its register; 0 households: it lives on paper or not at all."""

    ward_code: str
    kind: str
    name: str
    households: int
    province: str

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}"


def places() -> list[Place]:
    """All villages, in the order in which they are made."""
    kinds = (
        (HOA_VANG, "Thôn", "48"),
        (AN_KHE, "Khu dân cư", "48"),
        (CAO_XANH, "Khu", "22"),
        (KIM_SON, "Xóm", "37"),
    )
    found = [
        Place(code, "Phố" if code == "14620" else kind, name, households, province)
        for wards, kind, province in kinds
        for code, (_, villages) in wards.items()
        for name, households in villages
    ]
    return found


def make_villages(by) -> dict[Place, Area]:
    """Every village in its ward of 2022; they go the ward's way through the reorganisations since then."""
    made = {}
    for ward_code, group in groupby(places(), key=lambda place: place.ward_code):
        here = list(group)
        ward = Area.objects.by_code(ward_code, MAP_FROM, Level.WARD).get()
        lines = "\n".join(place.full_name for place in here)
        areas = add_villages(by=by, ward=ward, lines=lines, since=MAP_FROM, default_kind=here[0].kind)
        made |= dict(zip(here, areas, strict=True))
    return made
