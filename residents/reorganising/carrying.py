"""Carrying a reorganisation out: one transaction for the map and all that stands on it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from areas.actions import mark_stale, new_version
from areas.closure import relink
from areas.models import Area, AreaVersion, Reorganisation, ReorganisationPart
from areas.succession import hand_over, keyed
from journal.actions import record
from journal.models import Act

from .following import follow
from .plan import Plan, Target, plan_from_raw


@dataclass
class Outcome:
    """`moved`: households, services, teams and postings that followed, and villages that went under other wards."""

    reorganisation: Reorganisation
    moved: Counter = field(default_factory=Counter)

    @property
    def is_planned(self) -> bool:
        return self.reorganisation.state == Reorganisation.State.PLANNED


@transaction.atomic
def carry_out(plan: Plan, *, by, at: dt.datetime, today: dt.date) -> Outcome:
    """Change the map on the plan's day; a day that has not come yet keeps it as a planned reorganisation.

    Raises ValidationError (Vietnamese, by line) when the plan no longer fits the map.
    """
    event = Reorganisation(
        kind=plan.kind,
        title=plan.title,
        decree_number=plan.decree_number,
        issuer=plan.issuer,
        decided_on=plan.decided_on,
        effective_on=plan.effective_on,
        note=plan.note,
        within=plan.within or plan.targets[0].parent,
        plan=plan.raw,
    )
    _refuse_twice(event)
    if plan.effective_on > today:
        event.full_clean()
        event.save()
        record(by=by, verb=Act.Verb.REORGANISE, obj=event, area_id=event.within_id, planned=True)
        return Outcome(event)
    return _carry_out(plan, event, by, at)


def carry_out_due(*, by, at: dt.datetime, today: dt.date) -> tuple[list[Outcome], dict[Reorganisation, list[str]]]:
    """Carry out the planned reorganisations whose day has come, in order; what no longer fits is told and left."""
    done, failed = [], {}
    due = Reorganisation.objects.filter(state=Reorganisation.State.PLANNED, effective_on__lte=today)
    for event in due.order_by("effective_on", "pk"):
        try:
            with transaction.atomic():
                done.append(_carry_out(plan_from_raw(event.plan), event, by, at))
        except ValidationError as error:
            failed[event] = error.messages
    return done, failed


def _refuse_twice(event: Reorganisation) -> None:
    same = Reorganisation.objects.filter(
        decree_number=event.decree_number, title=event.title, effective_on=event.effective_on
    )
    if same.exists():
        raise ValidationError(f"“{event}” có hiệu lực {event.effective_on:%d/%m/%Y} đã được ghi trước đây.")


def _carry_out(plan: Plan, event: Reorganisation, by, at: dt.datetime) -> Outcome:
    list(Area.objects.select_for_update().filter(pk__in=[area.pk for area in plan.sources]).order_by("pk"))
    plan = plan_from_raw(plan.raw)  # whoever held the areas before may have changed them
    event.state, event.carried_out_at = Reorganisation.State.CARRIED_OUT, at
    event.full_clean()
    event.save()
    becomes = {id(target): target.kept or _open(target, event) for target in plan.targets}
    parts = [
        ReorganisationPart(
            reorganisation=event,
            from_area=line.source,
            to_area=becomes[id(line.target)],
            extent=line.extent,
            is_main=line.is_main,
        )
        for line in plan.lines
    ]
    ReorganisationPart.objects.bulk_create(parts)
    villages = hand_over(event, parts)
    for target in plan.targets:
        if target.kept:
            changes = {"name": target.name, "kind": target.kind, "code": target.code, "parent": target.parent}
            new_version(target.kept, since=plan.effective_on, reorganisation=event, **changes)
    touched = {part.from_area_id for part in parts} | {part.to_area_id for part in parts}
    relink(touched | villages)
    moved = follow(parts, at=at, shares=_shares(plan, becomes), by=by)
    moved["villages"] = len(villages)
    mark_stale(touched | villages, plan.effective_on)
    record(by=by, verb=Act.Verb.REORGANISE, obj=event, area_id=event.within_id, moved=dict(moved))
    return Outcome(event, moved)


def _open(target: Target, event: Reorganisation) -> Area:
    area = Area(
        level=target.lines[0].source.level,
        name=target.name,
        kind=target.kind,
        code=target.code,
        since=event.effective_on,
    )
    area.full_clean()
    area.save()
    version = AreaVersion(
        area=area,
        name=area.name,
        kind=area.kind,
        code=area.code,
        parent=target.parent,
        since=area.since,
        reorganisation=event,
    )
    keyed(version).save()
    return area


def _shares(plan: Plan, becomes: dict[int, Area]) -> dict[int, dict]:
    shares: dict[int, dict] = {}
    for line in plan.lines:
        if line.households:
            goes = dict.fromkeys(line.households, becomes[id(line.target)].pk)
            shares.setdefault(line.source.pk, {}).update(goes)
    return shares
