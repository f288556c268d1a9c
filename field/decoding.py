"""The one strict JSON decoder of the protocol. Bad input is an answer in Vietnamese, never an exception of ours."""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Iterable

MOST_BYTES = 1 << 20
MOST_DEPTH = 8
LARGEST = 2**53 - 1  # what JavaScript keeps exactly

_SURROGATE = re.compile("[\ud800-\udfff]")
_WRITTEN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class Refused(ValueError):
    """What came is not what the protocol allows; the text is for the person who holds the phone."""

    def __init__(self, message: str, *, status: int = 400, code: str = "bad_json"):
        self.message, self.status, self.code = message, status, code
        super().__init__(message)


def decode(body: bytes) -> dict:
    """The object in `body`: UTF-8, at most 1 MiB, 8 deep, no key twice, plain finite numbers, text in NFC."""
    if len(body) > MOST_BYTES:
        raise Refused("Gói tin quá lớn (hơn 1 MiB).", status=413, code="too_large")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("Gói tin không phải UTF-8.") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
        )
    except Refused:
        raise
    except (ValueError, RecursionError):
        raise Refused("Gói tin không phải JSON hợp lệ.") from None
    if not isinstance(value, dict):
        raise Refused("Gói tin phải là một đối tượng JSON.")
    _check(value.values(), 2)
    if "\\u" not in text and unicodedata.is_normalized("NFC", text):
        return value  # nothing that `_clean` could change: what is NFC is so in every part
    return _clean(value)


def canonical(value) -> bytes:
    """The one way to write down a decoded value: sorted keys, no spaces, UTF-8."""
    return _WRITTEN(value).encode()


def fingerprint(value) -> bytes:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value)).digest()


def _check(values: Iterable, depth: int) -> None:
    """`depth`: that of objects and lists among these values. A million brackets stop the parser long before."""
    for value in values:
        kind = type(value)
        if kind is dict or kind is list:
            if depth > MOST_DEPTH:
                raise Refused(f"Gói tin lồng quá {MOST_DEPTH} lớp.")
            _check(value.values() if kind is dict else value, depth + 1)
        elif kind is int and not -LARGEST <= value <= LARGEST:
            raise Refused("Gói tin có số nguyên quá lớn.")
        elif kind is float and not math.isfinite(value):
            raise Refused("Gói tin có số quá lớn.")


def _object(pairs: list[tuple]) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("Gói tin có tên trường lặp lại.")
    return found


def _constant(_name: str):
    raise Refused("Gói tin có giá trị không phải số (NaN, Infinity).")


def _clean(value):
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        cleaned = {_text(key): _clean(each) for key, each in value.items()}
        if len(cleaned) != len(value):
            raise Refused("Gói tin có tên trường lặp lại.")
        return cleaned
    return value


def _text(text: str) -> str:
    if "\0" in text or _SURROGATE.search(text):
        raise Refused("Gói tin có ký tự hỏng.")
    return text if text.isascii() else unicodedata.normalize("NFC", text)
