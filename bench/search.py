"""`python -m bench.search SIZE`: finding a name among those of the city, on the database that `DATABASE_URL` names.

What is timed is the search of the household page, for the official of a ward (27 villages) and among all names; beside
it the usual way, LIKE over names whose tones are taken away while it looks. Names are asked for as people type them:
with tones, composed (NFC) and decomposed (NFD), without tones, in capitals, in part. The answer is a line of JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from itertools import cycle

from bench import printing
from bench.city import SINCE, City
from bench.timing import Span, Times

ASKED, ASKED_OF_ALL, SHOWN, COMPARED = 60, 20, 25, 5
MOST_MILLISECONDS = 15
FORMS: tuple[Callable[[str], str], ...] = (
    lambda name: name,
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: folded(name),
    lambda name: name.upper(),
    lambda name: " ".join(name.split()[1:]),
)


class Disagreement(Exception):
    """Two ways of looking found different households."""


def folded(name: str) -> str:
    """Without tones and case, by hand: what the usual way compares."""
    letters = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def measure(city: City) -> dict:
    """Milliseconds: p95 within a ward and among all, and of the usual way; how many names there are."""
    from django.db import connection

    from bench.loading import is_postgresql
    from residents.bulk import learn_sizes
    from residents.models import Household, Resident

    connection.ensure_connection()
    learn_sizes(Household, Resident)  # as after every long list that came in
    times = Times(lambda: connection.connection.get_backend_pid() if is_postgresql() else None)
    everybody = names_of(Household.objects.all())
    official, ward = official_of(city), Household.objects.filter(village__in=city_ward(city))
    for name, form in zip(names_of(ward), cycle(FORMS), strict=False):
        hers = Household.objects.visible_to(official)
        with times("ward"):
            shown(hers.search(form(name)))
    for name, form in zip(everybody[:ASKED_OF_ALL], cycle(FORMS), strict=False):
        with times("all"):
            shown(Household.objects.search(form(name)))
    for name, form in zip(everybody[:COMPARED], cycle(FORMS), strict=False):
        with times("usual"):
            usual = by_like(folded(form(name)))
        ours = set(Household.objects.search(form(name)).values_list("pk", flat=True))
        if ours != usual or not ours:
            raise Disagreement(f"{name}: {len(ours)} households, the usual way {len(usual)}")
    names = Resident.objects.exclude(search_key="").count()
    return {name: p95(spans) for name, spans in times.found.items()} | {"names": names}


def city_ward(city: City) -> list[int]:
    return [city.village_id(number) for number in range(min(27, city.villages))]


def official_of(city: City):
    from accounts.models import Posting, User
    from accounts.rules import Role

    user = User.objects.create(username=f"tim{secrets.token_hex(4)}", full_name="Người tìm")
    since = dt.datetime.combine(SINCE, dt.time(), dt.UTC)
    Posting.objects.create(user=user, role=Role.WARD_OFFICIAL, area_id=city.ward_id(0), since=since)
    return user


def names_of(households) -> list[str]:
    """People of every so manieth of the households; đ among them."""
    from residents.models import Resident

    found = Resident.objects.filter(household__in=households.values("pk")).exclude(search_key="")
    step = max(1, found.count() // ASKED)
    labels = found.order_by("pk").values_list("label", flat=True)
    some = list(labels[: step * ASKED : step])
    return [*labels.filter(label__startswith="Đ")[: ASKED // 4], *some][:ASKED]


def shown(households) -> list:
    """The first page of what is found, in the order of the household page; without what it tells of their visits."""
    return list(households.present().select_related("village", "street").in_walking_order()[:SHOWN])


def by_like(text: str) -> set:
    """Households of whom the head or somebody has this in the name, tones taken away row by row."""
    from django.db import connection

    from bench.loading import is_postgresql

    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
            bare = "unaccent(lower({}))"
        else:
            connection.connection.create_function("bare", 1, folded, deterministic=True)
            bare = "bare({})"
        head, person = bare.format("head_name"), bare.format("label")
        cursor.execute(
            f"SELECT id FROM residents_household WHERE {head} LIKE %s "  # noqa: S608
            f"UNION SELECT household_id FROM residents_resident WHERE {person} LIKE %s",
            [f"%{text}%", f"%{text}%"],
        )
        rows = cursor.fetchall()
    from residents.models import Household

    return {Household._meta.pk.to_python(pk) for (pk,) in rows}


def p95(spans: list[Span]) -> Span:
    """Of the clock and of the processor, each by itself."""
    return Span(*(sorted(each)[int(len(each) * 0.95)] for each in zip(*spans, strict=True)))


# --- for `make bench` -------------------------------------------------------------------------------------------------


def measure_apart(url: str, size: float) -> dict:
    """In a process of its own. Raises CalledProcessError."""
    command = [sys.executable, "-m", "bench.search", str(size)]
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
    found = json.loads(done.stdout.splitlines()[-1])
    return {name: Span(*value) if isinstance(value, list) else value for name, value in found.items()}


def rows(found: dict) -> list[printing.Row]:
    names, usual = printing.number(found["names"]), found["usual"]
    goal = printing.at_most(found["ward"].cpu, MOST_MILLISECONDS, "ms")
    return [
        printing.row(f"Tìm trong {names} tên, cán bộ phường, p95", found["ward"], "", goal),
        printing.row("– mọi tên, không qua địa bàn, p95", found["all"]),
        printing.row("– LIKE, bỏ dấu từng tên khi tìm", usual, printing.times_as_much(usual, found["all"])),
    ]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cnscd.settings")
    import django

    django.setup()
    print(json.dumps(measure(City(float(sys.argv[1])))))


if __name__ == "__main__":
    main()
