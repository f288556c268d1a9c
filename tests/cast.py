"""The fixed cast: the same small country and the same people in every test.

Việt Nam ▸ Đà Nẵng ▸ huyện Hòa Vang ▸ xã Hòa Bắc (Tà Lang, Giàn Bí) and xã Hòa Châu (Bàu Cầu, Đông Hòa);
Việt Nam ▸ Ninh Bình ▸ xã Kim Sơn (Trì Chính). Since 1/9/2024, still there.
"""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.models import Posting, User
from accounts.rules import Role
from areas.actions import open_area
from areas.models import Level
from residents.models import Household, Placement, Residence, Resident
from teams.models import Member, Team, TeamVillage

SINCE = dt.date(2024, 9, 1)
PASSWORD = "mat-khau-thu-1"


@pytest.fixture
def place(db):
    """The areas, by short names."""

    def area(level, kind, name, parent=None, code=""):
        return open_area(by=None, level=level, kind=kind, name=f"{kind} {name}", parent=parent, code=code, since=SINCE)

    country = open_area(by=None, level=Level.COUNTRY, kind="Nước", name="Việt Nam", code="VN", since=SINCE)
    da_nang = area(Level.PROVINCE, "Thành phố", "Đà Nẵng", country, "48")
    hoa_vang = area(Level.DISTRICT, "Huyện", "Hòa Vang", da_nang, "497")
    hoa_bac = area(Level.WARD, "Xã", "Hòa Bắc", hoa_vang, "20293")
    hoa_chau = area(Level.WARD, "Xã", "Hòa Châu", hoa_vang, "20323")
    ninh_binh = area(Level.PROVINCE, "Tỉnh", "Ninh Bình", country, "37")
    kim_son = area(Level.WARD, "Xã", "Kim Sơn", ninh_binh, "14638")
    return SimpleNamespace(
        country=country,
        da_nang=da_nang,
        hoa_vang=hoa_vang,
        hoa_bac=hoa_bac,
        hoa_chau=hoa_chau,
        ninh_binh=ninh_binh,
        kim_son=kim_son,
        ta_lang=area(Level.VILLAGE, "Thôn", "Tà Lang", hoa_bac),
        gian_bi=area(Level.VILLAGE, "Thôn", "Giàn Bí", hoa_bac),
        bau_cau=area(Level.VILLAGE, "Thôn", "Bàu Cầu", hoa_chau),
        dong_hoa=area(Level.VILLAGE, "Thôn", "Đông Hòa", hoa_chau),
        tri_chinh=area(Level.VILLAGE, "Phố", "Trì Chính", kim_son),
    )


def user_with(username, full_name, role, area) -> User:
    user = User.objects.create_user(username, PASSWORD, full_name=full_name)
    Posting.objects.create(user=user, role=role, area=area)
    return user


@pytest.fixture
def lan(place):
    """Leads the team of Tà Lang."""
    return user_with("lan", "Nguyễn Thị Lan", Role.TEAM_LEADER, place.ta_lang)


@pytest.fixture
def minh(place):
    """Official of xã Hòa Bắc."""
    return user_with("minh", "Trần Văn Minh", Role.WARD_OFFICIAL, place.hoa_bac)


@pytest.fixture
def sang(place):
    """Leads xã Hòa Bắc: she approves."""
    return user_with("sang", "Đỗ Thị Sang", Role.WARD_LEADER, place.hoa_bac)


@pytest.fixture
def xem(place):
    """Sees the figures of xã Hòa Bắc."""
    return user_with("xem", "Ngô Thị Xem", Role.VIEWER, place.hoa_bac)


@pytest.fixture
def hoa(place):
    """Official of another ward of the same district: never empty-handed, never of this ward."""
    return user_with("hoa", "Lê Thị Hoa", Role.WARD_OFFICIAL, place.hoa_chau)


@pytest.fixture
def thu(place):
    """Official of a ward of another province."""
    return user_with("thu", "Vũ Thị Thu", Role.WARD_OFFICIAL, place.kim_son)


@pytest.fixture
def dung(place):
    return user_with("dung", "Phạm Tiến Dũng", Role.DISTRICT_STAFF, place.hoa_vang)


@pytest.fixture
def mai(place):
    return user_with("mai", "Hoàng Thị Mai", Role.PROVINCE_STAFF, place.da_nang)


@pytest.fixture
def an(place):
    return user_with("an", "Võ Hoài An", Role.ADMINISTRATOR, place.country)


@pytest.fixture
def sign_in():
    """`sign_in(lan)` → a client signed in as her."""

    def client_of(user) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


@pytest.fixture
def new_household(place):
    """`new_household(village, head_name, people=[("Ông A", 1960)])` → a household that stands there since SINCE."""

    def make(village, head_name="Nguyễn Văn Sáu", *, people=(), since=SINCE, **fields) -> Household:
        household = Household.objects.create(
            village=village, code_village=village, head_name=head_name, since=since, **fields
        )
        Placement.objects.create(household=household, village=village, since=since)
        for label, birth_year in people:
            resident = Resident.objects.create(household=household, label=label, birth_year=birth_year, since=since)
            Residence.objects.create(resident=resident, household=household, since=since)
        return household

    return make


@pytest.fixture
def new_team(place):
    """`new_team(village, "Tổ CNSCĐ thôn Tà Lang", members=["Nguyễn Thị Lan"])`; the first member leads."""

    def make(village, name=None, *, members=(), since=SINCE) -> Team:
        team = Team.objects.create(name=name or f"Tổ CNSCĐ {village.name}", home_area=village, since=since)
        TeamVillage.objects.create(team=team, village=village, since=since)
        for index, full_name in enumerate(members):
            role = Member.Role.MEMBER if index else Member.Role.LEADER
            Member.objects.create(team=team, full_name=full_name, role=role, since=since)
        return team

    return make
