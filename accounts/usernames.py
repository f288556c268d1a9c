"""Login names: made from a person's name without tones, and what they may look like."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

from sheets.text import search_key

from .models import User

_SHAPE = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


def username_for(full_name: str, taken: set[str] = frozenset()) -> str:
    """ "nguyenthilan", "nguyenthilan2" when that is taken, here or by somebody in `taken`."""
    base = re.sub(r"[^a-z0-9]", "", search_key(full_name))[:34] or "nguoidung"
    base = base if len(base) >= 3 else f"{base}cnscd"
    used = set(User.objects.filter(username__startswith=base).values_list("username", flat=True)) | taken
    number = 1
    name = base
    while name in used:
        number += 1
        name = f"{base}{number}"
    return name


def clean_username(typed: str) -> str:
    """The name as it is stored. Raises ValidationError (Vietnamese) for other characters or a wrong length."""
    name = typed.strip().lower()
    if not _SHAPE.fullmatch(name):
        raise ValidationError(
            "Tên đăng nhập gồm 3–40 ký tự: chữ thường không dấu, số, dấu chấm, gạch ngang.", code="username"
        )
    return name
