"""Filling one of our own databases with the city: tables by the migrations, rows by COPY or executemany."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from accounts.models import Posting, User
from accounts.rules import Role
from areas.closure import relink
from areas.models import Area, AreaVersion, Level
from bench.city import COLUMNS, NULL, SINCE, City
from residents.catalogue import load_catalogue
from residents.models import Indicator
from sheets.text import place_sort_key, search_key
from teams.models import Member, Team

KINDS = {Level.COUNTRY: "Nước", Level.PROVINCE: "Thành phố", Level.DISTRICT: "Quận", Level.WARD: "Phường"}
KINDS[Level.VILLAGE] = "Tổ dân phố"
ROWS_AT_ONCE = 20_000


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def prepare(city: City, indicators: dict[str, int]) -> User:
    """The tables, the catalogue, the map and its teams; returns the user of a district who looks at the pages."""
    call_command("migrate", verbosity=0)
    load_catalogue()
    assert dict(Indicator.objects.values_list("code", "pk")) == indicators, "the catalogue has other ids"
    _make_areas(city)
    _make_teams(city)
    _next_ids(Area)
    user = User.objects.create_user("dung", "mat-khau-thu-1", full_name="Phạm Tiến Dũng")
    since = dt.datetime.combine(SINCE, dt.time(), dt.UTC)
    Posting.objects.create(user=user, role=Role.DISTRICT_STAFF, area_id=city.district_id(0), since=since)
    return user


def _make_areas(city: City) -> None:
    areas, versions = [], []
    for area, line in city.lines():
        level = Level(len(line) - 1)
        name = f"{KINDS[level]} {area}"
        names = {
            "name": name, "kind": KINDS[level], "code": str(area), "since": SINCE,
            "search_key": search_key(name), "sort_key": place_sort_key(name),
        }  # fmt: skip
        areas.append(Area(pk=area, level=level, **names))
        versions.append(AreaVersion(area_id=area, parent_id=line[1] if len(line) > 1 else None, **names))
    Area.objects.bulk_create(areas, batch_size=2000)
    AreaVersion.objects.bulk_create(versions, batch_size=2000)
    relink([City.COUNTRY])


def _make_teams(city: City) -> None:
    """One of three members in every village."""
    name = "Tổ công nghệ số cộng đồng"
    villages = range(city.village_id(0), city.village_id(city.villages))
    with transaction.atomic():
        teams = [Team(name=name, home_area_id=village, since=SINCE) for village in villages]
        for team in teams:
            team.save()
    Member.objects.bulk_create(
        [
            Member(team=team, full_name="Lê Thị Lan", role="leader" if place == 0 else "member", sex="f", since=SINCE)
            for team in teams
            for place in range(3)
        ],
        batch_size=2000,
    )


def _next_ids(*models) -> None:
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(sql)


def load(folder: Path) -> None:
    """Put the files of a folder into their tables; indexes are made again at the end."""
    with _nothing_checked(), _without_indexes(list(COLUMNS)):
        for table, columns in COLUMNS.items():
            with open(folder / f"{table}.tsv", encoding="utf-8", newline="\n") as file:
                _copy(table, columns.split(), file)


def _copy(table: str, columns: list[str], file) -> None:
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", file)
            return
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        cursor.execute("BEGIN")
        # The driver's own cursor: Django's would rewrite the statement for every call.
        cursor.connection.executemany(insert, _rows(file))
        cursor.execute("COMMIT")


def _rows(file) -> Iterator[list]:
    for line in file:
        yield [None if cell == NULL else cell for cell in line[:-1].split("\t")]


@contextmanager
def _nothing_checked() -> Iterator[None]:
    """No foreign keys looked up and nothing flushed while rows pour in."""
    if is_postgresql():
        before, after = ["SET session_replication_role = replica"], ["SET session_replication_role = origin"]
    else:
        before = ["PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF"]
        after = ["PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL"]
    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
        yield
        for statement in after:
            cursor.execute(statement)


@contextmanager
def _without_indexes(tables: list[str]) -> Iterator[None]:
    """Take away the indexes that no constraint needs, and make them again."""
    with connection.cursor() as cursor:
        names = ", ".join(f"'{table}'" for table in tables)
        if is_postgresql():
            cursor.execute(
                f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ({names}) AND indexname NOT IN "  # noqa: S608
                "(SELECT conname FROM pg_constraint)"
            )
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "  # noqa: S608
                f"AND tbl_name IN ({names})"
            )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, sql in indexes:
            cursor.execute(sql)


def ask_the_rest() -> None:
    """Ask for the households that have not been laid out in spells yet, village by village."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO residents_spelldue (household_id) SELECT id FROM residents_household h WHERE NOT EXISTS "
            "(SELECT 1 FROM residents_presence p WHERE p.household_id = h.id) ORDER BY village_id, id"
        )


def tidy() -> None:
    """What autovacuum does on PostgreSQL within minutes of a bulk load; SQLite has nothing to tidy."""
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
