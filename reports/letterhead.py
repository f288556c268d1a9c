"""What stands above and below an official paper of an area: bodies, number, place, date, signers (Decree 30/2020)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from areas.models import Area, AreaVersion, Level, Office


@dataclass(frozen=True)
class Head:
    """What stands above and below every table."""

    parent: str
    issuer: str
    symbol: str
    place: str
    day: dt.date | None
    preparer: str
    signer_title: str
    signer: str
    # One a line, as the office has set them; "" where it has not.
    recipients: str = ""


def head_of(version: AreaVersion, day: dt.date, today: dt.date) -> Head:
    """The head from the office in force on `day`; without one, what can be said from the area's name.

    A paper of an area that has ended is not dated by the machine: nobody there can sign it today.
    """
    dated = today if version.area.last_day(today) == today else None
    office = Office.objects.on(day).filter(area=version.area).first()
    above = Area.objects.above(version.area, day).exclude(level=Level.COUNTRY).last()
    if version.area.level == Level.VILLAGE:
        return _head_of_a_village(version, above, dated)
    if office is None:
        return Head(
            parent=_committee(above.name) if above else "",
            issuer=_committee(version.name),
            symbol="BC-UBND",
            place=version.area.short_name,
            day=dated,
            preparer="",
            signer_title="THỦ TRƯỞNG ĐƠN VỊ",
            signer="",
        )
    return Head(
        parent=office.parent_name,
        issuer=office.name,
        symbol=office.symbol or "BC-UBND",
        place=office.place or version.area.short_name,
        day=dated,
        preparer=office.preparer_name,
        signer_title=capacity(office.name, office.signer_title),
        signer=office.signer_name,
        recipients=office.recipients,
    )


def _head_of_a_village(version: AreaVersion, ward: Area | None, dated: dt.date | None) -> Head:
    """A village is no authority: its team reports to the ward, without a number."""
    return Head(
        parent=_committee(ward.name) if ward else "",
        issuer=f"Tổ công nghệ số cộng đồng {version.name[:1].lower()}{version.name[1:]}",
        symbol="",
        place=ward.short_name if ward else version.area.short_name,
        day=dated,
        preparer="",
        signer_title="TỔ TRƯỞNG",
        signer="",
    )


def capacity(issuer: str, title: str) -> str:
    """In which capacity one signs (Decree 30/2020, Appendix I): TM. for a committee, KT. for its head by a deputy."""
    title = title.strip().upper()
    if not title:
        return "THỦ TRƯỞNG ĐƠN VỊ"
    if title.startswith(("TM.", "KT.", "TL.", "TUQ.", "Q.")):
        return title
    lines = ["TM. ỦY BAN NHÂN DÂN"] if issuer.upper().startswith("ỦY BAN NHÂN DÂN") else []
    if title.startswith("PHÓ "):
        lines.append(f"KT. {title.removeprefix('PHÓ ')}")
    return "\n".join([*lines, title])


def _committee(name: str) -> str:
    return f"Ủy ban nhân dân {name[:1].lower()}{name[1:]}"
