"""A team from its founding to its end."""

import datetime as dt

import pytest

from areas.models import Stale
from journal.models import Act
from teams.actions import dissolve_team
from teams.models import Decision, Member, Team, TeamVillage

from ..cast import SINCE

PAGES = ["", "sua/", "giai-the/", "chuyen-dia-ban/", "thon/", "van-ban/them/", "thanh-vien/them/", "thanh-vien/dan/"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_the_official_and_not_for_the_neighbour(sign_in, minh, hoa, team, page):
    assert sign_in(minh).get(f"/to/{team.pk}/{page}").status_code == 200
    assert sign_in(hoa).get(f"/to/{team.pk}/{page}").status_code == 404
    assert sign_in(hoa).post(f"/to/{team.pk}/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES[1:])
def test_the_leader_sees_her_team_and_does_not_change_it(sign_in, lan, team, page):
    assert sign_in(lan).get(f"/to/{team.pk}/").status_code == 200
    assert sign_in(lan).get(f"/to/{team.pk}/{page}").status_code == 403
    assert sign_in(lan).post(f"/to/{team.pk}/{page}").status_code == 403


def test_who_may_not_found_teams_is_refused(sign_in, lan):
    assert sign_in(lan).get("/to/them/").status_code == 403


def test_a_team_that_serves_her_village_from_elsewhere_is_seen_and_not_changed(sign_in, hoa, place, team):
    TeamVillage.objects.create(team=team, village=place.bau_cau, since=SINCE)
    assert sign_in(hoa).get(f"/to/{team.pk}/").status_code == 200
    assert sign_in(hoa).get(f"/to/{team.pk}/sua/").status_code == 403
    member = team.members.first()
    assert sign_in(hoa).get(f"/to/thanh-vien/{member.pk}/sua/").status_code == 403


def test_the_detail_shows_what_there_is(sign_in, minh, team):
    page = sign_in(minh).get(f"/to/{team.pk}/").content.decode()
    for text in ("Nguyễn Thị Lan", "A Lăng Bình", "Thôn Tà Lang", "01/09/2024"):
        assert text in page


def test_a_team_is_founded_with_villages_decision_and_members(sign_in, minh, place, founding):
    data = founding | {
        "villages": [place.gian_bi.pk, place.ta_lang.pk],
        "decision-number": "86/QĐ-UBND",
        "decision-issued_on": "17/06/2025",
        "decision-issuer": "UBND xã Hòa Bắc",
        "members": "Đinh Văn Năm; tổ trưởng; Đoàn Thanh niên; 0905 123 456; 1990; nam\nBùi Thị Sáu",
    }
    response = sign_in(minh).post("/to/them/", data)
    team = Team.objects.get()
    assert response.url == f"/to/{team.pk}/"
    assert {service.village for service in team.services.all()} == {place.gian_bi, place.ta_lang}
    assert team.decisions.get().kind == Decision.Kind.FOUNDING
    assert [member.phone for member in team.members.filter(role="leader")] == ["0905123456"]
    assert {member.since for member in team.members.all()} == {dt.date(2025, 6, 17)}
    assert set(Stale.objects.values_list("area_id", flat=True)) >= {place.gian_bi.pk, place.ta_lang.pk}
    assert Act.objects.filter(actor_id=minh.pk, verb=Act.Verb.ADD, area_id=place.gian_bi.pk).count() == 4
    assert team.history.get().history_user_id == minh.pk


def test_without_ticks_the_team_serves_the_village_where_it_lives(sign_in, minh, place, founding):
    sign_in(minh).post("/to/them/", founding)
    assert [service.village for service in Team.objects.get().services.all()] == [place.gian_bi]


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"name": ""}, "name", "bắt buộc"),
        ({"name": "T" * 201}, "name", "Dài quá"),
        ({"name": "Tổ\x07"}, "name", "ký tự điều khiển"),
        ({"since": "01/01/2999"}, "since", "chưa đến"),
        ({"since": "31/02/2025"}, "since", ""),
        ({"chat_name": "Nhóm thôn"}, "chat_kind", "loại nhóm"),
        ({"members": "Nguyễn Văn A; giám đốc"}, "members", "Dòng 1: vai trò “giám đốc”"),
    ],
)
def test_bad_input_is_told_at_its_field(sign_in, minh, founding, changed, field, message):
    response = sign_in(minh).post("/to/them/", founding | changed)
    assert response.status_code == 200
    assert message in " ".join(response.context["form"].errors[field])
    assert not Team.objects.exists()


