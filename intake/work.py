"""Checking, saving and undoing an upload: at once for short lists, by the worker for long ones, with its progress.

Very long lists of households go in stages where a database has one writer only (docs/decisions/0010-long-work.md).
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import task

from residents.bulk import ReadyRows, learn_sizes
from sheets.numbers import number_text
from sheets.reading import nothing_thrown_away
from sheets.workbook import safe_text

from .kinds import kind_of
from .kinds.base import Cannot, Context, Kind, State, Table, Unit, digest
from .models import Upload, UploadRow
from .receiving import sheet_of
from .tables import table_of

AT_ONCE_AT_MOST = 2000  # rows that a request does itself
# Rows in one transaction of SQLite, where nobody else writes meanwhile; what is longer goes by so many, with a pause.
IN_ONE_TRANSACTION, IN_A_STAGE = 10_000, 3000
CHANGE_COSTS = 3  # as much as so many new households
PAUSE = 0.3
TRIES = 3
LOOKED_AFTER = Upload.SILENT + dt.timedelta(minutes=1)
BACK_TO = {
    Upload.State.CHECKING: Upload.State.READ,
    Upload.State.SAVING: Upload.State.CHECKED,
    Upload.State.UNDOING: Upload.State.SAVED,
}
TO_SAVE = (State.NEW, State.CHANGED)
CHANGED = "Sổ đã thay đổi từ lúc đối chiếu. Đã đối chiếu lại: đề nghị xem lại rồi lưu."
CHANGED_IN_STAGES = "Trong lúc lưu, sổ của một thôn trong tệp đã thay đổi."
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


def begin_again(upload: Upload, *, by) -> None:
    """After the process that did the work was killed: back to where a person can ask for it once more.

    What was written was written with the new state in one transaction: at work means that nothing was. Work in stages
    goes on with the next one.
    """
    if not is_in_stages(upload):
        _end(upload, BACK_TO[upload.state], "Lần trước bị dừng giữa chừng, chưa ghi gì. Bấm làm lại.")
        return
    upload.touched_at = timezone.now()
    upload.save(update_fields=["touched_at"])
    perform.enqueue(str(upload.pk), by.pk)


@transaction.atomic
def cancel(upload: Upload, *, by) -> None:
    """A list that is being saved in stages is not wanted after all: whoever saves it stops, what was saved goes."""
    upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.state == Upload.State.SAVING and is_in_stages(upload):
        begin(upload, Upload.State.UNDOING, by=by)


def rows_count(upload: Upload) -> int:
    return upload.sheets.get(index=upload.sheet_index).rows_count - upload.head_last - 1


def do(upload: Upload, *, by) -> Kind | None:
    """The work that the state of the upload asks for. What goes wrong ends in a state that a person can go on from."""
    works = {Upload.State.CHECKING: check, Upload.State.SAVING: save, Upload.State.UNDOING: undo}
    try:
        with nothing_thrown_away():
            return works[upload.state](upload, by=by)
    except Stopped:
        return None
    except Cannot as error:
        why = str(error)
    except ValidationError as error:
        why = " ".join(error.messages)
    except Exception:
        log.exception("upload %s failed", upload.pk)
        why = UNEXPECTED
    _give_up(upload, why, by=by)
    return None


def _give_up(upload: Upload, why: str, *, by) -> None:
    """All or nothing: where a part is saved already it is taken back, and where that cannot be, that is told."""
    if not is_in_stages(upload):
        _end(upload, BACK_TO[upload.state], why)
    elif upload.state == Upload.State.SAVING:
        upload.state, upload.message = Upload.State.UNDOING, why[:500]
        upload.save(update_fields=["state", "message"])
        do(upload, by=by)
    else:
        left = upload.rows.filter(done__isnull=False).count()
        upload.saved_at = upload.saved_at or timezone.now()
        _end(upload, Upload.State.SAVED, f"Trong sổ đang có {number_text(left)} hộ của tệp này. {upload.message} {why}")


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
    if is_in_stages(upload):
        return save_in_stages(upload, by=by)
    kind, units, table = compare(upload, by=by)
    if digest(units) != upload.digest:
        stage(upload, units, table)
        _end(upload, Upload.State.CHECKED, CHANGED)
        return None
    if not upload.only_good and any(unit.state in (State.WRONG, State.DOUBT) for unit in units):
        _end(upload, Upload.State.CHECKED, "Còn dòng có lỗi hoặc chưa chọn, nên chưa lưu dòng nào.")
        return None
    to_save = [unit for unit in units if unit.is_to_save]
    if goes_in_stages(upload, len(to_save)):
        upload.rows.filter(done__isnull=False).update(done=None)
        upload.counts.pop("written", None)
        _enter_stages(upload, len(to_save), by=by)
        del units, to_save
        return save_in_stages(upload, by=by, kind=kind)
    context = context_of(upload, by)
    kind.prepare(to_save, context)
    stage(upload, units, table)  # with what undoing will need, which is read only where the upload was saved
    with transaction.atomic():
        written = kind.save(to_save, context)
        upload.counts = {**upload.counts, "written": written}
        upload.saved_at, upload.saved_by = timezone.now(), by
        _end(upload, Upload.State.SAVED)
    if len(to_save) > AT_ONCE_AT_MOST:
        _learn_sizes(kind)
    return kind


def _learn_sizes(kind: Kind) -> None:
    with suppress(DatabaseError):  # the list is saved, whether or not this finds a free moment
        learn_sizes(*kind.writes)


def undo(upload: Upload, *, by) -> None:
    if not upload.sheets.exists():
        raise Cannot("Đã quá 90 ngày từ khi tải lên, danh sách đã được xóa khỏi phần mềm nên không hoàn tác được nữa.")
    rows = upload.rows.filter(state__in=TO_SAVE, done__isnull=False)
    if is_in_stages(upload) or goes_in_stages(upload, rows.count()):
        undo_in_stages(upload, rows, by=by)
        return
    with transaction.atomic():
        kind_of(upload).undo(rows, context_of(upload, by), upload.counts.get("written", {}))
        upload.undone_at = timezone.now()
        _end(upload, Upload.State.UNDONE)


@transaction.atomic
def discard(upload: Upload) -> None:
    """The list is not wanted: what was read of it goes."""
    upload.rows.all().delete()
    upload.sheets.all().delete()
    _end(upload, Upload.State.DISCARDED)


# --- in stages --------------------------------------------------------------------------------------------------------


class Stopped(Exception):
    """The list was taken out of these hands: somebody cancelled it, or another process goes on with it."""


def goes_in_stages(upload: Upload, rows: int) -> bool:
    work = rows + (CHANGE_COSTS - 1) * min(rows, upload.counts.get(State.CHANGED, 0))
    return upload.kind == Upload.Kind.HOUSEHOLDS and work > IN_ONE_TRANSACTION and connection.vendor == "sqlite"


def is_in_stages(upload: Upload) -> bool:
    """Is it being saved or undone in stages? Then its rows that have `done` are those that are in the register."""
    return "in_stages" in upload.counts


def _enter_stages(upload: Upload, rows: int, *, by) -> None:
    """Work in stages outlives the process that does it: a second task looks after it until it is done."""
    if not is_in_stages(upload):
        perform.using(run_after=timezone.now() + LOOKED_AFTER).enqueue(str(upload.pk), by.pk, looks_after=True)
    upload.counts["in_stages"], upload.is_queued = True, True
    upload.done, upload.total, upload.touched_at = 0, rows, timezone.now()
    upload.save()


def save_in_stages(upload: Upload, *, by, kind: Kind | None = None) -> Kind:
    """Village by village, each stage as the whole list is saved otherwise; those that are saved already stay so."""
    context = context_of(upload, by)
    if kind is None:
        kind = kind_of(upload)
        kind.read(table_of(sheet_of(upload), upload, kind), context)
    saved = set(upload.rows.filter(done__isnull=False).values_list("number", flat=True))
    upload.done = len(saved)
    upload.save(update_fields=["done"])
    for homes, villages in kind.stages(IN_A_STAGE, without=saved):
        _save_stage(upload, kind, homes, villages, context)
        time.sleep(PAUSE)
    with transaction.atomic():
        _go_on(upload, 0)
        upload.saved_at, upload.saved_by = timezone.now(), by
        _end(upload, Upload.State.SAVED)
    _learn_sizes(kind)
    return kind


def _save_stage(upload: Upload, kind: Kind, homes: Sequence, villages: Sequence[int], context: Context) -> None:
    """Compare these with the register as it is now and write them. Raises Cannot when that is not what was shown."""
    for left in reversed(range(TRIES)):
        units = kind.plan(homes, villages, context, lambda done: None)
        rows = upload.rows.filter(number__in=[unit.number for unit in units])
        shown = {row["number"]: row for row in rows.values("pk", "number", "state", "label", "told")}
        if not all(_is_as_shown(unit, shown.get(unit.number)) for unit in units):
            raise Cannot(CHANGED_IN_STAGES)
        to_save = [unit for unit in units if unit.is_to_save]
        kind.prepare(to_save, context)
        try:
            with transaction.atomic():
                _add_up(upload, kind.save(to_save, context))
                _remember(to_save, shown)
                _go_on(upload, len(to_save))
        except Cannot:  # somebody wrote there in between
            if not left:
                raise
        else:
            return


def _is_as_shown(unit: Unit, row: dict | None) -> bool:
    new = _row(unit)
    return row is not None and all(new[name] == row[name] for name in ("state", "label", "told"))


def _add_up(upload: Upload, written: dict) -> None:
    before = upload.counts.get("written", {})
    upload.counts["written"] = {name: before[name] + each if name in before else each for name, each in written.items()}


def _remember(units: Sequence[Unit], rows: dict[int, dict]) -> None:
    """What undoing will need."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE intake_uploadrow SET done = %s WHERE id = %s",
            [(json.dumps(unit.done), rows[unit.number]["pk"]) for unit in units],
        )


