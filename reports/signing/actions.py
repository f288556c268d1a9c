"""What offices and villages do with a report, each in one transaction, written down as an event and in the journal."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.rules import Can
from areas.models import Area, Level
from journal.actions import record
from journal.models import Act
from reports.models import MonthlyReport, Period, ReportEvent, SignedFile, VillageConfirmation

from . import freezing
from .rules import (
    BY_ACTION,
    Action,
    Rule,
    closed_words,
    holds_office,
    may_report,
    office_above,
    refusal,
    standing,
    state_words,
)

State = MonthlyReport.State
LARGEST_FILE = 20 * 1024 * 1024
SIGNED_TYPES = {b"%PDF": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG": "png"}


class Overtaken(ValidationError):
    """Somebody else acted first; what they did is said."""


def start(*, by, area: Area, period: Period, at: dt.datetime | None = None) -> MonthlyReport:
    """The current report of `area` for `period`; a first draft where there is none yet. Raises PermissionDenied."""
    if not (holds_office(by, area, Can.MAKE_REPORTS) and may_report(area, period)):
        raise PermissionDenied
    at = at or timezone.now()
    if area.last_day(period.end_on) < period.start_on or area.since > period.end_on:
        raise ValidationError(f"{area} không có trong kỳ {period}.")
    found = MonthlyReport.objects.current().filter(area=area, period=period).select_related("area", "period").first()
    if found:
        return found
    try:
        with transaction.atomic():
            report = MonthlyReport.objects.create(area=area, period=period, made_at=at)
            _write(report, Action.START, by=by, at=at, from_state=State.DRAFT)
    except IntegrityError:
        return MonthlyReport.objects.current().select_related("area", "period").get(area=area, period=period)
    return report


@transaction.atomic
def act(
    *,
    by,
    report: MonthlyReport,
    action: Action,
    words: str = "",
    step: int | None = None,
    at: dt.datetime | None = None,
) -> MonthlyReport:
    """Do `action` with `report`; returns the report as it then is (after REOPEN the new version).

    `step` is the report's step when the form was drawn. Raises PermissionDenied when she is nothing to the report,
    Overtaken when somebody acted in between, ValidationError when the table does not allow it or words are missing.
    """
    at = at or timezone.now()
    report = MonthlyReport.objects.select_for_update(of=("self",)).select_related("area", "period").get(pk=report.pk)
    rule = BY_ACTION[Action(action)]
    hers = standing(by, report.area, office_above(report.area, report.area.last_day(report.period.end_on)))
    if not hers.anything:
        raise PermissionDenied
    if not report.is_current or (step is not None and step != report.step):
        raise Overtaken(_overtaken_words(report))
    if reason := refusal(rule, hers, report):
        raise ValidationError(reason)
    words = words.strip()
    if rule.words and not words:
        raise ValidationError(f"{rule.words}: cần ghi rõ.")
    return EFFECTS.get(rule.action, _go_on)(report, rule, by=by, at=at, words=words)


@transaction.atomic
def attach(
    *,
    by,
    report: MonthlyReport,
    number: str,
    date: dt.date | None,
    signer: str,
    file_name: str = "",
    content: bytes = b"",
    step: int | None = None,
    at: dt.datetime | None = None,
) -> MonthlyReport:
    """Number, date and signer from the e-office, and the signed file. Only that file makes the report "đã ký"."""
    at = at or timezone.now()
    report = act(by=by, report=report, action=Action.ATTACH, step=step, at=at)
    report.document_number, report.document_date, report.signer_name = number, date, signer
    report.full_clean(exclude=["area", "period"], validate_unique=False, validate_constraints=False)
    report.save(update_fields=["document_number", "document_date", "signer_name"])
    if content:
        _demand_signed_file(content)
        values = {
            "name": file_name[-150:] or "ban-da-ky.pdf",
            "content": content,
            "sha256": hashlib.sha256(content).hexdigest(),
            "attached_at": at,
            "attached_by": by,
        }
        SignedFile.objects.update_or_create(report=report, defaults=values)
    return report


@transaction.atomic
def confirm_village(
    *, by, village: Area, period: Period, source: str = "", at: dt.datetime | None = None
) -> VillageConfirmation:
    """The village says that this is all for the period; its ward may say so for it, naming the source.

    Raises PermissionDenied, and ValidationError where the ward names no source or its report is closed.
    """
    at = at or timezone.now()
    source = source.strip()
    own = by.reach().covers(village, Can.CONFIRM_FIGURES)
    if not own or village.level != Level.VILLAGE:
        raise PermissionDenied
    if not is_posted_to(by, village) and not source:
        raise ValidationError("Nộp thay thôn: cần ghi rõ số liệu lấy từ đâu, ai báo.")
    if timezone.localdate(at) < period.end_on:
        raise ValidationError(f"Kỳ chưa hết: xác nhận được từ ngày {period.end_on:%d/%m/%Y}.")
    if lock := lock_of(village, period):
        raise ValidationError(closed_words(lock))
    VillageConfirmation.objects.filter(village=village, period=period, withdrawn_at=None).update(withdrawn_at=at)
    row = VillageConfirmation.objects.create(village=village, period=period, at=at, by=by, source=source)
    label = f"Xác nhận số liệu {village}, {period}"
    record(by=by, verb=Act.Verb.REPORT, obj=row, area_id=village.pk, label=label, source=source)
    return row


@transaction.atomic
def withdraw_confirmation(*, by, village: Area, period: Period, at: dt.datetime | None = None) -> None:
    """The village is not done after all. Raises PermissionDenied; ValidationError where there is nothing, or closed."""
    at = at or timezone.now()
    if not by.reach().covers(village, Can.CONFIRM_FIGURES):
        raise PermissionDenied
    if lock := lock_of(village, period):
        raise ValidationError(closed_words(lock))
    if not VillageConfirmation.objects.filter(village=village, period=period, withdrawn_at=None).update(
        withdrawn_at=at
    ):
        raise ValidationError(f"{village} chưa xác nhận số liệu {period}.")
    record(by=by, verb=Act.Verb.RETRACT, area_id=village.pk, label=f"Thôi xác nhận số liệu {village}, {period}")


def is_posted_to(user, village: Area) -> bool:
    return any(posting.area_id == village.pk for posting in user.reach().postings)


def lock_of(village: Area, period: Period) -> MonthlyReport | None:
    """The approved report of the ward in which the village lay, for just this period."""
    ward = Area.objects.above(village, village.last_day(period.end_on)).at(Level.WARD).first()
    if ward is None:
        return None
    found = MonthlyReport.objects.current().locked().filter(area=ward, period=period)
    return found.select_related("area", "period").first()


# --- effects ----------------------------------------------------------------------------------------------------------


def _go_on(report: MonthlyReport, rule: Rule, *, by, at, words: str) -> MonthlyReport:
    """To the next state, and nothing else."""
    return _step(report, rule, by=by, at=at, words=words)


def _present(report: MonthlyReport, rule: Rule, *, by, at, words: str) -> MonthlyReport:
    """Freeze what the report says now: this is what the leader will approve."""
    if timezone.localdate(at) <= report.period.end_on:
        raise ValidationError(f"Kỳ chưa hết: trình được sau ngày {report.period.end_on:%d/%m/%Y}.")
    report.presented_by, report.presented_at = by, at
    _step(report, rule, by=by, at=at, words=words, also=["presented_by", "presented_at"])
    freezing.freeze(report, at=at, today=timezone.localdate(at))
    return report


def _approve(report: MonthlyReport, rule: Rule, *, by, at, words: str) -> MonthlyReport:
    report.approved_by, report.approved_at = by, at
    _step(report, rule, by=by, at=at, words=words, also=["approved_by", "approved_at"])
    frozen = report.frozen
    frozen.report = report
    freezing.put_into_chain(frozen)
    return report


def _send(report: MonthlyReport, rule: Rule, *, by, at, words: str) -> MonthlyReport:
    report.sent_at = at
    return _step(report, rule, by=by, at=at, words=words, also=["sent_at"])


def _reopen(report: MonthlyReport, rule: Rule, *, by, at, words: str) -> MonthlyReport:
    """A new version to work on; the old one stays as it was approved, and is shown as such."""
    _write(report, rule.action, by=by, at=at, from_state=report.state, words=words)
    report.is_current = False
    report.step += 1
    report.save(update_fields=["is_current", "step"])
    new = MonthlyReport.objects.create(
        area=report.area, period=report.period, version=report.version + 1, reason=words, made_at=at
    )
    _write(new, Action.START, by=by, at=at, from_state=State.DRAFT, words=words)
    return new


EFFECTS = {
    Action.PRESENT: _present,
    Action.APPROVE: _approve,
    Action.SEND: _send,
    Action.EXPLAIN: _send,
    Action.REOPEN: _reopen,
}


def _step(report: MonthlyReport, rule: Rule, *, by, at, words: str, also=()) -> MonthlyReport:
    before = report.state
    report.state = rule.to or report.state
    report.step += 1
    report.save(update_fields=["state", "step", *also])
    _write(report, rule.action, by=by, at=at, from_state=before, words=words)
    return report


def _write(report: MonthlyReport, action: Action, *, by, at, from_state: str, words: str = "") -> None:
    ReportEvent.objects.create(
        report=report, at=at, by=by, action=action, from_state=from_state, to_state=report.state, words=words
    )
    label = f"{action.label}: {report}"
    record(by=by, verb=Act.Verb.REPORT, obj=report, area_id=report.area_id, label=label, at=at, action=str(action))


def _overtaken_words(report: MonthlyReport) -> str:
    newest = MonthlyReport.objects.current().get(area=report.area_id, period=report.period_id)
    last = ReportEvent.objects.filter(report=newest).select_related("by").last()
    who = f"{last.by} vừa làm việc “{Action(last.action).label}”. " if last else ""
    return f"{who}{newest} nay {state_words(newest)}; đề nghị xem lại trước khi làm tiếp."


def _demand_signed_file(content: bytes) -> None:
    if len(content) > LARGEST_FILE:
        raise ValidationError("Tệp bản đã ký lớn quá 20 MB; đề nghị quét lại ở độ phân giải thấp hơn.")
    if not any(content.startswith(head) for head in SIGNED_TYPES):
        raise ValidationError("Bản đã ký phải là tệp PDF, ảnh JPG hoặc PNG.")