def test_half_a_decision_is_told_at_its_field(sign_in, minh, founding):
    response = sign_in(minh).post("/to/them/", founding | {"decision-number": "86/QĐ-UBND"})
    assert set(response.context["paper"].errors) == {"issued_on", "issuer"}
    assert not Team.objects.exists()


@pytest.mark.parametrize("field", ["home_area", "villages"])
def test_another_wards_village_is_refused_at_the_field(sign_in, minh, place, founding, field):
    response = sign_in(minh).post("/to/them/", founding | {field: place.bau_cau.pk})
    assert "Chọn" in response.context["form"].errors[field][0]
    assert "Bàu Cầu" not in response.content.decode()


def test_the_administrator_chooses_the_ward_first(sign_in, an, place, founding):
    client = sign_in(an)
    assert "Xã Hòa Bắc" in client.get("/to/them/?q=hoa bac").content.decode()
    assert client.post(f"/to/them/?ward={place.hoa_bac.pk}", founding).status_code == 302
    assert Team.objects.get().home_area == place.gian_bi


def test_another_ward_in_the_address_founds_nothing(sign_in, minh, place, founding):
    response = sign_in(minh).post(f"/to/them/?ward={place.hoa_chau.pk}", founding)
    assert not Team.objects.exists()
    assert "Hòa Châu" not in response.content.decode()


def corrected(team, **changes) -> dict:
    return {
        "name": team.name,
        "kind": team.kind,
        "home_area": team.home_area_id,
        "since": f"{team.since:%d/%m/%Y}",
    } | changes


def test_what_began_with_the_team_moves_with_its_first_day(sign_in, minh, team):
    data = corrected(team, name="Tổ Tà Lang", since="15/09/2024")
    assert sign_in(minh).post(f"/to/{team.pk}/sua/", data).status_code == 302
    team.refresh_from_db()
    assert team.name == "Tổ Tà Lang"
    assert {row.since for row in [team, *team.members.all(), *team.services.all()]} == {dt.date(2024, 9, 15)}
    page = sign_in(minh).get(f"/to/{team.pk}/").content.decode()
    assert "Trần Văn Minh" in page
    assert "tên tổ: Tổ CNSCĐ thôn Tà Lang" in page


def test_a_team_cannot_begin_after_a_member_joined(sign_in, minh, team):
    Member.objects.create(team=team, full_name="Hồ Văn Bảy", since=dt.date(2024, 10, 1))
    response = sign_in(minh).post(f"/to/{team.pk}/sua/", corrected(team, since="01/11/2024"))
    assert "Hồ Văn Bảy tham gia từ 01/10/2024" in response.context["form"].errors["since"][0]
    team.refresh_from_db()
    assert team.since == SINCE


def test_dissolving_ends_services_and_memberships(sign_in, minh, team):
    data = {
        "on": "01/10/2025",
        "decision-paper": "decision",
        "decision-number": "9/QĐ-UBND",
        "decision-issued_on": "30/09/2025",
        "decision-issuer": "UBND xã Hòa Bắc",
    }
    assert sign_in(minh).post(f"/to/{team.pk}/giai-the/", data).status_code == 302
    team.refresh_from_db()
    assert {row.until for row in [team, *team.members.all(), *team.services.all()]} == {dt.date(2025, 10, 1)}
    assert team.decisions.get().kind == Decision.Kind.DISSOLVING
    assert "đã giải thể" in sign_in(minh).get(f"/to/{team.pk}/").content.decode()
    assert sign_in(minh).get(f"/to/{team.pk}/thanh-vien/them/").status_code == 403


@pytest.mark.parametrize(("on", "message"), [("01/09/2024", "phải sau"), ("01/01/2999", "chưa đến"), ("", "bắt buộc")])
def test_a_day_on_which_it_cannot_end(sign_in, minh, team, on, message):
    response = sign_in(minh).post(f"/to/{team.pk}/giai-the/", {"on": on, "decision-paper": "decision"})
    assert message in response.context["form"].errors["on"][0]
    assert Team.objects.get().until is None


