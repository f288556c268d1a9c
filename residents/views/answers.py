"""Answers saved at each tap: the cell comes back by htmx, the whole page without JavaScript."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from uuid6 import uuid7

from accounts.rules import Can
from residents.card import Card, Cell, card_of
from residents.history import answer_timeline
from residents.models import Household, Indicator, Observation
from residents.record import NewObservation, append, retract

from .gate import household_of, note_view

ANSWERS = {"YES": Observation.Answer.YES, "NO": Observation.Answer.NO, "NA": Observation.Answer.NA}


@require_POST
def answer_set(request, pk, code, subject):
    household = household_of(request.user, pk, Can.RECORD_VISITS)
    card = card_of(household, timezone.localdate())
    cell = card.cell(code, subject)
    if cell is None:
        raise Http404
    reason = request.POST.get("reason", "")
    answer = Observation.Answer.NO if reason else ANSWERS.get(request.POST.get("answer", ""))
    if answer is None or reason not in ("", *Observation.Reason.values):
        return HttpResponseBadRequest("Trả lời không hợp lệ.")
    written = _write(request.user, [cell], answer, reason)
    return _answered(request, card, [cell], written, asks_why=answer == Observation.Answer.NO and not reason)


@require_POST
def answer_all(request, pk, code):
    """“Cả hộ đã có”: everybody who is eligible and has not got it yet."""
    household = household_of(request.user, pk, Can.RECORD_VISITS)
    card = card_of(household, timezone.localdate())
    row = card.row(code)
    if row is None:
        raise Http404
    cells = row.for_all
    written = _write(request.user, cells, Observation.Answer.YES)
    return _answered(request, card, list(row.cells), written)


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
        card = card_of(household, timezone.localdate())
        return render(request, "residents/_taken_back.html", _context(household, card))
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


def _write(user, cells: list[Cell], answer: str, reason: str = "") -> list[uuid.UUID]:
    """Observations of now for the cells whose answer changes; returns their ids."""
    now = timezone.now()
    items = [
        NewObservation(
            id=uuid7(),
            household_id=cell.household.pk,
            resident_id=cell.resident.pk if cell.resident else None,
            indicator_id=cell.indicator.pk,
            answer=answer,
            reason=reason,
            effective_at=now,
        )
        for cell in cells
        if cell.answer != answer or (cell.observation and cell.observation.reason != reason)
    ]
    return append(items, by=user, received_at=now).inserted if items else []


def _answered(request, before: Card, cells: list[Cell], written: list[uuid.UUID], asks_why: bool = False):
    """The cells as they are now, those that hang on them, what is missing, and a way back."""
    household = before.household
    row_code = cells[0].indicator.code if cells else ""
    if not request.htmx:
        messages.success(request, "Đã lưu." if written else "Không có gì thay đổi.")
        return redirect(f"{reverse('residents:household_detail', args=[household.pk])}#{row_code}")
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
        "said": _said(changed, written),
        "asks_why": asks_why,
    }
    return render(request, "residents/_answered.html", context)


def _context(household: Household, card: Card) -> dict:
    return {"household": household, "card": card, "reasons": Observation.Reason.choices}


def _said(changed: dict[str, Cell], written: list[uuid.UUID]) -> str:
    """“VNeID mức 2, Ông A: Đã có” – what the way back would take back."""
    cell = next(iter(changed.values()), None)
    if cell is None or not written:
        return ""
    who = cell.who if len(written) == 1 else f"{len(written)} người"
    return f"{cell.indicator.short_name}, {who}: {cell.label}"


def _answers_of(household: Household):
    """Answers of the household and of those who live in it now (they may have been asked elsewhere)."""
    people = household.residents.present().values("pk")
    return (
        Observation.objects.filter(retracts=None)
        .select_related("indicator")
        .filter(subject__in=[household.pk, *people.values_list("pk", flat=True)])
    )
