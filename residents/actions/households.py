"""Households: how they enter the register, move, leave and come back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from areas.actions import mark_stale
from areas.models import Area, AreaVersion, Level
from journal.actions import record
from journal.models import Act
from residents.models import Household, Placement, Residence, Resident, Street
from residents.rules import check_not_future
from residents.spells import rebuild

from .people import NewPerson, create_residents

EDITABLE = ("head_name", "address", "street", "order_no", "phone", "note")
CODE_WIDTH = 3


@transaction.atomic
def add_household(
    *,
    by,
    village: Area,
    head_name: str,
    since: dt.date,
    today: dt.date,
    people: Iterable[NewPerson] = (),
    counts: Mapping[str, int] | None = None,
    code: str = "",
    id: uuid.UUID | None = None,
    **fields,
) -> Household:
    """A household that stands in `village` from `since` on.

    `people` are known persons; `counts` (age band → how many) gives nameless ones, so that a household known only by
    numbers is counted like any other. Without a `code` the village's next number is given. Raises ValidationError by
    field; then nothing is written.
    """
    people = list(people) + [NewPerson(age_band=band) for band, count in (counts or {}).items() for _ in range(count)]
    check_not_future(since, today, "since")
    _check_village(village, since, "village")
    _check_street(fields.get("street"), village)
    Area.objects.select_for_update().get(pk=village.pk)  # two new households must not be given one code
    household = Household(
        village=village,
        code_village=village,
        code=code or next_code(village),
        head_name=head_name,
        since=since,
        **fields,
    )
    if id:
        household.id = id
    household.full_clean(exclude=["village", "code_village"])
    household._history_user = by
    household.save(force_insert=True)
    Placement.objects.create(household=household, village=village, since=since)
    create_residents(by=by, household=household, people=people, since=since, today=today)
    rebuild(household_ids=[household.pk], since=since)
    record(by=by, verb=Act.Verb.ADD, obj=household, area_id=village.pk, people=len(people))
    return household


def next_code(village: Area) -> str:
    """The village's next running number: "001", "002", …; numbers of households that left are not given again."""
    given = Household.objects.filter(code_village=village).exclude(code="").values_list("code", flat=True)
    highest = max((int(code) for code in given if code.isdecimal()), default=0)
    return str(highest + 1).zfill(CODE_WIDTH)


@transaction.atomic
def edit_household(*, by, household: Household, **changes) -> Household:
    """Change the address, street, phone, note or the head's name; the code and the placement are not edited."""
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {unknown}")
    if household.forgotten_at is not None:
        raise ValidationError("Thông tin cá nhân của hộ này đã được xóa theo yêu cầu nên không ghi lại.")
    if "street" in changes:
        _check_street(changes["street"], household.village)
    before = {name: getattr(household, name) for name in changes}
    for name, value in changes.items():
        setattr(household, name, value)
    household.full_clean(exclude=["village", "code_village"])
    changed = sorted(name for name, value in before.items() if getattr(household, name) != value)
    if changed:
        household._history_user = by
        household.save()
        record(by=by, verb=Act.Verb.CHANGE, obj=household, area_id=household.village_id, fields=changed)
    return household


@transaction.atomic
def move_household(*, by, household: Household, to: Area, on: dt.date, today: dt.date) -> Household:
    """From `on` the household stands in another village; its people, code and record go with it."""
    if to.pk == household.village_id:
        raise ValidationError({"to": "Hộ đang ở thôn, tổ dân phố này rồi."})
    check_not_future(on, today, "on")
    _check_village(to, on, "to")
    previous = _end_placement(household, on)
    Placement.objects.create(household=household, village=to, since=on)
    household.village, household.street, household.order_no = to, None, None
    household._history_user = by
    household.save()
    rebuild(household_ids=[household.pk], since=on)
    mark_stale([previous.village_id], on)
    record(
        by=by, verb=Act.Verb.CHANGE, obj=household, area_id=to.pk, moved_on=str(on), from_village=previous.village_id
    )
    return household


