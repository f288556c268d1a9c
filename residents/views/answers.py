"""Answers saved at each tap: the cell comes back by htmx, the whole page without JavaScript."""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from uuid6 import uuid7

from accounts.rules import Can
from residents.card import Card, Cell, card_of, cards
from residents.forms.seen import SeenForm
from residents.history import answer_timeline
from residents.models import Household, Indicator, Observation
from residents.record import NewObservation, append, retract

from .gate import household_of, note_view

# A reason given so soon after its "chưa có" is part of the same answer, and taken back with it.
ONE_ANSWER = dt.timedelta(minutes=10)
ANSWERS = {"YES": Observation.Answer.YES, "NO": Observation.Answer.NO, "NA": Observation.Answer.NA}


@require_POST
def answer_set(request, pk, code, subject):
    household = household_of(request.user, pk, Can.RECORD_VISITS)
    seen = SeenForm(request.POST, now=timezone.now(), household=household)
    card = _card_then(household, seen)
    cell = card.cell(code, subject)
    if cell is None:
        raise Http404
    reason = request.POST.get("reason", "")
    answer = Observation.Answer.NO if reason else ANSWERS.get(request.POST.get("answer", ""))
    if answer is None or reason not in ("", *Observation.Reason.values):
        return HttpResponseBadRequest("Trả lời không hợp lệ.")
    if not seen.is_valid():
        return _not_saved(request, household, seen)
    written = _write(request.user, [cell], seen, answer, reason)
    if reason and written:
        written += _just_said(request.user, cell, seen.now, written)
    return _answered(request, seen, [cell], written, asks_why=answer == Observation.Answer.NO and not reason)


@require_POST
def answer_all(request, pk, code):
    """“Cả hộ đã có”: everybody who is eligible and has not got it yet."""
    household = household_of(request.user, pk, Can.RECORD_VISITS)
    seen = SeenForm(request.POST, now=timezone.now(), household=household)
    row = _card_then(household, seen).row(code)
    if row is None:
        raise Http404
    if not seen.is_valid():
        return _not_saved(request, household, seen)
    written = _write(request.user, row.for_all, seen, Observation.Answer.YES)
    return _answered(request, seen, list(row.cells), written)


@require_POST
def answer_retract(request, pk):
    """Take back what was tapped by mistake; what held before holds again."""
    household = household_of(request.user, pk, Can.RECORD_VISITS)
    try:
        ids = [uuid.UUID(text) for text in request.POST.getlist("id")]
    except ValueError:
        return HttpResponseBadRequest("Mã ghi nhận không hợp lệ.")
    found = _answers_of(household).filter(pk__in=ids)
    if not ids or found.count() != len(set(ids)):
        raise Http404
    retract([row.pk for row in found], by=request.user, at=timezone.now())
    if request.htmx:
        seen = SeenForm(request.POST, now=timezone.now(), household=household)
        card = card_of(household, timezone.localdate())
        return render(request, "residents/_taken_back.html", _context(household, card) | {"seen": seen})
    messages.success(request, "Đã rút lại. Trả lời trước đó lại có hiệu lực.")
    if (first := found.first()) and request.POST.get("back") == "history":
        return redirect("residents:answer_history", pk, first.indicator.code, first.subject)
    return redirect("residents:household_detail", pk)


@require_GET
def answer_history(request, pk, code, subject):
    household = household_of(request.user, pk)
    indicator = get_object_or_404(Indicator, code=code)
    person = household.residents.filter(pk=subject).first()
    if person is None and subject != household.pk:
        raise Http404
    note_view(request, household)
    return render(
        request,
        "residents/answer_history.html",
        {
            "household": household,
            "indicator": indicator,
            "person": person,
            "version": indicator.versions.on(timezone.localdate()).first(),
            "answers": answer_timeline(household, indicator, subject),
        },
    )


def _card_then(household: Household, seen: SeenForm) -> Card:
    """The card with what held at the moment that is being told of."""
    today = timezone.localdate(seen.now)
    if not seen.is_valid() or seen.is_now:
        return card_of(household, today)
    return cards([household], today, at=seen.instant)[0]


