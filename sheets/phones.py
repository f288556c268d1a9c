"""Vietnamese telephone numbers as people write them, brought to one form: "0905123456"."""

import re
import unicodedata

from django.core.exceptions import ValidationError

# Mobile prefixes of eleven digits became ten on 15/9–14/11/2018 (Decision 798/QĐ-BTTTT of 2018).
PREFIXES_2018 = {
    "0120": "070",
    "0121": "079",
    "0122": "077",
    "0126": "076",
    "0128": "078",
    "0123": "083",
    "0124": "084",
    "0125": "085",
    "0127": "081",
    "0129": "082",
    "0162": "032",
    "0163": "033",
    "0164": "034",
    "0165": "035",
    "0166": "036",
    "0167": "037",
    "0168": "038",
    "0169": "039",
    "0186": "056",
    "0188": "058",
    "0199": "059",
}

_WRITTEN = re.compile(r"\+?[0-9][0-9 .\-]*")
_NATIONAL = re.compile(r"0[35789][0-9]{8}|02[0-9]{9}")


def normalise_phone(value):
    """The canonical number ("0905123456", landlines "02363822222"); nothing gives "".

    Reads 0…, 84…, +84…, 0084…, spaces, dots and hyphens, numbers whose first zero a workbook ate, and the prefixes
    before 2018. Raises ValidationError (Vietnamese) for everything else; nothing is guessed.
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if not text:
        return ""
    text = re.sub(r"^([0-9]{9,12})\.0$", r"\1", text.replace("(0)", "0").replace("(", "").replace(")", " "))
    if not _WRITTEN.fullmatch(text):
        raise _invalid(value)
    number = _national("+" * text.startswith("+") + re.sub(r"[^0-9]", "", text))
    if number[:4] in PREFIXES_2018 and len(number) == 11:
        number = PREFIXES_2018[number[:4]] + number[4:]
    if not _NATIONAL.fullmatch(number):
        raise _invalid(value)
    return number


def phone_text(number):
    """ "0905 123 456": grouped for reading aloud; what is not a canonical number is shown as it is."""
    number = str(number or "")
    if not _NATIONAL.fullmatch(number):
        return number
    if number.startswith(("024", "028")):
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    return f"{number[:4]} {number[4:7]} {number[7:]}"


def _national(digits):
    """The digits with one leading zero, whether written with the country code or without the zero."""
    for code in ("+84", "0084"):
        if digits.startswith(code):
            return "0" + digits.removeprefix(code).removeprefix("0")
    if digits.startswith("84") and len(digits) in (11, 12):  # 84 905123456, 84 1205123456, 84 2363822222
        return "0" + digits[2:].removeprefix("0")
    if digits and digits[0] in "123456789" and len(digits) in (9, 10):
        return "0" + digits
    return digits


def _invalid(value):
    return ValidationError(
        "“%(value)s” không phải là số điện thoại. Ghi một số có 10 chữ số, ví dụ 0905 123 456.",
        code="phone",
        params={"value": value},
    )
