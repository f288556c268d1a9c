"""The national map: the facts of both maps and of the reform between them."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Posting, User
from accounts.rules import Role
from areas.checking import problems
from areas.lineage import map_today, predecessors, successors
from areas.loading import load_map
from areas.models import (
    Area,
    AreaLink,
    AreaVersion,
    Level,
    PendingVillage,
    Reorganisation,
    ReorganisationPart,
    Stale,
)
from areas.pasting import add_villages
from residents.models import Household, Placement
from residents.reorganising.following import follow
from teams.models import Team

EVE, REFORM = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
NOW = dt.date(2026, 11, 21)


def load(*provinces, **more):
    return load_map(by=None, at=timezone.now(), provinces=list(provinces) or None, **more)


def counts():
    return [model.objects.count() for model in (Area, AreaVersion, AreaLink, Reorganisation, ReorganisationPart)]


def wards_on(day):
    return Area.objects.on(day).at(Level.WARD).count()


def names_above(area, day):
    return [other.versions.on(day).get().name for other in Area.objects.above(area, day)]


def test_a_province_is_loaded_with_all_that_fed_it_by_old_or_new_code(db):
    added = load("49")
    assert added == {Level.COUNTRY: 1, Level.PROVINCE: 3, Level.DISTRICT: 25, Level.WARD: 371}
    assert not load("48")
    assert list(problems()) == []


def test_on_the_eve_a_commune_lies_in_its_district_and_the_next_day_its_villages_in_the_new_ward(db):
    load("48")
    hoa_bac = Area.objects.by_code("20293", EVE).get()
    hai_van = Area.objects.by_code("20194", REFORM).get()
    assert names_above(hoa_bac, EVE) == ["Việt Nam", "Thành phố Đà Nẵng", "Huyện Hòa Vang"]
    assert names_above(hai_van, REFORM) == ["Việt Nam", "Thành phố Đà Nẵng"]
    assert [relative.area for relative in successors(hoa_bac, REFORM)] == [hai_van]
    assert hoa_bac in [relative.area for relative in predecessors(hai_van, EVE) if relative.is_whole]
    assert not Area.objects.on(REFORM).at(Level.DISTRICT).exists()


def test_a_code_means_another_commune_after_the_reform(db):
    load("37")
    assert Area.objects.by_code("14638", EVE).get().versions.on(EVE).get().name == "Xã Ân Hòa"
    assert Area.objects.by_code("14638", REFORM).get().versions.on(REFORM).get().name == "Xã Kim Sơn"
    assert Area.objects.by_code("14638", EVE).get() != Area.objects.by_code("14638", REFORM).get()


def test_island_districts_without_communes_became_special_zones(db):
    load("48")
    district = Area.objects.by_code("498", EVE, Level.DISTRICT).get()
    (zone,) = successors(district, REFORM)
    assert (zone.area.name, zone.area.level, zone.is_whole) == ("Đặc khu Hoàng Sa", Level.WARD, True)


def test_what_stayed_one_whole_keeps_its_identity(db):
    load("22", "14")
    kept = Area.objects.at(Level.WARD).filter(since__lt=REFORM, until=None).first()
    assert list(kept.versions.values_list("until", flat=True)) == [REFORM, None]
    son_la = Area.objects.by_code("14", EVE, Level.PROVINCE).get()
    assert son_la == Area.objects.by_code("14", NOW, Level.PROVINCE).get()
    assert son_la.versions.count() == 1


def test_what_was_retyped_in_2026_keeps_its_identity_and_its_code(db):
    load("24", "75")
    for code, day, before, after in (
        ("24", dt.date(2026, 8, 24), "Tỉnh Bắc Ninh", "Thành phố Bắc Ninh"),
        ("75", dt.date(2026, 4, 24), "Tỉnh Đồng Nai", "Thành phố Đồng Nai"),
        ("07294", dt.date(2026, 8, 4), "Xã Bố Hạ", "Phường Bố Hạ"),
        ("26116", dt.date(2026, 4, 14), "Xã Tân Phú", "Phường Tân Phú"),
    ):
        area = Area.objects.by_code(code, NOW).get()
        eve = day - dt.timedelta(days=1)
        assert [area.versions.on(eve).get().name, area.versions.on(day).get().name] == [before, after]
        assert area.name == after
        decree = area.versions.get(until=None).reorganisation
        assert (decree.kind, decree.decided_on) == (Reorganisation.Kind.RETYPE, day)
    assert Reorganisation.objects.get(title__startswith="Tỉnh Bắc Ninh").decree_number == "39/2026/QH16"


def test_old_villages_households_teams_and_users_are_carried_over_the_reform(
    place, minh, dung, new_household, new_team
):
    household, team = new_household(place.ta_lang), new_team(place.hoa_bac)
    at = timezone.now()
    load("48", follow=lambda parts: follow(parts, at=at))
    hai_van = Area.objects.by_code("20194", REFORM).get()
    assert place.ta_lang in Area.objects.under(place.hoa_vang, EVE)
    assert set(Area.objects.under(hai_van, REFORM, depth=1)) == {place.ta_lang, place.gian_bi}
    assert [placement.village for placement in Placement.objects.filter(household=household)] == [place.ta_lang]
    assert Team.objects.get(pk=team.pk).home_area == hai_van
    assert [posting.area for posting in Posting.objects.current().filter(user=minh)] == [hai_van]
    assert [posting.area for posting in Posting.objects.current().filter(user=dung)] == [place.hoa_vang]
    assert Household.objects.visible_to(User.objects.get(pk=minh.pk)).get() == household
    assert Stale.objects.filter(area=place.ta_lang, since=REFORM).exists()
    assert list(problems()) == []
    before = counts()
    assert not load("48")
    assert counts() == before


def test_villages_of_a_divided_ward_wait_for_a_place(db):
    load("48")
    divided = ReorganisationPart.objects.filter(extent="part", is_main=True, from_area__level=Level.WARD).first()

    (village,) = add_villages(by=None, ward=divided.from_area, lines="Thôn Thử", since=dt.date(2024, 9, 1))
    assert village in Area.objects.under(divided.from_area, EVE)
    assert village in Area.objects.under(divided.to_area, REFORM)
    assert PendingVillage.objects.get().village == village


def test_postings_at_the_province_follow_into_its_successor(place, mai):
    at = timezone.now()
    load("48", follow=lambda parts: follow(parts, at=at))
    now = Area.objects.by_code("48", NOW, Level.PROVINCE).get()
    assert now != place.da_nang
    assert [posting.area for posting in Posting.objects.current().filter(user=mai)] == [now]
    assert Posting.objects.filter(user=mai, role=Role.PROVINCE_STAFF).count() == 2


def test_the_command_prints_counts_and_refuses_an_unknown_province(db, capsys):
    call_command("load_areas", province=["14"])
    assert "Phường, xã: thêm 2" in capsys.readouterr().out
    call_command("load_areas", province=["14"])
    assert "không thêm gì" in capsys.readouterr().out
    call_command("check_areas")
    assert "Bản đồ đúng" in capsys.readouterr().out
    with pytest.raises(CommandError, match="999"):
        call_command("load_areas", province=["999"])


def test_the_whole_country_completes_a_province_within_thirty_seconds_of_work(db):
    load("48")
    start = time.process_time()
    load()
    assert time.process_time() - start < 30
    on_eve = [Area.objects.on(EVE).at(level).count() for level in (Level.PROVINCE, Level.DISTRICT, Level.WARD)]
    assert on_eve == [63, 696, 10_035]
    assert [Area.objects.on(REFORM).at(level).count() for level in (Level.PROVINCE, Level.DISTRICT)] == [34, 0]
    assert wards_on(REFORM) == wards_on(NOW) == 3321
    parts = ReorganisationPart.objects.filter(reorganisation__effective_on=REFORM).exclude(from_area__level=1)
    assert parts.filter(extent="whole").count() == 9_569  # five of them island districts
    assert parts.filter(extent="part").values("from_area").distinct().count() == 471
    assert parts.filter(extent="part").count() == 1_033
    kept = Area.objects.at(Level.WARD).filter(since__lt=REFORM, until=None)
    assert kept.count() == 137 - 5
    assert Reorganisation.objects.filter(kind=Reorganisation.Kind.RETYPE).count() == 25
    assert list(problems([EVE, REFORM, NOW])) == []
    shown = map_today(Area.objects.on(EVE).at(Level.WARD), EVE, NOW)
    assert len(shown.divided) == 471
    assert len(shown.wholes) + len(shown.incomparable) == 3321 - 5
    before = counts()
    assert not load()
    assert counts() == before
