"""Who may grant and manage: the whole matrix of roles and areas against the sentences of the design."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.management.commands.roles import roles_text
from accounts.models import Posting, User
from accounts.rules import (
    PERSONAL,
    ROLE_CAN,
    ROLE_GRANTS,
    ROLE_LEVELS,
    Can,
    Role,
    can_end,
    can_grant,
    can_manage,
    grantable_roles,
)
from tests.cast import user_with
from tests.house import source

# The tree of the cast, written down once more: an area and what it lies in.
INSIDE = {
    "country": "", "da_nang": "country", "hoa_vang": "da_nang", "hoa_bac": "hoa_vang", "hoa_chau": "hoa_vang",
    "ninh_binh": "country", "kim_son": "ninh_binh", "ta_lang": "hoa_bac", "gian_bi": "hoa_bac",
    "bau_cau": "hoa_chau", "tri_chinh": "kim_son",
}  # fmt: skip


def way_up(name: str) -> list[str]:
    way = []
    while name := INSIDE[name]:
        way.append(name)
    return way


def stands_above(by: Role, by_area: str, role: Role, area: str) -> bool:
    if role not in ROLE_GRANTS.get(by, ()):
        return False
    same_is_enough = by == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR
    return by_area in way_up(area) or (same_is_enough and by_area == area)


def test_every_role_at_every_area_against_every_other(place):
    """All 9 × 11 × 9 × 11 pairs; areas of a wrong level never get a role."""
    other = User.objects.create_user("khac", full_name="Người Khác")
    wrong = []
    for by_role in Role:
        for by_area in INSIDE:
            giver = User(username=f"{by_role}{by_area}", full_name="Người Cấp", pk=10**6)
            giver.reach().postings = [Posting(user=giver, role=by_role, area=getattr(place, by_area))]
            for role in ROLE_GRANTS.get(by_role, ()) or list(Role)[:1]:
                for area in INSIDE:
                    there = getattr(place, area)
                    fits = there.level in ROLE_LEVELS[role]
                    expected = fits and stands_above(by_role, by_area, role, area)
                    if can_grant(giver, role, there) != expected:
                        wrong.append((by_role, by_area, role, area))
    assert wrong == []
    assert other.pk


def test_roles_without_grants_hand_out_nothing(place):
    for role in (Role.TEAM_MEMBER, Role.TEAM_LEADER, Role.WARD_LEADER, Role.PROVINCE_LEADER, Role.VIEWER):
        user = User(username=role, pk=10**6)
        user.reach().postings = [Posting(user=user, role=role, area=place.country)]
        assert grantable_roles(user) == []
        assert not any(can_grant(user, other, getattr(place, area)) for other in Role for area in INSIDE)


def test_nobody_hands_out_a_right_over_figures_or_people_upwards():
    """A role below may see persons that one above does not see, never one of the same or a higher level."""
    for role, granted in ROLE_GRANTS.items():
        for other in granted:
            if role != Role.ADMINISTRATOR:
                assert min(ROLE_LEVELS[role]) < max(ROLE_LEVELS[other])
            own_work = {Can.USE_ADMIN, Can.EDIT_TEAMS, Can.EDIT_AREAS, Can.CONFIRM_FIGURES, Can.APPROVE_REPORTS}
            beyond = ROLE_CAN[other] - ROLE_CAN[role] - PERSONAL - own_work
            assert not beyond, f"{role} hands out {beyond} by {other}"


AREAS = st.sampled_from(sorted(INSIDE))
POSTINGS = st.lists(st.tuples(st.sampled_from(sorted(Role)), AREAS), max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=POSTINGS, theirs=POSTINGS)
def test_one_manages_only_who_lies_below_with_all_postings(place, mine, theirs):
    giver = User(username="nguoi.cap", pk=10**6)
    other = User(username="nguoi.nhan", pk=10**6 + 1)
    giver.reach().postings = [Posting(user=giver, role=role, area=getattr(place, area)) for role, area in mine]
    held = [Posting(user=other, role=role, area=getattr(place, area)) for role, area in theirs]
    other.postings_that_count = lambda: held
    below = [any(stands_above(Role(by), by_area, Role(role), area) for by, by_area in mine) for role, area in theirs]
    country_wide = (Role.ADMINISTRATOR, "country") in [(Role(role), area) for role, area in mine]
    assert can_manage(giver, other) == (all(below) if theirs else country_wide)


def test_nobody_manages_oneself_or_a_superuser(minh, an, place):
    root = User.objects.create_superuser("root", "mat-khau-cua-root", full_name="Quản Trị")
    assert not can_manage(minh, minh)
    assert not can_manage(an, root)
    assert not can_manage(root, root)
    assert can_manage(root, an)


def test_a_superuser_without_postings_makes_the_first_accounts(place):
    root = User.objects.create_superuser("root", "mat-khau-cua-root", full_name="Quản Trị")
    assert can_grant(root, Role.ADMINISTRATOR, place.country)
    assert can_grant(root, Role.WARD_OFFICIAL, place.hoa_bac)
    assert not can_grant(root, Role.WARD_OFFICIAL, place.ta_lang)


def test_who_works_in_two_wards_is_managed_by_neither_and_ended_by_each(minh, hoa, dung, place):
    worker = user_with("lam", "Đỗ Văn Lâm", Role.TEAM_LEADER, place.ta_lang)
    here = worker.postings.get()
    there = Posting.objects.create(user=worker, role=Role.TEAM_LEADER, area=place.bau_cau)
    assert not can_manage(minh, worker)
    assert not can_manage(hoa, worker)
    assert can_manage(dung, worker)
    assert can_end(minh, here)
    assert not can_end(minh, there)
    assert can_end(hoa, there)


def test_who_has_no_posting_left_is_managed_where_the_last_one_was(minh, hoa, lan):
    posting = lan.postings.get()
    posting.until = posting.since.replace(year=posting.since.year + 1)
    Posting.objects.filter(pk=posting.pk).update(
        since=posting.since.replace(year=2025), until=posting.since.replace(year=2026, month=1)
    )
    assert can_manage(minh, lan)
    assert not can_manage(hoa, lan)
    assert User.objects.visible_to(minh).filter(pk=lan.pk).exists()
    assert not User.objects.visible_to(hoa).filter(pk=lan.pk).exists()


def test_a_stopped_account_manages_nobody(minh, lan):
    assert can_manage(minh, lan)
    minh.is_active = False
    minh.forget_reach()
    assert not can_manage(minh, lan)


def test_the_page_of_roles_is_printed_from_the_table():
    assert source.text(source.Path("docs/roles.md")) == roles_text(), "run: manage.py roles > docs/roles.md"
