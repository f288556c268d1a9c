"""Targets: handed down, overridden below, met or behind, and the fewest households that close the gap."""

import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from journal.models import Act
from reports import monthly, periods
from reports.figures import Shown
from reports.models import Target
from reports.signing.content import canonical, from_data, to_data
from reports.targets.in_force import targets_in_force, targets_of
from reports.targets.published import load_published_targets
from reports.targets.standing import shortest_list
from residents.models import Indicator

from ..pages.conftest import cells, indicators, observe, recount, text_of, today, ward

pytestmark = pytest.mark.django_db
__all__ = ["indicators", "observe", "recount", "today", "ward"]


@pytest.fixture
def give(indicators, today):
    """`give(place.da_nang, "vneid2", 80)`, due in thirty days."""

    def give(area, code, rate, *, days=30, **fields):
        return Target.objects.create(
            area=area, indicator=indicators[code], rate=rate, since=today - dt.timedelta(days=60),
            due_on=today + dt.timedelta(days=days), source="UBND", set_at=timezone.now(), **fields,
        )  # fmt: skip

    return give


def rates(area, day):
    return {code: target.rate for code, target in targets_in_force(area, day).items()}


# --- which is in force ------------------------------------------------------------------------------------------------


def test_an_area_has_that_of_the_nearest_above(place, give, today):
    give(place.da_nang, "vneid2", 80)
    give(place.da_nang, "epay", 50)
    give(place.hoa_bac, "vneid2", 90)
    assert rates(place.hoa_vang, today) == {"vneid2": Decimal("0.8"), "epay": Decimal("0.5")}
    assert rates(place.ta_lang, today) == {"vneid2": Decimal("0.9"), "epay": Decimal("0.5")}
    assert rates(place.tri_chinh, today) == {}
    own = targets_in_force(place.ta_lang, today)["vneid2"]
    assert (own.area_name, own.is_own) == ("Xã Hòa Bắc", False)


def test_neither_before_it_is_given_nor_past_due_nor_withdrawn(place, give, today):
    give(place.hoa_bac, "vneid2", 80, days=-10)
    give(place.hoa_bac, "vneid2", 85, days=90)
    give(place.hoa_bac, "vneid2", 95, days=10, withdrawn_at=timezone.now())
    assert rates(place.ta_lang, today) == {"vneid2": Decimal("0.85")}
    assert rates(place.ta_lang, today - dt.timedelta(days=20)) == {"vneid2": Decimal("0.8")}
    assert rates(place.ta_lang, today - dt.timedelta(days=61)) == {}


def test_many_areas_in_one_query(place, give, today, django_assert_num_queries):
    give(place.hoa_vang, "vneid2", 80)
    with django_assert_num_queries(1):
        found = targets_of([place.ta_lang.pk, place.bau_cau.pk, place.kim_son.pk], today)
    assert [len(found[area.pk]) for area in (place.ta_lang, place.bau_cau, place.kim_son)] == [1, 1, 0]


def test_what_is_needed_is_rounded_up(place, give, today):
    give(place.hoa_bac, "vneid2", Decimal("33.33"))
    target = targets_in_force(place.hoa_bac, today)["vneid2"]
    assert target.needed(Shown(eligible=10, reached=3, rate=Decimal("0.3"))) == 1
    assert target.needed(Shown(eligible=10, reached=4, rate=Decimal("0.4"))) == 0
    assert target.is_met(Shown(eligible=10, reached=3, rate=Decimal("0.3"))) is False
    assert target.is_met(Shown()) is None
    assert target.needed(Shown(rate=Decimal("0.3"))) is None


# --- the shortest list ------------------------------------------------------------------------------------------------


