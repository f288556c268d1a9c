"""The office chooses at most five indicators; phones are told of the nearest office's choice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from field.focus import choose, focus_of
from field.models import FocusChoice, FocusIndicator
from field.units import periods_of
from journal.models import Act
from residents.models import Indicator, IndicatorVersion
from tests.cast import SINCE
from tests.field.phone import Phone

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def six(place):
    """Six indicators, a to f."""
    made = [
        Indicator.objects.create(code=code, name=f"Tiêu chí {code}", short_name=code, group="identity", order=order)
        for order, code in enumerate("abcdef", start=1)
    ]
    for indicator in made:
        IndicatorVersion.objects.create(indicator=indicator, subject="resident", since=SINCE, definition="Thử.")
    return made


def chosen(area, indicators, since=TODAY, by=None):
    return choose(by=by, area=area, since=since, indicators=indicators, at=timezone.now())


def test_a_village_follows_its_ward_else_the_office_above(place, six, minh, dung, mai):
    a, b, c, *_ = six
    assert focus_of([place.ta_lang.pk], TODAY)[place.ta_lang.pk].codes == []
    chosen(place.da_nang, [a], by=mai)
    chosen(place.hoa_vang, [b, a], by=dung)
    chosen(place.hoa_bac, [c], by=minh)
    found = focus_of([place.ta_lang.pk, place.bau_cau.pk, place.tri_chinh.pk], TODAY)
    assert [found[each.pk].codes for each in (place.ta_lang, place.bau_cau, place.tri_chinh)] == [["c"], ["b", "a"], []]


def test_the_latest_choice_holds_and_an_empty_one_goes_back_to_the_office_above(place, six, minh, mai):
    a, b, c, *_ = six
    chosen(place.da_nang, [a], since=dt.date(2026, 1, 1), by=mai)
    for month, indicators in ((9, [b]), (10, []), (12, [c])):
        chosen(place.hoa_bac, indicators, since=dt.date(2026, month, 15), by=minh)
    days = [dt.date(2026, 9, 1), dt.date(2026, 9, 15), dt.date(2026, 10, 14), TODAY, dt.date(2026, 12, 15)]
    assert [focus_of([place.ta_lang.pk], day)[place.ta_lang.pk].codes for day in days] == [
        ["a"], ["b"], ["b"], ["a"], ["c"],
    ]  # fmt: skip


def test_an_indicator_that_is_not_asked_any_more_is_left_out(place, six, minh):
    a, b, *_ = six
    a.versions.update(until=TODAY)
    chosen(place.hoa_bac, [a, b], by=minh)
    assert focus_of([place.ta_lang.pk], TODAY)[place.ta_lang.pk].codes == ["b"]


def test_the_table_takes_five_and_no_more(place, six, minh):
    choice = chosen(place.hoa_bac, six[:5], by=minh)
    with pytest.raises(IntegrityError), transaction.atomic():
        FocusIndicator.objects.create(choice=choice, indicator=six[5], order=6)


def test_hello_tells_the_phone(place, six, minh, lan):
    chosen(place.hoa_bac, [six[3], six[1]], since=timezone.localdate(), by=minh)
    (village,) = Phone(lan).hello().json()["scope"]["villages"]
    assert village["focus"] == ["d", "b"]


def test_the_official_chooses_on_the_page(place, six, minh, sign_in):
    client = sign_in(minh)
    assert client.get("/field/may/trong-tam/").url == f"/field/may/trong-tam/{place.hoa_bac.pk}/"
    period, _ = periods_of(timezone.localdate())
    address = f"/field/may/trong-tam/{place.hoa_bac.pk}/"
    told = {"since": period.start_on.isoformat(), "indicators": [six[0].pk, six[4].pk]}
    assert client.post(address, told).status_code == 302
    text = client.get(address).content.decode()
    assert "Do Xã Hòa Bắc chọn" in text
    assert focus_of([place.gian_bi.pk], timezone.localdate())[place.gian_bi.pk].codes == ["a", "e"]
    assert Act.objects.filter(area_id=place.hoa_bac.pk, detail__indicators=["a", "e"]).exists()


def test_a_choice_from_the_next_period_waits_for_it(place, six, minh, sign_in):
    period, _ = periods_of(timezone.localdate())
    following = period.end_on + dt.timedelta(days=1)
    told = {"since": following.isoformat(), "indicators": [six[0].pk]}
    assert sign_in(minh).post(f"/field/may/trong-tam/{place.hoa_bac.pk}/", told).status_code == 302
    village = place.ta_lang.pk
    assert focus_of([village], period.end_on)[village].codes == []
    assert focus_of([village], following)[village].codes == ["a"]


def test_six_are_refused_in_words(place, six, minh, sign_in):
    period, _ = periods_of(timezone.localdate())
    told = {"since": period.start_on.isoformat(), "indicators": [each.pk for each in six]}
    answer = sign_in(minh).post(f"/field/may/trong-tam/{place.hoa_bac.pk}/", told)
    assert "Chọn nhiều nhất 5" in answer.content.decode()
    assert not FocusChoice.objects.exists()


def test_another_ward_is_not_found_and_a_leader_of_a_team_does_not_choose(place, six, hoa, dung, lan, sign_in):
    address = f"/field/may/trong-tam/{place.hoa_bac.pk}/"
    assert sign_in(hoa).get(address).status_code == 404
    assert sign_in(dung).get(address).status_code == 403
    assert sign_in(lan).get(f"/field/may/trong-tam/{place.ta_lang.pk}/").status_code == 403
    assert sign_in(lan).get("/field/may/trong-tam/").status_code == 403
