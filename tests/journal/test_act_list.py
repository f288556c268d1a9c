"""The journal page: whose acts one reads, and whose names on it."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from journal.actions import record
from journal.models import Act

PAGE = "/nhat-ky/"


@pytest.fixture
def acts(place, lan, minh, hoa, new_household):
    household = new_household(place.ta_lang, "Nguyễn Văn Sáu")
    Act.objects.all().delete()  # how the map was made
    return [
        record(by=lan, verb=Act.Verb.VIEW, obj=household, area_id=place.ta_lang.pk),
        record(by=lan, verb=Act.Verb.SIGN_IN, obj=lan),
        record(by=hoa, verb=Act.Verb.SIGN_IN, obj=hoa),
        record(by=hoa, verb=Act.Verb.EXPORT, area_id=place.hoa_chau.pk, label="Danh sách hộ", rows=120),
        record(by=lan, verb=Act.Verb.CHANGE, obj=place.bau_cau, area_id=place.bau_cau.pk),
    ]


def shown(answer) -> list[int]:
    return sorted(act.pk for act in answer.context["page"].object_list)


def test_a_ward_reads_acts_in_its_area_and_those_of_no_area_by_its_people(sign_in, minh, acts):
    assert shown(sign_in(minh).get(PAGE)) == [acts[0].pk, acts[1].pk]


def test_an_act_of_ones_people_in_another_ward_is_not_ones_own_to_read(sign_in, minh, hoa, acts):
    assert acts[4].pk not in shown(sign_in(minh).get(PAGE))
    assert acts[4].pk in shown(sign_in(hoa).get(PAGE))


def test_names_of_households_are_read_only_by_who_may_see_them(sign_in, minh, dung, acts):
    assert "Nguyễn Văn Sáu" in sign_in(minh).get(PAGE).text
    page = sign_in(dung).get(PAGE)
    assert acts[0].pk in shown(page)
    assert "Nguyễn Văn Sáu" not in page.text
    assert "(dữ liệu cá nhân)" in page.text
    workbook = sign_in(dung).get(f"{PAGE}?export=xlsx").content
    assert "Nguyễn Văn Sáu" not in str(list(load_workbook(io.BytesIO(workbook)).active.values))


def test_the_administrator_of_the_country_reads_all(sign_in, an, acts):
    record(by=None, verb=Act.Verb.SIGN_IN_FAILED, label="Tên đăng nhập không có trong hệ thống")
    assert len(shown(sign_in(an).get(PAGE))) >= 6


@pytest.mark.parametrize(
    ("query", "indexes"),
    [
        ("verb=sign_in", [1]),
        ("who=nguyen+thi+lan", [0, 1]),
        ("who=hoa", []),
        ("verb=khong-co", []),
        ("since=01/01/2020&until=02/01/2020", []),
        ("since=hom-qua", []),
    ],
)
def test_the_journal_is_filtered(sign_in, minh, acts, query, indexes):
    assert shown(sign_in(minh).get(f"{PAGE}?{query}")) == [acts[index].pk for index in indexes]


def test_the_last_day_of_a_filter_counts_in_full(sign_in, minh, acts):
    today = timezone.localdate()
    late = timezone.make_aware(dt.datetime.combine(today, dt.time(23, 59, 59)))
    Act.objects.filter(pk=acts[0].pk).update(at=late)
    query = f"since={today:%d/%m/%Y}&until={today:%d/%m/%Y}"
    assert acts[0].pk in shown(sign_in(minh).get(f"{PAGE}?{query}"))
    before = today - dt.timedelta(days=1)
    assert shown(sign_in(minh).get(f"{PAGE}?until={before:%d/%m/%Y}")) == []


def test_the_acts_on_one_object_are_found(sign_in, minh, acts):
    query = f"kind=residents.household&object={acts[0].object_id}"
    assert shown(sign_in(minh).get(f"{PAGE}?{query}")) == [acts[0].pk]


def test_an_area_of_others_cannot_be_asked_for(sign_in, minh, place):
    assert sign_in(minh).get(f"{PAGE}?trong={place.hoa_chau.pk}").status_code == 404


def test_an_export_of_the_journal_is_itself_journalled(sign_in, minh, acts):
    sign_in(minh).get(f"{PAGE}?export=xlsx")
    act = Act.objects.filter(verb=Act.Verb.EXPORT).latest("pk")
    assert (act.actor_id, act.label, act.detail) == (minh.pk, "Nhật ký", {"rows": 2})


def test_the_page_costs_as_many_queries_for_thirty_as_for_three(
    sign_in, minh, lan, place, django_assert_max_num_queries
):
    client = sign_in(minh)
    record(by=lan, verb=Act.Verb.SIGN_IN, obj=lan)
    client.get(PAGE)
    with django_assert_max_num_queries(12) as few:
        client.get(PAGE)
    for _ in range(30):
        record(by=lan, verb=Act.Verb.VIEW, area_id=place.ta_lang.pk, label="hộ")
    with django_assert_max_num_queries(len(few.captured_queries) + 1):
        client.get(PAGE)


def test_a_member_of_a_team_does_not_read_the_journal(sign_in, lan):
    assert sign_in(lan).get(PAGE).status_code == 403


def test_an_act_of_nobody_holds_no_name(db):
    act = record(by=None, verb=Act.Verb.SIGN_IN_FAILED)
    assert (act.actor_id, act.actor_name, act.label) == (None, "", "")
