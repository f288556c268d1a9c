import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from areas.models import Stale
from residents.models import Observation, ResultKind, Topic, Visit

MET = {"outcome": "met", "when": "now", "way": "home"}


def add_url(household):
    return reverse("residents:visit_add", args=[household.pk])


def url(visit, name):
    return reverse(f"residents:visit_{name}", args=[visit.pk])


def text(day):
    return f"{day:%d/%m/%Y}"


@pytest.fixture
def visit(lan, home, sign_in):
    sign_in(lan).post(add_url(home), MET | {"people_helped": "2", "note": "Hẹn buổi tối"})
    return Visit.objects.get()


def test_a_visit_with_what_was_seen_in_one_transaction(lan, home, person, place, new_team, sign_in):
    team = new_team(place.ta_lang, members=["Nguyễn Thị Lan", "Đinh Văn Tú"])
    member, kind = team.members.first(), ResultKind.objects.get(code="vneid2")
    data = MET | {
        "when": "yesterday",
        "minutes": "20",
        "people_helped": "2",
        "topics": [Topic.objects.get(code="vneid").pk],
        "team": team.pk,
        "members": [member.pk],
        f"result_{kind.pk}": "1",
        f"a-vneid2-{person('Ông Sáu').pk}": "YES",
        f"a-broadband-{home.pk}": "NO",
    }
    response = sign_in(lan).post(add_url(home), data)
    assert response.url == reverse("residents:household_detail", args=[home.pk])
    made = Visit.objects.get()
    assert timezone.localdate(made.at) == timezone.localdate() - dt.timedelta(days=1)
    assert (made.minutes, made.people_helped, made.team, made.recorded_by) == (20, 2, team, lan)
    assert [result.count for result in made.results.all()] == [1]
    seen = Observation.objects.filter(visit=made)
    assert {row.effective_at for row in seen} == {made.at}
    assert sorted(seen.values_list("indicator__code", "answer")) == [("broadband", "no"), ("vneid2", "yes")]
    assert Stale.objects.filter(area=place.ta_lang, since__lte=timezone.localdate(made.at)).exists()


@pytest.mark.parametrize("outcome", ["nobody", "refused"])
def test_nobody_home_is_one_tap(outcome, lan, home, sign_in):
    sign_in(lan).post(add_url(home), MET | {"outcome": outcome, "people_helped": "1"})
    made = Visit.objects.get()
    assert (made.outcome, made.people_helped) == (outcome, 0)


def test_come_back_on_a_day(lan, home, sign_in, today):
    later = today + dt.timedelta(days=3)
    sign_in(lan).post(add_url(home), MET | {"outcome": "come_back", "come_back_on": text(later)})
    assert Visit.objects.get().come_back_on == later


@pytest.mark.parametrize(
    ("data", "field", "told"),
    [
        ({"when": "other"}, "on", "Ghi ngày đến"),
        ({"when": "other", "on": "01/01/2999", "clock": "08:00"}, "when", "tương lai"),
        ({"when": "other", "on": "01/08/2024", "clock": "08:00"}, "when", "không ở trong sổ"),
        ({"minutes": "1441"}, "minutes", "1.440"),
        ({"outcome": "come_back", "come_back_on": "01/10/2024"}, "come_back_on", "đã qua"),
        ({"outcome": "flew"}, "outcome", ""),
        ({"note": "OTP 123456"}, "note", "Không được ghi"),
        ({"note": "a\x08b"}, "note", "ký tự điều khiển"),
        ({"people_helped": "-1"}, "people_helped", ""),
    ],
)
def test_wrong_input_is_told_at_its_field_and_nothing_is_written(data, field, told, lan, home, person, sign_in):
    answer = {f"a-vneid2-{person('Ông Sáu').pk}": "YES"}
    response = sign_in(lan).post(add_url(home), MET | answer | data)
    assert told in str(response.context["form"].errors[field])
    assert not Visit.objects.exists()
    assert not Observation.objects.exists()


def test_a_stranger_was_not_present(lan, home, place, new_team, sign_in):
    new_team(place.ta_lang, members=["Lan"])
    other = new_team(place.bau_cau, members=["Người tổ khác"])
    response = sign_in(lan).post(add_url(home), MET | {"members": [other.members.get().pk]})
    assert "members" in response.context["form"].errors
    assert not Visit.objects.exists()


def test_help_to_people_of_no_household(lan, place, catalogue, sign_in):
    data = {"village": place.ta_lang.pk, "place": "Nhà văn hóa", "when": "now", "way": "mobile", "people_helped": "12"}
    response = sign_in(lan).post(reverse("residents:visit_add_elsewhere"), data)
    made = Visit.objects.get()
    assert response.url == url(made, "detail")
    assert (made.household, made.village, made.people_helped) == (None, place.ta_lang, 12)


def test_another_wards_village_is_told_at_its_field(minh, place, catalogue, sign_in):
    data = {"village": place.bau_cau.pk, "place": "Chợ", "when": "now", "way": "mobile"}
    response = sign_in(minh).post(reverse("residents:visit_add_elsewhere"), data)
    assert "không thuộc địa bàn" in str(response.context["form"].errors["village"])
    assert not Visit.objects.exists()


