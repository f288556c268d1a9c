"""Logs of visits come in, and the list of visits is taken away, edited and loaded back."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.rules import Role
from areas.models import Stale
from intake.models import Upload
from journal.models import Act
from residents import actions
from residents.models import Indicator, Observation, ResultKind, Topic, Visit
from residents.record import NewObservation, append
from sheets.reading import read_workbook
from tests.cast import user_with

from .conftest import Desk, sentences, told

HEAD = ("STT", "Ngày", "Giờ", "Thôn", "Mã hộ", "Chủ hộ", "Kết quả", "Nội dung", "Số người", "Số phút", "Thành viên")
DAY = dt.date(2026, 11, 2)


@pytest.fixture
def log(minh, place, catalogue):
    return Desk(minh, place.hoa_bac, Upload.Kind.VISITS)


@pytest.fixture
def homes(place, new_household, new_team):
    new_team(place.ta_lang, members=["Nguyễn Thị Lan", "Trần Văn Hai"])
    return [
        new_household(place.ta_lang, "Nguyễn Văn Sáu", code="001"),
        new_household(place.ta_lang, "Lê Thị Tám", code="002"),
        new_household(place.gian_bi, "Võ Văn Năm", code="001"),
    ]


def row(number, *, day="02/11/2026", clock="19:30", village="Tà Lang", code="", head="", outcome="Gặp", **more):
    last = [more.get(name, "") for name in ("topics", "people", "minutes", "members")]
    return (number, day, clock, village, code, head, outcome, *last)


def at(clock: str, day=DAY) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.fromisoformat(clock)))


def counted():
    return Visit.objects.counted().order_by("at", "pk")


def test_a_log_is_recorded_once_journalled_and_taken_back(log, homes, place):
    sau, tam, nam = homes
    rows = (
        HEAD,
        row(1, code="001", topics="Chứng thực; Học phí", people=2, minutes="30 phút", members="Nguyễn Thị Lan"),
        row(2, day="", clock="20h15", head="LÊ THỊ TÁM", outcome="vắng"),
        row(3, clock="", village="thôn Giàn Bí", head=unicodedata.normalize("NFD", "Võ Văn Năm"), people=1),
    )
    upload = log.bring(*rows)
    assert told(upload) == [(2, "new"), (3, "new"), (4, "new")], sentences(upload)
    assert "không có" not in str(upload.rows.values_list("told"))
    log.save(upload)
    assert upload.state == Upload.State.SAVED, upload.message
    first, second, third = Visit.objects.filter(household=sau).get(), tam.visits.get(), nam.visits.get()
    assert (first.at, first.outcome, first.people_helped, first.minutes, first.source) == (
        at("19:30"), "met", 2, 30, "import",
    )  # fmt: skip
    assert set(first.topics.values_list("name", flat=True)) == {"Chứng thực", "Học phí"}
    assert [str(member) for member in first.members.all()] == ["Nguyễn Thị Lan"]
    assert str(first.team.home_area) == "Thôn Tà Lang"
    assert (second.at, second.outcome) == (at("20:15"), "nobody")
    assert third.at == at("15:00")
    assert Stale.objects.filter(area=place.ta_lang, since__lte=DAY).exists()
    acts = Act.objects.filter(label="Lượt đến hộ, từ tệp danh sách.xlsx")
    assert set(acts.values_list("area_id", "detail__visits")) == {(place.ta_lang.pk, 2), (place.gian_bi.pk, 1)}
    assert {state for _, state in told(log.bring(*rows))} == {"same"}
    log.undo(upload)
    assert upload.state == Upload.State.UNDONE, upload.message
    assert not counted().exists()
    assert {state for _, state in told(log.bring(*rows))} == {"new"}


WRONG = [
    (row(1, code="001", day=""), "cột Ngày: Thiếu ngày đến"),
    (row(1, code="001", day="31/02/2026"), "cột Ngày: “31/02/2026” không phải là ngày"),
    (row(1, code="001", day="02/11/2099"), "cột Ngày: “02/11/2099” là ngày ở tương lai"),
    (row(1, code="001", day="02/11/2023"), "cột Ngày: Hộ không ở trong sổ vào ngày 02/11/2023"),
    (row(1, code="001", clock="25:00"), "cột Giờ: “25:00” không phải là giờ"),
    (row(1, code="001", outcome="hay quá"), "cột Kết quả: “hay quá” chưa rõ nghĩa"),
    (row(1, code="001", outcome=""), "cột Kết quả: Thiếu kết quả"),
    (row(1, code="001", outcome="Vắng", people=2), "cột Số người được hỗ trợ: Chỉ ghi số người"),
    (row(1, code="001", clock="11:00", minutes=2000), "cột Số phút: Số phút từ 0 đến 1.440"),
    (row(1, code="001", minutes="lâu"), "cột Số phút: “lâu” không phải là số phút"),
    (row(1, code="001", members="Nguyen Thi Lan"), "ngày 02/11/2026. Có phải “Nguyễn Thị Lan”?"),
    (row(1, code="001", topics="mã OTP 1234"), "Có vẻ chứa mã OTP"),
    (row(1, code="999"), "cột Mã hộ: Thôn Tà Lang không có hộ mang mã “999”"),
    (row(1, head="Phan Văn Lạ"), "cột Chủ hộ: Thôn Tà Lang không có hộ nào chủ hộ là “Phan Văn Lạ”"),
    (row(1, village="Bàu Cầu", head="Phan Văn Lạ"), "cột Thôn: “Bàu Cầu” không có trong địa bàn của bạn"),
]


def test_what_cannot_be_is_told_with_a_sentence(log, homes):
    upload = log.bring(HEAD, *(line for line, _ in WRONG))
    assert {state for _, state in told(upload)} == {"wrong"}
    texts = sentences(upload)
    for number, (_, sentence) in enumerate(WRONG, 2):
        assert any(text.startswith(f"Dòng {number}") and sentence in text for text in texts), (sentence, texts)


def test_a_near_household_and_a_visit_of_that_day_are_asked_about(log, homes, minh):
    home = homes[0]
    facts = actions.VisitFacts(at=at("19:32"), household=home, people_helped=1)
    there = actions.record_visit(by=minh, facts=facts, now=timezone.now())
    upload = log.bring(HEAD, row(1, head="Nguyen Van Sau", people=3), row(2, clock="8:00", code="001", people=5))
    assert told(upload) == [(2, "doubt"), (3, "doubt")]
    assert upload.rows.first().offers[0] == [f"match:{home.pk}", "Là hộ Nguyễn Văn Sáu (mã 001)"]
    upload = log.choose(upload, r2=f"match:{home.pk}", r3="new")
    assert told(upload) == [(2, "doubt"), (3, "new")]
    assert "Sổ đã có lượt lúc 19:32 02/11/2026" in sentences(upload)[-1 - 1]
    upload = log.choose(upload, r2=f"match:{home.pk}+fix", r3="new")
    assert told(upload) == [(2, "changed"), (3, "new")]
    log.save(upload)
    assert list(counted().values_list("people_helped", "replaces")) == [(5, None), (3, there.pk)]


def test_a_household_is_found_by_the_id_of_the_software(log, homes):
    heads = ("Ngày", "Thôn", "Mã số hộ (phần mềm)", "Kết quả")
    lines = [("02/11/2026", village, str(homes[0].pk), "Vắng") for village in ("Tà Lang", "Giàn Bí")]
    upload = log.bring(heads, *lines, ("02/11/2026", "Tà Lang", "0190a000-0000-7000-8000-000000000000", "Vắng"))
    assert told(upload) == [(2, "new"), (3, "wrong"), (4, "wrong")]
    assert "Hộ này nay ở thôn khác trong sổ." in sentences(upload)[0]
    assert "Không có hộ mang mã số này trong địa bàn của bạn." in sentences(upload)[1]


def test_free_words_stay_in_the_note_with_the_topics_that_they_name(log, homes):
    line = row(1, code="001", topics="hướng dẫn bà nộp học phí cho cháu")
    log.save(log.bring(HEAD, line))
    visit = Visit.objects.get()
    assert [topic.name for topic in visit.topics.all()] == ["Học phí"]
    assert visit.note == "hướng dẫn bà nộp học phí cho cháu"
    assert told(log.bring(HEAD, line)) == [(2, "same")]


def test_what_came_of_it_in_free_words_is_for_the_note(log, homes):
    heads = ("Ngày", "Thôn", "Mã hộ", "Kết quả", "Nội dung", "Địa điểm")
    upload = log.bring(heads, ("02/11/2026", "Tà Lang", "001", "Đã cài xong", "làm giúp khai sinh", "tại nhà"))
    assert upload.columns[3] == "note"
    assert sentences(upload) == ["Dòng 2, cột Địa điểm: Địa điểm chỉ ghi cho lượt ngoài hộ, nên không lấy."]
    log.save(upload)
    visit = Visit.objects.get()
    assert (visit.outcome, visit.topics.get().code, visit.place) == ("met", "ho-tich", "")
    assert visit.note == "Đã cài xong; làm giúp khai sinh"


def test_help_at_a_desk_and_the_day_on_a_row_of_its_own(log, homes, place):
    upload = log.bring(
        ("Giờ", "Địa điểm", "Chủ hộ", "Mã hộ", "Gặp, vắng", "Số người được hỗ trợ", "Ngày"),
        ("Thôn Tà Lang",),
        ("Ngày 02/11/2026",),
        ("8:00", "Nhà văn hóa thôn", "", "", "", 20, ""),
        ("9:00", "", "Lê Thị Tám", "", "Hẹn lại", "", ""),
        ("9:00", "Chợ", "", "", "Gặp", "", ""),
    )
    assert told(upload) == [(4, "new"), (5, "new"), (6, "wrong")]
    assert "Lượt ngoài hộ cần số người" in sentences(upload)[0]
    log.save(upload, only_good=True)
    desk = Visit.objects.get(household=None)
    assert (desk.village, desk.place, desk.way, desk.people_helped) == (place.ta_lang, "Nhà văn hóa thôn", "mobile", 20)


# --- taken away, edited, loaded back


@pytest.fixture
def village_log(lan, place, catalogue):
    return Desk(lan, place.ta_lang, Upload.Kind.VISITS)


@pytest.fixture
def visits(homes, lan, catalogue, place):
    """Two visits in Tà Lang, and help at a desk there; the first with everything that can be said of one."""
    members = list(place.ta_lang.home_teams.get().members.all())
    everything = actions.VisitFacts(
        at=at("19:30"), household=homes[0], team=members[0].team, members=members, minutes=20, people_helped=2,
        topics=list(Topic.objects.filter(parent=None)), note="Hẹn\nmang sạc",
        results={ResultKind.objects.get(code="qr-code").pk: 1},
    )  # fmt: skip
    later = actions.VisitFacts(at=at("08:00"), household=homes[1], outcome="come_back", come_back_on=DAY)
    desk = actions.VisitFacts(at=at("07:00"), village=place.ta_lang, place="Chợ", way="mobile", people_helped=9)
    return [actions.record_visit(by=lan, facts=facts, now=timezone.now()) for facts in (everything, later, desk)]


@pytest.fixture
def taken(sign_in, lan, visits):
    """The list as lan takes it away: (the sheet, `cell(visit, heading)` → the place of a cell)."""
    content = sign_in(lan).get(reverse("intake:list_export") + "?loai=visits").content
    sheet = read_workbook(content, "lượt.xlsx", in_child=False)[0]
    head = next(row for row in sheet.rows if "Chủ hộ" in row)

    def put(visit, heading, value):
        line = next(row for row in sheet.rows if str(visit.pk) in row)
        line[head.index(heading)] = value

    return sheet, put


def test_the_list_loaded_back_as_it_was_changes_nothing(village_log, taken):
    upload = village_log.bring(sheets=[taken[0]])
    assert {state for _, state in told(upload)} == {"same"}, sentences(upload)
    assert not upload.rows.filter(label__contains="chưa rõ").exists()


@pytest.mark.parametrize(
    ("heading", "value", "fact"),
    [
        ("Số người được hỗ trợ", 3, {"people_helped": 3}),
        ("Ghi chú", "Đã xong", {"note": "Đã xong"}),
        ("Giờ", "20:15", {"at": at("20:15")}),
        ("Ngày", "01/11/2026", {"at": at("19:30", dt.date(2026, 11, 1))}),
        ("Kết quả hỗ trợ", "Hồ sơ trực tuyến nộp: 2", {"results__count": 2}),
        ("Thành viên đi", "Trần Văn Hai", {"members__full_name": "Trần Văn Hai"}),
    ],
)
def test_an_edited_cell_corrects_one_visit_and_is_taken_back(heading, value, fact, village_log, taken, visits):
    sheet, put = taken
    put(visits[0], heading, value)
    upload = village_log.bring(sheets=[sheet])
    assert sorted(state for _, state in told(upload)) == ["changed", "same", "same"]
    village_log.save(upload)
    later = Visit.objects.get(replaces=visits[0])
    assert later.topics.count() == visits[0].topics.count()
    for name, wanted in fact.items():
        assert Visit.objects.filter(pk=later.pk).values_list(name, flat=True).get() == wanted
    assert {state for _, state in told(village_log.bring(sheets=[sheet]))} == {"same"}
    village_log.undo(upload)
    assert upload.state == Upload.State.UNDONE, upload.message
    back = counted().get(household=visits[0].household)
    assert (back.at, back.people_helped, back.note) == (visits[0].at, 2, "Hẹn\nmang sạc")
    assert back.members.count() == 2


def test_help_at_a_desk_moves_to_another_place_and_stays_help_given(village_log, taken, visits):
    sheet, put = taken
    put(visits[2], "Địa điểm", "Nhà văn hóa")
    upload = village_log.bring(sheets=[sheet])
    assert upload.rows.get(state="changed").told == "địa điểm: Chợ → Nhà văn hóa"
    put(visits[2], "Kết quả", "Vắng nhà")
    assert "Lượt ngoài hộ chỉ ghi khi đã gặp" in " ".join(sentences(village_log.bring(sheets=[sheet])))


def test_nobody_met_after_all_means_nobody_helped(village_log, taken, visits):
    sheet, put = taken
    for heading, value in (("Kết quả", "Vắng nhà"), ("Số người được hỗ trợ", ""), ("Kết quả hỗ trợ", "")):
        put(visits[0], heading, value)
    upload = village_log.save(village_log.bring(sheets=[sheet]))
    assert upload.state == Upload.State.SAVED, upload.message
    later = Visit.objects.get(replaces=visits[0])
    assert (later.outcome, later.people_helped, later.results.count(), later.minutes) == ("nobody", 0, 0, 20)


def test_an_answer_moves_along_with_the_hour(village_log, taken, visits, homes, lan):
    item = NewObservation(
        household_id=homes[0].pk, resident_id=None, indicator_id=Indicator.objects.get(code="broadband").pk,
        answer="yes", effective_at=visits[0].at, visit_id=visits[0].pk, source="desk",
    )  # fmt: skip
    append([item], by=lan, received_at=timezone.now())
    sheet, put = taken
    put(visits[0], "Giờ", "20:15")
    village_log.save(village_log.bring(sheets=[sheet]))
    assert Observation.objects.current().get(household=homes[0]).effective_at == at("20:15")


@pytest.mark.parametrize(
    ("heading", "value", "sentence"),
    [
        ("Chủ hộ", "Lê Thị Tám", "Lượt này là của hộ Nguyễn Văn Sáu, mã 001, Thôn Tà Lang; tệp ghi khác."),
        ("Mã hộ", "002", "Lượt này là của hộ Nguyễn Văn Sáu"),
        ("Kết quả", "Vắng nhà", "cột Số người được hỗ trợ: Chỉ ghi số người và kết quả khi đã gặp."),
        ("Nội dung hỗ trợ", "Bán hàng", "“Bán hàng” không có trong danh mục nội dung"),
        ("Ngày", "31/11/2026", "“31/11/2026” không phải là ngày"),
    ],
)
def test_an_edit_that_no_page_would_take_is_refused(heading, value, sentence, village_log, taken, visits):
    sheet, put = taken
    put(visits[0], heading, value)
    upload = village_log.bring(sheets=[sheet])
    assert sorted(state for _, state in told(upload)) == ["same", "same", "wrong"]
    assert sentence in " ".join(sentences(upload))


def test_what_was_corrected_or_withdrawn_since_is_not_corrected_by_an_old_list(village_log, taken, visits, lan):
    sheet, put = taken
    facts = actions.VisitFacts(at=at("19:30"), household=visits[0].household, people_helped=7)
    actions.replace_visit(by=lan, visit=visits[0], facts=facts, now=timezone.now())
    actions.withdraw_visit(by=lan, visit=visits[1], now=timezone.now(), with_answers=False)
    assert {state for _, state in told(village_log.bring(sheets=[sheet]))} == {"same"}
    put(visits[0], "Số phút", 50)
    put(visits[1], "Ghi chú", "a")
    upload = village_log.bring(sheets=[sheet])
    assert [text.partition(": ")[2][:25] for text in sentences(upload)] == [
        "Lượt này đã được sửa sau ", "Lượt này đã được rút lại,",
    ]  # fmt: skip


def test_the_id_of_another_ward_is_not_found_as_one_that_never_was(hoa, place, catalogue, taken, visits, sign_in):
    content = sign_in(hoa).get(reverse("intake:list_export") + "?loai=visits").content
    assert len(read_workbook(content, "lượt.xlsx", in_child=False)[0].rows) == 4  # titles and heads
    other = Desk(hoa, place.hoa_chau, Upload.Kind.VISITS)
    sheet, put = taken
    put(visits[0], "Mã số lượt (phần mềm)", "0190a000-0000-7000-8000-000000000000")
    upload = other.bring(sheets=[sheet])
    found = {text.partition(": ")[2] for text in sentences(upload)}
    assert (len(found), upload.counts["wrong"]) == (1, 3)
    assert found.pop().startswith("Không tìm thấy lượt mang mã số này")


def test_a_member_brings_in_what_she_may_record_and_takes_nothing_away(place, homes, catalogue, sign_in, visits):
    tu = user_with("tu", "Đinh Văn Tú", Role.TEAM_MEMBER, place.ta_lang)
    assert sign_in(tu).get(reverse("intake:list_export") + "?loai=visits").status_code == 403
    upload = Desk(tu, place.ta_lang, Upload.Kind.VISITS).bring(
        HEAD, row(1, clock="21:00", code="001", people=1), row(2, day="03/11/2026", code="001", people=1)
    )
    assert told(upload) == [(2, "doubt"), (3, "new")]
    assert [value for value, _ in upload.rows.first().offers] == ["skip", "new"]  # the other's visit is not hers


def test_nothing_is_taken_back_once_something_was_built_on_it(log, homes, minh):
    upload = log.save(log.bring(HEAD, row(1, code="001", people=1)))
    actions.withdraw_visit(by=minh, visit=Visit.objects.get(), now=timezone.now(), with_answers=False)
    log.undo(upload)
    assert upload.state == Upload.State.SAVED
    assert "đã được sửa hoặc rút lại sau khi nhập tệp" in upload.message


def test_the_empty_log_is_understood(sign_in, lan, place, catalogue, village_log):
    content = sign_in(lan).get(reverse("intake:blank") + "?loai=visits").content
    upload = village_log.bring(sheets=read_workbook(content, "mẫu.xlsx", in_child=False)[:1])
    assert upload.columns[1:6] == ["day", "clock", "village", "code", "head"]
    assert "" not in upload.columns[1:]
    assert upload.counts["passed_over"] == [(2, "dòng ví dụ của mẫu")]


def test_a_long_log_asks_no_question_for_each_line(log, homes, django_assert_max_num_queries):
    with django_assert_max_num_queries(80):
        upload = log.bring(HEAD, *(row(at, day=f"{at:02}/10/2026", code="001", people=1) for at in range(1, 31)))
        log.save(upload)
    assert counted().count() == 30
