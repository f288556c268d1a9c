"""The door: signing in and out, the lock, the given password, the desk left alone."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import cnscd.settings
from accounts.models import User
from journal.models import Act
from tests.cast import PASSWORD

DOOR = "/tai-khoan/dang-nhap/"
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


def knock(client, username, password=PASSWORD, **more):
    return client.post(DOOR, {"username": username, "password": password, **more})


@pytest.mark.parametrize("typed", ["lan", "LAN", "  Lan "])
def test_the_login_name_is_taken_in_any_case_and_with_spaces_around(client, lan, typed):
    answer = knock(client, typed)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert Act.objects.filter(verb=Act.Verb.SIGN_IN, actor_id=lan.pk).count() == 1


@pytest.mark.parametrize("typed", ["0905123456", "0905 123 456", "+84 905.123.456", "905123456"])
def test_the_telephone_number_signs_in_too(client, lan, typed):
    User.objects.filter(pk=lan.pk).update(phone="0905123456")
    assert knock(client, typed).status_code == 302


def test_a_number_that_two_people_share_signs_in_nobody(client, lan, minh):
    User.objects.filter(pk__in=[lan.pk, minh.pk]).update(phone="0905123456")
    answer = knock(client, "0905123456")
    assert answer.status_code == 200
    assert WRONG in answer.text


def test_a_wrong_password_an_unknown_name_and_a_stopped_account_look_the_same(client, lan, minh):
    User.objects.filter(pk=minh.pk).update(is_active=False)
    answers = [knock(client, "lan", "sai-mat-khau"), knock(client, "khongcoai"), knock(client, "minh")]
    assert {answer.status_code for answer in answers} == {200}
    assert all(WRONG in answer.text for answer in answers)
    bodies = {
        answer.text.replace(name, "").split("csrfmiddlewaretoken")[1].split(">", 1)[1]
        for answer, name in zip(answers, ("lan", "khongcoai", "minh"), strict=True)
    }
    assert len(bodies) == 1


def test_a_failure_is_journalled_without_what_was_typed(client, lan):
    knock(client, "lan", "sai-mat-khau")
    knock(client, "mat-khau-go-nham-o")
    known, unknown = Act.objects.filter(verb=Act.Verb.SIGN_IN_FAILED).order_by("pk")
    assert known.object_id == str(lan.pk)
    assert known.actor_id is None
    assert known.area_id == lan.postings.get().area_id
    assert "mat-khau" not in f"{unknown.label}{unknown.detail}{known.detail}"


def test_signing_in_leads_back_to_the_page_asked_for(client, lan):
    page = client.get("/tai-khoan/1/?a=b")
    assert page["Location"].startswith(DOOR)
    assert knock(client, "lan", next="/tai-khoan/1/?a=b")["Location"] == "/tai-khoan/1/?a=b"


@pytest.mark.parametrize(
    "target", ["https://xau.example/", "//xau.example/", "javascript:alert(1)", "http:///xau.example"]
)
def test_signing_in_leads_to_no_other_host(client, lan, target):
    assert knock(client, "lan", next=target)["Location"] == "/"


def test_the_page_is_not_shown_to_who_is_inside(sign_in, lan):
    assert sign_in(lan).get(DOOR)["Location"] == "/"


def test_a_name_from_a_slip_is_filled_in(client, db):
    assert 'value="nguyenthilan"' in client.get(f"{DOOR}?ten=nguyenthilan").text


@pytest.mark.parametrize(
    "name", ["a\x00b", "x" * 5000, "<script>", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_strange_names_are_refused_calmly(client, lan, name):
    assert knock(client, name).status_code == 200


def test_signing_out_is_a_post_that_ends_the_session_and_is_journalled(sign_in, lan):
    client = sign_in(lan)
    assert client.get("/tai-khoan/dang-xuat/").status_code == 405
    assert client.post("/tai-khoan/dang-xuat/")["Location"] == DOOR
    assert client.get("/").status_code == 302
    assert Act.objects.filter(verb=Act.Verb.SIGN_OUT, actor_id=lan.pk).exists()


def test_six_failures_lock_and_the_page_says_until_when(client, lan, settings):
    for _ in range(5):
        assert knock(client, "lan", "sai-mat-khau").status_code == 200
    locked = knock(client, "LAN", "sai-mat-khau")
    assert locked.status_code == 429
    assert "khoảng 15 phút nữa" in locked.text
    again = (timezone.localtime() + dt.timedelta(hours=settings.AXES_COOLOFF_TIME)).strftime("%H:%M")
    before = (timezone.localtime() + dt.timedelta(hours=settings.AXES_COOLOFF_TIME, minutes=-1)).strftime("%H:%M")
    assert again in locked.text or before in locked.text
    assert knock(client, "lan").status_code == 429


def test_the_telephone_number_does_not_give_six_more_tries(client, lan):
    User.objects.filter(pk=lan.pk).update(phone="0905123456")
    for _ in range(3):
        knock(client, "lan", "sai-mat-khau")
    for _ in range(3):
        answer = knock(client, "0905123456", "sai-mat-khau")
    assert answer.status_code == 429


def test_an_unknown_name_is_locked_the_same_way(client, db):
    answers = [knock(client, "khongcoai").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_a_lock_ends_by_itself_and_does_not_touch_others(client, lan, minh):
    for _ in range(6):
        knock(client, "lan", "sai-mat-khau")
    assert knock(client, "minh").status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=16))
    assert knock(Client(), "lan").status_code == 302


def test_the_password_is_nowhere_in_what_the_lock_keeps(client, lan):
    knock(client, "lan", "sai-mat-khau-9")
    kept = AccessAttempt.objects.get()
    assert "sai-mat-khau-9" not in f"{kept.post_data}{kept.get_data}"


# A password given by somebody else


@pytest.fixture
def fresh(lan):
    lan.must_change_password = True
    lan.save()
    return lan


def test_a_given_password_is_changed_before_anything_else(client, fresh):
    assert knock(client, "lan").status_code == 302
    assert client.get("/")["Location"] == "/tai-khoan/doi-mat-khau/"
    assert client.get("/tai-khoan/doi-mat-khau/").status_code == 200
    style = client.get("/static/css/tokens.css")
    b"".join(style.streaming_content)
    assert style.status_code == 200
    changed = client.post("/tai-khoan/doi-mat-khau/", {"new": "ca-bong-kho-to", "again": "ca-bong-kho-to"})
    assert changed["Location"] == "/"
    assert client.get("/").status_code == 200
    fresh.refresh_from_db()
    assert fresh.check_password("ca-bong-kho-to")
    assert not fresh.must_change_password
    assert Act.objects.filter(verb=Act.Verb.PASSWORD, actor_id=fresh.pk).exists()


def test_who_comes_with_a_slip_sets_her_password_and_is_in_the_phone_app(client, fresh):
    door = "/tai-khoan/dang-nhap/?ten=lan&next=%2Ffield%2F"
    assert 'value="lan"' in client.get(door).content.decode()
    answer = client.post(door, {"username": "lan", "password": PASSWORD, "next": "/field/"})
    assert answer["Location"] == "/tai-khoan/doi-mat-khau/?next=%2Ffield%2F"
    changed = client.post(answer["Location"], {"new": "ca-bong-kho-to", "again": "ca-bong-kho-to"})
    assert changed["Location"] == "/field/"


def test_the_change_of_password_leads_to_no_other_site(sign_in, fresh):
    changed = sign_in(fresh).post(
        "/tai-khoan/doi-mat-khau/?next=https://example.com/", {"new": "ca-bong-kho-to", "again": "ca-bong-kho-to"}
    )
    assert changed["Location"] == "/"


def test_a_fragment_asked_for_by_htmx_sends_the_whole_page_to_the_change(sign_in, fresh):
    answer = sign_in(fresh).get("/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/tai-khoan/doi-mat-khau/"


def test_who_must_change_can_still_leave_and_see_public_pages(sign_in, fresh):
    client = sign_in(fresh)
    assert client.get("/health/").status_code in (200, 503)
    assert client.post("/tai-khoan/dang-xuat/")["Location"] == DOOR


@pytest.mark.parametrize(
    ("new", "again", "told"),
    [
        ("ngan", "ngan", "ít nhất 8 ký tự"),
        ("1975043020", "1975043020", "chỉ gồm chữ số"),
        ("password1", "password1", "phổ biến"),
        ("nguyễn thị lan", "nguyễn thị lan", "quá giống"),
        ("ca-bong-kho-to", "ca-bong-kho", "Hai lần nhập chưa giống nhau"),
        (PASSWORD, PASSWORD, "phải khác mật khẩu cũ"),
    ],
)
def test_a_weak_or_mistyped_password_is_told_at_its_field(sign_in, fresh, new, again, told):
    answer = sign_in(fresh).post("/tai-khoan/doi-mat-khau/", {"new": new, "again": again})
    assert answer.status_code == 200
    assert told in answer.text
    fresh.refresh_from_db()
    assert fresh.must_change_password


def test_a_password_of_ones_own_is_changed_with_the_present_one(sign_in, lan):
    client = sign_in(lan)
    new = {"new": "ca-bong-kho-to", "again": "ca-bong-kho-to"}
    wrong = client.post("/tai-khoan/doi-mat-khau/", {"current": "sai", **new})
    assert "Mật khẩu đang dùng không đúng" in wrong.text
    assert client.post("/tai-khoan/doi-mat-khau/", {"current": PASSWORD, **new}).status_code == 302
    assert client.get("/").status_code == 200


def test_other_desks_are_signed_out_by_a_change_of_password(sign_in, lan):
    here, elsewhere = sign_in(lan), sign_in(lan)
    new = {"current": PASSWORD, "new": "ca-bong-kho-to", "again": "ca-bong-kho-to"}
    here.post("/tai-khoan/doi-mat-khau/", new)
    assert elsewhere.get("/").status_code == 302


# The desk left alone


def idle(client, seconds):
    session = client.session
    session["last_seen"] = int(time.time()) - seconds
    session.save()


def test_a_desk_left_alone_signs_itself_out_and_comes_back_to_its_page(sign_in, lan):
    client = sign_in(lan)
    client.get("/")
    idle(client, 31 * 60)
    answer = client.get("/tai-khoan/1/?a=b")
    assert answer["Location"] == f"{DOOR}?next=%2Ftai-khoan%2F1%2F%3Fa%3Db&het-gio=1"
    assert "Đã tự đăng xuất vì lâu không thao tác" in client.get(answer["Location"]).text
    assert client.get("/").status_code == 302


def test_a_form_sent_too_late_leads_back_to_the_page_it_stood_on(sign_in, lan):
    client = sign_in(lan)
    idle(client, 31 * 60)
    page = {"Referer": f"http://testserver/tai-khoan/{lan.pk}/"}
    answer = client.post("/tai-khoan/dang-xuat/", headers=page)
    assert answer["Location"] == f"{DOOR}?next=%2Ftai-khoan%2F{lan.pk}%2F&het-gio=1"
    elsewhere = client.post("/tai-khoan/dang-xuat/", headers={"Referer": "https://xau.example/"})
    assert elsewhere["Location"] == f"{DOOR}?next=%2F"


def test_a_tap_on_a_page_left_alone_sends_the_whole_page_to_sign_in(sign_in, lan):
    client = sign_in(lan)
    idle(client, 31 * 60)
    tap = {"HX-Request": "true", "HX-Current-URL": "http://testserver/dan-cu/ho/?q=a"}
    for expected in ("next=%2Fdan-cu%2Fho%2F%3Fq%3Da&het-gio=1", "next=%2Fdan-cu%2Fho%2F%3Fq%3Da"):
        answer = client.post("/tai-khoan/dang-xuat/", headers=tap)
        assert answer.status_code == 204
        assert answer["HX-Redirect"] == f"{DOOR}?{expected}"


def test_work_keeps_the_desk_open_without_a_write_for_every_page(sign_in, lan):
    client = sign_in(lan)
    client.get("/tai-khoan/doi-mat-khau/")
    idle(client, 20 * 60)
    client.get("/tai-khoan/doi-mat-khau/")
    assert time.time() - client.session["last_seen"] < 60
    with CaptureQueriesContext(connection) as queries:
        client.get("/tai-khoan/doi-mat-khau/")
    assert [query for query in queries.captured_queries if "UPDATE" in query["sql"]] == []


def test_pages_of_who_is_signed_in_stay_in_no_cache(sign_in, lan):
    assert "no-store" in sign_in(lan).get("/")["Cache-Control"]


def test_passwords_are_kept_by_argon2_in_production():
    assert cnscd.settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert Argon2PasswordHasher().encode("ca-bong-kho-to", "0123456789abcdef").startswith("argon2$argon2id$")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites(client, lan):
    cookie = knock(client, "lan").cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