def _go_on(upload: Upload, rows: int) -> None:
    """So many rows more, in the transaction that wrote them. Raises Stopped where the upload is not ours any longer."""
    mine = Upload.objects.filter(pk=upload.pk, state=upload.state, done=upload.done)
    if not mine.update(done=upload.done + rows, counts=upload.counts, touched_at=timezone.now()):
        raise Stopped
    upload.done += rows


def undo_in_stages(upload: Upload, rows: QuerySet[UploadRow], *, by) -> None:
    """Nothing is undone where anything was built on any of it; back to the check where not all of it was saved."""
    kind, context, written = kind_of(upload), context_of(upload, by), upload.counts.get("written", {})
    kind.refuse_undoing(rows)
    numbers = list(rows.values_list("number", flat=True))
    _enter_stages(upload, len(numbers), by=by)
    for start in range(0, len(numbers), IN_A_STAGE):
        some = rows.filter(number__in=numbers[start : start + IN_A_STAGE])
        with transaction.atomic():
            kind.undo(some, context, written)
            _go_on(upload, some.update(done=None))
        time.sleep(PAUSE)
    if upload.saved_at:
        upload.undone_at = timezone.now()
        _end(upload, Upload.State.UNDONE)
    else:
        gone = "Phần đã lưu đã được gỡ ra hết." if numbers else ""
        _end(upload, Upload.State.CHECKED, f"{upload.message} {gone}".strip())


