"""What is written in forms on the phone: details of visits, mobile desks, households and people."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.rules import Role
from field.deciding import decide
from field.models import Device, HeldItem
from residents.models import Household, Observation, Resident, ResultKind, Topic, Visit
from tests.cast import user_with

from .conftest import done, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kinds_of_help(db):
    kind = Topic.objects.create(code="dvc", name="Dịch vụ công trực tuyến", order=1)
    Topic.objects.create(code="dat-dai", name="Đất đai", order=2, parent=kind)
    ResultKind.objects.create(code="application-sent", name="Hồ sơ trực tuyến nộp", unit="hồ sơ", order=1)


def test_details_may_follow_a_visit_and_no_card_number_gets_into_the_note(kinds_of_help, handset, homes):
    page = handset.page
    page.goto(f"/field/#/ho/{homes[0].pk}")
    page.get_by_role("button", name="Gặp", exact=True).click()
    page.get_by_role("link", name="Chi tiết lượt").click()
    page.get_by_role("button", name="Dịch vụ công trực tuyến").click()
    page.get_by_role("button", name="Đất đai").click()
    page.get_by_role("button", name="15", exact=True).click()
    page.get_by_role("button", name="Thêm: Số người được giúp").click()
    page.get_by_text("Kết quả đạt được").click()
    page.get_by_role("button", name="Thêm: Hồ sơ trực tuyến nộp").click()
    page.get_by_label("Ghi chú").fill("CCCD 048 095 001 234")
    page.get_by_text("Có vẻ chứa số giấy tờ tùy thân").wait_for()
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_text("Chưa lưu: xem phần ghi màu đỏ.").wait_for()
    page.get_by_label("Ghi chú").fill("hẹn làm sổ đỏ")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_text("Đất đai, 15 phút, 2 người, 1 kết quả, có ghi chú").wait_for()
    visit = wait_for(lambda: Visit.objects.counted().filter(note="hẹn làm sổ đỏ").first())
    assert (visit.outcome, visit.minutes, visit.people_helped) == ("met", 15, 2)
    assert set(visit.topics.values_list("code", flat=True)) == {"dvc", "dat-dai"}
    assert list(visit.results.values_list("kind__code", "count")) == [("application-sent", 1)]
    assert Visit.objects.counted().count() == 1


def test_a_mobile_desk_is_a_visit_without_a_household(handset, place):
    page = handset.page
    page.get_by_role("link", name="Bàn lưu động").click()
    page.get_by_label("Ở đâu").fill("Nhà văn hóa thôn")
    page.get_by_role("button", name="Lưu buổi này").click()
    page.get_by_text("Ghi số người được giúp.").wait_for()
    page.get_by_role("textbox", name="Số người được giúp").fill("12")
    page.get_by_role("button", name="Hôm qua").click()
    page.get_by_role("button", name="Lưu buổi này").click()
    visit = wait_for(lambda: Visit.objects.first())
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert (visit.household, visit.village, visit.place) == (None, place.ta_lang, "Nhà văn hóa thôn")
    assert (visit.people_helped, visit.way, timezone.localdate(visit.at)) == (12, "mobile", yesterday)


def test_a_household_found_on_the_way_is_written_down_and_asked_at_once(handset, homes):
    page = handset.page
    handset.offline()
    page.get_by_role("link", name="Thêm hộ").click()
    page.get_by_label("Chủ hộ", exact=True).fill("nguyen van sau")
    page.get_by_text("Trong sổ đã có tên này.").wait_for()  # told, not refused
    page.get_by_label("Năm sinh chủ hộ").fill("1961")
    page.get_by_text("Người khác trong hộ").click()
    page.get_by_role("button", name="Thêm: Dưới 14 tuổi").click()
    page.get_by_role("button", name="Lưu hộ mới").click()
    page.get_by_text("Hộ mới, đã lưu trên máy.").wait_for()
    page.get_by_role("button", name="Đã có: nguyen van sau").click()
    page.goto("/field/#/")
    page.locator(".home", has_text="mới, đã lưu trên máy").get_by_text("nguyen van sau").wait_for()
    handset.close()
    handset.open().locator(".home", has_text="mới, đã lưu trên máy").wait_for()
    handset.offline(False)
    home = wait_for(lambda: Household.objects.filter(head_name="nguyen van sau").first())
    wait_for(lambda: Observation.objects.filter(household=home, answer="yes").exists())
    people = home.residents.order_by("age_band").values_list("label", "birth_year", "age_band", "is_head")
    assert list(people) == [("nguyen van sau", 1961, "", True), ("", None, "0-13", False)]
    handset.page.get_by_text("nguyen van sau").first.click()
    handset.page.get_by_text(f"mã {home.code}").wait_for()


def test_an_added_household_is_undone_before_it_is_sent_and_nothing_counts_as_lost(handset, homes):
    page = handset.page
    handset.offline()
    page.goto("/field/#/them-ho")
    page.get_by_label("Chủ hộ", exact=True).fill("Ghi nhầm")
    page.get_by_role("button", name="Lưu hộ mới").click()
    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_text("Đã hoàn tác.").wait_for()
    handset.offline(False)
    handset.send()
    page.get_by_text("Không có mục nào chờ gửi.").wait_for()
    assert Household.objects.count() == len(homes)
    assert not Device.objects.exclude(lost=0).exists()


def test_people_and_households_are_corrected(handset, homes):
    page, home = handset.page, homes[0]
    head, daughter = home.residents.get(label=home.head_name), home.residents.get(label="con gái")
    handset.offline()
    page.goto(f"/field/#/ho/{home.pk}")
    page.get_by_role("link", name=f"Sửa {head.label}").click()
    page.get_by_label("Năm sinh").fill("1830")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_text("Năm sinh gồm 4 chữ số").wait_for()
    page.get_by_label("Năm sinh").fill("1958")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_text("sinh 1958").wait_for()
    page.get_by_role("link", name="Sửa con gái").click()
    page.get_by_role("link", name="Không còn ở hộ").click()
    page.get_by_role("button", name="Chuyển đi nơi khác").click()
    page.get_by_role("button", name="Lưu: không còn ở hộ").click()
    page.get_by_role("heading", name="Người trong hộ (1)").wait_for()
    page.get_by_role("link", name="Sửa thông tin hộ").click()
    page.get_by_label("Thứ tự đi trên đường").fill("7")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_text("hộ 7 · mã 001").wait_for()
    handset.offline(False)
    wait_for(lambda: done(handset))
    head.refresh_from_db()
    home.refresh_from_db()
    assert (head.birth_year, home.order_no) == (1958, 7)
    assert Resident.objects.get(pk=daughter.pk).until == timezone.localdate()


def test_what_is_half_written_outlives_the_tab(handset):
    page = handset.page
    page.goto("/field/#/ban")
    page.get_by_label("Ở đâu").fill("Chợ Nam Ô")
    # Half of an emoji and a NUL, for which the server would refuse the whole batch.
    page.get_by_label("Ở đâu").evaluate(r"(field) => { field.value += '\ud83d\0'; field.click(); }")
    page.wait_for_timeout(500)
    handset.close()
    page = handset.open("#/cho")
    page.get_by_role("heading", name="Ghi dở, chưa lưu (1)").wait_for()
    page.get_by_role("link", name="Ghi tiếp").click()
    assert page.get_by_label("Ở đâu").input_value() == "Chợ Nam Ô"
    page.get_by_role("textbox", name="Số người được giúp").fill("3")
    page.get_by_role("button", name="Lưu buổi này").click()
    wait_for(lambda: Visit.objects.filter(place="Chợ Nam Ô").exists())
    page.goto("/field/#/cho")
    assert page.get_by_text("Ghi dở").count() == 0


def test_answers_are_corrected_at_home_without_a_knock(handset, homes):
    page = handset.page
    page.goto(f"/field/#/ho/{homes[0].pk}")
    page.get_by_role("button", name="Chỉ sửa ghi nhận").click()
    page.get_by_role("button", name="Cả hộ đã có").click()
    wait_for(lambda: Observation.objects.filter(visit=None).count() == 2)
    page.get_by_role("button", name="Thôi").click()
    page.get_by_role("button", name="Vắng nhà").wait_for()
    assert not Visit.objects.exists()


def test_what_a_member_adds_stays_on_the_phone_until_the_ward_has_decided(new_handset, place, homes, minh):
    handset = new_handset().carried_by(user_with("tu", "Đinh Văn Tú", Role.TEAM_MEMBER, place.ta_lang))
    page = handset.ready()
    page.goto("/field/#/them-ho")
    page.get_by_text("phường, xã sẽ xem rồi mới vào sổ").wait_for()
    page.get_by_label("Chủ hộ", exact=True).fill("Hộ mới đến")
    page.get_by_role("button", name="Lưu hộ mới").click()
    page.get_by_role("button", name="Đã có: Hộ mới đến").click()
    page.goto("/field/#/")
    line = page.locator(".home", has_text="Hộ mới đến")
    line.get_by_text("mới, phường, xã sẽ xem").wait_for()
    handset.close()
    handset.open().locator(".home", has_text="Hộ mới đến").wait_for()
    wait_for(lambda: HeldItem.objects.filter(type="observation").exists())
    held = HeldItem.objects.get(type="household.add")
    decide(held, HeldItem.Decision.APPLY, by=minh, at=timezone.now())
    home = Household.objects.get(head_name="Hộ mới đến")
    handset.close()
    page = handset.open(f"#/ho/{home.pk}")
    page.get_by_text(f"mã {home.code}").wait_for()

    page.goto("/field/#/them-ho")
    page.get_by_label("Chủ hộ", exact=True).fill("Hộ ghi nhầm")
    page.get_by_role("button", name="Lưu hộ mới").click()
    decide(wait_for(lambda: HeldItem.objects.undecided().filter(type="household.add").first()), HeldItem.Decision.SKIP,
           by=minh, at=timezone.now())  # fmt: skip
    handset.close()
    page = handset.open("#/cho")
    page.get_by_text("Phường, xã đã xem và không ghi vào sổ.").first.wait_for()
    page.goto("/field/#/")
    page.locator(".home").first.wait_for()
    assert page.get_by_text("Hộ ghi nhầm").count() == 0
