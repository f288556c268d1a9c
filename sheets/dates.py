"""Dates as they are written in Việt Nam, day first: shown and read."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
FIRST_YEAR, LAST_YEAR = 1900, 2100

_WORKBOOK_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  workbooks know no time zone
_DAY_FIRST = re.compile(r"(\d{1,2}) ?[/.\-] ?(\d{1,2}) ?[/.\-] ?(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?)?")
_IN_WORDS = re.compile(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2}) năm (\d{4})", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}")


def date_text(value):
    """16/11/2026; an instant is shown as its day in Việt Nam; None → ""."""
    day = _day(value)
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}" if day else ""


def datetime_text(value):
    """21:04 16/11/2026; None → ""."""
    if not value:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{local:%H:%M} {date_text(local)}"


def weekday_text(value):
    """ "thứ Hai, 16/11/2026"; None → ""."""
    day = _day(value)
    return f"{WEEKDAYS[day.weekday()]}, {date_text(day)}" if day else ""


def official_date_text(day):
    """ "ngày 05 tháng 11 năm 2026": a zero before days below 10 and months 1 and 2 only (Decree 30/2020/NĐ-CP)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def parse_date(value):
    """The date that a person wrote or a cell holds; None for nothing.

    Reads 05/11/2026, 5-11-2026, 5.11.2026, 2026-11-05, "ngày 05 tháng 11 năm 2026", cells with a date or its serial
    number. Raises ValidationError (Vietnamese) for anything else: a year alone or of two digits is not guessed.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, (datetime, date)):
        return _within_years(_day(value), value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_serial(value)
    text = " ".join(unicodedata.normalize("NFKC", str(value)).split())
    if match := _DAY_FIRST.fullmatch(text) or _IN_WORDS.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif re.fullmatch(r"\d{4,5}(?:\.0)?", text):
        return _from_serial(float(text))
    elif _SHORT_YEAR.fullmatch(text):
        raise ValidationError("“%(value)s”: ghi đủ bốn chữ số của năm.", code="short_year", params={"value": value})
    else:
        raise _not_a_date(value)
    try:
        return _within_years(date(year, month, day), value)
    except ValueError as error:
        raise _not_a_date(value) from error


def _from_serial(serial):
    if FIRST_YEAR <= serial <= LAST_YEAR:
        raise ValidationError(
            "“%(value)s” mới có năm, cần đủ ngày, tháng, năm.", code="year_only", params={"value": f"{serial:g}"}
        )
    try:
        return _within_years((_WORKBOOK_DAY_ZERO + timedelta(days=serial)).date(), f"{serial:g}")
    except (OverflowError, ValueError) as error:
        raise _not_a_date(serial) from error


def _within_years(day, value):
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _not_a_date(value)
    return day


def _day(value):
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value or None


def _not_a_date(value):
    return ValidationError(
        "“%(value)s” không phải là ngày. Ghi ngày/tháng/năm, ví dụ 05/11/2026.", code="date", params={"value": value}
    )