def test_the_largest_households_first(place, indicators, new_household, observe, minh, today, recount):
    one, two, three = (
        new_household(place.ta_lang, f"Hộ {size}", people=[(f"Người {n}", 1980) for n in range(size)])
        for size in (1, 2, 3)
    )
    observe(three.residents.first(), "vneid2", "yes")
    recount()
    gap = shortest_list(minh, [place.ta_lang.pk], "vneid2", 3, today)
    assert {line.household for line in gap.lines} == {two, three}
    assert (gap.covered, gap.all_missing, gap.is_enough) == (4, 5, True)
    assert len(shortest_list(minh, [place.ta_lang.pk], "vneid2", 9, today).lines) == 3
    assert one.pk


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_list_says_where_one_stands(sign_in, minh, place, give, ward):
    give(place.da_nang, "vneid2", 80)
    page = text_of(sign_in(minh).get(reverse("reports:target_list"), {"area": place.hoa_bac.pk}))
    assert "theo Thành phố Đà Nẵng" in page
    assert "Chưa đạt" in page
    assert "còn 3 người" in page  # 1 of 4; four fifths of four is more than three


def test_the_workbook_holds_true_numbers(sign_in, minh, place, give, ward):
    give(place.hoa_bac, "vneid2", 80)
    answer = sign_in(minh).get(reverse("reports:target_list"), {"area": place.hoa_bac.pk, "export": "xlsx"})
    head, row = cells(answer)
    told = dict(zip(head, row, strict=True))
    assert (told["Chỉ tiêu"], told["Đã có"], told["Thuộc diện"], told["Còn thiếu"]) == (0.8, 1, 4, 3)
    assert told["Đạt, chưa đạt"] == "Chưa đạt"


def test_giving_changing_and_taking_back(sign_in, minh, place, indicators, today):
    client, page = sign_in(minh), reverse("reports:target_edit", args=[place.hoa_bac.pk])
    due = today + dt.timedelta(days=20)
    data = {"due_on": f"{due:%d/%m/%Y}", "since": f"{today:%d/%m/%Y}", "source": "UBND xã", "rate-vneid2": "80"}
    assert client.post(page, {**data, "rate-epay": "41,9"}).status_code == 302
    assert rates(place.ta_lang, today) == {"vneid2": Decimal("0.8"), "epay": Decimal("0.419")}
    client.post(page, {**data, "rate-vneid2": "90"})
    assert rates(place.ta_lang, today) == {"vneid2": Decimal("0.9")}
    assert Target.objects.exclude(withdrawn_at=None).count() == 2
    assert Act.objects.filter(label__startswith="Chỉ tiêu giao").count() == 2
    assert 'value="90' in text_of(client.get(page))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rate-vneid2": "0"}, "phải lớn hơn 0"),
        ({"rate-vneid2": "101"}, "từ 0 đến 100"),
        ({"due_on": "01/01/2020"}, "phải sau ngày giao"),
        ({"source": ""}, "bắt buộc"),
    ],
)
def test_what_cannot_be_given_shows_the_form_again(sign_in, minh, place, indicators, today, change, told):
    due = today + dt.timedelta(days=20)
    data = {"due_on": f"{due:%d/%m/%Y}", "since": f"{today:%d/%m/%Y}", "source": "UBND xã", "rate-vneid2": "80"}
    answer = sign_in(minh).post(reverse("reports:target_edit", args=[place.hoa_bac.pk]), data | change)
    assert told in text_of(answer)
    assert not Target.objects.exists()


def test_who_may_give(sign_in, lan, hoa, dung, place, indicators):
    page = reverse("reports:target_edit", args=[place.hoa_bac.pk])
    assert sign_in(dung).get(page).status_code == 200
    assert sign_in(hoa).get(page).status_code == 404
    assert sign_in(lan).get(reverse("reports:target_edit", args=[place.ta_lang.pk])).status_code == 403