def _write(user, cells: list[Cell], seen: SeenForm, answer: str, reason: str = "") -> list[uuid.UUID]:
    """Observations for the cells (as they were then) whose answer changes; returns their ids."""
    items = [
        NewObservation(
            id=uuid7(),
            household_id=cell.household.pk,
            resident_id=cell.resident.pk if cell.resident else None,
            indicator_id=cell.indicator.pk,
            answer=answer,
            reason=reason,
            effective_at=seen.instant,
        )
        for cell in cells
        if cell.answer != answer or (cell.observation and cell.observation.reason != reason)
    ]
    return append(items, by=user, received_at=seen.now).inserted if items else []


def _just_said(user, cell: Cell, now: dt.datetime, written: list[uuid.UUID]) -> list[uuid.UUID]:
    """Her "chưa có" of a moment ago (with another reason, or none) that the new one completes."""
    line = Observation.objects.filter(subject=cell.subject, indicator=cell.indicator)
    taken_back = line.exclude(retracts=None).values("retracts")
    latest = line.filter(retracts=None, received_at__gt=now - ONE_ANSWER).exclude(pk__in=taken_back)
    found = []
    for row in latest.exclude(pk__in=written).order_by("-effective_at", "-pk"):
        if (row.answer, row.recorded_by_id) != (Observation.Answer.NO, user.pk):
            break
        found.append(row.pk)
    return found


def _not_saved(request, household: Household, seen: SeenForm):
    """The time does not fit: nothing is written, and the page says why beside the time."""
    if not request.htmx:
        messages.error(request, f"Chưa lưu. {' '.join(seen.messages)}")
        return redirect(_address(household, seen, "ghi-nhan"))
    return render(request, "residents/_not_saved.html", {"seen": seen}, status=422)


def _address(household: Household, seen: SeenForm, anchor: str) -> str:
    query = f"?{urlencode(seen.query)}" if seen.query else ""
    return f"{reverse('residents:household_detail', args=[household.pk])}{query}#{anchor}"


def _answered(request, seen: SeenForm, cells: list[Cell], written: list[uuid.UUID], asks_why: bool = False):
    """The cells as they are now, those that hang on them, what is missing, and a way back."""
    household = seen.household
    row_code = cells[0].indicator.code if cells else ""
    if not request.htmx:
        messages.success(request, "Đã lưu." if written else "Không có gì thay đổi.")
        return redirect(_address(household, seen, row_code))
    after = card_of(household, timezone.localdate())
    changed = {cell.key: after.cell(cell.indicator.code, cell.subject) for cell in cells}
    others = {
        cell.key: cell
        for each in cells
        for cell in after.depending_on(each.indicator, each.subject)
        if cell.key not in changed
    }
    context = _context(household, after) | {
        "row": after.row(row_code),
        "cells": changed.values(),
        "others": others.values(),
        "written": written,
        "seen": seen,
        "said": _said(changed, written, seen),
        "asks_why": asks_why,
    }
    return render(request, "residents/_answered.html", context)


def _context(household: Household, card: Card) -> dict:
    return {"household": household, "card": card, "reasons": Observation.Reason.choices}


def _said(changed: dict[str, Cell], written: list[uuid.UUID], seen: SeenForm) -> str:
    """“VNeID mức 2, Ông A: Đã có” – what the way back would take back."""
    cell = next(iter(changed.values()), None)
    if cell is None or not written:
        return ""
    who = cell.who if len(changed) == 1 else f"{len(written)} người"
    what = f"{cell.indicator.short_name}, {who}"
    if seen.is_now:
        return f"{what}: {cell.label}"
    shown = {each.observation.pk for each in changed.values() if each.observation}
    later = "" if shown.intersection(written) else " (ô vẫn hiện ghi nhận mới hơn)"
    return f"{what}: đã ghi cho {seen.words}{later}"


def _answers_of(household: Household):
    """Answers of the household and of those who live in it now (they may have been asked elsewhere)."""
    people = household.residents.present().values("pk")
    return (
        Observation.objects.filter(retracts=None)
        .select_related("indicator")
        .filter(subject__in=[household.pk, *people.values_list("pk", flat=True)])
    )
