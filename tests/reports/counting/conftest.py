"""A ward that can be added in the head: Tà Lang with two households, Giàn Bí with one."""

import datetime as dt

import pytest
from uuid6 import uuid7

from areas.models import Stale
from reports import periods
from reports.drain import drain
from residents.models import Indicator, IndicatorVersion
from residents.record import NewObservation, append

SINCE = dt.date(2024, 9, 1)
TODAY = dt.date(2026, 11, 21)


def at(day: str, hour=8) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{hour:02}:00:00+07:00")


@pytest.fixture
def indicator(db):
    """`indicator("net", subject="household")` → a reported indicator with a definition since the first day."""

    def make(code, *, requires=(), reported=True, **version):
        made = Indicator.objects.create(
            code=code, name=code, short_name=code, group="skill", order=900, is_reported=reported
        )
        row = IndicatorVersion.objects.create(
            indicator=made, since=SINCE, definition="thử", **{"subject": "resident"} | version
        )
        row.requires.set(requires)
        return made

    return make


@pytest.fixture
def see(db):
    def see(household, indicator, answer, on="2026-10-20", person=None):
        item = NewObservation(
            id=uuid7(),
            household_id=household.pk,
            resident_id=person and person.pk,
            indicator_id=indicator.pk,
            answer=answer,
            effective_at=at(on),
        )
        append([item], by=None, received_at=at(on))

    return see


@pytest.fixture
def november(db):
    return periods.month_of(2026, 11)


@pytest.fixture
def fresh(db):
    """`fresh()` counts from scratch for the periods that exist, as of 21/11/2026."""

    def fresh(today=TODAY):
        from reports.models import Period
        from residents import spells

        Stale.objects.all().delete()
        Period.objects.update(counted_on=None)
        spells.ask_all()
        drain(today=today)

    return fresh