def test_the_households_are_for_who_may_see_them(sign_in, minh, dung, hoa, place, give, ward):
    give(place.hoa_bac, "vneid2", 80)
    page, asked = reverse("reports:target_gap"), {"area": place.hoa_bac.pk, "indicator": "vneid2"}
    shown = text_of(sign_in(minh).get(page, asked))
    assert "Lê Thị Sáu" in shown
    assert Act.objects.filter(verb=Act.Verb.VIEW, label__startswith="Hộ để đạt chỉ tiêu").count() == 1
    assert sign_in(dung).get(page, asked).status_code == 403
    assert sign_in(hoa).get(page, asked).status_code == 404
    assert cells(sign_in(minh).get(page, asked | {"export": "xlsx"}))[0][:2] == ["Mã hộ", "Chủ hộ"]


def test_without_a_target_there_is_no_list(sign_in, minh, place, ward):
    asked = {"area": place.hoa_bac.pk, "indicator": "vneid2"}
    assert sign_in(minh).get(reverse("reports:target_gap"), asked).status_code == 404


def test_more_areas_do_not_cost_more_queries(sign_in, minh, place, give, ward, recount, django_assert_max_num_queries):
    give(place.da_nang, "vneid2", 80)
    client, asked = sign_in(minh), {"area": place.hoa_bac.pk}
    client.get(reverse("reports:target_list"), asked)
    with django_assert_max_num_queries(12):
        client.get(reverse("reports:target_list"), asked)


# --- data -------------------------------------------------------------------------------------------------------------


def test_the_published_targets_are_loaded_once(place, db, tmp_path):
    Indicator.objects.create(code="vneid2", name="VNeID", short_name="VNeID", group="identity", order=1)
    path = tmp_path / "targets.csv"
    path.write_text(
        "level,code,village,indicator,since,due_on,rate,source,document,note\n"
        "ward,20293,,vneid2,2024-09-09,2024-12-31,100,UBND,Bài viết,\n"
        "ward,99999,,vneid2,2024-09-09,2024-12-31,100,UBND,Bài viết,\n"
    )
    first, second = load_published_targets(path), load_published_targets(path)
    assert (first.added, first.without_area, second.added, second.known) == (1, ["ward 99999"], 0, 1)
    assert rates(place.ta_lang, dt.date(2024, 12, 31)) == {"vneid2": Decimal(1)}


# --- where they are shown ---------------------------------------------------------------------------------------------


def test_the_coverage_page_names_the_target(sign_in, minh, place, give, ward):
    client, asked = sign_in(minh), {"area": place.hoa_bac.pk}
    assert "Chỉ tiêu</th>" not in text_of(client.get(reverse("reports:coverage"), asked))
    give(place.hoa_bac, "vneid2", 80)
    assert "Chưa đạt" in text_of(client.get(reverse("reports:coverage"), asked))
    by_area = client.get(reverse("reports:coverage"), asked | {"view": "areas", "indicator": "vneid2"})
    assert "chỉ tiêu 80 %" in text_of(by_area)
    assert "Chỉ tiêu" in cells(client.get(reverse("reports:coverage"), asked | {"export": "xlsx"}))[0]


def test_form_03_has_its_columns_where_a_target_is_in_force(place, give, ward, today):
    period = periods.month_containing(today)

    def words():
        book = load_workbook(io.BytesIO(monthly.render(monthly.collect(place.hoa_bac, period, today=today))))
        return {cell for row in book["Biểu 03"].iter_rows(values_only=True) for cell in row if isinstance(cell, str)}

    assert "Chỉ tiêu" not in words()
    give(place.da_nang, "vneid2", 80)
    assert {"Chỉ tiêu", "Đạt, chưa đạt", "Chưa đạt"} <= words()


def test_a_frozen_report_keeps_the_targets_of_its_day(place, give, ward, today):
    target = give(place.hoa_bac, "vneid2", 80)
    tables = monthly.collect(place.hoa_bac, periods.month_containing(today), today=today)
    data = json.loads(canonical(to_data(tables)))
    Target.objects.filter(pk=target.pk).update(rate=10)
    name, cells_of = next(monthly.lines(from_data(data)))
    assert (name, cells_of["target"], cells_of["met"]) == ("VNeID mức 2", Decimal("0.8"), "Chưa đạt")
