"""Vietnamese text: how it is cleaned at every entrance, searched and put in order.

The keys are stored in columns, so that SQLite and PostgreSQL find and sort the same way whatever their collation.
Sort keys hold digits only, in prefix-free codes: there is no collation that reorders, ignores or contracts digits.
"""

import re
import unicodedata
from functools import lru_cache

from django.core.exceptions import ValidationError

KEY_LENGTH = 255
_LETTERS_KEPT = 4096

_LINE_BREAKS = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SPACE_CONTROLS = frozenset("\t\n\r\v\f\x85")
# Seen as nothing though Unicode does not call them formatting: grapheme joiner, Hangul and braille blanks.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

# Files converted from old fonts often hold the Icelandic and African look-alikes of đ.
_D_WITH_STROKE = str.maketrans(dict.fromkeys("ĐÐðƉɖ", "đ"))
_BRACKETS = re.compile(r"\(([^()]*)\)")

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_CODES = {unicodedata.normalize("NFD", letter): str(code) for code, letter in enumerate(_ALPHABET, 20)}
_SHAPES = {"\u0306": "a", "\u0302": "aeo", "\u031b": "ou"}  # breve, circumflex, horn, and what may carry them
# huyền, hỏi, ngã, sắc, nặng; ngang has no mark
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_VOWELS = frozenset("aeiouy")
_END_OF_LETTERS = "00"
_END_OF_TONES = "0"
_NUMBER = "10"
_OTHER_SCRIPT = "60"
_WORD = re.compile("[^\\W_][\\w\u0300-\u036f]*")  # letters with their marks
_TOKENS = re.compile("[0-9]+|[^\\W\\d_][\u0300-\u036f]*|\\w")


def clean_text(value, *, max_length=None, multiline=False):
    """The text as it may be stored: NFC, no invisible characters, single spaces, trimmed. None gives "".

    Raises ValidationError (Vietnamese) for control characters, lone surrogates and texts over `max_length`.
    """
    if value is None:
        return ""
    text = str(value)
    if not text.isprintable() or not _INVISIBLE.isdisjoint(text):
        text = _without_unseen(text)
    text = unicodedata.normalize("NFC", text)
    lines = _LINE_BREAKS.split(text) if multiline else [text]
    text = "\n".join(" ".join(line.split()) for line in lines).strip("\n")
    if max_length is not None and len(text) > max_length:
        raise ValidationError(
            "Dài quá: nhiều nhất %(limit)d ký tự (đang có %(length)d).",
            code="max_length",
            params={"limit": max_length, "length": len(text)},
        )
    return text


def _without_unseen(text):
    """Printable text holds nothing of this, so only the few that are not come here. Raises ValidationError."""
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category == "Cf" or char in _INVISIBLE:
            continue
        if category == "Cs" or (category == "Cc" and char not in _SPACE_CONTROLS) or _is_noncharacter(char):
            raise ValidationError("Có ký tự điều khiển hoặc ký tự hỏng, đề nghị gõ lại.", code="control_characters")
        kept.append(char)
    return "".join(kept)


class _Plain(dict):
    """Code point → what stands for it in a search key: letters and digits themselves, no marks, else a space."""

    def __missing__(self, point):
        char = chr(point)
        category = unicodedata.category(char)
        plain = None if category.startswith("M") or category == "Cf" else char if char.isalnum() else " "
        if len(self) < _LETTERS_KEPT:
            self[point] = plain
        return plain


_PLAIN = _Plain(dict.fromkeys(map(ord, "đðɖ"), "d"))


def search_key(text):
    """What is compared when people search: "Đặng Thị Hoà" and "ĐẶNG THỊ HÒA" both give "dang thi hoa"."""
    folded = unicodedata.normalize("NFKD", str(text or "")).casefold()
    folded = unicodedata.normalize("NFKD", folded)
    return " ".join(folded.translate(_PLAIN).split())[:KEY_LENGTH].rstrip()


def person_sort_key(name):
    """The place of a name in a Vietnamese list of people: given name (last word), family name, then middle names.

    A nickname in brackets counts last. Digits only, at most 255.
    """
    name = str(name or "")
    nickname = _words(" ".join(_BRACKETS.findall(name)))
    words = _words(_BRACKETS.sub(" ", name))
    if not words:
        words, nickname = nickname, []
    return _key(words[-1:] + words[:-1] + nickname)


def place_sort_key(name):
    """The place of an area's name in a list: word by word, numbers by value ("Tổ 2" < "Tổ 2A" < "Tổ 10")."""
    return _key(_words(str(name or "")))


def _words(text):
    folded = unicodedata.normalize("NFKD", text.translate(_D_WITH_STROKE)).lower()
    return _WORD.findall(unicodedata.normalize("NFKD", folded))


def _key(words):
    return "".join(_word_code(word) for word in words)[:KEY_LENGTH]


@lru_cache(maxsize=4096)
def _word_code(word):
    """Letters, then the tones: "Hòa" and "Hoà" are one word, and "hoa" comes before "hòa" before "hoan"."""
    letters, tones = [], []
    for token in _TOKENS.findall(word):
        if token[0] in "0123456789":
            digits = token.lstrip("0")[:99]
            letters.append(f"{_NUMBER}{len(digits):02d}{digits}")
            continue
        base, marks = token[0], token[1:]
        shape = "".join(mark for mark in marks if base in _SHAPES.get(mark, ""))[:1]
        letters.append(_LETTER_CODES.get(base + shape) or f"{_OTHER_SCRIPT}{ord(base):07d}")
        if base in _VOWELS:
            tones.extend(_TONES[mark] for mark in marks if mark in _TONES)
    return "".join(letters) + _END_OF_LETTERS + "".join(tones) + _END_OF_TONES


def _is_noncharacter(char):
    point = ord(char)
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
