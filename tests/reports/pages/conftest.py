"""A ward with a counted register: Tà Lang has four adults, two asked, one of them with VNeID; Giàn Bí nobody."""

from __future__ import annotations

import datetime as dt
import io
from itertools import takewhile
from types import SimpleNamespace

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from areas.models import Stale
from reports.drain import drain
from reports.models import CompleteMark, Period
from residents import spells
from residents.models import Household, Indicator, IndicatorVersion, ResultKind, Topic, Visit, VisitResult
from residents.record import NewObservation, append
from tests.cast import SINCE


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def indicators(db):
    """Two indicators of people, one of households."""
    made = {}
    names = {"vneid2": "VNeID mức 2", "epay": "Thanh toán số", "qr": "Nhận QR"}
    for order, (code, name) in enumerate(names.items(), 1):
        subject = "household" if code == "qr" else "resident"
        made[code] = Indicator.objects.create(code=code, name=name, short_name=name, group="identity", order=order)
        IndicatorVersion.objects.create(
            indicator=made[code],
            subject=subject,
            min_age=14 if subject == "resident" else None,
            since=SINCE,
            definition="Thử",
        )
    return made


@pytest.fixture
def observe(indicators):
    """`observe(resident, "vneid2", "yes", days_ago=2)`"""

    def see(resident, code, answer, days_ago=2):
        at = timezone.now() - dt.timedelta(days=days_ago)
        append(
            [
                NewObservation(
                    household_id=resident.household_id,
                    resident_id=resident.pk,
                    indicator_id=indicators[code].pk,
                    answer=answer,
                    effective_at=at,
                )
            ],
            by=None,
            received_at=at,
        )

    return see


@pytest.fixture
def recount(today):
    """Lay out every household and count every period again, as the worker does."""

    def count():
        since = today - dt.timedelta(days=40)
        spells.rebuild(household_ids=list(Household.objects.values_list("pk", flat=True)), since=since)
        Period.objects.update(counted_on=None)
        drain(today=today)

    return count


@pytest.fixture
def ward(place, indicators, new_household, new_team, observe, recount, today):
    """The register of Tà Lang, marked complete, with a team and a visit in the evening; counted."""
    since = today - dt.timedelta(days=40)
    first = new_household(place.ta_lang, "Trần Văn Năm", people=[("Ông Năm", 1950), ("Bà Năm", 1955)], since=since)
    second = new_household(place.ta_lang, "Lê Thị Sáu", people=[("Bà Sáu", 1980), ("Anh Bảy", 2000)], since=since)
    CompleteMark.objects.create(village=place.ta_lang, since=since)
    nam, ba_nam = first.residents.order_by("birth_year")
    observe(nam, "vneid2", "yes")
    observe(ba_nam, "vneid2", "no")
    team = new_team(place.ta_lang, members=["Nguyễn Thị Lan", "Hồ Văn Ba"])
    topic = Topic.objects.create(code="dvc", name="Dịch vụ công", order=1)
    field = Topic.objects.create(code="ho-tich", name="Hộ tịch", parent=topic, order=2)
    kind = ResultKind.objects.create(code="sent", name="Hồ sơ đã nộp", unit="hồ sơ", order=1)
    at = timezone.now() - dt.timedelta(minutes=5)
    visit = Visit.objects.create(
        team=team, household=first, at=at, minutes=30, people_helped=2, received_at=at, outcome="met"
    )
    visit.topics.add(field)
    VisitResult.objects.create(visit=visit, kind=kind, count=3)
    Stale.objects.create(area=place.ta_lang, since=timezone.localdate(at))
    recount()
    return SimpleNamespace(first=first, second=second, visit=visit, people=(nam, ba_nam), since=since)


def text_of(response) -> str:
    """The page with its white space (no-break spaces too) made single spaces."""
    return " ".join(response.content.decode().split())


def cells(response) -> list[list]:
    """The rows of a downloaded workbook, header first, without the note below them."""
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return list(takewhile(lambda row: row[0] is not None or row[1] is not None, rows[3:]))