def test_a_team_is_not_dissolved_before_its_last_member_joined(sign_in, minh, team):
    Member.objects.create(team=team, full_name="Hồ Văn Bảy", since=dt.date(2025, 1, 1))
    response = sign_in(minh).post(f"/to/{team.pk}/giai-the/", {"on": "01/12/2024", "decision-paper": "decision"})
    assert "Hồ Văn Bảy" in response.context["form"].errors["on"][0]
    assert not team.members.exclude(until=None).exists()


def test_a_team_moves_from_a_day_and_the_past_stays(sign_in, minh, place, team):
    url = f"/to/{team.pk}/chuyen-dia-ban/"
    assert sign_in(minh).post(url, {"area": place.gian_bi.pk, "on": "01/03/2025"}).status_code == 302
    homes = list(team.homes.order_by("since").values_list("area", "since", "until"))
    moved_on = dt.date(2025, 3, 1)
    assert homes == [(place.ta_lang.pk, SINCE, moved_on), (place.gian_bi.pk, moved_on, None)]
    assert set(Stale.objects.values_list("area_id", "since")) >= {
        (place.ta_lang.pk, moved_on),
        (place.gian_bi.pk, moved_on),
    }
    assert Act.objects.filter(verb=Act.Verb.CHANGE, area_id=place.gian_bi.pk, actor_id=minh.pk).exists()
    assert "01/03/2025" in sign_in(minh).get(f"/to/{team.pk}/").content.decode()
    response = sign_in(minh).post(url, {"area": place.ta_lang.pk, "on": "01/03/2025"})
    assert "chọn ngày sau đó" in response.context["form"].errors["on"][0]


@pytest.mark.parametrize(
    ("area", "on", "field"),
    [("gian_bi", "01/01/2999", "on"), ("gian_bi", "", "on"), ("bau_cau", "01/03/2025", "area")],
)
def test_a_move_that_cannot_be(sign_in, minh, place, team, area, on, field):
    response = sign_in(minh).post(f"/to/{team.pk}/chuyen-dia-ban/", {"area": getattr(place, area).pk, "on": on})
    assert field in response.context["form"].errors
    assert team.homes.get().area == place.ta_lang


def test_the_administrator_moves_a_team_to_another_ward(sign_in, an, place, team):
    client, url = sign_in(an), f"/to/{team.pk}/chuyen-dia-ban/"
    assert f"{url}?ward={place.hoa_chau.pk}" in client.get(f"{url}?q=hoa chau").content.decode()
    data = {"area": place.bau_cau.pk, "on": "01/03/2025"}
    assert client.post(f"{url}?ward={place.hoa_chau.pk}", data).status_code == 302
    assert Team.objects.get().home_area == place.bau_cau


@pytest.fixture
def dissolved(team, minh):
    return dissolve_team(by=minh, team=team, on=dt.date(2025, 10, 1))


def reopened(team, on: str, *members) -> dict:
    return {"on": on, "area": team.home_area_id, "members": [m.pk for m in members], "decision-paper": "decision"}


def test_a_dissolution_is_taken_back_as_if_it_had_not_been(sign_in, minh, hoa, lan, dissolved):
    url = f"/to/{dissolved.pk}/hoat-dong-lai/"
    assert (sign_in(hoa).get(url).status_code, sign_in(lan).get(url).status_code) == (404, 403)
    assert sign_in(minh).get(url).status_code == 200
    data = reopened(dissolved, "01/10/2025", *dissolved.members.all())
    assert sign_in(minh).post(url, data).status_code == 302
    team = Team.objects.get()
    assert {row.until for row in [team, *team.members.all(), *team.services.all(), *team.homes.all()]} == {None}
    assert team.members.count() == 2
    assert sign_in(minh).get(url).status_code == 302


