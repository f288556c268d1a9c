"""Changing teams: each change in one transaction, in the journal, and with its figures marked to be counted again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from areas.actions import mark_stale
from areas.models import Area, Level
from journal.actions import record
from journal.models import Act

from .models import Decision, Member, SizeNorm, Team, TeamHome, TeamVillage


@transaction.atomic
def found_team(*, by, team: Team, villages: Iterable[Area], decision: Decision | None = None, members=()) -> Team:
    """Save a new team with the villages it serves from its first day, its founding paper and its first members.

    A village younger than the team is served from the village's own first day.
    """
    _save(team, by)
    served = list(villages) or ([team.home_area] if team.home_area.level == Level.VILLAGE else [])
    for village in served:
        TeamVillage.objects.create(team=team, village=village, since=max(team.since, village.since))
    record(by=by, verb=Act.Verb.ADD, obj=team, area_id=team.home_area_id, villages=[str(area) for area in served])
    if decision is not None:
        add_decision(by=by, team=team, decision=decision)
    if members:
        add_members(by=by, team=team, members=members)
    mark_stale([team.home_area_id, *(village.pk for village in served)], team.since)
    return team


@transaction.atomic
def change_team(*, by, team: Team) -> Team:
    """Save a corrected team. What began on its old first day begins on the new one.

    Raises ValidationError when a member joined before the new first day.
    """
    before = Team.objects.select_for_update().get(pk=team.pk)
    if team.since != before.since:
        _move_first_day(by, team, before.since)
    _save(team, by)
    record(by=by, verb=Act.Verb.CHANGE, obj=team, area_id=team.home_area_id)
    mark_stale([before.home_area_id, team.home_area_id], min(before.since, team.since))
    return team


def _move_first_day(by, team: Team, old: dt.date) -> None:
    others = team.members.exclude(since=old)
    if early := others.filter(since__lt=team.since).first():
        raise ValidationError({"since": f"{early} tham gia từ {early.since:%d/%m/%Y}, trước ngày này."})
    ended = Q(until__lte=team.since)
    if team.services.filter(ended).exists() or team.members.filter(ended, since=old).exists():
        raise ValidationError({"since": "Có thành viên hoặc thôn phục vụ đã kết thúc trước ngày này."})
    for member in team.members.filter(since=old):
        member.since = team.since
        _save(member, by)
    for service in team.services.filter(Q(since=old) | Q(since__lt=team.since)).select_related("village"):
        service.since = max(team.since, service.village.since)
        service.save(update_fields=["since"])


@transaction.atomic
def dissolve_team(*, by, team: Team, on: dt.date, decision: Decision | None = None) -> Team:
    """End the team on `on` (the first day it no longer exists), its services and its members' time with it.

    Raises ValidationError when something of the team begins on or after that day.
    """
    team = Team.objects.select_for_update().get(pk=team.pk)
    if on <= team.since:
        raise ValidationError({"on": f"Tổ hoạt động từ {team.since:%d/%m/%Y}; ngày giải thể phải sau ngày đó."})
    if late := team.members.filter(since__gte=on).first():
        raise ValidationError({"on": f"{late} tham gia từ {late.since:%d/%m/%Y}; chọn ngày sau đó."})
    if late := team.services.filter(since__gte=on).select_related("village").first():
        raise ValidationError({"on": f"Tổ phục vụ {late.village} từ {late.since:%d/%m/%Y}; chọn ngày sau đó."})
    going_on = Q(until=None) | Q(until__gt=on)
    villages = list(team.services.filter(going_on).values_list("village_id", flat=True))
    team.services.filter(going_on).update(until=on)
    for member in team.members.filter(going_on):
        member.until = on
        _save(member, by)
    team.until = on
    _save(team, by)
    record(by=by, verb=Act.Verb.END, obj=team, area_id=team.home_area_id, on=on.isoformat())
    if decision is not None:
        add_decision(by=by, team=team, decision=decision)
    mark_stale([team.home_area_id, *villages], on)
    return team


@transaction.atomic
def move_team(*, by, team: Team, area: Area, on: dt.date) -> Team:
    """From `on` on the team is at home in `area`; figures of the days before stay where it was.

    Raises ValidationError by field when the team came to its present home on that day or later.
    """
    team = Team.objects.select_for_update().select_related("home_area").get(pk=team.pk)
    before, home = team.home_area, team.homes.latest("since")
    if area.pk == before.pk:
        raise ValidationError({"area": f"Tổ đang ở {before}."})
    if on <= home.since:
        raise ValidationError({"on": f"Tổ ở {before} từ {home.since:%d/%m/%Y}; chọn ngày sau đó."})
    _refuse_absent(area, on)
    team._history_user = by
    team.move_home(area, on)
    record(
        by=by,
        verb=Act.Verb.CHANGE,
        obj=team,
        area_id=area.pk,
        home=str(area),
        home_before=str(before),
        since=on.isoformat(),
    )
    mark_stale([before.pk, area.pk], on)
    return team


@transaction.atomic
def reopen_team(
    *, by, team: Team, on: dt.date, area: Area, members: Iterable[Member] = (), decision: Decision | None = None
) -> Team:
    """A dissolved team works again from `on`, at home in `area`, serving the villages that it served at its end.

    On the very day of its end the dissolution is taken back: nothing was interrupted. From a later day on, services
    and memberships begin anew, and the days between stay without the team. `members` are those who come back.
    """
    team = Team.objects.select_for_update().get(pk=team.pk)
    ended, before = team.until, team.home_area_id
    if ended is None:
        raise ValidationError("Tổ đang hoạt động.")
    if on < ended:
        raise ValidationError({"on": f"Tổ giải thể từ {ended:%d/%m/%Y}; chọn ngày đó hoặc ngày sau đó."})
    _refuse_absent(area, on)
    villages = _serve_again(team, on)
    for member in members:
        if on == ended:
            member.until = None
        else:
            member = _anew(member, on)
        _save(member, by)
    if area.pk != before or on != ended:
        TeamHome.objects.create(team=team, area=area, since=on)
    team.until, team.home_area = None, area
    _save(team, by)
    record(by=by, verb=Act.Verb.CHANGE, obj=team, area_id=area.pk, reopened_on=on.isoformat())
    if decision is not None:
        add_decision(by=by, team=team, decision=decision)
    mark_stale([before, area.pk, *villages], on)
    return team


def _serve_again(team: Team, on: dt.date) -> list[int]:
    """The villages still there that the team served when it ended are served again; returns their ids."""
    last = team.services.filter(until=team.until, village__until=None)
    villages = list(last.values_list("village", flat=True))
    if on == team.until:
        last.update(until=None)
    else:
        TeamVillage.objects.bulk_create(TeamVillage(team=team, village_id=pk, since=on) for pk in villages)
    return villages


def _anew(member: Member, on: dt.date) -> Member:
    """The same person, joining again."""
    return Member(
        team=member.team,
        full_name=member.full_name,
        role=member.role,
        organisation=member.organisation,
        phone=member.phone,
        sex=member.sex,
        birth_year=member.birth_year,
        is_on_payroll=member.is_on_payroll,
        user=member.user,
        since=on,
    )


def _refuse_absent(area: Area, on: dt.date) -> None:
    if area.since > on or area.until is not None:
        raise ValidationError({"area": f"{area} không có trong ngày {on:%d/%m/%Y}."})


@transaction.atomic
def serve_villages(*, by, team: Team, villages: Iterable[Area], since: dt.date) -> None:
    """From `since` on the team serves exactly these villages. What began that very day is taken back.

    Raises ValidationError (at `since` or `villages`) when the past would be contradicted.
    """
    wanted = {village.pk: village for village in villages}
    team = Team.objects.select_for_update().get(pk=team.pk)
    services = list(team.services.select_related("village"))
    still = {service.village_id: service for service in services if service.until is None}
    for service in services:
        if service.village_id in wanted and service.until is not None and service.until > since:
            raise ValidationError(
                {"since": f"Tổ đã phục vụ {service.village} đến {service.until:%d/%m/%Y}; chọn ngày từ đó về sau."}
            )
    ended = [service for pk, service in still.items() if pk not in wanted]
    for service in ended:
        if service.since > since:
            raise ValidationError(
                {"since": f"Tổ phục vụ {service.village} từ {service.since:%d/%m/%Y}; chọn ngày từ đó về sau."}
            )
    begun = [village for pk, village in wanted.items() if pk not in still]
    for village in begun:
        if village.since > since or village.until is not None:
            raise ValidationError({"villages": f"{village} không có trong ngày {since:%d/%m/%Y}."})
    for service in ended:
        if service.since == since:
            service.delete()
        else:
            service.until = since
            service.save(update_fields=["until"])
    TeamVillage.objects.bulk_create([TeamVillage(team=team, village=village, since=since) for village in begun])
    if not (ended or begun):
        return
    record(
        by=by,
        verb=Act.Verb.CHANGE,
        obj=team,
        area_id=team.home_area_id,
        since=since.isoformat(),
        villages_begun=[str(village) for village in begun],
        villages_ended=[str(service.village) for service in ended],
    )
    mark_stale(
        [team.home_area_id, *(village.pk for village in begun), *(service.village_id for service in ended)], since
    )


@transaction.atomic
def keep_norm(*, by, norm: SizeNorm) -> SizeNorm:
    """Add a norm or change one; teams below it are held against it in figures that are counted again."""
    before = SizeNorm.objects.filter(pk=norm.pk).first()
    norm.save()
    record(by=by, verb=Act.Verb.CHANGE if before else Act.Verb.ADD, obj=norm, area_id=norm.area_id)
    mark_normed({norm.area_id, before.area_id if before else norm.area_id}, min(norm.since, (before or norm).since))
    return norm


def mark_normed(area_ids: Iterable[int], since: dt.date) -> None:
    """Mark the homes of teams in these areas: whether their size is missed may have changed."""
    homes = TeamHome.objects.overlapping(since, None).filter(area__links_up__ancestor__in=list(area_ids))
    mark_stale(homes.order_by().values_list("area", flat=True).distinct(), since)


@transaction.atomic
def add_decision(*, by, team: Team, decision: Decision) -> Decision:
    decision.team = team
    _save(decision, by)
    record(by=by, verb=Act.Verb.ADD, obj=decision, area_id=team.home_area_id)
    return decision


@transaction.atomic
def change_decision(*, by, decision: Decision) -> Decision:
    _save(decision, by)
    record(by=by, verb=Act.Verb.CHANGE, obj=decision, area_id=decision.team.home_area_id)
    return decision


@transaction.atomic
def add_members(*, by, team: Team, members: Iterable[Member]) -> list[Member]:
    """Save new members of the team, all or none."""
    added = []
    for member in members:
        member.team = team
        _save(member, by)
        record(by=by, verb=Act.Verb.ADD, obj=member, area_id=team.home_area_id)
        added.append(member)
    if added:
        mark_stale([team.home_area_id], min(member.since for member in added))
    return added


@transaction.atomic
def change_member(*, by, member: Member) -> Member:
    before = Member.objects.select_for_update().get(pk=member.pk)
    _save(member, by)
    record(by=by, verb=Act.Verb.CHANGE, obj=member, area_id=member.team.home_area_id)
    mark_stale([member.team.home_area_id], min(before.since, member.since))
    return member


@transaction.atomic
def change_role(*, by, members: Iterable[Member], role: Member.Role) -> None:
    """Give these members another role, as when a new leader takes over."""
    for member in members:
        member.role = role
        _save(member, by)
        record(by=by, verb=Act.Verb.CHANGE, obj=member, area_id=member.team.home_area_id, role=role)


@transaction.atomic
def end_membership(*, by, member: Member, on: dt.date, successor: Member | None = None) -> Member:
    """The member leaves: `on` is the first day without her. A successor leads from now on.

    Raises ValidationError when she would leave before having joined.
    """
    if on <= member.since:
        raise ValidationError({"on": f"Tham gia từ {member.since:%d/%m/%Y}; ngày thôi phải sau ngày đó."})
    member.until = on
    _save(member, by)
    record(by=by, verb=Act.Verb.END, obj=member, area_id=member.team.home_area_id, on=on.isoformat())
    if successor is not None:
        change_role(by=by, members=[successor], role=Member.Role.LEADER)
    mark_stale([member.team.home_area_id], on)
    return member


def _save(row, by) -> None:
    """Save with the doer's name in the row's history."""
    row._history_user = by
    row.save()
