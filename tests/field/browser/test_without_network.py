"""Taps without a network: kept over everything that happens to a phone, sent once."""

import datetime as dt
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from accounts.rules import Role
from field.models import Device, Receipt
from residents.models import Observation, Visit
from tests.cast import user_with

from .conftest import all_there_once, done, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_taps_without_a_network_survive_a_closed_phone_and_arrive_once(handset, homes):
    handset.offline()
    handset.page.evaluate("() => { StorageManager.prototype.persisted = async () => (self.asked = true); }")
    taps = sum(handset.answer_everybody(home) for home in homes)
    assert taps == 9
    assert handset.page.evaluate("self.asked")  # to keep what is here
    handset.close()
    assert Observation.objects.count() == 0

    page = handset.open("#/cho")  # from the cache
    page.get_by_text("Còn 12 mục chưa gửi, có mạng sẽ tự gửi.").wait_for()
    handset.offline(False)
    page.get_by_text("Máy chủ đã nhận đủ 12/12 mục lúc").wait_for(timeout=20_000)
    assert all_there_once(9)
    assert Visit.objects.count() == 3


@pytest.mark.long
def test_200_taps_survive(handset, place, asked, new_household):
    more = [
        new_household(place.ta_lang, f"Hộ {number}", people=[("ông", 1950), ("bà", 1952), ("con", 1980), ("dâu", 1982)])
        for number in range(40)
    ]
    handset.page.reload()
    handset.page.get_by_text("Hộ 39").wait_for()
    handset.offline()
    taps = sum(handset.answer_everybody(home) for home in more)
    assert taps == 200
    handset.close()
    handset.open("#/cho")
    handset.offline(False)
    wait_for(lambda: all_there_once(200), 60)


def test_what_was_seen_keeps_its_time(new_handset, lan, homes):
    """Yesterday is yesterday in Việt Nam, to whatever zone the phone is set."""
    handset = new_handset(timezone_id="America/Los_Angeles").carried_by(lan)
    page = handset.ready()
    handset.offline()
    page.goto(f"/field/#/ho/{homes[0].pk}")
    page.get_by_role("button", name="Hôm qua").click()
    page.get_by_role("button", name="Cả hộ đã có").click()
    page.get_by_text("Đã lưu 2 người trên máy.").wait_for()
    today = timezone.localdate()
    page.goto(f"/field/#/ho/{homes[1].pk}")
    page.get_by_role("button", name="Chọn ngày").click()
    page.get_by_label("Ngày", exact=True).fill(f"{today - dt.timedelta(days=3)}")  # and no "Dùng giờ này"
    page.get_by_role("button", name="Cả hộ đã có").click()
    page.get_by_text("Lượt lúc 18:00 ngày").wait_for()
    told = {item["item"]["at"][:16] for item in handset.queue()}
    handset.offline(False)
    wait_for(lambda: Observation.objects.count() == 4)
    assert told == {f"{today - dt.timedelta(days=1)}T15:00", f"{today - dt.timedelta(days=3)}T18:00"}
    for visit in Visit.objects.all():
        assert {visit.at} == set(visit.observations.values_list("effective_at", flat=True))


def test_a_lost_answer_does_not_make_things_twice(handset, homes):
    lost = []

    def lose(route):
        lost.append(route.fetch().status)  # the server has it; the phone does not hear so
        route.abort()

    handset.context.route("**/push", lose)
    with handset.page.expect_event("requestfailed", lambda request: request.url.endswith("/push")):
        handset.answer_everybody(homes[0])
    assert lost
    assert {item["state"] for item in handset.queue()} == {"saved"}
    handset.context.unroute("**/push")
    handset.send()
    handset.page.get_by_text("Máy chủ đã nhận đủ 4/4 mục").wait_for()
    assert all_there_once(3)


def test_the_page_of_a_captive_portal_counts_as_not_sent(handset, homes):
    portal = "<!doctype html><title>Wi-Fi</title><p>Đăng nhập Wi-Fi"
    handset.context.route("**/api/**", lambda route: route.fulfill(status=200, content_type="text/html", body=portal))
    handset.answer_everybody(homes[0])
    handset.send()
    handset.page.get_by_text("Mạng này chưa ra được máy chủ").first.wait_for()
    assert {item["state"] for item in handset.queue()} == {"saved"}
    handset.context.unroute("**/api/**")
    handset.send()
    handset.page.get_by_text("Máy chủ đã nhận đủ 4/4 mục").wait_for()
    assert all_there_once(3)


def test_a_portal_that_speaks_json_is_not_believed_either(handset, homes):
    handset.context.route(
        "**/push", lambda route: route.fulfill(status=200, content_type="application/json", body="{}")
    )
    handset.answer_everybody(homes[0])
    handset.send()
    handset.page.get_by_text("Mạng này chưa ra được máy chủ").first.wait_for()
    assert {item["state"] for item in handset.queue()} == {"saved"}


def test_signed_out_while_offline_the_queue_waits_for_the_sign_in(handset, homes, lan):
    handset.offline()
    handset.answer_everybody(homes[0])
    Session.objects.all().delete()
    handset.offline(False)
    page = handset.page
    page.get_by_text("Đăng nhập để gửi 4 mục. Dữ liệu vẫn giữ trên máy.").wait_for(timeout=20_000)
    assert Observation.objects.count() == 0
    handset.carried_by(lan)
    handset.close()
    handset.open("#/cho").get_by_text("Máy chủ đã nhận đủ 4/4 mục").wait_for()
    assert all_there_once(3)