def test_a_team_set_up_again_later_leaves_the_days_between_without_it(sign_in, minh, place, dissolved):
    leader = dissolved.members.get(role="leader")
    data = reopened(dissolved, "01/12/2025", leader) | {
        "decision-number": "20/QĐ-UBND",
        "decision-issued_on": "01/12/2025",
        "decision-issuer": "UBND xã Hòa Bắc",
    }
    assert sign_in(minh).post(f"/to/{dissolved.pk}/hoat-dong-lai/", data).status_code == 302
    team, again = Team.objects.get(), dt.date(2025, 12, 1)
    ends = [(SINCE, dt.date(2025, 10, 1)), (again, None)]
    assert list(team.homes.order_by("since").values_list("since", "until")) == ends
    assert list(team.services.order_by("since").values_list("since", "until")) == ends
    assert [member.full_name for member in team.members.filter(since=again, until=None)] == [leader.full_name]
    assert team.decisions.get().kind == Decision.Kind.REFOUNDING
    client = sign_in(minh)
    assert team.name not in client.get("/to/?on=01/11/2025").content.decode()
    assert team.name in client.get("/to/?on=01/12/2025").content.decode()


@pytest.mark.parametrize(("on", "message"), [("30/09/2025", "ngày sau đó"), ("01/01/2999", "chưa đến")])
def test_a_day_on_which_it_cannot_begin_again(sign_in, minh, dissolved, on, message):
    response = sign_in(minh).post(f"/to/{dissolved.pk}/hoat-dong-lai/", reopened(dissolved, on))
    assert message in response.context["form"].errors["on"][0]
    assert Team.objects.get().until is not None


def test_villages_change_from_a_day_and_the_past_stays(sign_in, minh, place, team):
    data = {"since": "01/02/2025", "villages": [place.gian_bi.pk]}
    assert sign_in(minh).post(f"/to/{team.pk}/thon/", data).status_code == 302
    served = {(s.village, s.since, s.until) for s in team.services.all()}
    assert served == {(place.ta_lang, SINCE, dt.date(2025, 2, 1)), (place.gian_bi, dt.date(2025, 2, 1), None)}
    data = {"since": "01/01/2025", "villages": [place.gian_bi.pk, place.ta_lang.pk]}
    response = sign_in(minh).post(f"/to/{team.pk}/thon/", data)
    assert "đến 01/02/2025" in response.context["form"].errors["since"][0]


@pytest.mark.parametrize(
    ("since", "villages", "field"),
    [
        ("01/08/2024", "own", "since"),
        ("01/01/2999", "own", "since"),
        ("01/02/2025", "", "villages"),
        ("01/02/2025", "foreign", "villages"),
    ],
)
def test_villages_that_cannot_be(sign_in, minh, place, team, since, villages, field):
    chosen = {"own": [place.gian_bi.pk], "foreign": [place.bau_cau.pk], "": []}[villages]
    response = sign_in(minh).post(f"/to/{team.pk}/thon/", {"since": since, "villages": chosen})
    assert field in response.context["form"].errors
    assert [s.village for s in team.services.all()] == [place.ta_lang]


def test_decisions_are_added_and_corrected(sign_in, minh, hoa, team):
    data = {
        "kind": "refounding",
        "paper": "decision",
        "number": "12/QĐ-UBND",
        "issued_on": "01/03/2025",
        "issuer": "UBND xã Hòa Bắc",
    }
    sign_in(minh).post(f"/to/{team.pk}/van-ban/them/", data)
    decision = team.decisions.get()
    url = f"/to/van-ban/{decision.pk}/sua/"
    assert sign_in(hoa).get(url).status_code == 404
    assert sign_in(minh).post(url, data | {"number": "13/QĐ-UBND"}).status_code == 302
    assert team.decisions.get().number == "13/QĐ-UBND"
    response = sign_in(minh).post(url, data | {"issued_on": "01/01/2999"})
    assert "chưa đến" in response.context["form"].errors["issued_on"][0]


def test_looking_changes_nothing(sign_in, minh, team):
    before = (Act.objects.count(), Team.history.count(), Member.history.count())
    for page in PAGES:
        sign_in(minh).get(f"/to/{team.pk}/{page}", {"on": "01/10/2025", "since": "01/10/2025"})
    member = team.members.first()
    sign_in(minh).get(f"/to/thanh-vien/{member.pk}/thoi/", {"on": "01/10/2025"})
    assert (Act.objects.count(), Team.history.count(), Member.history.count()) == before
