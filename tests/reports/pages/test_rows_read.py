"""A page of figures reads figures: ten times the visits and households are no more work for it.

Work is counted by the database itself, not by a stopwatch: rows read from tables (PostgreSQL), steps of its virtual
machine (SQLite).
"""

import contextlib
import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from areas.actions import open_area
from areas.models import Level, Stale
from reports import periods
from reports.drain import recount
from residents import spells
from residents.models import Household, Placement, Residence, Resident, Visit
from residents.record import NewObservation, append

from .test_coverage import SINCE

STEPS = 1  # every instruction of the virtual machine
PAGES = ("/bao-cao/do-phu/", "/bao-cao/do-phu/?view=matrix", "/bao-cao/hoat-dong/", "/bao-cao/to/")


@contextlib.contextmanager
def work():
    """Yields a list that holds one number afterwards: how much the database did inside."""
    done = []
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        before = _rows_read()
        yield done
        done.append(_rows_read() - before)
        return
    steps = [0]

    def step():
        steps[0] += STEPS

    connection.connection.set_progress_handler(step, STEPS)
    try:
        yield done
    finally:
        connection.connection.set_progress_handler(None, 0)
    done.append(steps[0])


def _rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(seq_tup_read + COALESCE(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


def wards_below(parent, count):
    """`count` wards of one village each; → the villages."""
    villages = []
    for number in range(1, count + 1):
        ward = open_area(by=None, level=Level.WARD, kind="Xã", name=f"Xã Số {number}", parent=parent, since=SINCE)
        village = {"level": Level.VILLAGE, "kind": "Thôn", "name": "Thôn Một", "parent": ward, "since": SINCE}
        villages.append(open_area(by=None, **village))
    return villages


def settle(villages, households, indicators):
    """So many households of one person in each village, each asked and visited this month."""
    now = timezone.now()
    homes = [
        Household(code_village=village, village=village, head_name=f"Hộ {number}", since=SINCE)
        for village in villages
        for number in range(households)
    ]
    Household.objects.bulk_create(homes)
    people = [Resident(household=home, birth_year=1980, since=SINCE) for home in homes]
    Placement.objects.bulk_create(Placement(household=home, village=home.village, since=SINCE) for home in homes)
    Resident.objects.bulk_create(people)
    Residence.objects.bulk_create(Residence(resident=one, household_id=one.household_id, since=SINCE) for one in people)
    Visit.objects.bulk_create(Visit(household=home, at=now, received_at=now, minutes=10) for home in homes)
    seen = [
        NewObservation(
            household_id=one.household_id, resident_id=one.pk, indicator_id=indicators["vneid2"].pk, answer="yes",
            effective_at=now,
        )
        for one in people
    ]  # fmt: skip
    append(seen, by=None, received_at=now)
    count_now()


def count_now():
    today = timezone.localdate()
    spells.ask_all()
    spells.lay_out_due()
    Stale.objects.all().delete()
    month = periods.month_containing(today)
    for period in (month, periods.previous(month), periods.to_date(month)):
        recount(period, today=today)
    # Whatever else exists is up to date: a page has nothing to count by itself.
    type(month).objects.update(counted_on=today + dt.timedelta(days=400))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A small table full of rows that were just counted again is read whole sooner or later; a large one, never.
            cursor.execute("ANALYZE")
            cursor.execute("SET LOCAL enable_seqscan = off")


def measure(client, area, address) -> int:
    url = f"{address}{'&' if '?' in address else '?'}area={area.pk}"
    client.get(url)  # the first request of a session writes the session
    with work() as done:
        assert client.get(url).status_code == 200
    return done[0]


@pytest.mark.parametrize(("parent", "wards"), [("hoa_vang", 9), ("ninh_binh", 93)])
def test_ten_times_the_households_and_visits_are_no_more_to_read(
    place, an, sign_in, indicators, parent, wards, django_assert_max_num_queries
):
    client, area = sign_in(an), getattr(place, parent)
    villages = wards_below(area, wards)
    settle(villages, 1, indicators)
    before = {address: measure(client, area, address) for address in PAGES}
    settle(villages, 10, indicators)
    after = {address: measure(client, area, address) for address in PAGES}
    assert before.keys() == after.keys()
    for address in PAGES:
        assert 0 < after[address] <= before[address] * 1.1, (address, before[address], after[address])
        with django_assert_max_num_queries(12):
            client.get(f"{address}{'&' if '?' in address else '?'}area={area.pk}")
