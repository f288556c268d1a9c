"""People: who belongs to a household, from when to when."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models, transaction

from journal.actions import record
from journal.models import Act
from residents.models import Household, Placement, Residence, Resident
from residents.rules import check_birth, check_not_future
from residents.spells import rebuild


class Why(models.TextChoices):
    """Why somebody is no longer counted in a household."""

    MOVED = "moved", "Chuyển đi nơi khác"
    DIED = "died", "Đã mất"
    MISTAKE = "mistake", "Ghi nhầm"


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    label: str = ""
    birth_year: int | None = None
    birth_date: dt.date | None = None
    age_band: str = ""
    sex: str = ""
    is_head: bool = False
    stays: str = Resident.Stays.PERMANENT
    id: uuid.UUID | None = None


EDITABLE = ("label", "birth_year", "birth_date", "age_band", "sex", "stays")


@transaction.atomic
def add_resident(*, by, household: Household, person: NewPerson, since: dt.date, today: dt.date) -> Resident:
    """A person of the household from `since` on. Raises ValidationError by field."""
    _check_day(household, since, today)
    resident = create_residents(by=by, household=household, people=[person], since=since, today=today)[0]
    if person.is_head:
        household.residents.filter(is_head=True).exclude(pk=resident.pk).update(is_head=False)
    rebuild(household_ids=[household.pk], since=since)
    record(by=by, verb=Act.Verb.ADD, obj=resident, area_id=household.village_id, household=str(household.pk))
    return resident


def create_residents(
    *, by, household: Household, people: Iterable[NewPerson], since: dt.date, today: dt.date
) -> list[Resident]:
    """Rows of new people and their residence; the caller asks for the count and writes the journal."""
    made = []
    for person in people:
        resident = Resident(
            household=household,
            label=person.label,
            birth_year=person.birth_date.year if person.birth_date else person.birth_year,
            birth_date=person.birth_date,
            sex=person.sex,
            is_head=person.is_head,
            stays=person.stays,
            since=since,
        )
        if person.id:
            resident.id = person.id
        _set_age_band(resident, person.age_band, today)
        _check_birth(resident, today)
        resident.full_clean(validate_unique=False)
        resident._history_user = by
        resident.save(force_insert=True)
        made.append(resident)
    Residence.objects.bulk_create([Residence(resident=each, household=household, since=since) for each in made])
    return made


@transaction.atomic
def edit_resident(*, by, resident: Resident, today: dt.date, **changes) -> Resident:
    """Change what is known of a person; ages count again from the person's first day."""
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {unknown}")
    if resident.forgotten_at is not None:
        raise ValidationError("Thông tin cá nhân của người này đã được xóa theo yêu cầu nên không ghi lại.")
    before = {name: getattr(resident, name) for name in changes}
    if changes.get("birth_date"):
        changes["birth_year"] = changes["birth_date"].year
    for name, value in changes.items():
        if name != "age_band":
            setattr(resident, name, value)
    if "age_band" in changes:
        _set_age_band(resident, changes["age_band"], today)
    _check_birth(resident, today)
    resident.full_clean(validate_unique=False)
    changed = sorted(name for name, value in before.items() if getattr(resident, name) != value)
    if not changed:
        return resident
    resident._history_user = by
    resident.save()
    _name_the_household_after(resident, by)
    if changed != ["label"]:
        rebuild(household_ids=_homes(resident), since=resident.since)
    record(by=by, verb=Act.Verb.CHANGE, obj=resident, area_id=resident.household.village_id, fields=changed)
    return resident


@transaction.atomic
def move_resident(*, by, resident: Resident, to: Household, on: dt.date, today: dt.date) -> Resident:
    """From `on` the person belongs to another household (marriage, splitting of a household)."""
    if to.pk == resident.household_id:
        raise ValidationError({"to": "Người này đang ở hộ này rồi."})
    _check_day(to, on, today)
    previous = resident.household
    _end_residence(resident, on)
    Residence.objects.create(resident=resident, household=to, since=on)
    resident.household, resident.until, resident.is_head = to, None, False
    resident._history_user = by
    resident.save()
    rebuild(household_ids=[previous.pk, to.pk], since=on)
    record(
        by=by,
        verb=Act.Verb.CHANGE,
        obj=resident,
        area_id=to.village_id,
        moved_on=str(on),
        from_household=str(previous.pk),
        to_household=str(to.pk),
    )
    return resident


@transaction.atomic
def resident_leaves(*, by, resident: Resident, on: dt.date, why: str, today: dt.date) -> Resident:
    """The person is no longer counted from `on`; one who was written down by mistake that very day never was."""
    check_not_future(on, today, "on")
    if resident.until is not None:
        raise ValidationError({"on": f"Người này đã rời đi từ {resident.until:%d/%m/%Y}."})
    first = resident.residences.select_for_update().filter(until=None, since=resident.since, since__gte=on)
    if why == Why.MISTAKE and first.exists():
        # The row stays for the history of the household; without a residence nothing counts the person.
        first.delete()
        on, resident.until = resident.since, resident.since + dt.timedelta(days=1)
    else:
        _end_residence(resident, on)
        resident.until = on
    resident.is_head = False
    resident._history_user = by
    resident._change_reason = Why(why).label
    resident.save()
    rebuild(household_ids=[resident.household_id], since=on)
    record(by=by, verb=Act.Verb.END, obj=resident, area_id=resident.household.village_id, on=str(on), why=why)
    return resident


def _homes(resident: Resident) -> list[uuid.UUID]:
    return list(resident.residences.order_by().values_list("household", flat=True))


def _end_residence(resident: Resident, on: dt.date) -> None:
    residence = resident.residences.select_for_update().filter(until=None).first()
    if residence is None:
        raise ValidationError({"on": "Người này không còn ở hộ nào."})
    if on <= residence.since:
        raise ValidationError({"on": f"Phải sau ngày bắt đầu ở hộ này ({residence.since:%d/%m/%Y})."})
    residence.until = on
    residence.save(update_fields=["until"])


def _check_day(household: Household, since: dt.date, today: dt.date) -> None:
    check_not_future(since, today, "since")
    if household.forgotten_at is not None:
        raise ValidationError({"since": "Thông tin cá nhân của hộ này đã được xóa theo yêu cầu nên không thêm người."})
    if household.until is not None:
        raise ValidationError({"since": f"Hộ đã rời đi từ {household.until:%d/%m/%Y}."})
    if not Placement.objects.on(since).filter(household=household).exists():
        raise ValidationError({"since": f"Hộ mới có từ ngày {household.since:%d/%m/%Y}."})


def _set_age_band(resident: Resident, age_band: str, today: dt.date) -> None:
    """A band is told at a moment, and the person grows older from there; with a birth year none is kept."""
    if resident.birth_year:
        age_band = ""
    if age_band != resident.age_band or (age_band and resident.age_band_on is None):
        resident.age_band = age_band
        resident.age_band_on = today if age_band else None


def _check_birth(resident: Resident, today: dt.date) -> None:
    if errors := check_birth(resident.birth_year, resident.birth_date, today):
        raise ValidationError(errors)


def _name_the_household_after(resident: Resident, by) -> None:
    household = resident.household
    if resident.is_head and resident.label and household.head_name != resident.label:
        household.head_name = resident.label
        household._history_user = by
        household.save()
