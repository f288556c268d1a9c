"""Lists of households, from rows to the register: new, known, with people or with counts only."""

from __future__ import annotations

import datetime as dt

import pytest

from intake.models import Upload
from journal.models import Act
from residents.models import Household, Observation, Placement, Residence, Resident

from .conftest import sentences, told

DAY = dt.date(2026, 10, 31)
PEOPLE = ("STT", "Mã hộ", "Họ và tên", "Quan hệ với chủ hộ", "Năm sinh", "Giới tính", "VNeID mức 2", "Cáp quang")
FAMILY = [
    (1, "H01", "Nguyễn Văn Sáu", "Chủ hộ", 1960, "Nam", "x", "x"),
    (2, "", "Trần Thị Bảy", "Vợ", 1962, "Nữ", "0", ""),
    (3, "", "Nguyễn Văn Út", "Con", 2015, "Nam", "", ""),
    (4, "H02", "Lê Thị Tám", "Chủ hộ", 1955, "Nữ", "", ""),
]


def seen(code) -> dict[str, str]:
    rows = Observation.objects.current().filter(indicator__code=code)
    return {str(row.resident or row.household): row.answer for row in rows.select_related("resident", "household")}


def test_people_by_household_enter_the_register(village_desk, lan, place):
    upload = village_desk.bring(("DANH SÁCH HỘ THÔN TÀ LANG",), ("Tính đến ngày 31/10/2026",), (), PEOPLE, *FAMILY)
    assert upload.day == DAY
    assert told(upload) == [(5, "new"), (8, "new")]
    village_desk.save(upload)
    assert upload.state == Upload.State.SAVED
    home = Household.objects.get(code="H01")
    assert (home.head_name, home.village, home.since) == ("Nguyễn Văn Sáu", place.ta_lang, DAY)
    assert [(str(each), each.birth_year, each.sex, each.is_head) for each in home.residents.all()] == [
        ("Nguyễn Văn Sáu", 1960, "m", True),
        ("Trần Thị Bảy", 1962, "f", False),
        ("Nguyễn Văn Út", 2015, "m", False),
    ]
    assert seen("vneid2") == {"Nguyễn Văn Sáu": "yes", "Trần Thị Bảy": "no"}
    assert seen("broadband") == {"Hộ Nguyễn Văn Sáu": "yes"}
    assert Placement.objects.filter(village=place.ta_lang, since=DAY, until=None).count() == 2
    assert Residence.objects.filter(since=DAY, until=None).count() == 4
    assert Household.history.count() == 2
    assert set(Resident.history.values_list("history_user_id", "history_type")) == {(lan.pk, "+")}
    act = Act.objects.get(verb="import")
    assert (act.actor_id, act.area_id, act.detail["households"], act.detail["people"]) == (
        lan.pk,
        place.ta_lang.pk,
        2,
        4,
    )


def test_the_same_file_again_changes_nothing(village_desk):
    village_desk.save(village_desk.bring(PEOPLE, *FAMILY))
    counts = [model.objects.count() for model in (Household, Resident, Observation)]
    again = village_desk.bring(PEOPLE, *FAMILY)
    assert told(again) == [(2, "same"), (5, "same")]
    village_desk.save(again)
    assert [model.objects.count() for model in (Household, Resident, Observation)] == counts


def test_counts_only_become_nameless_people(village_desk):
    upload = village_desk.bring(
        ("TT", "Chủ hộ", "Số nhân khẩu", "Dưới 14 tuổi", "Từ 60 tuổi", "VNeID mức 2", "Điện thoại"),
        (1, "Nguyễn Văn Sáu", 5, 2, 1, 2, 905123456),
        (2, "Lê Thị Tám", 1, "", "", "x", ""),
    )
    assert told(upload) == [(2, "new"), (3, "new")]
    village_desk.save(upload)
    home = Household.objects.get(head_name="Nguyễn Văn Sáu")
    assert home.phone == "0905123456"
    assert sorted((each.label, each.age_band) for each in home.residents.all()) == [
        ("", ""), ("", "0-13"), ("", "0-13"), ("", "60+"), ("Nguyễn Văn Sáu", ""),
    ]  # fmt: skip
    assert sorted(seen("vneid2")) == ["Chưa ghi tên", "Lê Thị Tám", "Nguyễn Văn Sáu"]


