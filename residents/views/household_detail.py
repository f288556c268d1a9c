from __future__ import annotations

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.rules import Can
from residents.card import card_of
from residents.forms.seen import SeenForm
from residents.history import household_changes
from residents.models import Observation

from .gate import household_of, note_view

VISITS_SHOWN = 5


@require_GET
def household_detail(request, pk):
    household = household_of(request.user, pk)
    note_view(request, household)
    visits = household.visits.counted().select_related("team", "recorded_by").prefetch_related("topics")
    return render(
        request,
        "residents/household_detail.html",
        {
            "household": household,
            "card": card_of(household, timezone.localdate()),
            "seen": SeenForm(request.GET, now=timezone.now(), household=household),
            "visits": visits[: VISITS_SHOWN + 1],
            "visits_shown": VISITS_SHOWN,
            "reasons": Observation.Reason.choices,
            "may_forget": request.user.may(Can.FORGET_PEOPLE),
        },
    )


@require_GET
def household_history(request, pk):
    household = household_of(request.user, pk)
    note_view(request, household)
    return render(
        request,
        "residents/household_history.html",
        {"household": household, "entries": household_changes(household)},
    )
