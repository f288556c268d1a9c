import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.models import Act
from residents.models import Visit

URL = reverse("residents:visit_list")


@pytest.fixture
def came():
    def make(household=None, *, days_ago=1, **fields):
        now = timezone.now()
        return Visit.objects.create(
            household=household, at=now - dt.timedelta(days=days_ago), received_at=now, **fields
        )

    return make


def shown(response):
    return [visit.pk for visit in response.context["page"]]


def test_lists_the_newest_first_without_the_withdrawn(lan, home, place, came, sign_in):
    old, new = came(home, days_ago=5), came(village=place.ta_lang, place="Chợ")
    came(home, withdrawn_at=timezone.now(), withdrawn_by=lan)
    came(home, days_ago=5, replaces=old)
    page = sign_in(lan).get(URL)
    assert shown(page)[0] == new.pk
    assert len(shown(page)) == 2


def test_shows_only_her_own(hoa, lan, home, place, came, new_household, sign_in):
    came(home)
    came(village=place.ta_lang, place="Chợ")
    theirs = came(new_household(place.bau_cau, "Lê Văn Bảy"))
    assert shown(sign_in(hoa).get(URL)) == [theirs.pk]
    assert len(shown(sign_in(lan).get(URL))) == 2


@pytest.mark.parametrize("who", ["dung", "mai", "an"])
def test_roles_without_personal_rows_are_refused(who, request, place, sign_in):
    assert sign_in(request.getfixturevalue(who)).get(URL).status_code == 403


def test_filters(lan, minh, home, place, came, new_team, sign_in, today):
    team = new_team(place.ta_lang)
    mine = came(home, recorded_by=lan, team=team, days_ago=1)
    other = came(home, recorded_by=minh, outcome="nobody", days_ago=20)
    client = sign_in(lan)
    assert shown(client.get(URL, {"mine": "on"})) == [mine.pk]
    assert shown(client.get(URL, {"outcome": "nobody"})) == [other.pk]
    assert shown(client.get(URL, {"q": "tran van minh"})) == [other.pk]
    assert shown(client.get(URL, {"q": "sau"})) == [mine.pk, other.pk]
    since = today - dt.timedelta(days=3)
    assert shown(client.get(URL, {"since": f"{since:%d/%m/%Y}"})) == [mine.pk]
    assert shown(client.get(URL, {"until": f"{since:%d/%m/%Y}"})) == [other.pk]


def test_a_range_turned_round_is_told_at_its_field(lan, home, sign_in):
    page = sign_in(lan).get(URL, {"since": "10/10/2026", "until": "01/10/2026"})
    assert "until" in page.context["form"].errors


def test_costs_the_same_queries_for_30_visits(lan, home, came, sign_in):
    client = sign_in(lan)
    client.get(URL)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            client.get(URL)
        return len(caught)

    for _ in range(3):
        came(home)
    few = queries()
    for _ in range(27):
        came(home)
    assert queries() == few <= 12


def test_the_workbook(lan, tu, home, came, sign_in):
    came(home, minutes=20)
    response = sign_in(lan).get(URL, {"export": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert any("Nguyễn Văn Sáu" in row and 20 in row for row in rows)
    assert Act.objects.get(verb=Act.Verb.EXPORT).detail["rows"] == 1
    assert sign_in(tu).get(URL, {"export": "xlsx"}).status_code == 403