def test_another_user_of_the_phone_neither_sees_nor_sends(handset, homes, lan, place):
    page = handset.page
    handset.offline()
    handset.answer_everybody(homes[0])
    page.goto("/field/#/may")
    page.get_by_role("button", name="Đăng xuất khỏi máy này").click()
    page.get_by_text("Còn 4 mục chưa gửi.").wait_for()
    page.get_by_role("button", name="Đăng xuất", exact=True).click()
    page.get_by_text("Máy này còn giữ 4 mục chưa gửi.").wait_for()
    assert page.get_by_text("Nguyễn Văn Sáu").count() == 0
    handset.offline(False)
    wait_for(lambda: not Session.objects.exists())  # she left without a network: now the server knows

    other = user_with("tu", "Đinh Văn Tú", Role.TEAM_MEMBER, place.gian_bi)
    handset.signed_out()
    handset.carried_by(other)
    handset.close()
    page = handset.open("#/cho")
    page.get_by_text("Không có mục nào chờ gửi.").wait_for()
    page.goto("/field/#/")
    assert page.get_by_text("Nguyễn Văn Sáu").count() == 0
    assert Observation.objects.count() == 0
    assert Device.objects.filter(user=other).count() == 1

    handset.signed_out()
    handset.carried_by(lan)
    handset.close()
    handset.open("#/cho").get_by_text("Máy chủ đã nhận đủ 4/4 mục").wait_for()
    assert all_there_once(3)
    assert set(Observation.objects.values_list("recorded_by", flat=True)) == {lan.pk}
    assert Device.objects.filter(user=lan).count() == 1
    assert not Device.objects.exclude(lost=0).exists()


def test_two_tabs_number_their_items_together_and_send_once(handset, homes):
    handset.offline()
    handset.answer_everybody(homes[0])
    handset.open()
    handset.answer_everybody(homes[1])
    items = handset.queue()
    assert sorted(item["seq"] for item in items) == list(range(1, 9))
    assert [item["item"]["id"] for item in items] == sorted(item["item"]["id"] for item in items)
    handset.offline(False)
    wait_for(lambda: all_there_once(6))
    assert {item["state"] for item in wait_for(lambda: done(handset))} == {"received"}


def test_when_the_memory_is_full_nothing_is_said_to_be_saved(handset, homes):
    page = handset.page
    page.goto(f"/field/#/ho/{homes[0].pk}")
    page.evaluate(
        "() => { IDBObjectStore.prototype.add = () => { throw new DOMException('', 'QuotaExceededError'); }; }"
    )
    page.locator(".pad--yes").first.click()
    page.get_by_text("Máy hết bộ nhớ: CHƯA LƯU được.").wait_for()
    assert page.locator(".pad--yes").first.get_attribute("aria-pressed") == "false"
    assert handset.queue() == []


def test_the_ward_is_told_when_the_storage_was_wiped(handset, homes):
    handset.context.route("**/push", lambda route: route.abort())
    handset.answer_everybody(homes[0])
    handset.send()
    wait_for(lambda: Device.objects.filter(unsent__gt=0).exists())
    page = handset.page
    page.goto("/health/")
    page.evaluate("indexedDB.databases().then((all) => all.forEach(({ name }) => indexedDB.deleteDatabase(name)))")
    handset.close()
    handset.open()
    wait_for(lambda: Device.objects.filter(lost=4).exists())


def test_a_batch_that_is_too_large_is_halved(handset, homes):
    sizes = []

    def only_two(route):
        sizes.append(len(route.request.post_data_json["items"]))
        if sizes[-1] <= 2:
            return route.continue_()
        body = '{"error": "too_large", "message": "Gói tin quá lớn.", "server_now": "2026-11-21T14:31:12Z"}'
        return route.fulfill(status=413, content_type="application/json", body=body)

    handset.offline()
    handset.answer_everybody(homes[0])
    handset.context.route("**/push", only_two)
    handset.offline(False)
    handset.page.goto("/field/#/cho")
    handset.page.get_by_text("Máy chủ đã nhận đủ 4/4 mục").wait_for()
    assert sizes == [4, 2, 2]
    assert all_there_once(3)


def test_after_a_restore_everything_that_is_still_here_is_sent_again(handset, homes):
    handset.answer_everybody(homes[0])
    wait_for(lambda: all_there_once(3))
    wait_for(lambda: done(handset))
    Receipt.objects.all().delete()  # the backup is older than what was acknowledged
    call_command("field_epoch", "--raise", "khôi phục bản sao lưu", stdout=StringIO())
    handset.send()
    wait_for(lambda: Receipt.objects.count() == 4)
    assert Observation.objects.count() == 3
    handset.page.get_by_text("Máy chủ đã nhận đủ 4/4 mục").wait_for()


def test_a_new_shell_comes_while_something_waits(handset, homes):
    handset.context.route("**/push", lambda route: route.abort())
    handset.answer_everybody(homes[0])
    handset.page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.unregister())")
    handset.page.reload()
    handset.page.evaluate("navigator.serviceWorker.ready")
    assert {item["state"] for item in handset.queue()} == {"saved"}
    handset.context.unroute("**/push")
    handset.send()
    handset.page.get_by_text("Máy chủ đã nhận đủ 4/4 mục").wait_for()
    assert all_there_once(3)


def test_an_older_chromium_without_locks_sends_by_a_lease(new_handset, lan, homes):
    handset = new_handset().carried_by(lan)
    handset.context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    page = handset.ready()
    handset.offline()
    handset.answer_everybody(homes[0])
    handset.open()
    handset.offline(False)
    wait_for(lambda: all_there_once(3))
    assert page.evaluate("navigator.locks === undefined")