def test_the_detail_says_what_was_outside_office_hours(lan, home, sign_in):
    data = MET | {"when": "other", "on": "20/11/2025", "clock": "16:45", "minutes": "30"}
    sign_in(lan).post(add_url(home), data)
    assert "15 phút ngoài giờ hành chính" in sign_in(lan).get(url(Visit.objects.get(), "detail")).content.decode()


def test_a_correction_replaces_and_keeps_the_first_wording(lan, visit, person, sign_in):
    client = sign_in(lan)
    assert "Hẹn buổi tối" in client.get(url(visit, "edit")).content.decode()
    response = client.post(url(visit, "edit"), MET | {"people_helped": "3"})
    later = Visit.objects.get(replaces=visit)
    assert response.url == url(later, "detail")
    assert list(Visit.objects.counted()) == [later]
    assert "bản cũ" in client.get(url(visit, "detail")).content.decode()
    assert "Các bản trước" in client.get(url(later, "detail")).content.decode()
    again = client.post(url(visit, "edit"), MET)
    assert "đã được sửa" in str(again.context["form"].non_field_errors())


def test_a_corrected_time_moves_what_was_seen_with_it(lan, home, person, sign_in):
    client = sign_in(lan)
    client.post(add_url(home), MET | {f"a-vneid2-{person('Ông Sáu').pk}": "YES"})
    visit = Visit.objects.get()
    client.post(url(visit, "edit"), MET | {"when": "other", "on": "05/10/2025", "clock": "19:00"})
    later = Visit.objects.get(replaces=visit)
    held = Observation.objects.current().get()
    assert (held.visit, held.effective_at, held.answer) == (later, later.at, "yes")


def test_withdrawing_takes_its_answers_back(lan, home, person, saw, sign_in):
    saw(home, "vneid2", "no", person("Ông Sáu"), days_ago=5)
    client = sign_in(lan)
    client.post(add_url(home), MET | {f"a-vneid2-{person('Ông Sáu').pk}": "YES"})
    visit = Visit.objects.get()
    client.post(url(visit, "withdraw"), {"with_answers": "on"})
    visit.refresh_from_db()
    assert visit.withdrawn_by == lan
    assert not Visit.objects.counted().exists()
    assert Observation.objects.current().get().answer == "no"


def test_a_member_corrects_only_what_he_wrote(tu, lan, minh, home, visit, sign_in):
    for name in ("edit", "withdraw"):
        assert sign_in(tu).get(url(visit, name)).status_code == 403
        assert sign_in(tu).post(url(visit, name), MET).status_code == 403
    sign_in(tu).post(add_url(home), MET)
    own = Visit.objects.get(recorded_by=tu)
    assert sign_in(tu).get(url(own, "edit")).status_code == 200
    assert sign_in(minh).get(url(own, "edit")).status_code == 200


@pytest.mark.parametrize("who", ["hoa", "thu", "dung", "mai", "an"])
def test_somebody_elses_visit_is_not_there(who, request, home, visit, sign_in):
    client = sign_in(request.getfixturevalue(who))
    for name in ("detail", "edit", "withdraw"):
        assert client.get(url(visit, name)).status_code == 404
    assert client.post(add_url(home), MET).status_code == 404
    assert client.post(url(visit, "withdraw")).status_code == 404
    assert Visit.objects.counted().count() == 1


@pytest.mark.parametrize("who", ["dung", "mai", "an"])
def test_roles_without_personal_rows_record_nothing(who, request, place, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("residents:visit_add_elsewhere")).status_code == 403


def test_the_forms_cost_at_most_twelve_queries(
    minh, visit, home, place, new_team, django_assert_max_num_queries, sign_in
):
    new_team(place.ta_lang, members=["Nguyễn Thị Lan", "Đinh Văn Tú"])
    client = sign_in(minh)
    for address in (add_url(home), url(visit, "edit"), reverse("residents:visit_add_elsewhere")):
        client.get(address)
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


def test_a_double_tap_makes_one_visit(lan, home, person, sign_in):
    client = sign_in(lan)
    key = str(client.get(add_url(home)).context["form"]["key"].value())
    for _ in range(2):
        client.post(add_url(home), MET | {"key": key, f"a-vneid2-{person('Ông Sáu').pk}": "YES"})
    assert str(Visit.objects.get().pk) == key
    assert Observation.objects.count() == 1


def test_the_hour_is_written_as_people_write_it(lan, home, sign_in):
    for clock in ("19:30", "19h30", "1930", "19.30"):
        sign_in(lan).post(add_url(home), MET | {"when": "other", "on": "05/10/2025", "clock": clock})
    assert [f"{timezone.localtime(visit.at):%H:%M}" for visit in Visit.objects.all()] == ["19:30"] * 4


def test_a_visit_after_midnight_is_named_after_our_day():
    visit = Visit(at=dt.datetime(2026, 11, 21, 18, 30, tzinfo=dt.UTC), outcome=Visit.Outcome.MET)
    assert str(visit) == "Gặp 22/11/2026"