@transaction.atomic
def leave_household(*, by, household: Household, on: dt.date, today: dt.date, why: str = "") -> Household:
    """The household no longer stands anywhere we keep, from `on`; its people leave with it."""
    check_not_future(on, today, "on")
    _end_placement(household, on)
    staying = household.residents.present()
    later = staying.filter(residences__household=household, residences__until=None, residences__since__gte=on)
    if later.exists():
        raise ValidationError({"on": "Có người vào hộ từ ngày này hoặc sau đó. Chọn ngày muộn hơn."})
    Residence.objects.filter(household=household, until=None).update(until=on)
    for resident in staying:
        resident.until = on
        resident._history_user = by
        resident.save()
    household.until = on
    household._history_user = by
    household._change_reason = why[:100]
    household.save()
    rebuild(household_ids=[household.pk], since=on)
    mark_stale([household.village_id], on)
    record(by=by, verb=Act.Verb.END, obj=household, area_id=household.village_id, on=str(on))
    return household


@transaction.atomic
def household_returns(*, by, household: Household, to: Area, on: dt.date, today: dt.date) -> Household:
    """A household that had left stands in `to` from `on`, with the people who left with it."""
    check_not_future(on, today, "on")
    if household.until is None:
        raise ValidationError({"on": "Hộ đang ở, chưa rời đi."})
    if on < household.until:
        raise ValidationError({"on": f"Hộ rời đi ngày {household.until:%d/%m/%Y}. Chọn ngày từ đó trở đi."})
    _check_village(to, on, "to")
    left = Residence.objects.filter(household=household, until=household.until)
    back = list(household.residents.filter(until=household.until, merged_into=None, residences__in=left))
    Placement.objects.create(household=household, village=to, since=on)
    Residence.objects.bulk_create([Residence(resident=each, household=household, since=on) for each in back])
    for resident in back:
        resident.until = None
        resident._history_user = by
        resident.save()
    household.until = None
    if household.village_id != to.pk:
        household.village, household.street, household.order_no = to, None, None
    household._history_user = by
    household.save()
    rebuild(household_ids=[household.pk], since=on)
    record(by=by, verb=Act.Verb.CHANGE, obj=household, area_id=to.pk, returned_on=str(on))
    return household


@transaction.atomic
def set_head(*, by, household: Household, resident: Resident) -> Household:
    """This person is the head; a household is called after its head where the head has a name."""
    if resident.household_id != household.pk or resident.until is not None:
        raise ValidationError("Người này không ở trong hộ.")
    if resident.forgotten_at is not None:
        raise ValidationError("Thông tin cá nhân của người này đã được xóa. Chọn người khác làm chủ hộ.")
    for other in household.residents.filter(is_head=True).exclude(pk=resident.pk):
        other.is_head = False
        other._history_user = by
        other.save()
    resident.is_head = True
    resident._history_user = by
    resident.save()
    household.head_name = resident.label or household.head_name
    household._history_user = by
    household.save()
    record(by=by, verb=Act.Verb.CHANGE, obj=household, area_id=household.village_id, fields=["head"])
    return household


def _end_placement(household: Household, on: dt.date) -> Placement:
    placement = household.placements.select_for_update().filter(until=None).first()
    if placement is None:
        raise ValidationError({"on": "Hộ đã rời đi rồi."})
    if on <= placement.since:
        raise ValidationError({"on": f"Phải sau ngày hộ bắt đầu ở đây ({placement.since:%d/%m/%Y})."})
    placement.until = on
    placement.save(update_fields=["until"])
    return placement


def _check_village(village: Area, day: dt.date, field: str) -> None:
    if village.level != Level.VILLAGE:
        raise ValidationError({field: "Chọn thôn, tổ dân phố."})
    if not AreaVersion.objects.on(day).filter(area=village).exists():
        raise ValidationError({field: f"{village} chưa có hoặc đã kết thúc vào ngày {day:%d/%m/%Y}."})


def _check_street(street: Street | None, village: Area) -> None:
    if street is not None and street.village_id != village.pk:
        raise ValidationError({"street": f"Đường, ngõ này không thuộc {village}."})
