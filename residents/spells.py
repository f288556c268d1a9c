"""Spells: the record laid out by village and day, so that counting reads one index and nothing else.

They are derived. Whoever changes what they hang on (an answer, a placement, a residence, a birth year) asks for the
households concerned to be laid out again; the drainer does it right before it counts.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import json
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Min

from areas.models import Stale

from .bulk import copy_rows
from .models import IndicatorVersion, Placement, Presence, Resident, Spell, SpellDue, SpellRules
from .timelines import FOREVER, Definition, Home, Person, Span, add, part, presences, spells

AT_ONCE = 500


# --- asking -----------------------------------------------------------------------------------------------------------


def rebuild(*, household_ids: Collection[uuid.UUID], since: dt.date | None = None) -> None:
    """Call after placements, residences, birth years or merges of these households changed.

    Asks for their spells to be laid out again and for the villages where they stood (or stand) to be counted again
    from `since` on; without it from their first day on. Call it inside the transaction of the change, after it; a
    village that they no longer have any placement in is marked by the caller (`areas.actions.mark_stale`).
    """
    if since is None:
        firsts = Placement.objects.filter(household__in=household_ids).values_list("household").annotate(Min("since"))
        days = dict(firsts.order_by())
        ask({pk: days.get(pk, dt.date.max) for pk in household_ids})
    else:
        ask(dict.fromkeys(household_ids, since))


def ask(since: Mapping[uuid.UUID, dt.date]) -> None:
    """Household → the day from which its figures changed: lay out again, count again where it stood since."""
    copy_rows(SpellDue, ("household_id",), [(pk.hex,) for pk in since])
    villages: dict[int, dt.date] = {}
    ids = list(since)
    for start in range(0, len(ids), AT_ONCE):
        placements = Placement.objects.filter(household__in=ids[start : start + AT_ONCE]).order_by()
        for household, village, first, last in placements.values_list("household", "village", "since", "until"):
            day = max(since[household], first)
            if last is None or last > day:
                villages[village] = min(day, villages.get(village, day))
    Stale.objects.bulk_create([Stale(area_id=pk, since=day) for pk, day in sorted(villages.items())])


# --- laying out -------------------------------------------------------------------------------------------------------


def lay_out_due(limit: int | None = None) -> int:
    """Lay out households that were asked for, oldest first; returns how many rows were taken.

    Call it in a transaction: what is taken away is laid out in the same one.
    """
    only = f"WHERE id IN (SELECT id FROM residents_spelldue ORDER BY id LIMIT {limit:d})" if limit else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM residents_spelldue {only} RETURNING CAST(household_id AS TEXT)")
        taken = [key for (key,) in cursor.fetchall()]
    ids = list(dict.fromkeys(taken))
    rules = definitions() if ids else []
    for start in range(0, len(ids), AT_ONCE):
        lay_out(ids[start : start + AT_ONCE], rules)
    return len(taken)


@transaction.atomic
def ask_all() -> None:
    """Ask for every household, village by village, under today's definitions."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM residents_spelldue")
        cursor.execute(
            "INSERT INTO residents_spelldue (household_id) SELECT id FROM residents_household ORDER BY village_id, id"
        )
    SpellRules.objects.update_or_create(pk=1, defaults={"fingerprint": fingerprint(definitions())})


def are_by_old_rules() -> bool:
    """Have definitions changed since the spells were laid out?"""
    laid_out = SpellRules.objects.filter(pk=1).values_list("fingerprint", flat=True).first()
    return laid_out != fingerprint(definitions())


