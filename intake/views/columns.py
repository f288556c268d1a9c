"""The first page after an upload: which sheet, which row is the head, what each column means."""

from __future__ import annotations

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from intake import receiving, work
from intake.cells import plain
from intake.forms import ColumnsForm, letters
from intake.heads import head_at
from intake.kinds import kind_of
from intake.models import Upload
from sheets.legacy import NAMES

from .gate import places_of, upload_of

SAMPLES = 5
LONGEST_SAMPLE = 40
ROWS_TO_CHOOSE = 15


@require_http_methods(["GET", "POST"])
def upload_columns(request, pk):
    upload, user = upload_of(request.user, pk), request.user
    if not upload.is_open:
        return redirect("intake:upload_detail", upload.pk)
    if request.method == "POST" and {"sheet", "head"} & request.POST.keys():
        _choose_head(request, upload)
        return redirect("intake:upload_columns", upload.pk)
    sheet = receiving.sheet_of(upload)
    head = head_at(sheet, upload.head_first, upload.head_last)
    kind, today = kind_of(upload), timezone.localdate()
    form = ColumnsForm(
        request.POST or None, upload=upload, kind=kind, titles=head.titles, vocabulary=kind.vocabulary(upload.day),
        places=places_of(upload, user), today=today,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        form.apply()
        upload.total = 0
        receiving.remember(upload, head.titles)
        work.begin(upload, Upload.State.CHECKING, by=user)
        return redirect("intake:upload_detail", upload.pk)
    return render(request, "intake/upload_columns.html", _context(upload, sheet, head, form, kind))


def _choose_head(request, upload: Upload) -> None:
    """Another sheet, or another row of headings: guess anew from there."""
    if "sheet" in request.POST:
        index, row = _number(request.POST["sheet"]), None
    else:
        index, row = upload.sheet_index, _number(request.POST["head"])
    chosen = upload.sheets.filter(index=index).first() if index is not None else None
    if chosen is None:
        return
    upload.sheet_index = chosen.index
    sheet = receiving.sheet_of(upload)
    row = min(row - 1, len(sheet.rows) - 1) if row else None
    receiving.understand(upload, sheet, today=timezone.localdate(), head_row=row)
    receiving.forbid(upload, chosen, head_at(sheet, upload.head_first, upload.head_last))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 8 else None


def _context(upload: Upload, sheet, head, form: ColumnsForm, kind) -> dict:
    rows = receiving.first_rows(sheet, head, SAMPLES)
    samples = [[_sample(row[index]) for _, row in rows if _sample(row[index])] for index in range(len(head.titles))]
    chosen = next(each for each in upload.sheets.defer("content") if each.index == upload.sheet_index)
    columns = [
        (letters(index), title, field, values)
        for index, (title, field, values) in enumerate(zip(head.titles, form.column_fields, samples, strict=True))
        if title or values
    ]
    top = [
        (number + 1, " | ".join(filter(None, (_sample(cell) for cell in row)))[:160])
        for number, row in enumerate(sheet.rows[:ROWS_TO_CHOOSE])
        if any(_sample(cell) for cell in row)
    ]
    return {
        "upload": upload,
        "kind": kind,
        "form": form,
        "sheets": list(upload.sheets.defer("content")),
        "head_rows": f"{head.first + 1}–{head.last + 1}" if head.last > head.first else str(head.first + 1),
        "head_first": head.first + 1,
        "top": top,
        "columns": columns,
        "guessed": sum(1 for *_, field, _ in columns if field.value()),
        "dropped": chosen.dropped,
        "hidden_rows": sheet.hidden_rows,
        "without_value": sheet.without_value,
        "encoding": NAMES.get(upload.encoding, ""),
        "first_rows": rows,
    }


def _sample(cell) -> str:
    text = " ".join(plain(cell).split())
    return text if len(text) <= LONGEST_SAMPLE else text[: LONGEST_SAMPLE - 1] + "…"
