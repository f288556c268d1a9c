"""Lists as tests bring them in: mostly as rows, without a file; a few as files through the pages."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from django.utils import timezone

from intake import receiving, work
from intake.models import Upload
from residents.catalogue import load_catalogue
from sheets.reading import Sheet


@pytest.fixture
def catalogue(db):
    load_catalogue()


def sheet(*rows, name="Danh sách", **more) -> Sheet:
    return Sheet(name, [list(row) for row in rows], **more)


def workbook(*rows, name="Danh sách", merged=()) -> bytes:
    """An .xlsx of these rows."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet(name)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.write(at, column, cell)
    for span in merged:
        page.merge_range(*span, rows[span[0]][span[1]])
    book.close()
    return target.getvalue()


class Desk:
    """Somebody who brings lists in for an area."""

    def __init__(self, user, area, kind=Upload.Kind.HOUSEHOLDS):
        self.user, self.area, self.kind = user, area, kind

    def bring(self, *rows, check=True, sheets=None, day=None, **options) -> Upload:
        now = timezone.now()
        upload = receiving.keep(
            by=self.user, kind=self.kind, area=self.area, sheets=sheets or [sheet(*rows)], name="danh sách.xlsx",
            sha256="0" * 64, now=now, today=timezone.localdate(now),
        )  # fmt: skip
        upload.options |= options
        upload.day = day or upload.day
        upload.save()
        return self.check(upload) if check else upload

    def check(self, upload) -> Upload:
        work.begin(upload, Upload.State.CHECKING, by=self.user)
        assert upload.state == Upload.State.CHECKED, upload.message
        return upload

    def save(self, upload, *, only_good=False) -> Upload:
        work.begin(upload, Upload.State.SAVING, by=self.user, only_good=only_good)
        return upload

    def undo(self, upload) -> Upload:
        work.begin(upload, Upload.State.UNDOING, by=self.user)
        return upload

    def choose(self, upload, **choices) -> Upload:
        """`choose(upload, r5="new")` decides row 5."""
        upload.options["choices"] = {row[1:]: choice for row, choice in choices.items()}
        return self.check(upload)


@pytest.fixture
def desk(minh, place, catalogue):
    return Desk(minh, place.hoa_bac)


@pytest.fixture
def village_desk(lan, place, catalogue):
    return Desk(lan, place.ta_lang)


def told(upload) -> list[tuple]:
    """(row, state) of every staged row."""
    return list(upload.rows.values_list("number", "state"))


def sentences(upload) -> list[str]:
    found = []
    for row in upload.rows.all():
        for number, heading, text, _ in row.problems:
            found.append(f"Dòng {number}" + (f", cột {heading}" if heading else "") + f": {text}")
    return found
