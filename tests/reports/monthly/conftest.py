"""xã Hòa Bắc in October 2026: Tà Lang has two households, one answer yes, one no, one visit; Giàn Bí has nothing."""

import datetime as dt
import io

import openpyxl
import pytest

from areas.models import Stale
from reports import monthly, periods
from reports.drain import recount
from reports.models import CompleteMark
from residents import spells
from residents.models import Indicator, Visit
from residents.record import NewObservation, append
from tests.residents.conftest import catalogue  # noqa: F401 - the indicators as they are shipped

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def october(db):
    """15/9–14/10/2026."""
    return periods.month_of(2026, 10)


@pytest.fixture
def ward(catalogue, place, new_household, new_team, october):  # noqa: F811
    team = new_team(place.ta_lang, members=["Nguyễn Thị Lan", "Lê Văn Bình"])
    vneid2 = Indicator.objects.get(code="vneid2")
    seen_at = dt.datetime.fromisoformat("2026-10-01T19:30:00+07:00")
    for head, answer in (("Nguyễn Văn Sáu", "yes"), ("Lê Thị Bảy", "no")):
        home = new_household(place.ta_lang, head, people=[(head, 1970)])
        append(
            [
                NewObservation(
                    household_id=home.pk,
                    resident_id=home.residents.get().pk,
                    indicator_id=vneid2.pk,
                    answer=answer,
                    effective_at=seen_at,
                )
            ],
            by=None,
            received_at=seen_at,
        )
    Visit.objects.create(
        household=home, team=team, at=seen_at, received_at=seen_at, outcome="met", minutes=30, people_helped=2
    )
    CompleteMark.objects.create(village=place.ta_lang, since=dt.date(2024, 9, 1))
    return place.hoa_bac


@pytest.fixture
def count_october(october):
    """Count the month, the one before and the year to date; not the two years that the villages have stood."""

    def count():
        spells.ask_all()
        spells.lay_out_due()
        Stale.objects.all().delete()
        for period in (periods.previous(october), october, periods.to_date(october)):
            recount(period, today=TODAY)

    return count


@pytest.fixture
def counted(ward, count_october):
    count_october()
    return ward


@pytest.fixture
def workbook(counted, october):
    """The workbook as a clerk opens it: values, by sheet."""
    report = monthly.collect(counted, october, today=TODAY)
    return openpyxl.load_workbook(io.BytesIO(monthly.render(report)), data_only=True)


@pytest.fixture
def row_of():
    """`row_of(sheet, "Thôn Tà Lang")` → the row of values that holds this text."""

    def find(sheet, text):
        for row in sheet.iter_rows(values_only=True):
            if text in row:
                return row
        raise AssertionError(f"không thấy “{text}” trong {sheet.title}")

    return find
