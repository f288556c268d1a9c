"""First passwords that can be read aloud, and what a password of one's own must be."""

from __future__ import annotations

import secrets
import unicodedata

from django.core.exceptions import ValidationError

# No letters or digits that look or sound like others (0/o, 1/l/i, 5/s, c/x, …).
_FIRST = "bdghkmnt"
_VOWELS = "aeu"
_DIGITS = "2346789"


def first_password() -> str:
    """Readable and typed without mistakes on a phone: "taba-mehu-4729"; more than 2^28 of them, changed at once."""

    def syllables() -> str:
        return "".join(secrets.choice(_FIRST) + secrets.choice(_VOWELS) for _ in range(2))

    digits = "".join(secrets.choice(_DIGITS) for _ in range(4))
    return f"{syllables()}-{syllables()}-{digits}"


class LengthValidator:
    """At least so many characters, told in Vietnamese; not longer than anybody types."""

    LONGEST = 128

    def __init__(self, min_length: int = 8):
        self.min_length = min_length

    def validate(self, password: str, user=None) -> None:
        length = len(unicodedata.normalize("NFC", password))
        if length < self.min_length:
            raise ValidationError(f"Mật khẩu cần ít nhất {self.min_length} ký tự (đang có {length}).", code="too_short")
        if length > self.LONGEST:
            raise ValidationError(f"Mật khẩu nhiều nhất {self.LONGEST} ký tự.", code="too_long")

    def get_help_text(self) -> str:
        return f"Ít nhất {self.min_length} ký tự, không dùng mật khẩu dễ đoán như 12345678."


class NotOnlyDigitsValidator:
    """A row of digits is a birthday or a telephone number."""

    def validate(self, password: str, user=None) -> None:
        if password.isdigit():
            raise ValidationError("Mật khẩu không được chỉ gồm chữ số.", code="only_digits")

    def get_help_text(self) -> str:
        return "Không chỉ gồm chữ số."
