"""Teams and members: each team once, at its home area."""

import pytest

from areas.models import Stale
from reports import figures, measures
from reports.drain import drain
from teams.actions import keep_norm
from teams.models import Member, SizeNorm, Team, TeamVillage

from .conftest import SINCE, TODAY

pytestmark = pytest.mark.django_db


def values(area, period, *codes):
    cells = figures.of_area(area, period, measures.people())
    return [cells[code].value for code in codes]


def test_teams_members_and_what_they_lack(place, new_team, november, fresh):
    team = new_team(place.ta_lang, members=["Nguyễn Thị Lan", "Lê Văn Tám"])
    Member.objects.filter(full_name="Nguyễn Thị Lan").update(sex="f", organisation="women")
    new_team(place.gian_bi)
    SizeNorm.objects.create(area=place.da_nang, at_least=2, since=SINCE)
    fresh()
    codes = ("teams", "members", "women", "teams_without_leader", "teams_below_norm", "org:women", "org:youth")
    assert values(place.hoa_bac, november, *codes) == [2, 2, 1, 1, 1, 1, 0]
    assert team.home_area == place.ta_lang


def test_a_changed_norm_is_held_against_the_teams_below_it(place, new_team, mai, november, fresh):
    new_team(place.ta_lang, members=["Nguyễn Thị Lan", "Lê Văn Tám"])
    new_team(place.tri_chinh)
    fresh()
    norm = keep_norm(by=mai, norm=SizeNorm(area=place.da_nang, at_least=3, since=SINCE))
    assert set(Stale.objects.values_list("area", flat=True)) == {place.ta_lang.pk}
    drain(today=TODAY)
    assert values(place.da_nang, november, "teams_below_norm") == [1]
    norm.at_least = 2
    keep_norm(by=mai, norm=norm)
    drain(today=TODAY)
    assert values(place.da_nang, november, "teams_below_norm") == [0]


def test_a_team_of_a_ward_counts_once_whatever_it_serves(place, november, fresh):
    team = Team.objects.create(name="Tổ lưu động", home_area=place.hoa_bac, since=SINCE)
    for village in (place.ta_lang, place.gian_bi):
        TeamVillage.objects.create(team=team, village=village, since=SINCE)
    fresh()
    codes = ("teams", "villages_with_team", "villages", "wards_with_team")
    assert values(place.ta_lang, november, *codes[:2]) == [0, 1]
    assert values(place.hoa_bac, november, *codes) == [1, 2, 2, 1]
    assert values(place.hoa_vang, november, *codes) == [1, 2, 4, 1]
    assert values(place.country, november, "wards", "wards_with_team") == [3, 1]


def test_a_ward_without_a_known_team_is_missing_but_has_none(place, november, fresh):
    fresh()
    assert values(place.kim_son, november, "teams", "villages_with_team", "wards_with_team") == [None, 0, 0]


def test_a_dissolved_team_is_gone_from_its_last_day_on(place, new_team, november, fresh):
    team = new_team(place.ta_lang, members=["Nguyễn Thị Lan"])
    team.until = november.end_on
    team.save()
    fresh()
    assert values(place.hoa_bac, november, "teams", "villages_with_team") == [None, 0]


def test_people_in_the_register(place, new_household, november, fresh):
    new_household(place.ta_lang, people=[("Ông", 1960), ("Bà", 1962)])
    new_household(place.gian_bi)
    fresh()
    assert values(place.hoa_bac, november, "households", "residents") == [2, 2]
    assert figures.table(place.hoa_bac, november, measures.people(), today=TODAY).missing == []
