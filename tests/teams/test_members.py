import datetime as dt

import pytest

from accounts.rules import Role
from teams.models import Member, SizeNorm

from ..cast import SINCE, user_with

JOINS = {"full_name": "Hồ Thị Bảy", "role": "member", "organisation": "women", "since": "01/03/2025"}


def add(client, team, **changes):
    return client.post(f"/to/{team.pk}/thanh-vien/them/", JOINS | changes)


def test_a_member_joins_and_the_norm_only_warns(sign_in, minh, place, team):
    SizeNorm.objects.create(area=place.da_nang, at_least=7, since=SINCE)
    client = sign_in(minh)
    response = add(client, team, phone="+84 905 123 456", birth_year="1990", sex="f", is_on_payroll="on")
    member = Member.objects.get(full_name="Hồ Thị Bảy")
    assert response.url == f"/to/{team.pk}/"
    assert (member.phone, member.birth_year, member.is_on_payroll) == ("0905123456", 1990, True)
    assert "3/7 thành viên – dưới định mức, vẫn lưu." in client.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"full_name": ""}, "full_name", "bắt buộc"),
        ({"full_name": "H" * 101}, "full_name", "Dài quá"),
        ({"full_name": "Hồ\x00Bảy"}, "full_name", ""),
        ({"full_name": "Hồ\x1bBảy"}, "full_name", "ký tự điều khiển"),
        ({"birth_year": "1830"}, "birth_year", "“1830” không hợp lệ"),
        ({"birth_year": "2999"}, "birth_year", "không hợp lệ"),
        ({"birth_year": "chín mươi"}, "birth_year", ""),
        ({"since": "01/08/2024"}, "since", "Tổ hoạt động từ 01/09/2024"),
        ({"since": "01/01/2999"}, "since", "chưa đến"),
        ({"phone": "12"}, "phone", "không phải là số điện thoại"),
        ({"role": "king"}, "role", ""),
    ],
)
def test_bad_input_is_told_at_its_field(sign_in, minh, team, changed, field, message):
    response = add(sign_in(minh), team, **changed)
    assert response.status_code == 200
    assert message in response.context["form"].errors[field][0]
    assert team.members.count() == 2


def test_a_second_leader_is_asked_about(sign_in, minh, team):
    client = sign_in(minh)
    response = add(client, team, role="leader")
    assert "other_leaders" in response.context["form"].errors
    assert "Tổ đang có tổ trưởng: Nguyễn Thị Lan" in response.content.decode()
    assert team.members.count() == 2
    assert add(client, team, role="leader", other_leaders="deputy").status_code == 302
    assert dict(team.members.values_list("full_name", "role")) == {
        "Nguyễn Thị Lan": "deputy",
        "A Lăng Bình": "member",
        "Hồ Thị Bảy": "leader",
    }


def test_two_leaders_may_be_kept(sign_in, minh, team):
    assert add(sign_in(minh), team, role="leader", other_leaders="both").status_code == 302
    assert team.members.filter(role="leader").count() == 2


def test_a_member_is_corrected(sign_in, minh, hoa, team):
    member = team.members.get(full_name="A Lăng Bình")
    url = f"/to/thanh-vien/{member.pk}/sua/"
    assert sign_in(hoa).get(url).status_code == 404
    assert sign_in(minh).get(url).status_code == 200
    assert sign_in(minh).post(url, JOINS | {"full_name": "A Lăng Bính"}).status_code == 302
    member.refresh_from_db()
    assert (member.full_name, member.since) == ("A Lăng Bính", dt.date(2025, 3, 1))
    assert member.history.first().history_user_id == minh.pk


def test_one_who_left_cannot_have_joined_later(sign_in, minh, team):
    member = team.members.get(full_name="A Lăng Bình")
    Member.objects.filter(pk=member.pk).update(until=dt.date(2025, 1, 1))
    response = sign_in(minh).post(f"/to/thanh-vien/{member.pk}/sua/", JOINS)
    assert "trước ngày thôi (01/01/2025)" in response.context["form"].errors["since"][0]


def test_the_leader_leaves_and_names_a_successor(sign_in, minh, team):
    leader, successor = team.members.get(role="leader"), team.members.get(role="member")
    url = f"/to/thanh-vien/{leader.pk}/thoi/"
    assert sign_in(minh).post(url, {"on": "01/03/2025", "successor": successor.pk}).status_code == 302
    leader.refresh_from_db()
    successor.refresh_from_db()
    assert (leader.until, successor.role) == (dt.date(2025, 3, 1), "leader")
    assert sign_in(minh).get(url).status_code == 403


