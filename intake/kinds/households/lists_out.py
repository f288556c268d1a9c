"""The register of households as a list that can be edited and loaded back, and the empty list to fill in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from areas.models import Area
from intake.blanks import BlankColumn
from residents.card import cards
from residents.models import Household, IndicatorVersion, Observation, Resident
from sheets.workbook import Column

from .columns import FIELDS, versions

AT_ONCE = 300
ANSWERS = {Observation.Answer.YES: "x", Observation.Answer.NO: "0", Observation.Answer.NA: "ktd"}
LABELS = {field.code: field.label for field in FIELDS}
RELATIONS = ("Chủ hộ", "Vợ", "Chồng", "Con", "Bố", "Mẹ", "Cháu", "Khác")


def blank_columns(villages: Iterable[Area], day: dt.date) -> list[BlankColumn]:
    def of(code: str, *args, **more) -> BlankColumn:
        return BlankColumn(LABELS[code], *args, **more)

    seen = [
        BlankColumn(version.indicator.short_name, "x" if at < 2 else "", ("x", "0", "ktd"), _told(version), width=12)
        for at, version in enumerate(versions(day))
        if version.indicator.is_reported
    ]
    return [
        of("code", "H001", is_text=True, help="Để trống nếu chưa có: phần mềm cấp mã."),
        of("name", "Nguyễn Văn Sáu", width=26, help="Có thể ghi cách gọi như “con gái”, hoặc để trống."),
        of("relation", "Chủ hộ", RELATIONS, help="Mỗi hộ bắt đầu bằng dòng của chủ hộ."),
        of("village", "", [village.name for village in villages], width=22),
        of("address", "Số 5, ngõ 2", width=26),
        of("phone", "0905123456", is_text=True),
        of("birth", 1960, help="Năm sinh, hoặc ngày/tháng/năm."),
        of("sex", "Nam", [str(label) for label in Resident.Sex.labels]),
        of("stays", "Thường trú", [str(label) for label in Resident.Stays.labels]),
        of("note", "", width=30, help="Không ghi số giấy tờ, mã OTP, mật khẩu."),
        *seen,
    ]


def blank_notes() -> list[str]:
    return [
        "Mỗi dòng là một người; các dòng của một hộ đứng liền nhau, chủ hộ trước. Dòng “Ví dụ” không được đọc.",
        "Cột tiêu chí: x = đã có, 0 = chưa có, ktd = không thuộc diện, để trống = chưa hỏi.",
        "Tiêu chí của hộ chỉ cần ghi ở dòng chủ hộ. Không ghi số giấy tờ, dân tộc, tôn giáo, số tài khoản.",
    ]


def _told(version: IndicatorVersion) -> str:
    return version.definition[:240]


# --- the register, to be edited and loaded back -----------------------------------------------------------------------


def export_columns(day: dt.date) -> tuple[Column, ...]:
    seen = [
        Column(version.indicator.short_name, lambda row, pk=version.indicator_id: row[f"seen:{pk}"], width=11)
        for version in versions(day)
    ]
    kinds = {"code": "code", "phone": "code", "home_id": "code", "person_id": "code"}
    widths = {"head": 24, "name": 24, "village": 20, "address": 26, "note": 26, "home_id": 38, "person_id": 38}
    texts = ("code", "head", "village", "name", "relation")
    more = ("birth", "band", "sex", "stays", "address", "street", "order_no", "phone", "note")
    return (
        *(Column(LABELS[code], code, kinds.get(code, "text"), widths.get(code, 13)) for code in (*texts, *more)),
        *seen,
        *(Column(LABELS[code], code, "code", widths[code]) for code in ("home_id", "person_id")),
    )


def export_rows(households, day: dt.date) -> Iterator[dict]:
    """A row for each person; what concerns the household stands in its first row. One that was forgotten has none."""
    found = versions(day)
    keys = list(households.filter(forgotten_at=None).values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        homes = Household.objects.select_related("village", "street").in_bulk(some)
        for card in cards([homes[pk] for pk in some if pk in homes], day, versions=_with_requires(found)):
            yield from _rows(card, found)


def _with_requires(found: list[IndicatorVersion]) -> list[IndicatorVersion]:
    for version in found:
        version.required = {}
    return found


def _rows(card, found: list[IndicatorVersion]) -> Iterator[dict]:
    home = card.household
    said = {key: ANSWERS.get(row.answer, "") for key, row in card.observations.items()}
    for at, person in enumerate(card.residents or [None]):
        row = dict.fromkeys(LABELS, None)
        row |= {"home_id": str(home.pk), "village": home.village.name, "code": home.code, "head": home.head_name}
        if at == 0:
            row |= {"address": home.address, "street": home.street.name if home.street else "", "note": home.note}
            row |= {"order_no": home.order_no, "phone": home.phone}
        if person is not None:
            row |= _person(person)
        for version in found:
            pk = version.indicator_id
            subject = (
                (person.pk if person else None) if version.subject == "resident" else (home.pk if at == 0 else None)
            )
            row[f"seen:{pk}"] = said.get((subject, pk), "")
        yield row


def _person(person: Resident) -> dict:
    born = f"{person.birth_date:%d/%m/%Y}" if person.birth_date else person.birth_year
    return {
        "person_id": str(person.pk),
        "name": person.label,
        "relation": "Chủ hộ" if person.is_head else "",
        "birth": str(born) if born else "",
        "band": "" if born else person.get_age_band_display(),
        "sex": person.get_sex_display(),
        "stays": person.get_stays_display(),
    }
