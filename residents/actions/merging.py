"""Two households that are one: a person's decision, both ids living on, and it can be taken back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from uuid6 import uuid7

from areas.actions import mark_stale
from journal.actions import record
from journal.models import Act
from residents.models import Household, Observation, Residence, Resident
from residents.record import NewObservation, append, retract
from residents.spells import rebuild


@transaction.atomic
def merge_households(
    *, by, household: Household, into: Household, same: Mapping[uuid.UUID, uuid.UUID], on: dt.date, now: dt.datetime
) -> dict:
    """From `on` the household is `into`. `same`: its people who are people of `into`; the others move there.

    What is known of the former and not of the latter is said of the latter too. One that began on `on` itself was
    never there. Returns what was done, for `unmerge_households`. Raises ValidationError.
    """
    locked = Household.objects.select_for_update(no_key=True).order_by("pk").in_bulk([household.pk, into.pk])
    if len(locked) != 2 or any(home.until or home.merged_into_id for home in locked.values()):
        raise ValidationError("Hai hộ phải khác nhau và đang có trong sổ.")
    household, into = locked[household.pk], locked[into.pk]
    if household.forgotten_at or into.forgotten_at:
        raise ValidationError("Hộ đã xóa thông tin cá nhân thì không gộp được.")
    if household.village_id != into.village_id:
        raise ValidationError("Hai hộ ở hai thôn khác nhau. Chuyển thôn trước rồi mới gộp.")
    done: dict = {"merged": [], "moved": [], "copied": [], "on": on.isoformat()}
    theirs = set(into.residents.present().values_list("pk", flat=True))
    answers = {household.pk: (into.pk, None)}
    for person in household.residents.present():
        other = same.get(person.pk)
        if other in theirs:
            theirs.discard(other)
            _merge_person(person, other, on, by)
            done["merged"].append(str(person.pk))
            answers[person.pk] = (other, other)
        else:
            done["moved"].append(_move(person, into, on, by))
    done["copied"] = [str(pk) for pk in _copy(answers, into, by=by, now=now)]
    placement = household.placements.get(until=None)
    if placement.since < on:
        placement.until = household.until = on
        placement.save(update_fields=["until"])
    household.merged_into = into
    _save(household, by)
    since = household.since
    rebuild(household_ids=[household.pk, into.pk], since=since)
    mark_stale([into.village_id], since)
    record(by=by, verb=Act.Verb.CHANGE, obj=household, area_id=into.village_id, merged_into=str(into.pk))
    return done


def _merge_person(person: Resident, other: uuid.UUID, on: dt.date, by) -> None:
    residence = person.residences.get(until=None)
    if residence.since < on:
        residence.until = person.until = on
        residence.save(update_fields=["until"])
    person.merged_into_id = other
    _save(person, by)


def _move(person: Resident, into: Household, on: dt.date, by) -> dict:
    residence = person.residences.get(until=None)
    told = {"person": str(person.pk), "old": residence.pk, "new": None, "was_head": person.is_head}
    if residence.since < on:
        residence.until = on
        residence.save(update_fields=["until"])
        told["new"] = Residence.objects.create(resident=person, household=into, since=on).pk
    else:
        residence.household = into
        residence.save(update_fields=["household"])
    person.household, person.is_head = into, False
    _save(person, by)
    return told


def _copy(answers: dict, into: Household, *, by, now: dt.datetime) -> list[uuid.UUID]:
    """What holds of those merged away, said of those they are where nothing was said yet."""
    held = Observation.objects.current().filter(subject__in=[*answers, *(subject for subject, _ in answers.values())])
    known = {(row.subject, row.indicator_id): row for row in held}
    items = []
    for (subject, indicator), row in known.items():
        if subject in answers and (answers[subject][0], indicator) not in known:
            items.append(
                NewObservation(
                    id=uuid7(), household_id=into.pk, resident_id=answers[subject][1], indicator_id=indicator,
                    answer=row.answer, reason=row.reason, effective_at=max(row.effective_at, _first(into, row)),
                    source=row.source,
                )
            )  # fmt: skip
    if items:
        append(items, by=by, received_at=now)
    return [item.id for item in items]


def _first(into: Household, row: Observation) -> dt.datetime:
    """Not before the household was there."""
    return row.effective_at.replace(year=into.since.year, month=into.since.month, day=into.since.day)


@transaction.atomic
def unmerge_households(*, by, household: Household, done: dict, now: dt.datetime) -> Household:
    """Take a merge back. Raises ValidationError when somebody has since left or moved."""
    household = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    into = household.merged_into
    if into is None:
        raise ValidationError("Hộ này không còn ở trạng thái đã gộp.")
    on = dt.date.fromisoformat(done["on"])
    for pk in done["merged"]:
        person = Resident.objects.get(pk=pk)
        person.residences.filter(household=household, until=on).update(until=None)
        person.merged_into, person.until = None, None
        _save(person, by)
    for told in done["moved"]:
        person = Resident.objects.get(pk=told["person"])
        if person.household_id != into.pk or person.until or person.merged_into_id:
            raise ValidationError(f"{person} đã rời hoặc chuyển hộ sau khi gộp nên không tách lại được.")
        if told["new"]:
            Residence.objects.filter(pk=told["new"]).delete()
            Residence.objects.filter(pk=told["old"]).update(until=None)
        else:
            Residence.objects.filter(pk=told["old"]).update(household=household)
        person.household, person.is_head = household, told["was_head"]
        _save(person, by)
    if done["copied"]:
        retract([uuid.UUID(pk) for pk in done["copied"]], by=by, at=now)
    household.placements.filter(until=on).update(until=None)
    household.merged_into, household.until = None, None
    _save(household, by)
    rebuild(household_ids=[household.pk, into.pk], since=household.since)
    mark_stale([into.village_id], household.since)
    record(by=by, verb=Act.Verb.CHANGE, obj=household, area_id=household.village_id, unmerged_from=str(into.pk))
    return household


def _save(row, by) -> None:
    row._history_user = by
    row.save()