@pytest.mark.parametrize(
    ("on", "message"), [("01/09/2024", "phải sau"), ("01/01/2024", "phải sau"), ("01/01/2999", "chưa đến")]
)
def test_nobody_leaves_before_having_joined(sign_in, minh, team, on, message):
    member = team.members.first()
    response = sign_in(minh).post(f"/to/thanh-vien/{member.pk}/thoi/", {"on": on})
    assert message in response.context["form"].errors["on"][0]
    assert not team.members.exclude(until=None).exists()


def test_a_successor_is_of_the_same_team(sign_in, minh, place, team, new_team):
    other = new_team(place.gian_bi, members=["Bh'riu Pố"]).members.get()
    leader = team.members.get(role="leader")
    response = sign_in(minh).post(f"/to/thanh-vien/{leader.pk}/thoi/", {"on": "01/03/2025", "successor": other.pk})
    assert "successor" in response.context["form"].errors


def test_accounts_of_other_places_are_not_offered(sign_in, minh, place, team, lan):
    foreign = user_with("tu", "Lê Văn Tư", Role.TEAM_MEMBER, place.bau_cau)
    page = sign_in(minh).get(f"/to/{team.pk}/thanh-vien/them/").content.decode()
    assert "Nguyễn Thị Lan" in page
    assert "Lê Văn Tư" not in page
    assert "user" in add(sign_in(minh), team, user=foreign.pk).context["form"].errors
    assert add(sign_in(minh), team, user=lan.pk).status_code == 302


def paste(client, team, lines, since="01/03/2025"):
    return client.post(f"/to/{team.pk}/thanh-vien/dan/", {"since": since, "lines": lines})


def test_many_members_are_pasted(sign_in, minh, team):
    lines = (
        "Họ tên; vai trò; tổ chức; điện thoại; năm sinh; giới tính\n"
        "Đinh Văn Năm; tổ phó; Đoàn thanh niên; 905123456; 1990; Nam\n\n"
        "Bùi Thị Sáu\tthành viên\tHội Phụ nữ\t\t1985\tnữ\n"
        "Y Blô"
    )
    assert paste(sign_in(minh), team, lines).status_code == 302
    added = team.members.exclude(since=SINCE)
    assert set(added.values_list("full_name", "role", "organisation", "phone", "birth_year", "sex")) == {
        ("Đinh Văn Năm", "deputy", "youth", "0905123456", 1990, "m"),
        ("Bùi Thị Sáu", "member", "women", "", 1985, "f"),
        ("Y Blô", "member", "other", "", None, ""),
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Hồ Bảy; trưởng ban", "Dòng 2: vai trò “trưởng ban” không có trong danh mục."),
        ("Hồ Bảy; ; hội chơi chim", "Dòng 2: tổ chức “hội chơi chim” không có trong danh mục."),
        ("Hồ Bảy; ; ; 123", "Dòng 2: “123” không phải là số điện thoại."),
        ("Hồ Bảy; ; ; ; 1830", "Dòng 2: Năm sinh “1830” không hợp lệ"),
        ("Hồ Bảy; ; ; ; 90", "Dòng 2: năm sinh “90” không hợp lệ"),
        ("Hồ Bảy; ; ; ; ; khác", "Dòng 2: giới tính “khác” không có trong danh mục."),
        ("; tổ phó", "Dòng 2: thiếu họ tên."),
        ("Hồ Bảy; tổ trưởng", "Dòng 2: tổ đã có tổ trưởng là Nguyễn Thị Lan"),
        ("Bùi Thị Sáu", "Dòng 2: Bùi Thị Sáu đã có trong tổ"),
        ("A;B;C;D;E;F;G", "Dòng 2: có 7 cột"),
        ("H" * 101, "Dòng 2: Dài quá"),
    ],
)
def test_a_wrong_line_is_named_and_nobody_is_added(sign_in, minh, team, line, message):
    response = paste(sign_in(minh), team, f"Bùi Thị Sáu\n{line}")
    assert response.status_code == 200
    assert message in response.context["form"].errors["lines"][0]
    assert team.members.count() == 2


@pytest.mark.parametrize("since", ["01/08/2024", "01/01/2999", ""])
def test_pasted_members_join_on_a_sound_day(sign_in, minh, team, since):
    assert "since" in paste(sign_in(minh), team, "Bùi Thị Sáu", since).context["form"].errors
