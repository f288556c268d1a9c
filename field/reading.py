"""Reading the members of a decoded object one by one, with a Vietnamese sentence for each that is wrong."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Collection
from functools import lru_cache

from django.core.exceptions import ValidationError

from sheets.text import clean_text

from .clock import instant

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CODE = re.compile(r"[-0-9A-Za-z_]{1,40}")
REQUIRED = object()


def is_id(value) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


@lru_cache(maxsize=2048)
def as_id(text: str) -> uuid.UUID | None:
    """The id that is written here. A visit, its household and each person are named by many items of a batch."""
    return uuid.UUID(text) if _UUID.fullmatch(text) else None


class Reader:
    """`errors` by member; what is wrong reads as None. Call `finish` to refuse members that nobody asked for."""

    def __init__(self, data: dict):
        self.data = data
        self.asked: set[str] = set()
        self.errors: dict[str, str] = {}

    def has(self, name: str) -> bool:
        return name in self.data

    def finish(self) -> None:
        if strange := self.data.keys() - self.asked:
            for name in sorted(strange)[:20]:
                self.errors[name[:40]] = "Máy chủ không biết mục này."

    def wrong(self, name: str, message: str):
        self.errors.setdefault(name, message)

    def _value(self, name: str, default):
        self.asked.add(name)
        value = self.data.get(name, default)
        return self.wrong(name, "Thiếu mục này.") if value is REQUIRED else value

    def id(self, name: str, default=REQUIRED) -> uuid.UUID | None:
        value = self._value(name, default)
        if value is None:
            return self._null(name, default)
        found = as_id(value) if isinstance(value, str) else None
        return found or self.wrong(name, "Không phải mã hợp lệ.")

    def whole(self, name: str, least: int, most: int, default=REQUIRED) -> int | None:
        value = self._value(name, default)
        if value is None:
            return self._null(name, default)
        if type(value) is not int or not least <= value <= most:
            return self.wrong(name, f"Phải là số nguyên từ {least} đến {most}.")
        return value

    def choice(self, name: str, choices: Collection[str], default=REQUIRED) -> str | None:
        value = self._value(name, default)
        if value is None:
            return self._null(name, default)
        if not isinstance(value, str) or (value not in choices and value != default):
            return self.wrong(name, "Giá trị không có trong danh sách.")
        return value

    def code(self, name: str) -> str | None:
        value = self._value(name, REQUIRED)
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            return self.wrong(name, "Không phải mã hợp lệ.")
        return value

    def flag(self, name: str, default=False) -> bool:
        value = self._value(name, default)
        if not isinstance(value, bool):
            self.wrong(name, "Phải là đúng hoặc sai.")
            return bool(default)
        return value

    def text(self, name: str, most: int, default=REQUIRED, *, multiline=False, blank=True) -> str | None:
        value = self._value(name, default)
        if value is None:
            return self._null(name, default)
        if not isinstance(value, str):
            return self.wrong(name, "Phải là chữ.")
        try:
            text = clean_text(value, max_length=most, multiline=multiline)
        except ValidationError as error:
            return self.wrong(name, " ".join(error.messages))
        if not text and not blank:
            return self.wrong(name, "Không được để trống.")
        return text

    def day(self, name: str, default=REQUIRED) -> dt.date | None:
        value = self._value(name, default)
        if value is None:
            return self._null(name, default)
        try:
            if not isinstance(value, str) or not _DAY.fullmatch(value):
                raise ValueError
            return dt.date.fromisoformat(value)
        except ValueError:
            return self.wrong(name, "Ngày không hợp lệ.")

    def instant(self, name: str, default=REQUIRED) -> dt.datetime | None:
        value = self._value(name, default)
        if value is None:
            return self._null(name, default)
        try:
            if not isinstance(value, str):
                raise ValueError
            return instant(value)
        except ValueError:
            return self.wrong(name, "Thời điểm không hợp lệ.")

    def listed(self, name: str, most: int, fits) -> list:
        """A list without repetition of members that `fits`; left out: empty."""
        value = self._value(name, [])
        if not isinstance(value, list) or len(value) > most or not all(fits(each) for each in value):
            self.wrong(name, "Danh sách không hợp lệ.")
            return []
        return list(dict.fromkeys(value))

    def counts(self, name: str, most: int) -> dict[str, int]:
        """{code: whole number}; left out: empty."""
        value = self._value(name, {})
        fits = isinstance(value, dict) and all(
            _CODE.fullmatch(code) and type(count) is int and 0 <= count <= most for code, count in value.items()
        )
        if not fits:
            self.wrong(name, "Danh sách không hợp lệ.")
            return {}
        return {code: count for code, count in value.items() if count}

    def object(self, name: str) -> dict:
        value = self._value(name, REQUIRED)
        if not isinstance(value, dict):
            self.wrong(name, "Phải là một đối tượng.")
            return {}
        return value

    def _null(self, name: str, default):
        if default is REQUIRED and name in self.data:
            self.wrong(name, "Không được để trống.")
        return None
