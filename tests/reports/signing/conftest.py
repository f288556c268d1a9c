"""A ward with figures in a month that has ended, and the people of its cycle."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone
from uuid6 import uuid7

from accounts.rules import Role
from reports import periods
from reports.drain import drain
from reports.models import MonthlyReport
from reports.signing import actions
from reports.signing.rules import Action
from residents.catalogue import load_catalogue
from residents.models import Indicator
from residents.record import NewObservation, append
from tests.cast import user_with

AFTER = dt.datetime(2025, 3, 17, 9, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def quan(place):
    """Leads huyện Hòa Vang."""
    return user_with("quan", "Bùi Văn Quân", Role.DISTRICT_LEADER, place.hoa_vang)


@pytest.fixture
def march(place, new_household):
    """Tà Lang in March 2025: three grown people; one has had VNeID since February, one was asked in March."""
    load_catalogue()
    household = new_household(place.ta_lang, people=[("Ông A", 1960), ("Bà B", 1962), ("Anh C", 1990)])
    people = list(household.residents.order_by("birth_year"))
    vneid = Indicator.objects.get(code="vneid2")

    def tell(person, answer, day, received=None):
        at = dt.datetime.combine(day, dt.time(19), timezone.get_default_timezone())
        row = NewObservation(
            id=uuid7(),
            household_id=household.pk,
            resident_id=person.pk,
            indicator_id=vneid.pk,
            answer=answer,
            effective_at=at,
        )
        append([row], by=None, received_at=received or at)

    tell(people[0], "yes", dt.date(2025, 2, 10))
    tell(people[1], "no", dt.date(2025, 3, 1))
    period = periods.month_of(2025, 3)
    drain(today=AFTER.date())
    return SimpleNamespace(household=household, people=people, indicator=vneid, period=period, tell=tell)


@pytest.fixture
def do(place, march):
    """`do(minh, "present")`: with the March report of Hòa Bắc (or of `area`); returns the report."""

    def doing(by, action, words="", *, area=None, at=AFTER, **more) -> MonthlyReport:
        area = area or place.hoa_bac
        if action == "start":
            return actions.start(by=by, area=area, period=march.period, at=at)
        report = MonthlyReport.objects.current().get(area=area, period=march.period)
        return actions.act(by=by, report=report, action=Action(action), words=words, at=at, **more)

    return doing


@pytest.fixture
def approved(do, minh, sang):
    do(minh, "start")
    do(minh, "present")
    return do(sang, "approve")
