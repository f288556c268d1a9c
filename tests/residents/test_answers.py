import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from residents.models import Observation

HTMX = {"HX-Request": "true"}


def set_url(home, code, subject):
    return reverse("residents:answer_set", args=[home.pk, code, subject.pk])


def all_url(home, code):
    return reverse("residents:answer_all", args=[home.pk, code])


def holding(subject, code):
    row = Observation.objects.current().filter(subject=subject.pk, indicator__code=code).first()
    return (row.answer, row.reason) if row else None


def test_a_tap_saves_and_gives_the_cell_back(lan, home, person, sign_in):
    response = sign_in(lan).post(set_url(home, "vneid2", person("Ông Sáu")), {"answer": "YES"}, headers=HTMX)
    page = response.content.decode()
    assert f'id="o-vneid2-{person("Ông Sáu").pk}"' in page
    assert "VNeID mức 2, Ông Sáu: Đã có" in page
    assert "<html" not in page
    row = Observation.objects.get()
    assert (row.answer, row.recorded_by, row.source) == ("yes", lan, "desk")


def test_without_script_the_page_comes_back_at_its_row(lan, home, person, sign_in):
    response = sign_in(lan).post(set_url(home, "vneid2", person("Ông Sáu")), {"answer": "NO"})
    assert response.url == reverse("residents:household_detail", args=[home.pk]) + "#vneid2"
    assert holding(person("Ông Sáu"), "vneid2") == ("no", "")


def test_a_reason_may_follow(lan, home, person, sign_in):
    client, target = sign_in(lan), set_url(home, "vneid2", person("Ông Sáu"))
    asks = client.post(target, {"answer": "NO"}, headers=HTMX).content.decode()
    assert "Vì sao?" in asks
    client.post(target, {"reason": "no_phone"}, headers=HTMX)
    assert holding(person("Ông Sáu"), "vneid2") == ("no", "no_phone")


def test_the_same_tap_twice_is_one_observation(lan, home, person, sign_in):
    client = sign_in(lan)
    for _ in range(2):
        client.post(set_url(home, "vneid2", person("Ông Sáu")), {"answer": "YES"}, headers=HTMX)
    assert Observation.objects.count() == 1


def test_one_undo_takes_back_the_tap_with_its_reason(lan, home, person, saw, sign_in):
    saw(home, "vneid2", "yes", person("Ông Sáu"))
    client, target = sign_in(lan), set_url(home, "vneid2", person("Ông Sáu"))
    client.post(target, {"answer": "NO"}, headers=HTMX)
    client.post(target, {"reason": "no_phone"}, headers=HTMX)
    page = client.post(target, {"reason": "away"}, headers=HTMX).content.decode()
    ids = re.findall(r'name="id" value="([^"]+)"', page)
    client.post(reverse("residents:answer_retract", args=[home.pk]), {"id": ids}, headers=HTMX)
    assert holding(person("Ông Sáu"), "vneid2") == ("yes", "")


def test_a_reason_for_an_older_answer_is_taken_back_alone(lan, home, person, saw, sign_in):
    saw(home, "vneid2", "no", person("Ông Sáu"))
    target = set_url(home, "vneid2", person("Ông Sáu"))
    page = sign_in(lan).post(target, {"reason": "no_phone"}, headers=HTMX).content.decode()
    assert page.count('name="id"') == 1


def test_what_was_seen_yesterday_is_written_for_yesterday(lan, home, person, sign_in):
    client, elder = sign_in(lan), person("Ông Sáu")
    client.post(set_url(home, "vneid2", elder), {"answer": "YES", "when": "yesterday"}, headers=HTMX)
    row = Observation.objects.get()
    assert timezone.localdate(row.effective_at) == timezone.localdate() - dt.timedelta(days=1)
    assert timezone.localdate(row.received_at) == timezone.localdate()
    back = client.post(set_url(home, "vneid2", elder), {"answer": "NO", "when": "other", "on": "05/01/2026"})
    assert "when=other&on=05%2F01%2F2026" in back.url
    assert 'value="05/01/2026"' in client.get(back.url).content.decode()
    assert holding(elder, "vneid2") == ("yes", "")  # what was seen later still holds
    assert Observation.objects.at(row.effective_at - dt.timedelta(days=3)).get().answer == "no"


def test_a_former_moment_is_compared_with_what_held_then(lan, home, person, saw, sign_in):
    saw(home, "vneid2", "yes", person("Ông Sáu"))
    data = {"answer": "YES", "when": "other", "on": "05/01/2026"}
    page = sign_in(lan).post(set_url(home, "vneid2", person("Ông Sáu")), data, headers=HTMX).content.decode()
    assert Observation.objects.count() == 2
    assert "đã ghi cho ngày 05/01/2026 (ô vẫn hiện ghi nhận mới hơn)" in page


