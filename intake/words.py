"""What the columns of a list may be called: headings are compared without case, tones and punctuation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sheets.text import search_key

IGNORED = ""
EXACT, CONTAINED = 1.0, 0.6


@dataclass(frozen=True)
class Field:
    """What a column may mean. `words`: headings without tones, the most usual first."""

    code: str
    label: str
    words: tuple[str, ...]
    group: str = ""
    help: str = ""
    # Marks or counts of an indicator; `subject` is whose it is.
    indicator: int | None = None
    subject: str = ""


class Vocabulary:
    """The fields of a kind of list, found by a heading."""

    def __init__(self, fields: Sequence[Field]):
        self.fields = {field.code: field for field in fields}
        self.phrases: dict[str, str] = {}
        self._known: dict[str, tuple[str, float]] = {}
        for field in fields:
            for phrase in (search_key(field.label), *field.words):
                self.phrases.setdefault(phrase, field.code)
        self._longest_first = sorted(self.phrases, key=len, reverse=True)

    def recognise(self, title: str) -> tuple[str, float]:
        """(code of the field, how sure); ("", 0) for a heading that nobody knows."""
        if title not in self._known:
            self._known[title] = self._recognise(title)
        return self._known[title]

    def _recognise(self, title: str) -> tuple[str, float]:
        key = search_key(title)
        if not key or never_stored(title):
            return IGNORED, 0
        if key in self.phrases:
            return self.phrases[key], EXACT
        padded = f" {key} "
        for phrase in self._longest_first:
            if len(phrase) > 2 and f" {phrase} " in padded:
                return self.phrases[phrase], CONTAINED + 0.3 * len(phrase) / len(key)
        return IGNORED, 0

    def guess(self, titles: Iterable[str]) -> list[str]:
        """A field for each column, each field once: where two headings claim one, the surer has it."""
        found = [self.recognise(title) for title in titles]
        best: dict[str, int] = {}
        for index, (code, sure) in enumerate(found):
            if code and (code not in best or sure > found[best[code]][1]):
                best[code] = index
        return [code if code and best[code] == index else IGNORED for index, (code, _) in enumerate(found)]


# What must never be stored (Law 91/2025/QH15): such columns are emptied as soon as the file is read.
NEVER = {
    "so cccd": "số giấy tờ",
    "so cmnd": "số giấy tờ",
    "so can cuoc": "số giấy tờ",
    "so dinh danh": "số giấy tờ",
    "ma dinh danh": "số giấy tờ",
    "so giay to": "số giấy tờ",
    "cmnd cccd": "số giấy tờ",
    "so ho chieu": "số giấy tờ",
    "ho chieu": "số giấy tờ",
    "so the bhyt": "số giấy tờ",
    "ma so bhxh": "số giấy tờ",
    "dan toc": "dân tộc",
    "ton giao": "tôn giáo",
    "so tai khoan": "số tài khoản",
    "stk": "số tài khoản",
    "ho ngheo": "tình trạng nghèo",
    "can ngheo": "tình trạng nghèo",
    "dien chinh sach": "diện chính sách",
    "mat khau": "mật khẩu",
    "password": "mật khẩu",
}
# Headings under which a mark is welcome and a number is not.
NUMBERS_UNWELCOME = ("cccd", "cmnd", "can cuoc", "dinh danh", "tai khoan", "vneid", "bhxh", "bhyt", "vssid")


def never_stored(title: str) -> str:
    """What a column of this heading holds that must not be stored, or ""."""
    padded = f" {search_key(title)} "
    return next((what for words, what in NEVER.items() if f" {words} " in padded), "")
