"""First passwords that can be read aloud, and what a password of one's own must be."""

from __future__ import annotations

import secrets
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

# No letters or digits that look or sound like others (0/o, 1/l/i, 5/s, c/x, …).
_FIRST = "bdghkmnt"
_VOWELS = "aeu"
_DIGITS = "2346789"


def new_seed() -> str:
    """What a first password is worked out from, together with SECRET_KEY; of no use without that."""
    return secrets.token_urlsafe(16)


def first_password(seed: str) -> str:
    """ "tabe-mehu-4729": typed without mistakes on a phone, changed at the first sign-in.

    One of 8·10⁸. It is worked out from the seed so that a slip can be printed again for a while though the password
    is stored nowhere in clear, neither in the session.
    """
    number = int(salted_hmac("accounts.first_password", seed, algorithm="sha256").hexdigest(), 16)
    letters = []
    for letters_here in (_FIRST, _VOWELS) * 4 + (_DIGITS,) * 4:
        number, index = divmod(number, len(letters_here))
        letters.append(letters_here[index])
    text = "".join(letters)
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


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
        return f"Ít nhất {self.min_length} ký tự."


class NotOnlyDigitsValidator:
    """A row of digits is a birthday or a telephone number."""

    def validate(self, password: str, user=None) -> None:
        if password.isdigit():
            raise ValidationError("Mật khẩu không được chỉ gồm chữ số.", code="only_digits")

    def get_help_text(self) -> str:
        return "Không chỉ gồm chữ số."
