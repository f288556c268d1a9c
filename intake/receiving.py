"""A file comes in: read, emptied of what must not be stored, understood as well as a machine can."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools

from django.db import transaction

from areas.models import Area
from sheets import legacy
from sheets.reading import Sheet, Unreadable, read_workbook
from sheets.workbook import safe_text

from .heads import Head, body, day_told, find_head, head_at, title_of
from .kinds import KINDS, kind_of
from .models import Shape, Upload, UploadRow, UploadSheet
from .tables import empty_forbidden, in_unicode, texts_of

MOST_SHEETS = 40
LOOKED_AT = 50  # rows whose cells help to guess what a column means
NOT_SAVED_KEPT = dt.timedelta(days=30)
SAVED_KEPT = dt.timedelta(days=90)


def receive(*, by, kind: str, area: Area, content: bytes, name: str, now: dt.datetime, today: dt.date) -> Upload:
    """Read a file and keep its cells. Raises Unreadable (ValidationError) with a sentence for the user."""
    sheets = read_workbook(content, name)
    if len(sheets) > MOST_SHEETS:
        raise Unreadable("cells")
    return keep(
        by=by, kind=kind, area=area, sheets=sheets, name=name, now=now, today=today,
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip


def keep(*, by, kind: str, area: Area, sheets: list[Sheet], name: str, sha256: str, now, today: dt.date) -> Upload:
    worker = KINDS[kind]()
    encoding = legacy.recognise(text for sheet in sheets for text in texts_of(sheet))
    heads = [find_head(in_unicode(_start(sheet), encoding), worker.vocabulary(today)) for sheet in sheets]
    upload = Upload(
        kind=kind, area=area, file_name=_file_name(name), sha256=sha256, uploaded_by=by, uploaded_at=now, day=today,
        encoding=encoding, sheet_index=_likeliest(sheets, heads),
    )  # fmt: skip
    # Made ready before the transaction: packing a long list takes seconds.
    kept = []
    for index, (sheet, head) in enumerate(zip(sheets, heads, strict=True)):
        dropped = empty_forbidden(sheet, head, encoding)
        kept.append(
            UploadSheet(
                upload=upload,
                index=index,
                name=safe_text(sheet.name)[:100],
                is_hidden=sheet.is_hidden,
                rows_count=len(sheet.rows),
                content=UploadSheet.packed(sheet),
                dropped=[safe_text(heading) for heading in dropped],
            )
        )
    shown = in_unicode(sheets[upload.sheet_index], encoding)
    with transaction.atomic():
        upload.save(force_insert=True)
        UploadSheet.objects.bulk_create(kept)
        understand(upload, shown, today=today)
    return upload


def sheet_of(upload: Upload) -> Sheet:
    """The chosen sheet, in Unicode."""
    return in_unicode(upload.sheets.get(index=upload.sheet_index).sheet(), upload.encoding)


def tidy(now: dt.datetime) -> None:
    """Lists hold personal data: what was never saved goes after a month, what was read of saved ones after three."""
    waiting = Upload.objects.filter(
        state__in=[Upload.State.READ, Upload.State.CHECKED], uploaded_at__lt=now - NOT_SAVED_KEPT
    )
    over = Upload.objects.filter(state__in=[Upload.State.SAVED, Upload.State.UNDONE], uploaded_at__lt=now - SAVED_KEPT)
    for uploads in (waiting, over):
        keys = list(uploads.filter(sheets__isnull=False).distinct().values_list("pk", flat=True))
        if keys:
            with transaction.atomic():
                UploadSheet.objects.filter(upload__in=keys).delete()
                UploadRow.objects.filter(upload__in=keys).delete()
                Upload.objects.filter(pk__in=keys, state__in=[Upload.State.READ, Upload.State.CHECKED]).update(
                    state=Upload.State.DISCARDED
                )


def head_of(upload: Upload) -> Head:
    return head_at(sheet_of(upload), upload.head_first, upload.head_last)


def understand(upload: Upload, sheet: Sheet, *, today: dt.date, head_row: int | None = None) -> None:
    """Guess the head (unless its row is given), what columns mean, the day and the village that the title names.

    What was said before of such columns counts more; the village is never remembered: the next list is another's.
    """
    kind = kind_of(upload)
    vocabulary = kind.vocabulary(upload.day)
    head = find_head(sheet, vocabulary) if head_row is None else head_at(sheet, head_row, head_row)
    head = head or head_at(sheet, _first_filled(sheet), _first_filled(sheet))
    upload.head_first, upload.head_last = head.first, head.last
    told = day_told(sheet, head.first)
    if told and told <= today:
        upload.day = told
    remembered = Shape.objects.filter(
        area=upload.area, kind=upload.kind, fingerprint=Shape.fingerprint_of(head.titles)
    ).first()
    named = None
    if kind.has_villages:
        named = kind.places(upload.uploaded_by, upload).named_in(title_of(sheet, head.first))
    upload.options = {**upload.options, "village": named.pk if named else None}
    if remembered:
        known = vocabulary.fields
        upload.columns = [code if code in known else "" for code in remembered.columns]
        upload.options = {**upload.options, **remembered.options}
    else:
        rows = [cells for _, cells in itertools.islice(body(sheet, head), LOOKED_AT)]
        upload.columns = kind.adjust(vocabulary.guess(head.titles), head.titles, rows)
    upload.save()


def remember(upload: Upload, titles) -> None:
    """What these headings mean, for the next file of the same shape."""
    options = {name: upload.options[name] for name in ("blanks", "places") if name in upload.options}
    Shape.objects.update_or_create(
        area=upload.area,
        kind=upload.kind,
        fingerprint=Shape.fingerprint_of(titles),
        defaults={"columns": upload.columns, "options": options},
    )


def forbid(upload: Upload, sheet_row: UploadSheet, head: Head) -> None:
    """Another head was chosen: empty what its headings say must not be stored."""
    sheet = sheet_row.sheet()
    if dropped := empty_forbidden(sheet, head, upload.encoding):
        sheet_row.dropped = list(dict.fromkeys([*sheet_row.dropped, *dropped]))
        sheet_row.content = UploadSheet.packed(sheet)
        sheet_row.save(update_fields=["dropped", "content"])


def first_rows(sheet: Sheet, head: Head, count: int) -> list[tuple[int, list]]:
    found = []
    for at, row in body(sheet, head):
        found.append((at + 1, row))
        if len(found) == count:
            break
    return found


def _start(sheet: Sheet) -> Sheet:
    """Enough of a sheet to find its head in."""
    return Sheet(sheet.name, sheet.rows[:120], sheet.is_hidden, sheet.merged)


def _likeliest(sheets: list[Sheet], heads: list[Head | None]) -> int:
    """The visible sheet with a head that has most rows; else the largest one."""
    points = [
        (head is not None, not sheet.is_hidden, min(head.known, 4) if head else 0, len(sheet.rows), -index)
        for index, (sheet, head) in enumerate(zip(sheets, heads, strict=True))
    ]
    return -max(points)[-1]


def _first_filled(sheet: Sheet) -> int:
    return next((index for index, row in enumerate(sheet.rows) if any(cell not in ("", None) for cell in row)), 0)


def _file_name(name: str) -> str:
    cleaned = "".join(char for char in name if char.isprintable()).replace("\\", "/").rpartition("/")[2].strip()
    return (cleaned or "tệp")[-200:]
