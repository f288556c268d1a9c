"""What may be written about households and people, and who may correct it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from accounts.rules import Can

from .models import IndicatorVersion, Observation, Resident, Visit
from .models.indicators import Subject, age_on

OLDEST_BIRTH_YEAR = 1900
ADULT = 18

_DIGITS = re.compile(r"(?<!\d)\d(?:[ .\-]?\d)+(?!\d)")
_OTP = re.compile(r"\botp\b|mã\s+(?:xác\s*(?:nhận|thực|minh)|bảo\s*mật)|\bpin\b", re.IGNORECASE)
_PASSWORD = re.compile(r"mật\s*khẩu|\bpass(?:word|wd|code)?\b|\bm(?:k|ật mã)\s*[:=]", re.IGNORECASE)


def secrets_in(text: str) -> list[str]:
    """What a free text seems to hold that must never be written down (Law 91/2025/QH15).

    Numbers of 9 or 12 digits look like identity cards or personal codes; a telephone has 10.
    """
    found = []
    lengths = {len(re.sub(r"\D", "", match)) for match in _DIGITS.findall(text)}
    if lengths & {9, 12}:
        found.append("số giấy tờ tùy thân (dãy 9 hoặc 12 chữ số)")
    if _OTP.search(text):
        found.append("mã OTP, mã xác nhận")
    if _PASSWORD.search(text):
        found.append("mật khẩu")
    return found


def check_birth(birth_year: int | None, birth_date: dt.date | None, today: dt.date) -> dict[str, str]:
    """Errors by field for a birth year or date that cannot be."""
    errors = {}
    if birth_year is not None and not OLDEST_BIRTH_YEAR <= birth_year <= today.year:
        errors["birth_year"] = f"Năm sinh “{birth_year}” không hợp lệ: từ {OLDEST_BIRTH_YEAR} đến {today.year}."
    if birth_date is not None and birth_date > today:
        errors["birth_date"] = "Ngày sinh không thể ở tương lai."
    if birth_date is not None and birth_year is not None and birth_date.year != birth_year:
        errors["birth_date"] = f"Ngày sinh không khớp năm sinh {birth_year}."
    return errors


def check_not_future(day: dt.date | None, today: dt.date, field: str) -> None:
    if day is not None and day > today:
        raise ValidationError({field: "Ngày này ở tương lai. Chỉ ghi việc đã xảy ra."})


@dataclass(frozen=True)
class Applies:
    """Whether an indicator applies to a subject: `why_not` in words, `unclear` when a requirement is not known yet."""

    why_not: str = ""
    unclear: bool = False

    @property
    def is_clear(self) -> bool:
        return not self.why_not and not self.unclear


def applies(version: IndicatorVersion, resident: Resident | None, answers: dict[int, str], day: dt.date) -> Applies:
    """Does `version` apply to the person (or, without one, the household) on `day`?

    `answers`: what holds for the person and the household together, by indicator id. A birth year alone counts as
    1 January, an unknown age as adult; `requires` asks for any one of its indicators to be answered yes.
    """
    if version.subject == Subject.RESIDENT and resident is not None:
        born_on = resident.born_on
        age = age_on(born_on, day) if born_on else ADULT
        if version.min_age is not None and age < version.min_age:
            return Applies(f"dưới {version.min_age} tuổi")
        if version.max_age is not None and age > version.max_age:
            return Applies(f"trên {version.max_age} tuổi")
    if not version.required:
        return Applies()
    known = [answers.get(indicator) for indicator in version.required]
    if Observation.Answer.YES in known:
        return Applies()
    names = ", ".join(version.required.values())
    return Applies(unclear=True) if None in known else Applies(f"chỉ tính khi có: {names}")


def can_correct(user, visit: Visit) -> bool:
    """One corrects what one wrote oneself; others' visits are corrected by who keeps the households there."""
    if visit.recorded_by_id == user.pk:
        return True
    if hasattr(visit, "may_edit"):
        return visit.may_edit
    return Visit.objects.visible_to(user, Can.EDIT_PEOPLE).filter(pk=visit.pk).exists()
