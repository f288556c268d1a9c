"""The pages on which accounts are made, given out and ended."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Posting, User
from accounts.passwords import first_password, new_seed
from accounts.rules import Role
from accounts.usernames import username_for
from journal.models import Act
from tests.cast import user_with

LIST = "/tai-khoan/"
SLIP = "/tai-khoan/phieu/"
MANY = "/tai-khoan/them-nhieu/"


@pytest.fixture
def minh_client(sign_in, minh):
    return sign_in(minh)


def new_user(place, **changes) -> dict:
    return {
        "full_name": "Đặng Thị Hòa", "phone": "0905 123 456", "role": Role.TEAM_LEADER, "area": place.ta_lang.pk,
        "username": "",
    } | changes  # fmt: skip


def names_in(answer) -> list[str]:
    return [user.full_name for user in answer.context["page"]]


# The list


def test_the_list_holds_who_works_in_her_area_in_vietnamese_order(minh_client, minh, lan, hoa, place):
    user_with("anh", "Nguyễn Văn Ánh", Role.TEAM_MEMBER, place.gian_bi)
    user_with("dang", "Lê Văn Đặng", Role.TEAM_MEMBER, place.gian_bi)
    assert names_in(minh_client.get(LIST)) == ["Nguyễn Văn Ánh", "Lê Văn Đặng", "Nguyễn Thị Lan", "Trần Văn Minh"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=nguyen+thi", ["Nguyễn Thị Lan"]),
        ("q=LAN", ["Nguyễn Thị Lan"]),
        ("q=5123", ["Nguyễn Thị Lan"]),
        ("q=hoa", []),
        ("role=ward_official", ["Trần Văn Minh"]),
        ("state=chua-vao&role=team_leader", ["Nguyễn Thị Lan"]),
        ("state=da-ngung", []),
        ("role=khong-co", []),
    ],
)
def test_the_list_is_searched_without_tones_and_filtered_in_the_url(minh_client, lan, hoa, query, found):
    User.objects.filter(pk=lan.pk).update(phone="0905123456")
    assert names_in(minh_client.get(f"{LIST}?{query}")) == found


def test_the_list_is_filtered_by_an_area_of_hers_alone(minh_client, lan, hoa, place):
    assert names_in(minh_client.get(f"{LIST}?trong={place.ta_lang.pk}")) == ["Nguyễn Thị Lan"]
    assert minh_client.get(f"{LIST}?trong={place.bau_cau.pk}").status_code == 404
    assert minh_client.get(f"{LIST}?trong=987654").status_code == 404


def test_the_list_costs_as_many_queries_for_thirty_as_for_three(minh_client, place, django_assert_max_num_queries, lan):
    minh_client.get(LIST)
    with django_assert_max_num_queries(12) as few:
        minh_client.get(LIST)
    for number in range(28):
        user_with(f"nguoi{number}", f"Nguyễn Văn {number}", Role.TEAM_MEMBER, place.gian_bi)
    with django_assert_max_num_queries(len(few.captured_queries)):
        minh_client.get(LIST)


def test_the_list_as_a_workbook_has_no_secret_and_is_journalled(minh_client, minh, lan):
    answer = minh_client.get(f"{LIST}?export=xlsx&q=lan")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert [row[0] for row in rows if row[0] in ("Nguyễn Thị Lan", "Trần Văn Minh")] == ["Nguyễn Thị Lan"]
    assert lan.password not in str(rows)
    assert Act.objects.get(verb=Act.Verb.EXPORT).detail == {"rows": 1}


# Making one


def test_a_new_account_gets_a_slip_signs_in_with_it_and_changes_the_password(minh_client, minh, place):
    answer = minh_client.post("/tai-khoan/them/", new_user(place), follow=True)
    made = User.objects.get(username="dangthihoa")
    assert answer.redirect_chain == [(SLIP, 302)]
    assert made.phone == "0905123456"
    assert made.must_change_password
    posting = made.postings.get()
    assert (posting.role, posting.area, posting.granted_by) == (Role.TEAM_LEADER, place.ta_lang, minh)
    password = re.search(r"<code>(\w{4}-\w{4}-\d{4})</code>", answer.text)[1]
    assert made.check_password(password)
    stranger = Client()
    stranger.post("/tai-khoan/dang-nhap/", {"username": "dangthihoa", "password": password})
    assert stranger.get("/")["Location"] == "/tai-khoan/doi-mat-khau/"
    verbs = list(Act.objects.about("accounts.user", made.pk).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["add", "grant", "sign_in"]


def test_no_password_is_stored_in_clear_neither_in_the_session_nor_in_the_journal(minh_client, place):
    page = minh_client.post("/tai-khoan/them/", new_user(place), follow=True)
    password = re.search(r"<code>(\w{4}-\w{4}-\d{4})</code>", page.text)[1]
    assert password not in str(dict(minh_client.session.items()))
    assert password not in str(list(Act.objects.values()))


def test_the_code_on_the_slip_holds_the_name_and_never_the_password(minh_client, place, monkeypatch):
    coded = []
    monkeypatch.setattr("accounts.slips._qr", lambda url: coded.append(url) or "")
    page = minh_client.post("/tai-khoan/them/", new_user(place), follow=True)
    password = re.search(r"<code>(\w{4}-\w{4}-\d{4})</code>", page.text)[1]
    assert coded == ["http://testserver/tai-khoan/dang-nhap/?ten=dangthihoa&next=%2Ffield%2F"]
    assert password not in coded[0]


def test_the_slip_is_drawn_without_inline_style(minh_client, place):
    page = minh_client.post("/tai-khoan/them/", new_user(place), follow=True)
    drawing = re.search(r"<svg.*?</svg>", page.text.split('class="slip"')[1], re.S)[0]
    assert "style=" not in drawing
    assert "viewBox=" in drawing, "without it the style sheet's size cuts the code off"
    assert "<path" in drawing


def test_slips_are_gone_when_put_away_after_a_quarter_of_an_hour_and_for_others(
    minh_client, sign_in, minh, place, monkeypatch
):
    minh_client.post("/tai-khoan/them/", new_user(place))
    assert "Đặng Thị Hòa" in minh_client.get(SLIP).text
    assert "Đặng Thị Hòa" not in sign_in(minh).get(SLIP).text
    monkeypatch.setattr("accounts.slips.LASTS", 0)
    assert "Không còn phiếu nào" in minh_client.get(SLIP).text
    monkeypatch.undo()
    minh_client.post("/tai-khoan/them/", new_user(place, full_name="Đỗ Lâm"))
    minh_client.post(SLIP)
    assert "Không còn phiếu nào" in minh_client.get(SLIP).text


def test_an_older_slip_is_not_shown_when_the_password_was_given_anew_elsewhere(minh_client, sign_in, minh, place):
    minh_client.post("/tai-khoan/them/", new_user(place))
    made = User.objects.get(username="dangthihoa")
    sign_in(minh).post(f"/tai-khoan/{made.pk}/cap-lai-mat-khau/")
    assert "Không còn phiếu nào" in minh_client.get(SLIP).text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"full_name": ""}, "bắt buộc"),
        ({"full_name": "x" * 101}, "Dài quá"),
        ({"full_name": "Lan\x07"}, "ký tự điều khiển"),
        ({"phone": "12"}, "không phải là số điện thoại"),
        ({"username": "có dấu"}, "chữ thường không dấu"),
        ({"username": "LAN"}, "đã có người dùng"),
        ({"role": Role.WARD_OFFICIAL}, "không có trong danh sách"),
        ({"role": Role.ADMINISTRATOR}, "không có trong danh sách"),
    ],
)
def test_wrong_input_is_told_at_its_field_and_makes_nothing(minh_client, minh, lan, place, changes, told):
    before = User.objects.count()
    answer = minh_client.post("/tai-khoan/them/", new_user(place, **changes))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert User.objects.count() == before
    assert told in answer.text


def test_no_account_is_made_in_an_area_of_others_or_at_ones_own_level(minh_client, minh, place):
    for area in (place.bau_cau, place.hoa_bac, place.tri_chinh):
        answer = minh_client.post("/tai-khoan/them/", new_user(place, area=area.pk))
        assert answer.context["form"].errors["area"]
    assert minh_client.get(f"/tai-khoan/them/?trong={place.hoa_chau.pk}").status_code == 404
    assert not User.objects.filter(full_name="Đặng Thị Hòa").exists()


def test_the_province_goes_down_to_a_ward_step_by_step(sign_in, mai, place):
    client = sign_in(mai)
    page = client.get("/tai-khoan/them/")
    assert "Huyện Hòa Vang" in page.text
    page = client.get(f"/tai-khoan/them/?trong={place.hoa_vang.pk}")
    assert [area.name for area in page.context["form"].fields["area"].queryset] == [
        "Huyện Hòa Vang", "Xã Hòa Bắc", "Xã Hòa Châu",
    ]  # fmt: skip
    new = new_user(place, role=Role.WARD_OFFICIAL, area=place.hoa_bac.pk)
    client.post(f"/tai-khoan/them/?trong={place.hoa_vang.pk}", new)
    assert User.objects.get(username="dangthihoa").postings.get().role == Role.WARD_OFFICIAL


# Making many


LINES = """Họ tên; điện thoại; thôn; vai trò
Nguyễn Thị Lan; 0905 123 456; Tà Lang; Tổ trưởng
Đỗ Văn Lâm; ; thôn gian bi;
Nguyễn Thị Lan\t0905123457\tThôn Tà Lang\tThành viên tổ
"""


def test_pasted_lines_are_looked_at_before_they_are_made(minh_client, place):
    page = minh_client.post(MANY, {"text": LINES})
    shown = [(account.full_name, account.username, account.area, account.role) for account in page.context["accounts"]]
    assert shown == [
        ("Nguyễn Thị Lan", "nguyenthilan", place.ta_lang, Role.TEAM_LEADER),
        ("Đỗ Văn Lâm", "dovanlam", place.gian_bi, Role.TEAM_MEMBER),
        ("Nguyễn Thị Lan", "nguyenthilan2", place.ta_lang, Role.TEAM_MEMBER),
    ]
    assert not User.objects.filter(username="dovanlam").exists()
    made = minh_client.post(MANY, {"text": LINES, "step": "make"}, follow=True)
    assert made.redirect_chain == [(SLIP, 302)]
    assert made.text.count('class="slip"') == 3
    assert User.objects.get(username="dovanlam").postings.get().area == place.gian_bi


def test_one_wrong_line_makes_nothing_and_each_is_told_with_its_number(minh_client, lan):
    before = User.objects.count()
    lines = [
        "Đỗ Văn Lâm; 0905123456; Tà Lang; Tổ trưởng",
        "; 0905123456; Tà Lang",
        "Lê A; 12; Tà Lang",
        "Lê B; ; Bàu Cầu",
        "Lê C; ; Tà Lang; Cán bộ phường, xã",
        "Đỗ Văn Lâm; 0905 123 456; Tà Lang",
        "Lê D; ; ; ",
        "Lê E; ; Tà Lang; Tổ trưởng; thừa",
    ]
    page = minh_client.post(MANY, {"text": "\n".join(lines), "step": "make"})
    told = page.context["form"].errors["text"]
    assert [error.split(":")[0] for error in told] == [f"Dòng {n}" for n in (2, 3, 4, 5, 6, 7, 8)]
    assert "thiếu họ tên" in told[0]
    assert "không phải là số điện thoại" in told[1]
    assert "không có “Bàu Cầu” trong Xã Hòa Bắc" in told[2]
    assert "không có trong các vai trò được cấp" in told[3]
    assert "trùng với dòng 1" in told[4]
    assert "thiếu tên thôn" in told[5]
    assert "thừa cột" in told[6]
    assert User.objects.count() == before


def test_more_lines_than_one_time_allows_are_refused(minh_client):
    page = minh_client.post(MANY, {"text": "\n".join(f"Lê A{n}; ; Tà Lang" for n in range(101))})
    assert "nhiều nhất 100 dòng" in page.text


# One account


def test_an_account_shows_postings_and_sign_ins(minh_client, minh, lan):
    Act.objects.create(at=timezone.now(), actor_id=lan.pk, actor_name="Nguyễn Thị Lan", verb="sign_in",
                       object_kind="accounts.user", object_id=str(lan.pk))  # fmt: skip
    page = minh_client.get(f"/tai-khoan/{lan.pk}/")
    assert "Tổ trưởng" in page.text
    assert "Đăng nhập" in page.text
    assert page.context["may_manage"]


def test_ones_own_account_is_seen_by_everybody_and_managed_by_nobody_alone(sign_in, lan):
    page = sign_in(lan).get(f"/tai-khoan/{lan.pk}/")
    assert page.status_code == 200
    assert not page.context["may_manage"]
    assert sign_in(lan).post(f"/tai-khoan/{lan.pk}/cap-lai-mat-khau/").status_code == 403


def test_where_else_a_person_works_is_not_told(sign_in, minh, hoa, place):
    worker = user_with("lam", "Đỗ Văn Lâm", Role.TEAM_LEADER, place.ta_lang)
    Posting.objects.create(user=worker, role=Role.TEAM_LEADER, area=place.bau_cau)
    page = sign_in(minh).get(f"/tai-khoan/{worker.pk}/")
    assert "Thôn Tà Lang" in page.text
    assert "Bàu Cầu" not in page.text
    assert "Bàu Cầu" not in sign_in(minh).get(LIST).text


@pytest.mark.parametrize("deed", ["cap-lai-mat-khau", "ngung", "dung-lai"])
def test_deeds_are_posts_on_accounts_below_ones_own(sign_in, minh, lan, hoa, place, deed):
    peer = user_with("phong", "Phan Phong", Role.WARD_LEADER, place.hoa_bac)
    client = sign_in(minh)
    assert client.get(f"/tai-khoan/{lan.pk}/{deed}/").status_code == 405
    assert client.post(f"/tai-khoan/{hoa.pk}/{deed}/").status_code == 404
    assert client.post(f"/tai-khoan/{peer.pk}/{deed}/").status_code == 403
    assert client.post(f"/tai-khoan/{lan.pk}/{deed}/").status_code == 302


def test_a_reset_gives_a_slip_ends_the_old_password_and_forgives_failures(minh_client, lan, client):
    for _ in range(6):
        client.post("/tai-khoan/dang-nhap/", {"username": "lan", "password": "sai-mat-khau"})
    page = minh_client.post(f"/tai-khoan/{lan.pk}/cap-lai-mat-khau/", follow=True)
    password = re.search(r"<code>(\w{4}-\w{4}-\d{4})</code>", page.text)[1]
    assert client.post("/tai-khoan/dang-nhap/", {"username": "lan", "password": password}).status_code == 302
    assert Act.objects.filter(verb=Act.Verb.RESET, object_id=str(lan.pk)).count() == 1


def test_a_stopped_account_is_out_at_once_and_comes_back(minh_client, sign_in, lan):
    hers = sign_in(lan)
    minh_client.post(f"/tai-khoan/{lan.pk}/ngung/")
    assert hers.get("/").status_code == 302
    minh_client.post(f"/tai-khoan/{lan.pk}/dung-lai/")
    assert hers.get("/").status_code == 200


def test_a_posting_is_ended_and_another_given(minh_client, lan, place):
    posting = lan.postings.get()
    minh_client.post(f"/tai-khoan/phan-cong/{posting.pk}/ket-thuc/")
    posting.refresh_from_db()
    assert posting.until is not None
    new = {"role": Role.TEAM_MEMBER, "area": place.gian_bi.pk}
    minh_client.post(f"/tai-khoan/{lan.pk}/phan-cong/", new)
    minh_client.post(f"/tai-khoan/{lan.pk}/phan-cong/", new)
    assert [str(one) for one in lan.postings.current()] == ["Thành viên tổ, Thôn Giàn Bí"]
    assert set(Act.objects.filter(verb__in=["grant", "revoke"]).values_list("verb", flat=True)) == {"grant", "revoke"}


def test_nobody_posts_or_ends_oneself(minh_client, minh, place):
    own = minh.postings.get()
    assert minh_client.post(f"/tai-khoan/phan-cong/{own.pk}/ket-thuc/").status_code == 403
    assert minh_client.get(f"/tai-khoan/{minh.pk}/phan-cong/").status_code == 403


def test_a_name_is_mended(minh_client, lan):
    minh_client.post(f"/tai-khoan/{lan.pk}/sua/", {"full_name": "Nguyễn Thị Lân", "phone": "", "username": "lan"})
    lan.refresh_from_db()
    assert lan.full_name == "Nguyễn Thị Lân"
    assert Act.objects.get(verb=Act.Verb.CHANGE, object_id=str(lan.pk)).detail == {"fields": ["full_name"]}


# Unlocking


def test_an_unlock_has_a_reason_is_journalled_and_shown_until_it_is_locked_again(sign_in, an, place):
    root = User.objects.create_superuser("root", "mat-khau-cua-root", full_name="Quản Trị")
    client = sign_in(root)
    assert client.post("/tai-khoan/mo-quyen/", {"reason": "xem"}).context["form"].errors["reason"]
    page = client.post("/tai-khoan/mo-quyen/", {"reason": "Kiểm tra hộ trùng ở Hòa Bắc"}, follow=True)
    assert "Đang mở dữ liệu cá nhân đến" in page.text
    assert "Đang mở dữ liệu cá nhân đến" in client.get(f"/tai-khoan/{root.pk}/").text
    assert "Kiểm tra hộ trùng ở Hòa Bắc" in sign_in(an).get("/nhat-ky/?verb=unlock").text
    client.post("/tai-khoan/khoa-lai/")
    assert "Đang mở dữ liệu cá nhân đến" not in client.get(f"/tai-khoan/{root.pk}/").text
    assert sign_in(an).get("/tai-khoan/mo-quyen/").status_code == 403


# Names and passwords


def test_login_names_are_made_from_names(db):
    assert username_for("Đặng Thị Hòa") == "dangthihoa"
    assert username_for("Đặng Thị Hoà", {"dangthihoa"}) == "dangthihoa2"
    assert username_for("Y") == "ycnscd"
    assert username_for("…") == "nguoidung"


def test_first_passwords_are_readable_and_differ():
    made = {first_password(new_seed()) for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"(?:[bdghkmnt][aeu]){2}-(?:[bdghkmnt][aeu]){2}-[2346789]{4}", one) for one in made)


def test_a_first_password_is_worked_out_from_the_seed_and_the_secret_key(settings):
    seed = new_seed()
    once = first_password(seed)
    assert first_password(seed) == once
    settings.SECRET_KEY = "khac-" * 20
    assert first_password(seed) != once