@pytest.mark.parametrize(
    ("when", "on", "message"),
    [
        ("other", "01/01/2999", "Ngày này chưa đến."),
        ("other", "31/08/2024", "Hộ có trong sổ từ 01/09/2024."),
        ("other", "", "Ghi ngày thấy."),
        ("other", "hôm kia", ""),
        ("last_year", "", ""),
    ],
)
def test_a_moment_that_cannot_be_is_told_and_nothing_is_written(lan, home, person, sign_in, when, on, message):
    client, data = sign_in(lan), {"answer": "YES", "when": when, "on": on}
    response = client.post(set_url(home, "vneid2", person("Ông Sáu")), data, headers=HTMX)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert client.post(all_url(home, "vneid2"), data, headers=HTMX).status_code == 422
    assert message in client.post(set_url(home, "vneid2", person("Ông Sáu")), data, follow=True).content.decode()
    assert Observation.objects.count() == 0


def test_the_whole_household_by_one_tap(lan, home, person, sign_in):
    sign_in(lan).post(all_url(home, "vneid2"), headers=HTMX)
    assert holding(person("Ông Sáu"), "vneid2") == holding(person("Bà Tư"), "vneid2") == ("yes", "")
    assert holding(person("bé Na"), "vneid2") is None  # six years old


def test_an_answer_opens_what_hangs_on_it(lan, home, person, sign_in):
    page = sign_in(lan).post(set_url(home, "smartphone", person("Ông Sáu")), {"answer": "NO"}, headers=HTMX)
    text = page.content.decode()
    assert f'id="o-localapp-{person("Ông Sáu").pk}"' in text
    assert "chỉ tính khi có: Điện thoại thông minh" in text


def test_of_the_household_itself(lan, home, sign_in):
    sign_in(lan).post(set_url(home, "broadband", home), {"answer": "NA"}, headers=HTMX)
    assert holding(home, "broadband") == ("na", "")


def test_undo_brings_back_what_held_before(lan, home, person, saw, sign_in):
    saw(home, "vneid2", "no", person("Ông Sáu"))
    client = sign_in(lan)
    client.post(set_url(home, "vneid2", person("Ông Sáu")), {"answer": "YES"}, headers=HTMX)
    last = Observation.objects.latest("effective_at")
    undo = reverse("residents:answer_retract", args=[home.pk])
    page = client.post(undo, {"id": str(last.pk)}, headers=HTMX).content.decode()
    assert 'id="ghi-nhan"' in page
    assert "Đã hoàn tác." in page
    assert "Hoàn tác</button>" not in page  # nothing is left to take back
    assert holding(person("Ông Sáu"), "vneid2") == ("no", "")
    assert Observation.objects.count() == 3  # nothing is deleted


def test_the_history_of_an_answer(lan, minh, home, person, saw, sign_in):
    first = saw(home, "vneid2", "no", person("Ông Sáu"), by=minh)
    client = sign_in(lan)
    client.post(set_url(home, "vneid2", person("Ông Sáu")), {"answer": "YES"})
    history = reverse("residents:answer_history", args=[home.pk, "vneid2", person("Ông Sáu").pk])
    page = client.get(history).content.decode()
    assert "Trần Văn Minh" in page
    assert "trước đó: Chưa có" in page
    back = client.post(reverse("residents:answer_retract", args=[home.pk]), {"id": str(first), "back": "history"})
    assert back.url == history
    assert "Rút lại lúc" in client.get(history).content.decode()


@pytest.mark.parametrize("who", ["hoa", "thu", "dung", "mai", "an"])
def test_nobody_else_writes(who, request, home, person, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assert client.post(set_url(home, "vneid2", person("Ông Sáu")), {"answer": "YES"}).status_code == 404
    assert client.post(all_url(home, "vneid2")).status_code == 404
    assert Observation.objects.count() == 0


def test_an_answer_of_another_household_is_not_taken_back(lan, home, place, new_household, saw, sign_in):
    other = new_household(place.bau_cau, "Lê Văn Bảy")
    theirs = saw(other, "broadband", "yes")
    undo = reverse("residents:answer_retract", args=[home.pk])
    assert sign_in(lan).post(undo, {"id": str(theirs)}).status_code == 404
    assert sign_in(lan).post(undo, {"id": "x"}).status_code == 400
    assert holding(other, "broadband") == ("yes", "")


def test_a_stranger_or_an_unknown_indicator_is_not_there(lan, home, place, new_household, sign_in):
    other = new_household(place.ta_lang, "Hộ khác", people=[("Người khác", 1990)])
    client = sign_in(lan)
    for code, pk in (("vneid2", other.residents.get().pk), ("khong-co", home.pk), ("vneid2", uuid.uuid4())):
        target = reverse("residents:answer_set", args=[home.pk, code, pk])
        assert client.post(target, {"answer": "YES"}).status_code == 404


@pytest.mark.parametrize("data", [{}, {"answer": "MAYBE"}, {"answer": "NO", "reason": "because"}])
def test_nonsense_is_refused(data, lan, home, person, sign_in):
    assert sign_in(lan).post(set_url(home, "vneid2", person("Ông Sáu")), data).status_code == 400
    assert Observation.objects.count() == 0


def test_reading_changes_nothing(lan, home, person, sign_in):
    client = sign_in(lan)
    assert client.get(set_url(home, "vneid2", person("Ông Sáu"))).status_code == 405
    assert client.get(all_url(home, "vneid2")).status_code == 405
    assert client.get(reverse("residents:answer_retract", args=[home.pk])).status_code == 405
