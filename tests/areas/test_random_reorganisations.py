"""Whatever is merged, split, renamed or moved: the closure is the tree, the past stays, and no household is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from areas.actions import open_area
from areas.checking import problems
from areas.lineage import map_today
from areas.models import Area, AreaLink, AreaVersion, Level
from residents.models import Household, Placement
from residents.reorganising import carry_out, plan_from_raw

FIRST = dt.date(2024, 1, 1)
TODAY = dt.date(2026, 11, 21)
HOUSEHOLDS = 3


def build_world(wards: int, villages: int) -> None:
    country = open_area(by=None, level=Level.COUNTRY, kind="Nước", name="Việt Nam", code="VN", since=FIRST)
    province = open_area(
        by=None, level=Level.PROVINCE, kind="Tỉnh", name="Tỉnh P", code="01", parent=country, since=FIRST
    )
    for number in range(wards):
        ward = open_area(
            by=None,
            level=Level.WARD,
            kind="Xã",
            name=f"Xã {number}",
            code=f"0000{number}",
            parent=province,
            since=FIRST,
        )
        for index in range(villages):
            name = f"Thôn {number}.{index}"
            village = open_area(by=None, level=Level.VILLAGE, kind="Thôn", name=name, parent=ward, since=FIRST)
            for _ in range(HOUSEHOLDS):
                household = Household.objects.create(
                    village=village, code_village=village, head_name="Nguyễn Văn A", since=FIRST
                )
                Placement.objects.create(household=household, village=village, since=FIRST)


def random_parts(draw, level: Level, day: dt.date, step: int) -> list[dict]:
    """Some areas of the level sent, whole or in two parts, into a few new ones."""
    areas = list(Area.objects.on(day).at(level).order_by("pk"))
    chosen = draw(st.lists(st.sampled_from(areas), min_size=1, max_size=min(4, len(areas)), unique=True))
    above = list(Area.objects.on(day).at(Level.WARD if level == Level.VILLAGE else Level.PROVINCE).order_by("pk"))
    targets = [(f"Mới {step}.{index}", draw(st.sampled_from(above))) for index in range(draw(st.integers(1, 3)))]
    parts = []
    for area in chosen:
        two = len(targets) > 1 and draw(st.booleans())
        goes = draw(st.lists(st.sampled_from(targets), min_size=1 + two, max_size=1 + two, unique=True))
        for index, (name, parent) in enumerate(goes):
            kind = "Thôn" if level == Level.VILLAGE else "Xã"
            part = {"from": f"#{area.pk}", "to": f"{kind} {name}", "to_within": f"#{parent.pk}", "line": len(parts) + 1}
            parts.append(
                part
                | {"extent": "part" if two else "whole", "is_main": index == 0, "from_within": "", "code": ""}
                | {"households": [], "streets": []}
            )
    return parts


def raw_plan(parts: list[dict], day: dt.date, step: int) -> dict:
    head = {"title": "", "kind": "", "issuer": "", "decided_on": "", "within": "", "note": ""}
    return head | {"decree_number": f"{step}/NQ", "effective_on": f"{day:%d/%m/%Y}", "parts": parts}


def picture(day: dt.date) -> tuple:
    """All that is true of a day: the tree, the names, and where the households stand."""
    return (
        set(AreaLink.objects.on(day).order_by().values_list("ancestor", "descendant", "depth")),
        set(AreaVersion.objects.on(day).order_by().values_list("area", "name", "code")),
        dict(Placement.objects.on(day).order_by().values_list("household", "village")),
    )


def check_random_reorganisations(data) -> None:
    wards, villages = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4))
    build_world(wards, villages)
    day, pictures = FIRST, {}
    for step in range(data.draw(st.integers(1, 4))):
        pictures[day] = picture(day)
        day += dt.timedelta(days=data.draw(st.integers(1, 200)))
        level = data.draw(st.sampled_from([Level.VILLAGE, Level.WARD]))
        parts = random_parts(data.draw, level, day - dt.timedelta(days=1), step)
        carry_out(plan_from_raw(raw_plan(parts, day, step)), by=None, at=timezone.now(), today=TODAY)
    assert list(problems()) == []
    assert {past: picture(past) for past in pictures} == pictures
    placed = dict(Placement.objects.on(TODAY).values_list("household", "village"))
    assert len(placed) == wards * villages * HOUSEHOLDS
    assert placed == dict(Household.objects.values_list("pk", "village"))
    today = set(Area.objects.on(TODAY).at(Level.VILLAGE).values_list("pk", flat=True))
    assert set(placed.values()) <= today
    check_sums(placed)


def check_sums(placed: dict) -> None:
    """What adds up whole has today the households it had then; every old village is whole or divided."""
    then = list(Area.objects.on(FIRST).at(Level.VILLAGE))
    shown = map_today(then, FIRST, TODAY)
    for new, olds in shown.wholes.items():
        assert list(placed.values()).count(new) == HOUSEHOLDS * len(olds)
    covered = {pk for olds in shown.wholes.values() for pk in olds}
    assert not covered & shown.divided
    for area in then:
        if area.pk not in covered | shown.divided:
            assert shown.incomparable


def rolled_back(data) -> None:
    with transaction.atomic():
        check_random_reorganisations(data)
        transaction.set_rollback(True)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_reorganisations(db, data):
    rolled_back(data)


@pytest.mark.long
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_five_hundred_random_reorganisations(db, data):
    rolled_back(data)