def definitions() -> list[Definition]:
    """The definitions of what is reported, through time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.id, v.indicator_id, v.subject, v.min_age, v.max_age, CAST(v.since AS TEXT), "
            "CAST(v.until AS TEXT), r.indicator_id FROM residents_indicatorversion v "
            "JOIN residents_indicator i ON i.id = v.indicator_id "
            "LEFT JOIN residents_indicatorversion_requires r ON r.indicatorversion_id = v.id "
            "WHERE i.is_reported ORDER BY v.indicator_id, v.since"
        )
        rows = cursor.fetchall()
    required: dict[int, set[int]] = {}
    for row in rows:
        required.setdefault(row[0], set()).update(row[7:] if row[7] else ())
    return [
        Definition(
            indicator, subject == "resident", youngest, oldest, frozenset(required[key]), Span(since, until or FOREVER)
        )
        for key, (_, indicator, subject, youngest, oldest, since, until, _) in {row[0]: row for row in rows}.items()
    ]


def definition_of(version: IndicatorVersion) -> Definition:
    return Definition(
        indicator=version.indicator_id,
        of_people=version.subject == "resident",
        min_age=version.min_age,
        max_age=version.max_age,
        requires=frozenset(required.pk for required in version.requires.all()),
        span=Span(version.since.isoformat(), version.until.isoformat() if version.until else FOREVER),
    )


def key_of(text: str) -> uuid.UUID:
    """The id of a household or person that `read_homes` gave as text."""
    return uuid.UUID(text)


def fingerprint(rules: list[Definition]) -> str:
    text = repr([(*rule[:4], sorted(rule.requires), *rule.span) for rule in rules])
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Tens of thousands of rows and no cycle among them: Python's search for cycles would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_search_for_cycles()
def lay_out(household_ids: Collection, rules: list[Definition]) -> None:
    """Write what differs from the stored spells of these households."""
    homes, parted = read_homes(household_ids), part(rules)
    # In the order of households, each row once.
    wanted_spells = dict.fromkeys(row for home in homes for row in spells(home, parted))
    wanted_presences = dict.fromkeys(row for home in homes for row in presences(home))
    for model, columns, wanted in (
        (Spell, SPELL_COLUMNS, wanted_spells),
        (Presence, PRESENCE_COLUMNS, wanted_presences),
    ):
        stored = _stored(model, columns, household_ids)
        _delete(model, [key for row, key in stored.items() if row not in wanted])
        copy_rows(model, columns, [row for row in wanted if row not in stored])


SPELL_COLUMNS = ("village_id", "indicator_id", "household_id", "subject", "state", "since", "until")
PRESENCE_COLUMNS = ("village_id", "household_id", "subject", "is_person", "born_on", "since", "until")


def read_homes(household_ids: Collection) -> list[Home]:
    """The households with their placements, people and answers, as text in days."""
    homes: dict[str, Home] = {}
    for key, village, since, until, left, merged in _rows(
        "SELECT {p.household_id:key}, p.village_id, {p.since:date}, {p.until:date}, {h.until:date},"
        " {h.merged_into_id:key} FROM residents_placement p"
        " JOIN residents_household h ON h.id = p.household_id WHERE {p.household_id:among}",
        household_ids,
    ):
        home = homes.setdefault(key, Home(key))
        if span := _present(since, until, left, merged):
            home.placements.append((village, span))
    everybody: dict[str, list[Home]] = {}
    for person, key, since, until, left, merged, *birth in _rows(
        "SELECT {s.resident_id:key}, {s.household_id:key}, {s.since:date}, {s.until:date}, {r.until:date},"
        " {r.merged_into_id:key}, {r.birth_date:date}, r.birth_year, r.age_band, {r.age_band_on:date}"
        " FROM residents_residence s JOIN residents_resident r ON r.id = s.resident_id WHERE {s.household_id:among}",
        household_ids,
    ):
        if (home := homes.get(key)) and (span := _present(since, until, left, merged)):
            person_there = home.people.setdefault(person, Person(_born_on(*birth)))
            person_there.stays.append(span)
            if home not in everybody.setdefault(person, []):
                everybody[person].append(home)
    for key, home in homes.items():
        everybody[key] = [home]
    _read_answers(everybody)
    return list(homes.values())


def _read_answers(homes_of: dict[str, list[Home]]) -> None:
    """Answers follow their subject, whichever household they were given in."""
    before, line = None, []
    for subject, indicator, since, until, answer in _rows(
        "SELECT {o.subject:key}, o.indicator_id, {o.effective_at:day}, {o.until:day}, o.answer"
        " FROM residents_observation o WHERE o.retracts IS NULL AND {o.subject:among}"
        " AND (o.until IS NULL OR o.until > o.effective_at)"
        " ORDER BY o.subject, o.indicator_id, o.effective_at, o.id",
        list(homes_of),
    ):
        if (subject, indicator) != before:
            before, line = (subject, indicator), []
            for home in homes_of[subject]:
                home.lines[before] = line
        add(line, since, until or FOREVER, answer)


def _present(since: str, until: str | None, left: str | None, merged: str | None) -> Span | None:
    """A stay ends when its household or person left; one merged away without a day was never there."""
    if merged and not left:
        return None
    ends = min(until or FOREVER, left or FOREVER)
    return Span(since, ends) if since < ends else None


def _born_on(birth_date: str | None, year: int | None, band: str, band_on: str | None) -> str | None:
    """As `Resident.born_on`, for rows of text."""
    if birth_date or year or not (band and band_on):
        return birth_date or (f"{year:04}-01-01" if year else None)
    return Resident(age_band=band, age_band_on=dt.date.fromisoformat(band_on)).born_on.isoformat()


# --- rows in and out --------------------------------------------------------------------------------------------------


class _Column:
    """How a column is written: `{o.until:day}` is the day in Việt Nam (UTC+7 all year) of an instant, as text."""

    FORMS = {
        "postgresql": {
            "key": "{}::text",
            "date": "{}::text",
            "day": "({} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date::text",
            "among": "{} = ANY(%s::uuid[])",
        },
        # A bare column would come back as a date.
        "sqlite": {
            "key": "{}",
            "date": "({} || '')",
            "day": "date({}, '+7 hours')",
            "among": "{} IN (SELECT value FROM json_each(%s))",
        },
    }

    def __init__(self, table: str):
        self.table = table

    def __getattr__(self, column: str) -> _Column:
        return _Column(f"{self.table}.{column}")

    def __format__(self, form: str) -> str:
        return self.FORMS[connection.vendor][form].format(self.table)


TABLES = {letter: _Column(letter) for letter in "hoprs"}


def _rows(sql: str, ids: Collection) -> list[tuple]:
    """The answer to a statement with one `{…:among}` of these ids."""
    if not ids:
        return []
    keys = [_text_of(key) for key in ids]
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**TABLES), [keys if connection.vendor == "postgresql" else json.dumps(keys)])
        return cursor.fetchall()


def _text_of(key: uuid.UUID | str) -> str:
    """An id as the database hands it out."""
    if isinstance(key, str):
        return key
    return str(key) if connection.vendor == "postgresql" else key.hex


def _stored(model, columns: tuple[str, ...], ids: Collection) -> dict[tuple, int]:
    forms = {"household_id": "key", "subject": "key", "born_on": "date", "since": "date", "until": "date"}
    texts = [f"{{s.{column}:{forms[column]}}}" if column in forms else f"s.{column}" for column in columns]
    sql = f"SELECT s.id, {', '.join(texts)} FROM {model._meta.db_table} s WHERE {{s.household_id:among}}"
    return {row[1:]: row[0] for row in _rows(sql, ids)}


def _delete(model, keys: list[int]) -> None:
    with connection.cursor() as cursor:
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            places = ", ".join(["%s"] * len(some))
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id IN ({places})", some)