def test_one_wrong_row_saves_nothing_unless_only_the_good_are_asked_for(village_desk):
    rows = (("Chủ hộ", "Năm sinh"), ("Nguyễn Văn Sáu", 1830), ("Lê Thị Tám", 1955))
    upload = village_desk.bring(*rows)
    assert told(upload) == [(2, "wrong"), (3, "new")]
    assert sentences(upload)[0].startswith("Dòng 2, cột Năm sinh: “1830” không hợp lệ")
    village_desk.save(upload)
    assert (upload.state, Household.objects.count()) == (Upload.State.CHECKED, 0)
    village_desk.save(upload, only_good=True)
    assert (upload.state, Household.objects.get().head_name) == (Upload.State.SAVED, "Lê Thị Tám")


def test_a_known_household_is_filled_and_named_people_take_the_place_of_nameless_ones(
    village_desk, new_household, place
):
    home = new_household(place.ta_lang, "Nguyễn Văn Sáu", people=[("Nguyễn Văn Sáu", 1960), ("", None)], code="001")
    upload = village_desk.bring(
        ("Mã hộ", "Họ và tên", "Quan hệ", "Năm sinh", "Địa chỉ"),
        ("001", "NGUYỄN VĂN SÁU", "Chủ hộ", "1960", "Ngõ 5"),
        ("", "Trần Thị Bảy", "Vợ", "1962", ""),
        ("", "Nguyễn Văn Út", "Con", "2015", ""),
    )
    assert told(upload) == [(2, "changed")]
    village_desk.save(upload)
    home.refresh_from_db()
    assert home.address == "Ngõ 5"
    assert sorted(str(each) for each in home.residents.all()) == ["Nguyễn Văn Sáu", "Nguyễn Văn Út", "Trần Thị Bảy"]
    assert Household.history.filter(history_type="~").count() == 1


def test_a_name_that_differs_by_tones_is_offered_and_not_taken(village_desk, new_household, place):
    home = new_household(place.ta_lang, "Nguyễn Văn Sáu")
    upload = village_desk.bring(("Chủ hộ", "Điện thoại"), ("NGUYEN VAN SAU", "0905123456"))
    row = upload.rows.get()
    assert (row.state, row.offers[0][0]) == ("doubt", f"match:{home.pk}")
    village_desk.save(upload)
    assert upload.state == Upload.State.CHECKED
    village_desk.choose(upload, r2=f"match:{home.pk}")
    assert told(upload) == [(2, "changed")]
    village_desk.save(upload)
    home.refresh_from_db()
    assert (home.head_name, home.phone, Household.objects.count()) == ("Nguyễn Văn Sáu", "0905123456", 1)


def test_a_household_of_another_village_is_not_there(desk, new_household, place, hoa):
    theirs = new_household(place.bau_cau, "Phan Văn Mười", code="009")
    head = ("Mã số hộ (phần mềm)", "Thôn", "Chủ hộ")
    upload = desk.bring(
        head,
        (str(theirs.pk), "Tà Lang", "Phan Văn Mười"),
        ("0190a000-0000-7000-8000-000000000000", "Tà Lang", "Phan Văn Mười"),
        ("", "Bàu Cầu", "Phan Văn Mười"),
        ("", "Không Có", "Phan Văn Mười"),
    )
    assert [state for _, state in told(upload)] == ["wrong"] * 4
    texts = [text.partition(": ")[2] for text in sentences(upload)]
    assert texts[0] == texts[1]
    assert texts[2].replace("Bàu Cầu", "Không Có") == texts[3]


