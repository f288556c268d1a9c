import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from journal.models import Act
from residents.actions import edit_resident, move_resident
from residents.card import card_of


def url(household, name="household_detail", *args):
    return reverse(f"residents:{name}", args=[household.pk, *args])


def test_shows_people_and_their_states(lan, home, sign_in, saw, person):
    saw(home, "vneid2", "yes", person("Ông Sáu"))
    page = sign_in(lan).get(url(home)).content.decode()
    assert "Hộ Nguyễn Văn Sáu" in page
    assert "Bà Tư" in page
    assert "(dưới 14 tuổi)" in page
    assert "Tổ không hỏi mật khẩu, mã OTP; không thu tiền. Ai hỏi là lừa đảo." in page


@pytest.mark.parametrize(
    "name", ["household_detail", "household_history", "household_edit", "visit_add", "resident_add"]
)
@pytest.mark.parametrize("who", ["hoa", "thu", "dung", "mai", "an"])
def test_somebody_elses_household_is_not_there(name, who, request, home, sign_in):
    assert sign_in(request.getfixturevalue(who)).get(url(home, name)).status_code == 404


def test_a_view_is_journalled_once_an_hour(lan, minh, home, sign_in):
    for client in (sign_in(lan), sign_in(minh)):
        client.get(url(home))
        client.get(url(home, "household_history"))
    views = Act.objects.filter(verb=Act.Verb.VIEW, object_id=str(home.pk))
    assert sorted(views.values_list("actor_id", flat=True)) == sorted([lan.pk, minh.pk])


def test_members_see_no_way_to_edit(tu, home, sign_in):
    page = sign_in(tu).get(url(home)).content.decode()
    assert url(home, "household_edit") not in page
    assert url(home, "visit_add") in page


def test_costs_the_same_queries_for_ten_people(lan, place, catalogue, new_household, sign_in):
    client = sign_in(lan)

    def queries(people):
        household = new_household(place.ta_lang, "Hộ", people=[(f"Người {each}", 1980) for each in range(people)])
        client.get(url(household))
        with CaptureQueriesContext(connection) as caught:
            client.get(url(household))
        return len(caught)

    assert queries(1) == queries(10) <= 12


def test_the_card_counts_what_is_missing(home, saw, person, today):
    before = card_of(home, today)
    saw(home, "vneid2", "no", person("Ông Sáu"))
    saw(home, "broadband", "yes")
    after = card_of(home, today)
    assert before.unasked_count - after.unasked_count == 2
    assert after.not_reached_count == 1
    assert [cell.who for cell in after.row("vneid2").unasked] == ["Bà Tư"]


def test_the_history_tells_who_changed_what(lan, home, sign_in):
    client = sign_in(lan)
    client.post(url(home, "household_edit"), {"head_name": "Nguyễn Văn Sáu", "phone": "0905 123 456"})
    page = client.get(url(home, "household_history")).content.decode()
    assert "0905123456" in page
    assert "Nguyễn Thị Lan" in page


def test_what_happens_in_another_ward_is_not_told_here(lan, hoa, home, person, place, new_household, sign_in, today):
    elsewhere = new_household(place.bau_cau, "Con rể")
    gone = person("Bà Tư")
    gone.save()  # a first row of history, here
    move_resident(by=None, resident=gone, to=elsewhere, on=today, today=today)
    edit_resident(by=hoa, resident=gone, today=today, label="Tên mới ở nơi khác")
    page = sign_in(lan).get(url(home, "household_history")).content.decode()
    assert "Bà Tư: chuyển sang hộ khác" in page
    assert "Tên mới ở nơi khác" not in page
    assert "Tên mới ở nơi khác" in sign_in(hoa).get(url(elsewhere, "household_history")).content.decode()
