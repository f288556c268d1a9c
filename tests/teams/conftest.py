import pytest

from teams.models import Team


@pytest.fixture
def team(place, new_team):
    """The team of Tà Lang, with a leader and a member."""
    return new_team(place.ta_lang, "Tổ CNSCĐ thôn Tà Lang", members=["Nguyễn Thị Lan", "A Lăng Bình"])


@pytest.fixture
def founding(place):
    """What the form of a new team sends at the least."""
    return {
        "name": "Tổ CNSCĐ thôn Giàn Bí",
        "kind": Team.Kind.CNSCD,
        "home_area": place.gian_bi.pk,
        "since": "17/06/2025",
        "decision-paper": "decision",
    }
