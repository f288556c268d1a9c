"""A person or a household is forgotten: what tells who they are is emptied wherever it is kept; the counts stay.

Law 91/2025/QH15 and Decree 356/2025/NĐ-CP. The ids, the days, the answers and the places stay, so every figure of
every period is what it was. What is emptied where, and what is kept and why, stands in docs/privacy.md.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.jobs import take_away_personal
from accounts.rules import Can
from areas.models import Area, AreaLink
from journal.actions import record
from journal.models import Act
from residents.models import FORGOTTEN, Household, IndicatorVersion, Residence, Resident, Visit
from residents.spells import rebuild
from residents.traces import Traces

A_DAY = dt.timedelta(days=1)
LONGEST_CHAIN = 20  # of merges
EMPTY_HOUSEHOLD = {"head_name": FORGOTTEN, "address": "", "street": None, "order_no": None, "phone": "", "note": ""}
EMPTY_RESIDENT = {"label": FORGOTTEN, "sex": ""}
ALREADY = "Thông tin cá nhân ở đây đã được xóa."


@dataclass(frozen=True)
class Forgotten:
    """Who is forgotten, for the apps above: `homes` are all households where they lived, `households` those that are
    forgotten themselves; `traces` is what they were known by."""

    residents: frozenset[uuid.UUID]
    households: frozenset[uuid.UUID]
    homes: frozenset[uuid.UUID]
    areas: frozenset[int]
    traces: Traces
    at: dt.datetime


# What the apps above keep of people: each adds its function in its AppConfig; they run in the same transaction.
ALSO: list[Callable[[Forgotten], object]] = []


@transaction.atomic
def forget_resident(*, by, resident: Resident, reason: str, at: dt.datetime, received_on: dt.date | None = None):
    """Forget one person; with the last one who is known of a household the household is forgotten too.

    Raises PermissionDenied, and ValidationError where there is nothing to forget or the reason names the person.
    """
    home = Household.objects.select_for_update(no_key=True).get(pk=resident.household_id)
    resident = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
    _check(by, home.village_id, resident)
    people = _with_merged(Resident, [resident.pk])
    others = home.residents.exclude(pk__in=people).filter(merged_into=None, forgotten_at=None)
    households = set() if home.forgotten_at or others.exists() else _with_merged(Household, [home.pk])
    _forget(people, households, home.village_id, reason=reason, at=at, by=by)
    record(
        by=by, verb=Act.Verb.FORGET, obj=resident, area_id=home.village_id, label=FORGOTTEN, at=at,
        **_told(reason, received_on),
    )  # fmt: skip
    return resident


@transaction.atomic
def forget_household(*, by, household: Household, reason: str, at: dt.datetime, received_on: dt.date | None = None):
    """Forget a household and everybody who belongs to it, or did when they left. Raises as `forget_resident`."""
    household = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    _check(by, household.village_id, household)
    households = _with_merged(Household, [household.pk])
    people = Resident.objects.filter(household__in=households, forgotten_at=None).values_list("pk", flat=True)
    _forget(_with_merged(Resident, people), households, household.village_id, reason=reason, at=at, by=by)
    record(
        by=by, verb=Act.Verb.FORGET, obj=household, area_id=household.village_id, label=FORGOTTEN, at=at,
        **_told(reason, received_on),
    )  # fmt: skip
    return household


def may_forget(user, village_id: int) -> bool:
    """The official of the ward answers requests of the people (Decree 356/2025/NĐ-CP); a team leader passes them on."""
    if not user.may(Can.FORGET_PEOPLE):
        return False
    return user.reach().areas_ever(Can.FORGET_PEOPLE).filter(pk=village_id).exists()


def _check(by, village_id: int, row: Household | Resident) -> None:
    if not may_forget(by, village_id):
        raise PermissionDenied
    if row.forgotten_at is not None:
        raise ValidationError(ALREADY)
    if row.merged_into_id:
        raise ValidationError("Đã gộp vào hộ hoặc người khác trong sổ. Xóa thông tin ở đó.")


def _told(reason: str, received_on: dt.date | None) -> dict[str, str]:
    return {"reason": reason, **({"received_on": received_on.isoformat()} if received_on else {})}


def _with_merged(model, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """These and those that were merged into them: they are the same people."""
    found = set(ids)
    frontier = set(found)
    for _ in range(LONGEST_CHAIN):
        frontier = set(model.objects.filter(merged_into__in=frontier).values_list("pk", flat=True)) - found
        if not frontier:
            break
        found |= frontier
    return found


def _forget(
    people: Collection[uuid.UUID], households: Collection[uuid.UUID], village_id: int, *, reason: str, at, by
) -> None:
    today = timezone.localdate(at)
    homes = {*households, *Residence.objects.filter(resident__in=people).values_list("household", flat=True)}
    homes |= set(Resident.objects.filter(pk__in=people).values_list("household", flat=True))
    traces = Traces.of(people, homes, households)
    if traces.in_text(reason):
        raise ValidationError({"reason": "Lý do ở lại trong nhật ký, nên không được nhắc tên hay số điện thoại."})
    areas = _areas_of(homes, village_id)
    forgotten = Forgotten(frozenset(people), frozenset(households), frozenset(homes), areas, traces, at)
    born_otherwise = _empty_people(forgotten, today, by)
    _empty_households(forgotten, by)
    for home in Household.objects.filter(pk__in=homes).exclude(pk__in=households):
        _empty_mentions(home, forgotten, by)
    _empty_visits(forgotten)
    _empty_journal(forgotten)
    take_away_personal(areas)
    for also in ALSO:
        also(forgotten)
    if born_otherwise:
        rebuild(household_ids=born_otherwise)


def _areas_of(homes: Collection[uuid.UUID], village_id: int) -> frozenset[int]:
    """The villages where these households stood at any time, and what lay above them."""
    villages = set(Area.objects.filter(placements__household__in=homes).values_list("pk", flat=True)) | {village_id}
    above = AreaLink.objects.filter(descendant__in=villages).values_list("ancestor", flat=True)
    return frozenset(villages | set(above))


# --- the record -------------------------------------------------------------------------------------------------------


def _empty_people(forgotten: Forgotten, today: dt.date, by) -> set[uuid.UUID]:
    """Returns the homes of those who now count by their year of birth alone."""
    changed: set[uuid.UUID] = set()
    limits = _age_limits()
    for person in Resident.objects.filter(pk__in=forgotten.residents, forgotten_at=None):
        if person.birth_date and not _day_counts(person, limits, today):
            person.birth_date = None
            changed.update(person.residences.values_list("household", flat=True))
        for name, value in EMPTY_RESIDENT.items():
            setattr(person, name, value)
        person.forgotten_at = forgotten.at
        person._history_user = by
        person.save()
    former = Resident.history.filter(id__in=forgotten.residents)
    former.update(**EMPTY_RESIDENT, birth_date=None, search_key="", sort_key="", history_change_reason=None)
    return changed


def _age_limits() -> set[int]:
    """The ages at which somebody begins or ceases to be counted by an indicator."""
    found = set()
    for youngest, oldest in IndicatorVersion.objects.values_list("min_age", "max_age"):
        found |= {youngest} if youngest else set()
        found |= {oldest + 1} if oldest is not None else set()
    return found


def _day_counts(person: Resident, limits: Collection[int], today: dt.date) -> bool:
    """Would a figure that was counted be another one with the year alone, which stands for 1 January?

    So it is where the person came of such an age in the register: between that 1 January and the birthday. Only then
    the day stays, without a name.
    """
    born = person.birth_date
    days = list(person.residences.values_list("since", "until"))
    for limit in limits:
        year = born.year + limit
        first = dt.date(year, 1, 1)
        birthday = dt.date(year, born.month, 1) + dt.timedelta(born.day - 1)  # 29 February is 1 March in most years
        for since, until in days:
            if first < birthday and since < birthday and first < min(until or dt.date.max, today + A_DAY):
                return True
    return False


def _empty_households(forgotten: Forgotten, by) -> None:
    for household in Household.objects.filter(pk__in=forgotten.households, forgotten_at=None):
        for name, value in EMPTY_HOUSEHOLD.items():
            setattr(household, name, value)
        household.forgotten_at = forgotten.at
        household._history_user = by
        household.save()
    former = Household.history.filter(id__in=forgotten.households)
    former.update(**EMPTY_HOUSEHOLD, search_key="", sort_key="", history_change_reason=None)


def _empty_mentions(household: Household, forgotten: Forgotten, by) -> None:
    """A household that stays, in which somebody was forgotten: its name, phone and notes where they are that one's."""
    former = list(household.history.all())
    was_head = _is_called_after(household, forgotten) or any(_is_called_after(row, forgotten) for row in former)
    if changes := _mentions(household, forgotten, was_head):
        for name, value in changes.items():
            setattr(household, name, value)
        household._history_user = by
        household.save()
    for row in former:
        changes = _mentions(row, forgotten, was_head)
        if "head_name" in changes:
            changes |= {"search_key": "", "sort_key": ""}
        if forgotten.traces.in_text(row.history_change_reason or "", at_home=True):
            changes["history_change_reason"] = None
        if changes:
            Household.history.filter(history_id=row.history_id).update(**changes)


