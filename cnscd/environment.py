"""Reads the environment for the settings, and refuses what makes no sense: by name, in Vietnamese."""

from __future__ import annotations

import datetime as dt
import logging
from itertools import pairwise

import environ
from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on", "có"}
NO = {"0", "false", "no", "off", "không", ""}


class Environment(environ.Env):
    """django-environ, which by itself takes any word that is not "true" for a no."""

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.str(name, default="1" if default else "0").strip().lower()
        if value not in YES | NO:
            raise ImproperlyConfigured(f"{name}={value!r} không hợp lệ: ghi 1 (có) hoặc 0 (không).")
        return value in YES

    def whole(self, name: str, *, default: int, least: int, most: int) -> int:
        value = self.str(name, default=str(default)).strip()
        if not value.isdecimal() or not least <= int(value) <= most:
            raise ImproperlyConfigured(f"{name}={value!r} không hợp lệ: cần một số nguyên từ {least} đến {most}.")
        return int(value)

    def names(self, name: str, *, default: list[str]) -> list[str]:
        """What stands between commas; at least one."""
        found = [part.strip() for part in self.str(name, default=",".join(default)).split(",") if part.strip()]
        if default and not found:
            raise ImproperlyConfigured(f"{name} trống: ghi ít nhất một giá trị, cách nhau bằng dấu phẩy.")
        return found

    def origins(self, name: str) -> list[str]:
        found = self.names(name, default=[])
        if wrong := [origin for origin in found if not origin.startswith(("https://", "http://"))]:
            raise ImproperlyConfigured(f"{name}={wrong[0]!r} không hợp lệ: địa chỉ phải bắt đầu bằng https://")
        return found

    def hours(self, name: str, *, default: str) -> tuple[tuple[str, str], ...]:
        """Pairs of "HH:MM" as in "07:30-11:30,13:30-17:00": in order, within one day, none into another."""
        value = self.str(name, default=default)
        try:
            pairs = [tuple(dt.time.fromisoformat(end.strip()) for end in part.split("-")) for part in value.split(",")]
            ends = [end for start, stop in pairs for end in (start, stop)]
        except ValueError:
            ends = []
        if not ends or not all(earlier < later for earlier, later in pairwise(ends)):
            raise ImproperlyConfigured(f"{name}={value!r} không hợp lệ: ghi như 07:30-11:30,13:30-17:00.")
        return tuple((f"{start:%H:%M}", f"{stop:%H:%M}") for start, stop in pairs)

    def log_level(self, name: str, *, default: str) -> str:
        value = self.str(name, default=default).strip().upper()
        if value not in logging.getLevelNamesMapping():
            raise ImproperlyConfigured(f"{name}={value!r} không hợp lệ: ghi DEBUG, INFO, WARNING hoặc ERROR.")
        return value

    def database(self, name: str, *, default: str) -> dict:
        value = self.str(name, default=default)
        if not value.startswith(("sqlite:///", "postgres://", "postgresql://")):
            raise ImproperlyConfigured(f"{name} không hợp lệ: bắt đầu bằng sqlite:/// hoặc postgres://.")
        return self.db_url_config(value)
