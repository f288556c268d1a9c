"""Numbers as Vietnamese readers write them: 1.234.567 and 41,9 %. Shown and read, for pages and workbooks."""

import math
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.core.exceptions import ValidationError

MINUS = "−"
NO_BREAK_SPACE = "\u00a0"
NO_RATE = "–"


def number_text(value, decimals=None):
    """1234567 → "1.234.567", 6.27 → "6,27"; None → "". Text is returned as it is."""
    if value is None:
        return ""
    if isinstance(value, (str, bool)):
        return str(value)
    value = Decimal(str(value))
    if not value.is_finite():
        return ""
    if decimals is not None:
        value = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{abs(value):f}".partition(".")
    if decimals is None:
        fraction = fraction.rstrip("0")
    text = f"{int(whole):,}".replace(",", ".") + (f",{fraction}" if fraction else "")
    return f"{MINUS}{text}" if value < 0 and text.strip("0,") else text


def share(reached, eligible):
    """Σ reached / Σ eligible as an exact fraction, or None where nothing is eligible or known."""
    if reached is None or not eligible:
        return None
    return _fraction(reached) / _fraction(eligible)


def rate_text(value):
    """0.419 or (419, 1000) → "41,9 %". One decimal, none when it is zero; None → "–".

    Never says "100 %" or "0 %" of something that is not: 0.9996 → "99,9 %", 0.0004 → "<0,1 %". Not capped at 100 %.
    """
    if isinstance(value, (tuple, list)):
        value = share(*value)
    value = _fraction(value)
    if value is None:
        return NO_RATE
    tenths = _half_up(value * 1000)
    if value > 0 and tenths == 0:
        return f"<0,1{NO_BREAK_SPACE}%"
    if tenths == 1000 and value != 1:
        tenths += 1 if value > 1 else -1
    return f"{_tenths_text(tenths)}{NO_BREAK_SPACE}%"


def points_text(change):
    """A change between two rates, 0.012 → "+1,2 điểm" (percentage points); 0 → "0 điểm"; None → "–"."""
    change = _fraction(change)
    if change is None:
        return NO_RATE
    return f"{_signed_tenths(_half_up(change * 1000))}{NO_BREAK_SPACE}điểm"


def growth(now, before):
    """(now − before) / before as an exact fraction; None where there was nothing to grow from."""
    if now is None or not before:
        return None
    return (_fraction(now) - _fraction(before)) / _fraction(before)


def growth_text(change):
    """0.733 → "+73,3 %"; (now, before) is worked out; None → "–"."""
    if isinstance(change, (tuple, list)):
        change = growth(*change)
    change = _fraction(change)
    if change is None:
        return NO_RATE
    return f"{_signed_tenths(_half_up(change * 1000))}{NO_BREAK_SPACE}%"


def qualified_text(value, qualifier=""):
    """A number that somebody stated, with the word before it: "gần 2.500", "hơn 15.000"."""
    return f"{qualifier or ''} {number_text(value)}".strip()


def parse_number(value, *, whole=False):
    """The Decimal (int if `whole`) that a person wrote or a cell holds; None for nothing.

    Reads 1.234, 1 234, 41,9 and 41,9% (= 0.419). Raises ValidationError (Vietnamese) for what is no number and for
    what can be read in two ways: "1,234" and "6.27", unless only one reading is a whole number and one is wanted.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        raise _not_a_number(value)
    if isinstance(value, (int, float, Decimal)):
        number = Decimal(str(value))
    else:
        number = _read(str(value), whole=whole)
    if not whole:
        return number
    if number != number.to_integral_value():
        raise ValidationError("“%(value)s” phải là số nguyên.", code="whole", params={"value": value})
    return int(number)


_NUMBER = re.compile(r"(?P<sign>[+-]?) ?(?P<digits>[0-9][0-9., ]*?)(?P<percent> ?%)?")
_VIETNAMESE = re.compile(r"(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+)(?:,[0-9]+)?")
_ENGLISH_FOR_SURE = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?|[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+")
_TWO_READINGS = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_DOT_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")


def _read(value, *, whole):
    text = " ".join(unicodedata.normalize("NFKC", value).replace(MINUS, "-").split())
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise _not_a_number(value)
    digits = match["digits"].strip()
    if _TWO_READINGS.fullmatch(digits) and (match["percent"] or not whole):
        raise _two_readings(value, digits.replace(",", "."), digits.rstrip("0").rstrip(",") + "0")
    if _ENGLISH_FOR_SURE.fullmatch(digits) or _TWO_READINGS.fullmatch(digits):
        plain = digits.replace(",", "")
    elif _VIETNAMESE.fullmatch(digits):
        plain = digits.replace(".", "").replace(" ", "").replace(",", ".")
    elif _DOT_DECIMAL.fullmatch(digits):
        raise ValidationError(
            "“%(value)s” không rõ: phần thập phân viết sau dấu phẩy (%(comma)s), dấu chấm để tách hàng nghìn.",
            code="ambiguous",
            params={"value": value, "comma": digits.replace(".", ",")},
        )
    else:
        raise _not_a_number(value)
    number = Decimal(plain)
    if match["percent"]:
        number = number.scaleb(-2)
    return -number if match["sign"] == "-" else number


def _two_readings(value, thousands, decimal):
    return ValidationError(
        "“%(value)s” hiểu được hai cách: viết %(thousands)s nếu là hàng nghìn, %(decimal)s nếu là số thập phân.",
        code="ambiguous",
        params={"value": value, "thousands": thousands, "decimal": decimal},
    )


def _not_a_number(value):
    return ValidationError("“%(value)s” không phải là số.", code="not_a_number", params={"value": value})


def _fraction(value):
    if value is None or value == "":
        return None
    if isinstance(value, float):
        return Fraction(repr(value)) if math.isfinite(value) else None
    return Fraction(value)


def _half_up(value):
    rounded = math.floor(abs(value) + Fraction(1, 2))
    return -rounded if value < 0 else rounded


def _tenths_text(tenths):
    return number_text(Decimal(tenths).scaleb(-1))


def _signed_tenths(tenths):
    return f"+{_tenths_text(tenths)}" if tenths > 0 else _tenths_text(tenths)
