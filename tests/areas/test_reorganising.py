"""Merge, split, rename, retype and move: the map changes on its day, what stands on it follows, the past stays."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Posting
from areas.checking import problems
from areas.models import Area, AreaLink, Office, PendingVillage, Reorganisation, Stale
from areas.pasting import add_villages
from journal.models import Act
from reports.models import StatedFigure
from residents.models import Household, Placement, Street, Visit
from residents.reorganising import carry_out, carry_out_due, plan_from_file, preview
from teams.models import SizeNorm, Team, TeamVillage

from .conftest import DAY, TODAY

EVE = DAY - dt.timedelta(days=1)
MERGE = ("Thôn Tà Lang,Thôn Tà Lang - Giàn Bí,,,,,,", "Thôn Giàn Bí,Thôn Tà Lang - Giàn Bí,,,,,,")
SPLIT = ("Thôn Tà Lang,Thôn Tà Lang 1,một phần,x,,,,", "Thôn Tà Lang,Thôn Tà Lang 2,một phần,,HB-2,Ngõ 5,,")


def village_on(household, day):
    return Placement.objects.on(day).get(household=household).village


def named(name, day=TODAY):
    return Area.objects.on(day).get(name=name)


def test_a_merge_moves_households_teams_and_postings_and_keeps_the_past(
    place, lan, new_household, new_team, reorganise
):
    first, second = new_household(place.ta_lang), new_household(place.gian_bi)
    team = new_team(place.ta_lang)
    outcome = reorganise("20293", *MERGE)
    merged = named("Thôn Tà Lang - Giàn Bí")
    assert outcome.moved["households"] == 2
    assert {village_on(first, DAY), village_on(second, DAY)} == {merged}
    assert [village_on(first, EVE), village_on(second, EVE)] == [place.ta_lang, place.gian_bi]
    assert set(Household.objects.values_list("village", flat=True)) == {merged.pk}
    team.refresh_from_db()
    assert team.home_area == merged
    assert TeamVillage.objects.on(EVE).get(team=team).village == place.ta_lang
    assert TeamVillage.objects.on(DAY).get(team=team).village == merged
    assert [posting.area for posting in Posting.objects.current().filter(user=lan)] == [merged]
    assert lan.postings.count() == 2
    assert Area.objects.under(place.hoa_bac, EVE).filter(level=4).count() == 2
    assert list(Area.objects.under(place.hoa_bac, DAY).filter(level=4)) == [merged]
    assert Stale.objects.filter(area=merged, since=DAY).exists()
    assert Act.objects.get(verb=Act.Verb.REORGANISE).detail["moved"]["households"] == 2
    assert list(problems()) == []


def test_a_team_that_served_both_serves_the_merged_village_once(place, new_team, reorganise):
    team = new_team(place.ta_lang)
    TeamVillage.objects.create(team=team, village=place.gian_bi, since=dt.date(2025, 1, 1))
    reorganise("20293", *MERGE)
    assert TeamVillage.objects.open().filter(team=team).count() == 1


def test_what_moved_in_bulk_is_in_the_histories(place, minh, new_household, new_team, plan_text):
    household, team, other = new_household(place.ta_lang), new_team(place.ta_lang), new_household(place.bau_cau)
    plan = plan_from_file(plan_text("20293", *MERGE))
    carry_out(plan, by=minh, at=timezone.now(), today=TODAY)
    merged = named("Thôn Tà Lang - Giàn Bí")
    moved, left = household.history.latest(), Area.history.filter(id=place.ta_lang.pk).latest()
    assert (moved.village, moved.history_type) == (merged, "~")
    assert (moved.history_user_id, moved.history_change_reason) == (minh.pk, "Sắp xếp đơn vị, 45/NQ-HĐND")
    assert team.history.latest().home_area == merged
    assert left.until == DAY
    assert not other.history.filter(history_type="~").exists()


def test_what_ended_villages_stated_stays_theirs_and_is_seen_by_the_successors_office(place, minh, hoa, reorganise):
    told = {"measure": "households", "value": 120, "source": "Báo cáo", "entered_at": timezone.now()}
    StatedFigure.objects.create(area=place.ta_lang, on=EVE, **told)
    reorganise("20293", *MERGE)
    assert [stated.area for stated in StatedFigure.objects.visible_to(minh)] == [place.ta_lang]
    assert not StatedFigure.objects.visible_to(hoa).exists()


def test_norms_hold_in_the_main_successor_and_the_milder_one_after_a_merger(place, reorganise):
    for village, least in ((place.ta_lang, 7), (place.gian_bi, 5), (place.bau_cau, 9)):
        SizeNorm.objects.create(area=village, at_least=least, since=dt.date(2025, 1, 1))
    reorganise("20293", *MERGE)
    merged = named("Thôn Tà Lang - Giàn Bí")
    norms = [(norm.area, norm.at_least, norm.since) for norm in SizeNorm.objects.filter(since=DAY)]
    assert norms == [(merged, 5, DAY)]
    assert SizeNorm.objects.for_area(place.ta_lang, EVE).at_least == 7


def test_a_split_sends_named_households_and_streets_and_the_rest_to_the_main_part(
    place, new_household, new_team, reorganise
):
    street = Street.objects.create(village=place.ta_lang, name="Ngõ 5")
    stays = new_household(place.ta_lang, code="HB-1")
    by_code = new_household(place.ta_lang, code="HB-2")
    by_street = new_household(place.ta_lang, code="HB-3", street=street)
    team = new_team(place.ta_lang)
    reorganise("20293", *SPLIT)
    main, other = named("Thôn Tà Lang 1"), named("Thôn Tà Lang 2")
    assert [village_on(household, DAY) for household in (stays, by_code, by_street)] == [main, other, other]
    by_street.refresh_from_db()
    assert (by_street.street.name, by_street.street.village) == ("Ngõ 5", other)
    assert set(TeamVillage.objects.open().values_list("village", flat=True)) == {main.pk, other.pk}
    assert Team.objects.get(pk=team.pk).home_area == main


def test_households_that_came_after_the_day_or_left_before_it_stand_where_they_should(place, new_household, reorganise):
    late = new_household(place.ta_lang, since=dt.date(2026, 10, 20))
    gone = new_household(place.ta_lang)
    gone.until = dt.date(2026, 3, 1)
    gone.save()
    gone.placements.update(until=gone.until)
    reorganise("20293", *MERGE)
    merged = named("Thôn Tà Lang - Giàn Bí")
    assert [placement.village for placement in late.placements.all()] == [merged]
    gone.refresh_from_db()
    assert gone.village == place.ta_lang


def test_renaming_retyping_and_moving_keep_the_identity(place, new_household, reorganise):
    household = new_household(place.ta_lang)
    reorganise("20293", "Thôn Tà Lang,Tổ dân phố Tà Lang,,,,,,20323")
    place.ta_lang.refresh_from_db()
    assert (place.ta_lang.name, place.ta_lang.kind, place.ta_lang.until) == ("Tổ dân phố Tà Lang", "Tổ dân phố", None)
    assert place.ta_lang in Area.objects.under(place.hoa_chau, DAY)
    assert place.ta_lang in Area.objects.under(place.hoa_bac, EVE)
    assert place.ta_lang.versions.on(EVE).get().name == "Thôn Tà Lang"
    assert household.placements.count() == 1
    assert Reorganisation.objects.get().kind == Reorganisation.Kind.MOVE
    assert list(problems()) == []


def test_a_divided_ward_sends_its_villages_to_the_main_successor_and_onto_the_waiting_list(
    place, minh, new_household, new_team, reorganise
):
    household, team = new_household(place.ta_lang), new_team(place.hoa_bac)
    Office.objects.create(area=place.hoa_bac, name="UBND xã Hòa Bắc", since=dt.date(2024, 9, 1))
    reorganise(
        "497",
        "20293,Phường Hải Vân,một phần,x,,,20194,",
        "20293,Phường Hòa Khánh,một phần,,,,20195,",
        "20323,Phường Hòa Khánh,,,,,20195,",
    )
    main, other = named("Phường Hải Vân"), named("Phường Hòa Khánh")
    assert set(Area.objects.under(main, DAY, depth=1)) == {place.ta_lang, place.gian_bi}
    assert set(Area.objects.under(other, DAY, depth=1)) == {place.bau_cau, place.dong_hoa}
    assert set(PendingVillage.objects.values_list("village", flat=True)) == {place.ta_lang.pk, place.gian_bi.pk}
    assert [posting.area for posting in Posting.objects.current().filter(user=minh)] == [main]
    assert household.placements.count() == 1
    assert Team.objects.get(pk=team.pk).home_area == main
    assert Office.objects.get().until == DAY
    assert list(problems()) == []


def test_twenty_two_villages_become_ten_with_one_of_them_split(place, new_household, reorganise):

    villages = add_villages(
        by=None, ward=place.kim_son, lines="\n".join(f"Xóm {n}" for n in range(1, 23)), since=dt.date(2025, 1, 1)
    )
    households = [new_household(village, since=dt.date(2025, 2, 1)) for village in villages for _ in range(2)]
    rows = [f"Xóm {n},Xóm Mới {(n - 1) // 2 % 10 + 1},,,,,," for n in range(1, 22)]
    rows += ["Xóm 22,Xóm Mới 1,một phần,x,,,,", "Xóm 22,Xóm Mới 2,một phần,,,,,"]
    reorganise("14638", *rows)
    now = Area.objects.under(place.kim_son, DAY, depth=1).exclude(pk=place.tri_chinh.pk)
    assert now.count() == 10
    assert Area.objects.under(place.kim_son, EVE, depth=1).count() == 23
    assert Placement.objects.on(DAY).filter(village__in=now).count() == len(households)
    assert Placement.objects.on(EVE).filter(village__in=villages).count() == len(households)


def test_help_at_a_mobile_desk_after_the_day_was_given_in_the_successor(place, reorganise):
    at = dt.datetime(2026, 10, 5, 19, 0, tzinfo=timezone.get_default_timezone())
    before = at - dt.timedelta(days=30)
    for moment in (at, before):
        Visit.objects.create(village=place.ta_lang, at=moment, received_at=at)
    reorganise("20293", *MERGE)
    assert [visit.village.name for visit in Visit.objects.order_by("at")] == ["Thôn Tà Lang", "Thôn Tà Lang - Giàn Bí"]


def test_a_future_one_is_kept_as_planned_and_carried_out_when_its_day_has_come(place, new_household, reorganise):
    household = new_household(place.ta_lang)
    outcome = reorganise("20293", *MERGE, day=dt.date(2026, 12, 1))
    assert outcome.is_planned
    assert household.placements.count() == 1
    assert carry_out_due(by=None, at=timezone.now(), today=dt.date(2026, 11, 30)) == ([], {})
    done, failed = carry_out_due(by=None, at=timezone.now(), today=dt.date(2026, 12, 1))
    assert [len(done), failed] == [1, {}]
    assert village_on(household, dt.date(2026, 12, 1)).name == "Thôn Tà Lang - Giàn Bí"


def test_a_planned_one_that_no_longer_fits_is_told_and_left(place, reorganise):
    reorganise("20293", *MERGE, day=dt.date(2026, 12, 1))
    reorganise("20293", "Thôn Tà Lang,Thôn Tà Lang Mới,,,,,,", number="46/NQ-HĐND")
    done, failed = carry_out_due(by=None, at=timezone.now(), today=dt.date(2026, 12, 2))
    assert done == []
    (messages,) = failed.values()
    assert "Thôn Tà Lang" in messages[0]


def test_the_same_decree_is_not_carried_out_twice(place, reorganise):
    reorganise("20293", *MERGE, day=dt.date(2026, 12, 1))
    with pytest.raises(ValidationError, match="đã được ghi"):
        reorganise("20293", *MERGE, day=dt.date(2026, 12, 1))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["Thôn Không Có,Thôn A,,,,,,"], "Dòng 7: Xã Hòa Bắc ngày 30/09/2026 không có “Thôn Không Có”"),
        (["Thôn Tà Lang,Thôn Tà Lang,,,,,,"], "Dòng 7: Thôn Tà Lang không thay đổi gì"),
        (["Thôn Tà Lang,Thôn A,một phần,x,,,,"], "không có phần còn lại"),
        (["Thôn Tà Lang,Thôn A,một phần,,,,,", "Thôn Tà Lang,Thôn B,một phần,,,,,"], "một \\(và chỉ một\\) phần chính"),
        (["Thôn Tà Lang,Thôn A,,,,,,", "Thôn Tà Lang,Thôn B,một phần,x,,,,"], "mỗi dòng là “một phần”"),
        (["Thôn Tà Lang,Thôn Giàn Bí,,,,,,"], "đã có Thôn Giàn Bí"),
        (["Thôn Tà Lang,,,,,,,"], "thiếu đơn vị cũ hoặc đơn vị mới"),
        (["Thôn Tà Lang,Thôn A,nửa,,,,,"], "phạm vi là"),
        (
            ["Thôn Tà Lang,Thôn A,một phần,x,KHÔNG-CÓ,,,", "Thôn Tà Lang,Thôn B,một phần,,,Ngõ lạ,,"],
            "không có hộ mang mã “KHÔNG-CÓ”",
        ),
        (["Thôn Tà Lang,Thôn A,,,,,,99999"], "không có đơn vị “99999”"),
        (["20293,Xã Mới,,,,,20323,"], "mã 20323 trùng"),
        (["20293,Xã Mới,,,,,,", "Thôn Tà Lang,Thôn A,,,,,,"], "một cấp"),
    ],
)
def test_what_cannot_be_is_told_by_line_and_nothing_changes(place, plan_text, rows, message):
    before = (Area.objects.count(), AreaLink.objects.count())
    with pytest.raises(ValidationError, match=message):
        plan_from_file(plan_text("20293", *rows))
    assert (Area.objects.count(), AreaLink.objects.count()) == before


def test_a_file_without_head_or_table_is_refused(db):
    for text in ("", "từ,đến\nA,B", "nội dung,X\n", "lạ,X\ntừ,đến\nA,B", '{"parts": 3}', "từ,cột lạ\nA,B"):
        with pytest.raises(ValidationError):
            plan_from_file(text)


def test_json_says_the_same_as_csv(place, plan_text):
    parts = [
        {"from": "Thôn Tà Lang", "to": "Thôn Mới"},
        {"from": "Thôn Giàn Bí", "to": "Thôn Mới", "extent": "whole"},
    ]
    plan = plan_from_file(
        json.dumps({"decree_number": "1", "effective_on": "01/10/2026", "within": "20293", "parts": parts})
    )
    assert [target.name for target in plan.targets] == ["Thôn Mới"]
    assert plan.kind == Reorganisation.Kind.MERGE


def test_the_preview_counts_what_will_follow(place, lan, new_household, new_team, plan_text):
    new_household(place.ta_lang, people=[("Ông A", 1960), ("Bà B", 1962)])
    new_team(place.ta_lang)
    shown = preview(plan_from_file(plan_text("20293", *MERGE)))
    assert (shown.households, shown.people, shown.teams, shown.postings) == (1, 2, 1, 1)
    assert "Chuyển theo: 1 hộ, 2 nhân khẩu, 1 tổ, 1 phân công" in shown.lines()


def test_the_command_previews_then_carries_out(place, plan_text, tmp_path, capsys):
    path = tmp_path / "thon.csv"
    path.write_text(plan_text("20293", *MERGE), encoding="utf-8")
    call_command("reorganise", path)
    assert "chưa thay đổi gì" in capsys.readouterr().out
    assert not Reorganisation.objects.exists()
    call_command("reorganise", path, "--carry-out")
    assert "Đã thực hiện" in capsys.readouterr().out
    with pytest.raises(CommandError, match="đã kết thúc"):
        call_command("reorganise", path, "--carry-out")


def test_a_team_stays_where_it_was_for_the_days_before(place, new_team):
    from teams.models import Team

    team = new_team(place.ta_lang)
    team.move_home(place.gian_bi, dt.date(2026, 3, 1))
    assert team in Team.objects.under(place.ta_lang, dt.date(2026, 2, 28))
    assert team not in Team.objects.under(place.gian_bi, dt.date(2026, 2, 28))
    assert team in Team.objects.under(place.gian_bi, dt.date(2026, 3, 1))
