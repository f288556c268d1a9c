"""Rows for a page: what is not hers is not there (404); what is hers but not for her role is refused (403)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import Exists
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.rules import Can
from areas.models import Area
from journal.actions import record
from journal.models import Act
from residents.models import Household, Resident, Visit

SEEN_FOR = dt.timedelta(hours=1)
MAY = {Can.RECORD_VISITS: "may_record", Can.EDIT_PEOPLE: "may_edit", Can.EXPORT_PEOPLE: "may_export"}


def need(user, can: Can) -> None:
    if not user.may(can):
        raise PermissionDenied


def household_of(user, pk: uuid.UUID, can: Can | None = None) -> Household:
    households = Household.objects.visible_to(user).with_rights(user).select_related("village", "street", "merged_into")
    household = get_object_or_404(households.annotate(was_seen=Exists(_recent_views(user, pk))), pk=pk)
    if can is not None and not getattr(household, MAY[can]):
        raise PermissionDenied
    return household


def resident_of(household: Household, pk: uuid.UUID) -> Resident:
    resident = get_object_or_404(household.residents.filter(merged_into=None), pk=pk)
    resident.household = household
    return resident


def visit_of(user, pk: uuid.UUID, can: Can | None = None) -> Visit:
    visits = (
        Visit.objects.visible_to(user)
        .with_rights(user)
        .select_related("household__village", "village", "team", "recorded_by", "withdrawn_by", "replaced_by")
    )
    visit = get_object_or_404(visits, pk=pk)
    if can is not None and not getattr(visit, MAY[can]):
        raise PermissionDenied
    return visit


def villages_of(user, can: Can = Can.SEE_PEOPLE):
    """Villages in force that she may do this in, in order."""
    return Area.objects.filter(pk__in=user.reach().villages(can), until=None).in_order()


def village_of(user, pk: int, can: Can) -> Area:
    village = get_object_or_404(Area.objects.filter(pk__in=user.reach().villages(Can.SEE_PEOPLE)), pk=pk)
    if not user.reach().covers(village, can):
        raise PermissionDenied
    return village


def note_view(request: HttpRequest, household: Household) -> None:
    """Views of personal rows are journalled, at most once an hour for a person and a household."""
    user = request.user
    if hasattr(household, "was_seen"):
        was_seen = household.was_seen
    else:
        was_seen = _recent_views(user, household.pk).exists()
    if not was_seen:
        record(
            by=user,
            verb=Act.Verb.VIEW,
            obj=household,
            area_id=household.village_id,
            address=request.META.get("REMOTE_ADDR"),
        )


def _recent_views(user, household_pk: uuid.UUID):
    return Act.objects.filter(
        object_kind=Household._meta.label_lower,
        object_id=str(household_pk),
        actor_id=user.pk,
        verb=Act.Verb.VIEW,
        at__gt=timezone.now() - SEEN_FOR,
    )
