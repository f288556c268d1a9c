"""The work on one of our own databases, in a process of its own: `python -m bench.database <task> <size> [<folder>]`.

`DATABASE_URL` says which. Tasks: load (a part of the city), third (measure with the first third of the city), whole
(measure with all of it), memory (one recount and nothing else), sync (phones that send). The answer is one line of
JSON at the end.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import warnings
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cnscd.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from areas.models import Area, Stale  # noqa: E402
from bench import loading, peers, sync  # noqa: E402
from bench.city import MONTH, TODAY, City  # noqa: E402
from bench.timing import Times, most_held  # noqa: E402
from reports import changed, counting, drain, figures, measures, periods  # noqa: E402
from reports.models import Figure, Period  # noqa: E402
from residents import record, spells  # noqa: E402
from residents.models import Household, Indicator, Presence, SpellDue  # noqa: E402

# A fresh clone has no folder of collected static files, and the pages here need none.
warnings.filterwarnings("ignore", message="No directory at")
NOON = dt.datetime.combine(TODAY, dt.time(5), dt.UTC)
# The city stands still at one day, for the pages too.
timezone.now = lambda: NOON

MONTHS, MORE_MONTHS = 12, 120
PAGES = {"overview": "", "matrix": "&view=matrix"}


def _server() -> int | None:
    """The process of PostgreSQL that works for us; SQLite works in ours."""
    if not loading.is_postgresql():
        return None
    connection.ensure_connection()
    return connection.connection.get_backend_pid()


class Disagreement(Exception):
    """Two ways of counting gave different numbers."""


def load(city: City, folder: Path) -> dict:
    """The first part makes the tables too; every part is laid out in spells by our own code."""
    times = Times(_server)
    indicators = {entry["code"]: number for number, entry in enumerate(peers.read_indicators(), 1)}
    if "residents_household" not in connection.introspection.table_names():
        loading.prepare(city, indicators)
    with times("load"):
        loading.load(folder)
    loading.tidy()
    with times("lay_out"):
        if not Presence.objects.exists():
            spells.ask_all()
        else:
            loading.ask_the_rest()
        while SpellDue.objects.exists():
            with transaction.atomic():
                spells.lay_out_due(drain.HOUSEHOLDS_AT_ONCE)
    loading.tidy()
    return times.medians()


def measure_third(city: City) -> dict:
    times, period = Times(_server), periods.month_of(*MONTH)
    drain.drain(today=TODAY)
    times.repeat("recount", 3, lambda: counting.count(period, today=TODAY))
    # Taken back, so that the whole city is the one that DuckDB counted.
    with transaction.atomic():
        measure_village(city, period, times)
        transaction.set_rollback(True)
    return times.medians()


def measure_whole(city: City, by_duckdb: Path) -> dict:
    times, period = Times(_server), periods.month_of(*MONTH)
    Stale.objects.all().delete()
    Period.objects.update(counted_on=None)
    drain.drain(today=TODAY)
    times.repeat("recount", 5, lambda: counting.count(period, today=TODAY))
    ours = covered(period)
    times.repeat("naive", 3, lambda: naive(period))
    agree("our recount and the plain statement", ours, naive_counted())
    agree("our recount and DuckDB", ours, read_counted(by_duckdb))
    measure_village(city, period, times)
    one_by_one = stored(period)
    counting.count(period, today=TODAY)
    everything = stored(period)
    agree("villages counted one by one and everything at once", one_by_one, everything)
    drain.drain(today=TODAY)
    measure_district(city, period, times)
    return times.medians() | {"figures": len(everything)}


def measure_village(city: City, period: Period, times: Times) -> None:
    """Somebody's answer in one village of the first third after another: of the period's last day, or of today."""
    third = city.villages // 3
    villages = [city.village_id(number * third // 24) for number in range(24)]
    for turn, village in enumerate(villages):
        day = TODAY if turn % 2 else period.end_on
        with times("append"):
            answer(village, turn, day)
        if turn % 2:
            # What the worker does: every period that the answer touches.
            with times("drain"):
                drain.drain(today=TODAY)
            continue
        with times("lay_out_one"), transaction.atomic():
            spells.lay_out_due()
        Stale.objects.all().delete()
        with times("village"):
            changed.count_changed([period], {village: day}, today=TODAY)


def answer(village: int, turn: int, day: dt.date) -> None:
    household = Household.objects.filter(village=village).order_by("pk")[turn % 5]
    indicator = Indicator.objects.get(code="broadband")
    item = record.NewObservation(
        household_id=household.pk,
        resident_id=None,
        indicator_id=indicator.pk,
        answer="yes" if turn % 3 else "no",
        effective_at=NOON - (TODAY - day) - dt.timedelta(hours=2) + dt.timedelta(seconds=turn),
    )
    record.append([item], by=None, received_at=NOON)


# --- the same numbers, counted in other ways --------------------------------------------------------------------------


def naive(period: Period) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_counted")
        cursor.execute(f"{peers.COUNTED} {peers.statement(connection.vendor, period.end_on)}")


def naive_counted() -> dict:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bench_counted")
        return {(area, indicator): tuple(map(int, numbers)) for area, indicator, *numbers in cursor.fetchall()}


def read_counted(path: Path) -> dict:
    return {(area, indicator): tuple(numbers) for area, indicator, numbers in json.loads(path.read_text())}


def covered(period: Period) -> dict:
    """(area, indicator) → numbers of every coverage figure."""
    ids = {indicator.measure: indicator.pk for indicator in Indicator.objects.all()}
    rows = Figure.objects.filter(period=period, measure__startswith="cov:").order_by()
    return {(area, ids[code]): tuple(n) for area, code, *n in rows.values_list("area", "measure", *peers.NUMBERS)}


def stored(period: Period) -> dict:
    """Every figure of a period, all that it says."""
    columns = (*peers.NUMBERS, "value", "basis", "villages_total", "villages_with_data")
    rows = Figure.objects.filter(period=period).order_by().values_list("area", "measure", *columns)
    return {(area, measure): tuple(rest) for area, measure, *rest in rows}


def agree(what: str, one: dict, other: dict) -> None:
    if one != other:
        wrong = [key for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]
        shown = "; ".join(f"{key}: {one.get(key)} / {other.get(key)}" for key in wrong[:5])
        raise Disagreement(f"{what} differ in {len(wrong)} of {len(one)}: {shown}")


# --- the page of a district -------------------------------------------------------------------------------------------


def measure_district(city: City, period: Period, times: Times) -> None:
    district = Area.objects.get(pk=city.district_id(0))
    indicators = measures.coverage(period.end_on)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username="dung"), backend="django.contrib.auth.backends.ModelBackend")
    sql = peers.statement(connection.vendor, period.end_on, district=district.pk)
    found: dict = {}

    def from_the_record():
        with connection.cursor() as cursor:
            cursor.execute(sql)
            found["record"] = {(area, indicator): tuple(map(int, n)) for area, indicator, *n in cursor.fetchall()}

    def from_figures():
        found["table"] = figures.table(district, period, indicators, today=TODAY)

    def page(view: str):
        answer = client.get(
            f"{reverse('reports:coverage')}?area={district.pk}&period={MONTH[0]}-{MONTH[1]:02}{PAGES[view]}"
        )
        assert answer.status_code == 200, f"the page answered {answer.status_code} {answer.headers.get('Location', '')}"

    times.repeat("district_record", 3, from_the_record)
    for months, name in ((MONTHS, ""), (MORE_MONTHS, "_more")):
        copy_history(period, months)
        loading.tidy()
        from_figures()
        times.repeat(f"district{name}", 30, from_figures)
        for view in PAGES:
            page(view)
            times.repeat(f"page_{view}{name}", 15, lambda view=view: page(view))
    agree("the page's figures and the record", _of_table(found["table"]), found["record"])


def copy_history(period: Period, months: int) -> None:
    """The figures of the month again for the months before it, so that there are `months` in all."""
    columns = [field.column for field in Figure._meta.concrete_fields if field.column not in ("id", "period_id")]
    names = ", ".join(columns)
    month = periods.previous(period)
    for _ in range(months - 1):
        if not month.figures.exists():
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO reports_figure (period_id, {names}) "  # noqa: S608
                    f"SELECT %s, {names} FROM reports_figure WHERE period_id = %s",
                    [month.pk, period.pk],
                )
            Period.objects.filter(pk=month.pk).update(counted_on=month.end_on)
        month = periods.previous(month)


def _of_table(table) -> dict:
    ids = {indicator.measure: indicator.pk for indicator in Indicator.objects.all()}
    return {
        (row.version.area_id, ids[code]): (shown.eligible, shown.known, shown.reached, shown.unclear)
        for row in [*table.rows, table.total]
        for code, shown in row.cells.items()
        if not shown.is_missing
    }


# --- memory -----------------------------------------------------------------------------------------------------------


def measure_memory() -> dict:
    """The most that a process held which recounts a month and does nothing else."""
    counting.count(periods.month_of(*MONTH), today=TODAY)
    return {"megabytes": most_held()}


def main() -> None:
    task, size, *path = sys.argv[1:]
    city = City(float(size))
    match task:
        case "load":
            found = load(city, Path(path[0]))
        case "third":
            found = measure_third(city)
        case "whole":
            found = measure_whole(city, Path(path[0]))
        case "memory":
            found = measure_memory()
        case "sync":
            found = sync.measure(city, _server)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
