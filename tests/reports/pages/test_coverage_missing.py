"""Households that an indicator has not reached: rows of people, for those who may see them, and journalled."""

from __future__ import annotations

from accounts.rules import Role
from journal.models import Act
from tests.cast import user_with

from .conftest import cells, text_of

URL = "/bao-cao/do-phu/chua-dat/"


def ask(place, **more):
    return {"area": place.ta_lang.pk, "indicator": "vneid2", **more}


def test_the_leader_sees_who_is_left_and_the_view_is_written_down(sign_in, lan, place, ward):
    page = text_of(sign_in(lan).get(URL, ask(place)))
    assert "Trần Văn Năm" in page
    assert "Lê Thị Sáu" in page
    act = Act.objects.get(verb=Act.Verb.VIEW)
    assert (act.actor_id, act.area_id) == (lan.pk, place.ta_lang.pk)


def test_the_workbook_is_an_export_in_the_journal(sign_in, lan, place, ward):
    rows = cells(sign_in(lan).get(URL, ask(place, export="xlsx")))
    assert {(row[1], row[4], row[5]) for row in rows[1:]} == {("Lê Thị Sáu", 0, 2), ("Trần Văn Năm", 1, 0)}
    assert Act.objects.filter(verb=Act.Verb.EXPORT).exists()


def test_a_member_may_look_but_not_carry_away(sign_in, place, ward):
    member = user_with("vien", "Hồ Văn Viên", Role.TEAM_MEMBER, place.ta_lang)
    client = sign_in(member)
    assert client.get(URL, ask(place)).status_code == 200
    assert client.get(URL, ask(place, export="xlsx")).status_code == 403


def test_who_sees_figures_only_is_refused(sign_in, mai, dung, place, ward):
    assert sign_in(mai).get(URL, ask(place)).status_code == 403
    assert sign_in(dung).get(URL, ask(place)).status_code == 403


def test_another_village_is_not_there(sign_in, hoa, lan, place, ward):
    assert sign_in(hoa).get(URL, ask(place)).status_code == 404
    assert sign_in(lan).get(URL, {"area": place.gian_bi.pk, "indicator": "vneid2"}).status_code == 404
    assert sign_in(lan).get(URL, {"area": 987654, "indicator": "vneid2"}).status_code == 404


def test_without_a_village_or_an_indicator_there_is_nothing(sign_in, minh, place, ward):
    client = sign_in(minh)
    assert client.get(URL).status_code == 404
    assert client.get(URL, {"area": place.hoa_bac.pk, "indicator": "vneid2"}).status_code == 404
    assert client.get(URL, {"area": place.ta_lang.pk, "indicator": "khong-co"}).status_code == 404