def test_villages_come_from_a_column_or_from_rows_between(desk, place):
    upload = desk.bring(
        ("TT", "Chủ hộ", "Số khẩu"),
        ("I", "Thôn Tà Lang", ""),
        (1, "Nguyễn Văn Sáu", 2),
        ("II", "Thôn Giàn Bí", ""),
        (1, "Lê Thị Tám", 3),
        ("", "Tổng cộng", 5),
    )
    assert told(upload) == [(3, "new"), (5, "new")]
    assert upload.counts["passed_over_count"] == 3
    desk.save(upload)
    assert set(Household.objects.values_list("head_name", "village")) == {
        ("Nguyễn Văn Sáu", place.ta_lang.pk),
        ("Lê Thị Tám", place.gian_bi.pk),
    }


def test_undoing_takes_everything_back(village_desk, new_household, place, minh):
    home = new_household(place.ta_lang, "Lê Thị Tám", people=[("Lê Thị Tám", 1955)], code="H02")
    rows = [*FAMILY[:3], (4, "H02", "Lê Thị Tám", "Chủ hộ", 1955, "Nữ", "x", "")]
    upload = village_desk.bring(PEOPLE, *rows)
    village_desk.save(upload)
    assert seen("vneid2")["Lê Thị Tám"] == "yes"
    village_desk.undo(upload)
    assert upload.state == Upload.State.UNDONE, upload.message
    assert list(Household.objects.all()) == [home]
    assert [each.sex for each in Resident.objects.all()] == [""]
    assert seen("vneid2") == {}
    village_desk.save(village_desk.bring(PEOPLE, *rows))
    assert Household.objects.count() == 2


@pytest.mark.parametrize("what", ["visit", "answer", "edit", "person"])
def test_what_was_built_on_is_not_undone(village_desk, what, place, lan):
    from django.utils import timezone

    from residents import actions
    from residents.actions import NewPerson, VisitFacts

    village_desk.save(upload := village_desk.bring(PEOPLE, *FAMILY))
    home, now = Household.objects.get(code="H01"), timezone.now()
    if what == "visit":
        actions.record_visit(by=lan, facts=VisitFacts(at=now, household=home), now=now)
    elif what == "answer":
        actions.record_visit(
            by=lan, now=now, facts=VisitFacts(at=now, household=home),
            answers=[actions.Answer(None, Observation.objects.first().indicator_id, "yes")],
        )  # fmt: skip
    elif what == "edit":
        actions.edit_household(by=lan, household=home, note="đã gặp")
    else:
        today = timezone.localdate(now)
        actions.add_resident(by=lan, household=home, person=NewPerson(label="Cháu"), since=today, today=today)
    village_desk.undo(upload)
    assert upload.state == Upload.State.SAVED
    assert "Không hoàn tác được" in upload.message
    assert Household.objects.count() == 2


def test_a_register_that_changed_meanwhile_is_looked_at_again(village_desk, new_household, place):
    upload = village_desk.bring(("Chủ hộ", "Số khẩu"), ("Nguyễn Văn Sáu", 2))
    new_household(place.ta_lang, "Nguyễn Văn Sáu")
    village_desk.save(upload)
    assert upload.state == Upload.State.CHECKED
    assert "đối chiếu lại" in upload.message
    assert told(upload) == [(2, "changed")]


def test_columns_that_must_not_be_stored_are_emptied(village_desk):
    upload = village_desk.bring(
        ("Chủ hộ", "Số CCCD", "Dân tộc", "Năm sinh"), ("Nguyễn Văn Sáu", "048060001234", "Kinh", 1960)
    )
    kept = upload.sheets.get()
    assert kept.sheet().rows[1] == ["Nguyễn Văn Sáu", "", "", 1960]
    assert len(kept.dropped) == 2


def test_signs_that_no_database_keeps_are_refused_in_a_sentence(village_desk):
    upload = village_desk.bring(
        ("Chủ hộ", "Điện thoại\x01", "VNeID"), ("Nguyễn\x00 Văn Sáu", "09\x00", "\ud800"), ("Lê", "", "")
    )
    assert told(upload) == [(2, "wrong"), (3, "new")]
    assert "ký tự điều khiển" in " ".join(sentences(upload))
