"""Two households, or two people, that are one: a person's decision, both ids living on, and it can be taken back."""

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
    """From `on` the household is `into`, in whichever village that stands; `same`: its people who are people of `into`.

    The others move there. What is known of the former and not of the latter is said of the latter too. One that
    began on `on` itself was never there. Returns what was done, for `unmerge_households`. Raises ValidationError.
    """
    locked = Household.objects.select_for_update(no_key=True).order_by("pk").in_bulk([household.pk, into.pk])
    if len(locked) != 2 or any(home.until or home.merged_into_id for home in locked.values()):
        raise ValidationError("Hai hộ phải khác nhau và đang có trong sổ.")
    household, into = locked[household.pk], locked[into.pk]
    if household.forgotten_at or into.forgotten_at:
        raise ValidationError("Hộ đã xóa thông tin cá nhân thì không gộp được.")
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
    mark_stale({household.village_id, into.village_id}, since)
    record(by=by, verb=Act.Verb.CHANGE, obj=household, area_id=household.village_id, merged_into=str(into.pk))
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
    mark_stale({household.village_id, into.village_id}, household.since)
    record(by=by, verb=Act.Verb.CHANGE, obj=household, area_id=household.village_id, unmerged_from=str(into.pk))
    return household


# --- people -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def merge_residents(*, by, resident: Resident, into: Resident, on: dt.date, now: dt.datetime) -> dict:
    """From `on` the person is `into`, and lives where `into` does; the two may stand in different households.

    What is known of the former and not of the latter is said of the latter too: answers, year of birth, sex. One
    that began on `on` itself was never there. Returns what was done, for `unmerge_residents`. Raises ValidationError.
    """
    resident, into = _locked(resident, into)
    done = {"on": on.isoformat(), "was_head": resident.is_head, "made_head": False, "filled": _fill(resident, into)}
    if resident.is_head and resident.household_id == into.household_id:
        into.is_head = done["made_head"] = True
    if done["filled"] or done["made_head"]:
        _save(into, by)
    resident.is_head = False
    _merge_person(resident, into.pk, on, by)
    copied = _copy({resident.pk: (into.pk, into.pk)}, into.household, by=by, now=now)
    done["copied"] = [str(pk) for pk in copied]
    _count_again(resident, into)
    village = resident.household.village_id
    record(by=by, verb=Act.Verb.CHANGE, obj=resident, area_id=village, merged_into=str(into.pk))
    return done


@transaction.atomic
def unmerge_residents(*, by, resident: Resident, done: dict, now: dt.datetime) -> Resident:
    """Take a merge of two people back. Raises ValidationError when the household of the former is gone."""
    resident = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
    into, household = resident.merged_into, resident.household
    if into is None:
        raise ValidationError("Người này không còn ở trạng thái đã gộp.")
    if household.until or household.merged_into_id:
        raise ValidationError(f"{household} đã rời đi hoặc đã gộp nên {resident} không trở lại hộ ấy được.")
    if into.forgotten_at or resident.forgotten_at:
        raise ValidationError("Thông tin cá nhân đã được xóa theo yêu cầu nên không tách lại được.")
    resident.residences.filter(household=household, until=dt.date.fromisoformat(done["on"])).update(until=None)
    resident.merged_into = resident.until = None
    if done["made_head"] and into.is_head:
        into.is_head = False
    others = household.residents.present().filter(is_head=True).exclude(pk=into.pk if done["made_head"] else None)
    resident.is_head = done["was_head"] and not others.exists()
    for name, (old, new) in done["filled"].items():
        if _plain(getattr(into, name)) == new:
            setattr(into, name, dt.date.fromisoformat(old) if old and name in DATES else old)
    _save(into, by)
    _save(resident, by)
    retract([uuid.UUID(pk) for pk in done["copied"]], by=by, at=now)
    _count_again(resident, into)
    record(by=by, verb=Act.Verb.CHANGE, obj=resident, area_id=household.village_id, unmerged_from=str(into.pk))
    return resident


DATES = ("birth_date", "age_band_on")


def _locked(resident: Resident, into: Resident) -> tuple[Resident, Resident]:
    """Households before people, as the record locks them."""
    homes = sorted({resident.household_id, into.household_id})
    list(Household.objects.select_for_update(no_key=True).filter(pk__in=homes).order_by("pk"))
    people = Resident.objects.select_for_update(no_key=True).order_by("pk").in_bulk([resident.pk, into.pk])
    if len(people) != 2 or any(person.until or person.merged_into_id for person in people.values()):
        raise ValidationError("Hai người phải khác nhau và đang có trong sổ.")
    if any(person.forgotten_at for person in people.values()):
        raise ValidationError("Người đã xóa thông tin cá nhân thì không gộp được.")
    return people[resident.pk], people[into.pk]


def _fill(resident: Resident, into: Resident) -> dict[str, list]:
    """Give `into` the particulars that only the other has; returns column → [old, new]."""
    new = {"sex": resident.sex} if resident.sex and not into.sex else {}
    if resident.birth_year and not into.birth_year:
        new |= {"birth_year": resident.birth_year, "birth_date": resident.birth_date}
        new |= {"age_band": "", "age_band_on": None}
    elif resident.birth_date and not into.birth_date and resident.birth_year == into.birth_year:
        new["birth_date"] = resident.birth_date
    filled = {name: [_plain(getattr(into, name)), _plain(value)] for name, value in new.items()}
    for name, value in new.items():
        setattr(into, name, value)
    return filled


def _plain(value):
    return value.isoformat() if isinstance(value, dt.date) else value


def _count_again(resident: Resident, into: Resident) -> None:
    """Answers and ages count from the first day of either."""
    rebuild(household_ids={resident.household_id, into.household_id}, since=min(resident.since, into.since))


def _save(row, by) -> None:
    row._history_user = by
    row.save()
