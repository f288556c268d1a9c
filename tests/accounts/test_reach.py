"""The one gate: by today's tree, by its text names, and what becomes of areas that closed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actions import end_posting, lock_again, unlock
from accounts.models import Posting, User
from accounts.reach import Reach
from accounts.rules import Can, Role
from areas.models import Area, AreaLink, AreaVersion, Level, Reorganisation, ReorganisationPart
from residents.models import Household
from tests.cast import user_with

CUT = dt.date(2025, 7, 1)


@pytest.fixture
def become(place):
    """`become(ta_lang, hai_van_village, main=True)`: the first closes and becomes the second."""
    event = Reorganisation.objects.create(
        kind="merge", title="Sắp xếp", decree_number="1/NQ", effective_on=CUT, state="carried_out",
        carried_out_at=timezone.now(),
    )  # fmt: skip

    def close(area: Area, *successors: Area) -> None:
        for index, successor in enumerate(successors):
            ReorganisationPart.objects.create(
                reorganisation=event, from_area=area, to_area=successor, extent="part" if index else "whole",
                is_main=not index,
            )  # fmt: skip
        Area.objects.filter(pk=area.pk).update(until=CUT)
        for model in (AreaLink, AreaVersion):
            rows = model.objects.filter(until=None)
            rows.filter(**{"descendant" if model is AreaLink else "area": area}).update(until=CUT)
        area.refresh_from_db()

    return close


def households_of(user) -> set[str]:
    return set(Household.objects.visible_to(user).values_list("head_name", flat=True))


def test_rights_are_also_known_by_their_text(minh, place):
    reach = minh.reach()
    assert reach.area_ids("see_people") == reach.area_ids(Can.SEE_PEOPLE) == [place.hoa_bac.pk]
    assert reach.may("see_people")
    assert reach.covers(place.ta_lang, "see_people")
    with pytest.raises(ValueError, match="see_everything"):
        reach.may("see_everything")


def test_rows_of_a_closed_village_go_to_its_main_successor_alone(minh, hoa, place, become, new_household):
    new_household(place.ta_lang, "Hộ Tà Lang")
    become(place.ta_lang, place.bau_cau, place.gian_bi)
    assert households_of(hoa) == {"Hộ Tà Lang"}
    assert households_of(minh) == set()
    leader = user_with("truong", "Tổ Trưởng", Role.TEAM_LEADER, place.bau_cau)
    assert households_of(leader) == {"Hộ Tà Lang"}


def test_they_follow_on_when_the_successor_closes_too(minh, hoa, thu, place, become, new_household):
    new_household(place.ta_lang, "Hộ Tà Lang")
    become(place.ta_lang, place.gian_bi)
    assert households_of(minh) == {"Hộ Tà Lang"}
    become(place.gian_bi, place.tri_chinh)
    assert households_of(thu) == {"Hộ Tà Lang"}
    minh.forget_reach()
    assert households_of(minh) == set()


def test_a_village_that_ended_without_successor_stays_with_its_ward_and_with_what_the_ward_became(
    minh, hoa, thu, place, become, new_household
):
    new_household(place.ta_lang, "Hộ Tà Lang")
    become(place.ta_lang)
    assert households_of(minh) == {"Hộ Tà Lang"}
    become(place.hoa_bac, place.hoa_chau, place.kim_son)
    for user in (minh, hoa, thu):
        user.forget_reach()
    assert households_of(hoa) == {"Hộ Tà Lang"}
    assert households_of(thu) == set()
    assert households_of(minh) == set(), "a posting left on a closed ward does not keep what went to its successor"


def test_a_planned_reorganisation_gives_nothing(hoa, place, become, new_household):
    new_household(place.ta_lang, "Hộ Tà Lang")
    become(place.ta_lang, place.bau_cau)
    Reorganisation.objects.update(state="planned", carried_out_at=None)
    assert households_of(hoa) == set()


def test_figures_of_a_closed_area_are_seen_over_any_successor_people_are_not(hoa, thu, place, become, new_household):
    new_household(place.ta_lang, "Hộ Tà Lang")
    become(place.hoa_bac, place.kim_son, place.hoa_chau)
    before = CUT - dt.timedelta(days=1)
    for user in (hoa, thu):
        assert user.reach().sees_figures(place.hoa_bac, before)
    assert not hoa.reach().sees_figures(place.tri_chinh, before)
    assert households_of(hoa) == set()


def test_figures_are_ones_own_subtree_and_the_totals_above(lan, minh, place):
    today = timezone.localdate()
    seen = set(lan.reach().visible_areas(today))
    assert seen == {place.ta_lang, place.hoa_bac, place.hoa_vang, place.da_nang, place.country}
    assert not minh.reach().sees_figures(place.hoa_chau, today)
    assert not minh.reach().sees_figures(place.bau_cau, today)
    assert minh.reach().sees_figures(place.gian_bi, today)


def test_a_village_that_moved_brings_its_past_figures_along(hoa, minh, place):
    AreaLink.objects.filter(descendant=place.ta_lang, ancestor=place.hoa_bac).update(until=CUT)
    AreaLink.objects.create(ancestor=place.hoa_chau, descendant=place.ta_lang, depth=1, since=CUT)
    before = CUT - dt.timedelta(days=1)
    assert hoa.reach().sees_figures(place.ta_lang, before)
    assert not hoa.reach().sees_figures(place.hoa_bac, before)
    assert minh.reach().sees_figures(place.ta_lang, before)
    assert not minh.reach().sees_figures(place.ta_lang, CUT)


def test_without_a_posting_one_sees_nothing(place, new_household, new_team):
    new_household(place.ta_lang)
    nobody = User.objects.create_user("khongai", full_name="Không Ai")
    reach = nobody.reach()
    assert households_of(nobody) == set()
    assert not any(reach.may(can) or reach.areas(can).exists() or reach.areas_ever(can).exists() for can in Can)
    assert not reach.visible_areas(timezone.localdate()).exists()


def test_an_ended_or_future_posting_gives_nothing(lan):
    now = timezone.now()
    for since, until in ((now - dt.timedelta(days=2), now - dt.timedelta(days=1)), (now + dt.timedelta(days=1), None)):
        Posting.objects.filter(user=lan).update(since=since, until=until)
        lan.forget_reach()
        assert not lan.may(Can.SEE_PEOPLE)


def test_a_long_lived_object_reads_its_postings_again(lan, minh, monkeypatch):
    assert lan.may(Can.SEE_PEOPLE)
    end_posting(Posting.objects.select_related("area").get(user=lan), by=minh)
    assert lan.may(Can.SEE_PEOPLE), "read once for one request"
    monkeypatch.setattr(Reach, "LASTS", 0)
    assert not lan.may(Can.SEE_PEOPLE)


def test_a_reload_forgets_the_reach(lan):
    assert lan.may(Can.SEE_PEOPLE)
    Posting.objects.filter(user=lan).delete()
    lan.refresh_from_db()
    assert not lan.may(Can.SEE_PEOPLE)


# A superuser's unlock


def test_a_superuser_sees_people_only_while_unlocked(place, new_household):
    new_household(place.ta_lang, "Hộ Tà Lang")
    root = User.objects.create_superuser("root", "mat-khau-cua-root", full_name="Quản Trị")
    assert households_of(root) == set()
    assert root.may(Can.EDIT_TEAMS)
    unlock(root, "Kiểm tra hộ trùng ở Hòa Bắc")
    assert households_of(root) == {"Hộ Tà Lang"}
    lock_again(root)
    assert households_of(root) == set()


def test_an_unlock_ends_after_sixty_minutes(place, new_household):
    new_household(place.ta_lang, "Hộ Tà Lang")
    root = User.objects.create_superuser("root", "mat-khau-cua-root", full_name="Quản Trị")
    opened = unlock(root, "Kiểm tra hộ trùng ở Hòa Bắc")
    type(opened).objects.update(since=timezone.now() - dt.timedelta(minutes=60, seconds=1))
    root.forget_reach()
    assert households_of(root) == set()


def test_a_stopped_superuser_sees_nothing(place):
    root = User.objects.create_superuser("root", "mat-khau-cua-root", full_name="Quản Trị", is_active=False)
    assert not any(root.may(can) for can in Can)
    assert not root.reach().areas(Can.SEE_FIGURES).exists()


def test_a_village_level_list_holds_villages_only(mai):
    levels = Area.objects.filter(pk__in=mai.reach().villages(Can.SEE_TEAMS)).values_list("level", flat=True)
    assert set(levels) == {Level.VILLAGE}
