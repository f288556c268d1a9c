"""Files as downloads that no cache keeps."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from sheets.text import search_key

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}
_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|\ud800-\udfff]')


def file_response(filename: str, content) -> HttpResponse:
    """The file under its Vietnamese name, with a plain one beside it for what cannot read that."""
    stem, ending = _parts(filename)
    plain = search_key(stem).encode("ascii", "ignore").decode().replace(" ", "-") or "tep"
    response = HttpResponse(content, content_type=TYPES[ending])
    encoded = content_disposition_header(True, f"{stem}.{ending}")
    if "filename*=" in encoded:
        encoded = encoded.replace("attachment; ", f'attachment; filename="{plain}.{ending}"; ', 1)
    response["Content-Disposition"] = encoded
    response["Cache-Control"] = "no-store"
    return response


def _parts(filename: str) -> tuple[str, str]:
    name = re.sub(r"\s+", " ", _NOT_IN_FILE_NAMES.sub(" ", filename)).strip(" .")
    stem, _, ending = name.rpartition(".")
    ending = ending.lower()
    if ending not in TYPES:
        raise ValueError(f"unknown kind of file: {filename!r}")
    return stem.strip(" .") or "danh sách", ending
