"""Where the demonstration takes place: real areas, with villages under them and how many households each has.

A village is written as kind, name, households. Ward codes are those of the three-level map (until 30/6/2025).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from areas.actions import open_area
from areas.models import Area, Level

# The villages stand on the map from the day the map itself begins.
MAP_FROM = dt.date(2022, 1, 1)

HOA_VANG = {
    "20293": ("Xã Hòa Bắc", [("Tà Lang", 38), ("Giàn Bí", 30), ("Phò Nam", 0), ("Nam Mỹ", 0), ("Lộc Mỹ", 32)]),
    "20296": ("Xã Hòa Liên", [("Quan Nam 1", 34), ("Quan Nam 2", 31), ("Trường Định", 30), ("Hiền Phước", 28)]),
    "20299": ("Xã Hòa Ninh", [("An Sơn", 33), ("Hòa Trung", 36), ("Đông Sơn", 30)]),
    "20302": ("Xã Hòa Sơn", [("Phú Thượng", 36), ("Tùng Sơn", 34), ("Xuân Phú", 31), ("An Ngãi Đông", 30)]),
    "20308": ("Xã Hòa Nhơn", [("Phước Thái", 35), ("Thái Lai", 30), ("Phú Hòa 1", 33), ("Phú Hòa 2", 29)]),
    "20317": ("Xã Hòa Phú", [("Đông Lâm", 31), ("Hội Phước", 28), ("An Châu", 30)]),
    "20320": ("Xã Hòa Phong", [("Túy Loan Đông 1", 36), ("Bồ Bản", 34), ("Cẩm Toại Đông", 30), ("Dương Lâm", 30)]),
    "20323": ("Xã Hòa Châu", [("Bàu Cầu", 42), ("Phong Nam", 35), ("Quang Châu", 34), ("Giáng Nam 1", 30)]),
    "20326": ("Xã Hòa Tiến", [("La Bông", 33), ("Lệ Sơn 1", 35), ("Lệ Sơn 2", 30), ("Yến Nê 1", 32)]),
    "20329": ("Xã Hòa Phước", [("Trà Kiểm", 31), ("Nhơn Thọ 1", 30), ("Giáng Đông", 32), ("Miếu Bông", 30)]),
    "20332": ("Xã Hòa Khương", [("Phú Sơn 1", 32), ("Gò Hà", 30), ("Hương Lam", 33), ("La Châu", 30)]),
}
AN_KHE = {
    "20224": ("Phường An Khê", [("Đông Xuân 1", 34), ("Đông Xuân 2", 32), ("Đông Xuân 3", 44), ("Phú Lộc 1", 30)])
}
CAO_XANH = {"06658": ("Phường Cao Xanh", [(str(n), 24 + n % 4 * 3) for n in range(1, 11)])}
KIM_SON = {
    "14620": ("Thị trấn Phát Diệm", [("Trì Chính", 42), ("Phát Diệm Đông", 33), ("Thượng Kiệm", 32)]),
    "14638": ("Xã Ân Hòa", [("1", 32), ("2", 30), ("10", 30)]),
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
    """Open every village in its ward of 2022; reorganisations since then carry it along."""
    wards: dict[str, Area] = {}
    made = {}
    for place in places():
        if place.ward_code not in wards:
            wards[place.ward_code] = Area.objects.by_code(place.ward_code, MAP_FROM, Level.WARD).get()
        made[place] = open_area(
            by=by,
            level=Level.VILLAGE,
            kind=place.kind,
            name=place.full_name,
            parent=wards[place.ward_code],
            since=MAP_FROM,
        )
    return made
