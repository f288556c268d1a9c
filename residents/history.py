"""What happened to a household and its answers, told newest first with who did it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.utils import timezone

from sheets.dates import date_text

from .card import LABELS
from .models import Household, Indicator, Observation, Resident, Street

HOUSEHOLD_FIELDS = ("head_name", "address", "street_id", "order_no", "phone", "note", "village_id", "until")
RESIDENT_FIELDS = ("label", "birth_year", "birth_date", "age_band", "sex", "is_head", "stays", "until")


@dataclass(frozen=True)
class Entry:
    """One line of a history list."""

    at: dt.datetime
    by: str
    text: str
    before: str = ""
    note: str = ""


def household_changes(household: Household) -> list[Entry]:
    """Master data of the household and of its people, these for the time in which they belonged to it."""
    streets = dict(Street.objects.filter(village=household.village_id).values_list("pk", "name"))
    villages = dict(household.placements.values_list("village", "village__name"))
    households = list(household.history.order_by("history_date", "history_id"))
    people = list(Resident.history.filter(household=household.pk).order_by("history_date", "history_id"))
    names = _names([*households, *people])
    worded = {"street_id": streets, "village_id": villages}
    entries = _changes(households, Household, HOUSEHOLD_FIELDS, names, worded, "Hộ")
    by_person: dict[uuid.UUID, list] = {}
    for row in people:
        by_person.setdefault(row.id, []).append(row)
    for rows in by_person.values():
        entries += _changes(rows, Resident, RESIDENT_FIELDS, names, worded, _called(rows))
    entries += _moves_away(household, {pk: _called(rows) for pk, rows in by_person.items()})
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _called(rows: list) -> str:
    return rows[-1].label or "Chưa ghi tên"


def _moves_away(household: Household, labels: dict[uuid.UUID, str]) -> list[Entry]:
    """Those who went to another household: what became of them there is not told here."""
    gone = household.residences.exclude(until=None).exclude(resident__household=household)
    return [
        Entry(
            timezone.make_aware(dt.datetime.combine(until, dt.time.min)),
            "",
            f"{labels.get(resident, 'Chưa ghi tên')}: chuyển sang hộ khác",
        )
        for resident, until in gone.values_list("resident", "until")
    ]


def answer_timeline(household: Household, indicator: Indicator, subject: uuid.UUID) -> list[dict]:
    """Every answer ever given, newest first: what was seen when, told by whom, and whether it was taken back."""
    rows = Observation.objects.filter(subject=subject, indicator=indicator).select_related("recorded_by", "visit")
    rows = list(rows.order_by("-effective_at", "-pk"))
    taken_back = {row.retracts: row for row in rows if row.retracts}
    answers = [row for row in rows if row.retracts is None]
    return [
        {
            "observation": row,
            "label": LABELS[row.answer],
            "taken_back": taken_back.get(row.pk),
            "holds": row.until is None and row.pk not in taken_back,
            "before": next((LABELS[other.answer] for other in answers[at + 1 :] if other.pk not in taken_back), ""),
        }
        for at, row in enumerate(answers)
    ]


def _changes(rows: list, model, fields: Iterable[str], names: dict, worded: dict, who: str) -> list[Entry]:
    entries, previous = [], None
    for row in rows:
        changed = [name for name in fields if previous is not None and getattr(row, name) != getattr(previous, name)]
        by = names.get(row.history_user_id, "")
        if previous is None:
            came = "thêm vào sổ" if row.history_type == "+" else "vào hộ này"
            entries.append(Entry(row.history_date, by, f"{who}: {came}"))
        elif changed:
            now, before = (_told(each, model, changed, worded) for each in (row, previous))
            entries.append(Entry(row.history_date, by, f"{who}: {now}", before, row.history_change_reason or ""))
        previous = row
    return entries


def _told(row, model, fields: Iterable[str], worded: dict) -> str:
    return "; ".join(f"{_field(model, name).verbose_name}: {_value(row, model, name, worded)}" for name in fields)


def _field(model, name: str):
    return next(field for field in model._meta.concrete_fields if field.attname == name)


def _value(row, model, name: str, worded: dict) -> str:
    value = getattr(row, name)
    if value in (None, ""):
        return "chưa ghi"
    if name in worded:
        return worded[name].get(value, "nơi khác")
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, dt.date):
        return date_text(value)
    choices = dict(_field(model, name).flatchoices)
    return str(choices.get(value, value))


def _names(rows: list) -> dict[int, str]:
    ids = {row.history_user_id for row in rows if row.history_user_id}
    return dict(get_user_model().objects.filter(pk__in=ids).values_list("pk", "full_name"))