def _is_called_after(row, forgotten: Forgotten) -> bool:
    """`row`: a household or a former version of one."""
    return forgotten.traces.is_name(row.head_name)


def _mentions(row, forgotten: Forgotten, was_head: bool) -> dict[str, str]:
    changes = {name: "" for name in ("address", "note") if forgotten.traces.in_text(getattr(row, name), at_home=True)}
    if _is_called_after(row, forgotten):
        changes["head_name"] = FORGOTTEN
    if was_head and row.phone:
        changes["phone"] = ""
    return changes


def _empty_visits(forgotten: Forgotten) -> None:
    Visit.objects.filter(household__in=forgotten.households).update(note="", place="")
    elsewhere = Q(household=None, village__in=forgotten.areas)
    others = Visit.objects.filter(Q(household__in=forgotten.homes) | elsewhere).exclude(note="", place="").order_by()
    for pk, household, note, place in others.values_list("pk", "household", "note", "place"):
        texts = {"note": note, "place": place}
        changes = {
            name: "" for name, text in texts.items() if forgotten.traces.in_text(text, at_home=household is not None)
        }
        if changes:
            Visit.objects.filter(pk=pk).update(**changes)


# --- the journal ------------------------------------------------------------------------------------------------------


def _empty_journal(forgotten: Forgotten) -> None:
    """Acts keep who did what and when; the label and the details of acts about these people go."""
    people, homes = ([str(pk) for pk in ids] for ids in (forgotten.residents, forgotten.households))
    about = Q(object_kind=Resident._meta.label_lower, object_id__in=people)
    about |= Q(object_kind=Household._meta.label_lower, object_id__in=homes)
    Act.objects.filter(about).exclude(verb=Act.Verb.FORGET).update(label=FORGOTTEN, detail={})
    beside = [str(pk) for pk in forgotten.homes - forgotten.households]
    for pk, label in Act.objects.filter(
        object_kind=Household._meta.label_lower, object_id__in=beside
    ).values_list("pk", "label"):  # fmt: skip
        if forgotten.traces.in_text(label):
            Act.objects.filter(pk=pk).update(label=FORGOTTEN)
    # Whoever took a list away may have searched for the name first.
    exports = Act.objects.filter(verb=Act.Verb.EXPORT, detail__has_key="filters")
    for pk, detail in list(exports.values_list("pk", "detail")):
        if forgotten.traces.in_text(" ".join(map(str, detail["filters"].values()))):
            Act.objects.filter(pk=pk).update(detail={name: told for name, told in detail.items() if name != "filters"})