# --- what all of them need --------------------------------------------------------------------------------------------


def stage(upload: Upload, units: list[Unit], table: Table) -> None:
    """Put what the list would do in the place of what was staged before."""
    counts = Counter(unit.state for unit in units)
    upload.counts = {
        **{state: counts[state] for state in State.values},
        "passed_over": table.passed_over[:200],
        "passed_over_count": len(table.passed_over),
    }
    upload.digest = digest(units)
    starts = range(0, max(len(units), 1), IN_ONE_TRANSACTION)
    for start in starts:
        some = units[start : start + IN_ONE_TRANSACTION]
        rows = ReadyRows(UploadRow, list(map(_row, some)), upload_id=upload.pk)
        with transaction.atomic():
            if start == starts[0]:
                upload.rows.all().delete()
            rows.insert()
            if start == starts[-1]:
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
    upload.counts.pop("in_stages", None)
    upload.state, upload.message, upload.is_queued = state, message[:500], False
    upload.save()


@task
def perform(pk: str, user_pk: int, looks_after: bool = False) -> None:
    """What a page asked for, done by the worker. `looks_after`: only if the process that did it has died meanwhile."""
    upload = Upload.objects.select_related("area").filter(pk=pk, is_queued=True, state__in=Upload.AT_WORK).first()
    user = get_user_model().objects.filter(pk=user_pk, is_active=True).first()
    if upload is None or user is None:
        return
    if looks_after:
        perform.using(run_after=timezone.now() + LOOKED_AFTER).enqueue(pk, user_pk, looks_after=True)
        if not (is_in_stages(upload) and upload.is_stuck(timezone.now())):
            return
    do(upload, by=user)
