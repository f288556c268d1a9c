"""Checking, saving and undoing an upload: at once for short lists, by the worker for long ones, with its progress."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import suppress

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django_tasks import task

from residents.bulk import ReadyRows, learn_sizes
from sheets.reading import nothing_thrown_away
from sheets.workbook import safe_text

from .kinds import kind_of
from .kinds.base import Cannot, Context, Kind, State, Table, Unit, digest
from .models import Upload, UploadRow
from .receiving import sheet_of
from .tables import table_of

AT_ONCE_AT_MOST = 2000  # rows that a request does itself
BACK_TO = {
    Upload.State.CHECKING: Upload.State.READ,
    Upload.State.SAVING: Upload.State.CHECKED,
    Upload.State.UNDOING: Upload.State.SAVED,
}
TO_SAVE = (State.NEW, State.CHANGED)
CHANGED = "Sổ đã thay đổi từ lúc đối chiếu. Đã đối chiếu lại: đề nghị xem lại rồi lưu."
UNEXPECTED = "Có lỗi khi xử lý tệp, chưa lưu dòng nào. Thử lại; nếu vẫn lỗi, báo người quản trị."
log = logging.getLogger(__name__)


def begin(upload: Upload, state: str, *, by, only_good: bool = False) -> Kind | None:
    """Start this work: done when the call returns, or queued for the worker when the list is long.

    Returns the kind that did it, which knows what a page may tell once and nothing keeps.
    """
    upload.state = state
    upload.only_good = only_good
    upload.message, upload.done = "", 0
    upload.total = upload.total or rows_count(upload)
    upload.is_queued = upload.total > AT_ONCE_AT_MOST
    upload.touched_at = timezone.now()
    with transaction.atomic():
        upload.save()
        if upload.is_queued:
            perform.enqueue(str(upload.pk), by.pk)
    return None if upload.is_queued else do(upload, by=by)


def begin_again(upload: Upload) -> None:
    """After the process that did the work was killed: back to where a person can ask for it once more.

    What was written was written with the new state in one transaction: at work means that nothing was.
    """
    _end(upload, BACK_TO[upload.state], "Lần trước bị dừng giữa chừng, chưa ghi gì. Bấm làm lại.")


def rows_count(upload: Upload) -> int:
    return upload.sheets.get(index=upload.sheet_index).rows_count - upload.head_last - 1


def do(upload: Upload, *, by) -> Kind | None:
    """The work that the state of the upload asks for. What goes wrong ends in a state that a person can go on from."""
    works = {Upload.State.CHECKING: check, Upload.State.SAVING: save, Upload.State.UNDOING: undo}
    back = BACK_TO[upload.state]
    try:
        with nothing_thrown_away():
            return works[upload.state](upload, by=by)
    except Cannot as error:
        _end(upload, back, str(error))
    except ValidationError as error:
        _end(upload, back, " ".join(error.messages))
    except Exception:
        log.exception("upload %s failed", upload.pk)
        _end(upload, back, UNEXPECTED)
    return None


def check(upload: Upload, *, by) -> Kind:
    """Compare the list with the register and stage what it would do."""
    kind, units, table = compare(upload, by=by)
    stage(upload, units, table)
    _end(upload, Upload.State.CHECKED)
    return kind


def compare(upload: Upload, *, by) -> tuple[Kind, list[Unit], Table]:
    kind = kind_of(upload)
    table = table_of(sheet_of(upload), upload, kind)
    units = kind.check(table, context_of(upload, by), progress_of(upload))
    return kind, units, table


def save(upload: Upload, *, by) -> Kind | None:
    """Compare once more, and write in one transaction if nothing would be done that was not shown."""
    kind, units, table = compare(upload, by=by)
    if digest(units) != upload.digest:
        stage(upload, units, table)
        _end(upload, Upload.State.CHECKED, CHANGED)
        return None
    if not upload.only_good and any(unit.state in (State.WRONG, State.DOUBT) for unit in units):
        _end(upload, Upload.State.CHECKED, "Còn dòng có lỗi hoặc chưa chọn, nên chưa lưu dòng nào.")
        return None
    to_save = [unit for unit in units if unit.is_to_save]
    context = context_of(upload, by)
    kind.prepare(to_save, context)
    stage(upload, units, table)  # with what undoing will need, which is read only where the upload was saved
    with transaction.atomic():
        written = kind.save(to_save, context)
        upload.counts = {**upload.counts, "written": written}
        upload.saved_at, upload.saved_by = timezone.now(), by
        _end(upload, Upload.State.SAVED)
    if len(to_save) > AT_ONCE_AT_MOST:
        with suppress(DatabaseError):  # the list is saved, whether or not this finds a free moment
            learn_sizes(*kind.writes)
    return kind


def undo(upload: Upload, *, by) -> None:
    if not upload.sheets.exists():
        raise Cannot("Đã quá 90 ngày từ khi tải lên, danh sách đã được xóa khỏi phần mềm nên không hoàn tác được nữa.")
    with transaction.atomic():
        written = upload.counts.get("written", {})
        rows = upload.rows.filter(state__in=TO_SAVE, done__isnull=False)
        kind_of(upload).undo(rows, context_of(upload, by), written)
        upload.undone_at = timezone.now()
        _end(upload, Upload.State.UNDONE)


@transaction.atomic
def discard(upload: Upload) -> None:
    """The list is not wanted: what was read of it goes."""
    upload.rows.all().delete()
    upload.sheets.all().delete()
    _end(upload, Upload.State.DISCARDED)


def stage(upload: Upload, units: list[Unit], table: Table) -> None:
    """Put what the list would do in the place of what was staged before."""
    rows = ReadyRows(UploadRow, list(map(_row, units)), upload_id=upload.pk)
    counts = Counter(unit.state for unit in units)
    upload.counts = {
        **{state: counts[state] for state in State.values},
        "passed_over": table.passed_over[:200],
        "passed_over_count": len(table.passed_over),
    }
    upload.digest = digest(units)
    with transaction.atomic():
        upload.rows.all().delete()
        rows.insert()
        upload.save(update_fields=["counts", "digest"])


def _row(unit: Unit) -> dict:
    return {
        "number": unit.number,
        "last": unit.last,
        "state": unit.state,
        "label": safe_text(unit.label)[:250],
        "told": safe_text(unit.told)[:500],
        # What cannot be stored is quoted in the sentence that refuses it.
        "problems": [
            [each.row, safe_text(each.heading), safe_text(each.text), each.is_wrong] for each in unit.problems
        ],
        "offers": [[value, safe_text(words)] for value, words in unit.offers],
        "choice": unit.choice,
        "done": unit.done,
    }


def context_of(upload: Upload, by) -> Context:
    now = timezone.now()
    return Context(
        by=by,
        area=upload.area,
        day=upload.day,
        today=timezone.localdate(now),
        now=now,
        options=upload.options,
        choices={int(row): choice for row, choice in upload.options.get("choices", {}).items()},
        file_name=upload.file_name,
    )


def progress_of(upload: Upload):
    """For a queued upload: how far it is, told to the row that the page looks at."""

    def told(done: int) -> None:
        if upload.is_queued:
            Upload.objects.filter(pk=upload.pk).update(done=done, touched_at=timezone.now())

    return told


def _end(upload: Upload, state: str, message: str = "") -> None:
    upload.state, upload.message, upload.is_queued = state, message[:500], False
    upload.save()


@task
def perform(pk: str, user_pk: int) -> None:
    """What a page asked for, done by the worker."""
    upload = Upload.objects.select_related("area").filter(pk=pk, is_queued=True, state__in=Upload.AT_WORK).first()
    user = get_user_model().objects.filter(pk=user_pk, is_active=True).first()
    if upload is not None and user is not None:
        do(upload, by=user)
