"""A person or a household is forgotten: nothing in any table says who it was, and no figure is another one."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import zlib

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from uuid6 import uuid7

from accounts.models import Job
from field.models import Device, HeldItem, Receipt
from intake.models import Upload
from journal.models import Act
from reports import periods
from reports.drain import drain
from reports.models import Figure
from residents import actions
from residents.forgetting import forget_household, forget_resident
from residents.models import FORGOTTEN, Household, Presence, Resident, Spell
from sheets.text import person_sort_key
from tests.field.phone import Phone
from tests.intake.conftest import Desk

NAME = "Nguyễn Zqsauqz"
WIFE = "Trần Zqbayqz"
PHONE = "0987654321"
WORDS = ("zqsauqz", "zqbayqz", PHONE[1:], person_sort_key("Zqsauqz"), person_sort_key("Zqbayqz"))
HEADS = ("Mã hộ", "Họ và tên", "Quan hệ với chủ hộ", "Thôn", "Năm sinh", "Điện thoại", "Ghi chú")
NEIGHBOUR = ("H02", "Lê Thị Tám", "Chủ hộ", "Thôn Tà Lang", 1955, "", "")


def where_found(words=WORDS) -> list[str]:
    """“residents.household.note: zqsauqz” for every column of every table that holds one of the words."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        columns = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values(*columns):
            for name, value in row.items():
                text = as_text(value)
                found |= {f"{model._meta.label_lower}.{name}: {word}" for word in words if word in text}
    return sorted(found)


def as_text(value) -> str:
    if isinstance(value, (bytes, memoryview)):
        content = bytes(value)
        with contextlib.suppress(zlib.error):
            content = zlib.decompress(content)
        return content.decode(errors="replace").lower()
    return (json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)).lower()


def state_of_counting():
    drain(today=timezone.localdate())
    figures = Figure.objects.order_by("area", "period", "measure")
    spells = Spell.objects.order_by("subject", "indicator", "since")
    kept = [field.attname for field in Figure._meta.concrete_fields if field.name not in ("id", "counted_at")]
    return list(figures.values_list(*kept)), list(
        spells.values_list("village", "subject", "indicator", "state", "since", "until")
    )


@pytest.fixture
def known(place, minh, lan, catalogue, saw):
    """A household that came by a list, was changed at the desk, visited, and named by phones, files and the journal."""
    desk, now = Desk(minh, place.hoa_bac), timezone.now()
    family = [
        ("H01", NAME, "Chủ hộ", "Thôn Tà Lang", 1960, PHONE, "con của Zqsauqz ở xa"),
        ("", WIFE, "Vợ", "Thôn Tà Lang", 1962, "", ""),
    ]
    day = timezone.localdate() - dt.timedelta(40)
    desk.save(desk.bring(HEADS, *family, NEIGHBOUR, day=day))
    home = Household.objects.get(code="H01")
    actions.edit_household(by=lan, household=home, head_name=NAME, address=f"Số 5, cạnh nhà {NAME}")
    head, wife = home.residents.get(is_head=True), home.residents.get(is_head=False)
    today = timezone.localdate()
    actions.edit_resident(by=lan, resident=head, today=today, birth_date=dt.date(1960, 5, 17), sex="m")
    facts = actions.VisitFacts(at=now - dt.timedelta(days=2), household=home, note=f"gặp {NAME}", place="nhà Zqsauqz")
    actions.record_visit(by=lan, facts=facts, now=now)
    saw(home, "vneid2", "yes", head, days_ago=3)
    saw(home, "vneid2", "no", wife, days_ago=3)
    desk.bring(HEADS, (*family[0][:5], "0911222333", ""), family[1], NEIGHBOUR)
    log, yesterday = Desk(minh, place.hoa_bac, Upload.Kind.VISITS), timezone.localdate() - dt.timedelta(1)
    heads = ("Ngày", "Thôn", "Chủ hộ", "Kết quả", "Ghi chú")
    log.save(log.bring(heads, (f"{yesterday:%d/%m/%Y}", "Tà Lang", NAME, "Gặp", f"gặp {NAME}")))
    device = Device.objects.create(identifier="may-1", user=lan, first_seen_at=now, last_seen_at=now)
    said = {"id": str(uuid7()), "seq": 1, "type": "household.edit", "data": {"set": {"head_name": NAME}}}
    item = {"user": lan, "device": device, "seq": 1, "type": said["type"], "sha256": bytes(32), "received_at": now}
    HeldItem.objects.create(
        item=said["id"], raw=said, kind="held", why="scope", household=home.pk, area=place.ta_lang, **item
    )
    Receipt.objects.create(id=said["id"], code="conflict", final=True, result={"server": {"head_name": NAME}}, **item)
    Act.objects.create(at=now, actor_id=lan.pk, verb="export", label="Danh sách hộ", detail={"filters": {"q": NAME}})
    Job.objects.create(
        user=minh, kind="not_reached", label="Biểu 05", area_id=place.hoa_bac.pk, state="done", content=NAME.encode(),
        finished_at=now,
    )  # fmt: skip
    periods.month_containing(today)
    return home


def test_of_a_household_nothing_is_left_in_any_table_and_no_figure_changes(known, minh):
    before = state_of_counting()
    assert all(before)
    places = {line.partition(":")[0].rsplit(".", 1)[0] for line in where_found()}
    assert len(places) >= 10, places  # the search sees: record, histories, visits, journal, phone, lists, files
    forget_household(by=minh, household=known, reason="Đơn số 12", at=timezone.now())
    assert where_found() == []
    assert state_of_counting() == before
    known.refresh_from_db()
    assert (str(known), known.phone, known.code) == ("Hộ đã xóa thông tin", "", "H01")
    assert {(each.label, each.birth_date, each.sex) for each in known.residents.all()} == {(FORGOTTEN, None, "")}
    assert set(known.residents.values_list("birth_year", flat=True)) == {1960, 1962}
    assert not Household.objects.search("xóa thông tin").exists()
    act = Act.objects.get(verb=Act.Verb.FORGET)
    assert (act.actor_id, act.object_id, act.label) == (minh.pk, str(known.pk), FORGOTTEN)
    assert act.detail == {"reason": "Đơn số 12"}
    neighbours = [row.label for upload in Upload.objects.all() for row in upload.rows.all() if row.label != FORGOTTEN]
    assert neighbours == ["Hộ Lê Thị Tám, Thôn Tà Lang"] * 2


def test_of_the_head_alone_the_others_stay_as_they_are(known, minh):
    before = state_of_counting()
    forget_resident(by=minh, resident=known.residents.get(is_head=True), reason="Đơn số 13", at=timezone.now())
    assert where_found(("zqsauqz", PHONE[1:], person_sort_key("Zqsauqz"))) == []
    assert state_of_counting() == before
    known.refresh_from_db()
    assert (known.forgotten_at, known.head_name, known.phone, known.address) == (None, FORGOTTEN, "", "")
    wife = known.residents.get(is_head=False)
    actions.set_head(by=minh, household=known, resident=wife)
    assert Household.objects.search(WIFE).get() == known
    forget_resident(by=minh, resident=wife, reason="Đơn số 14", at=timezone.now())
    known.refresh_from_db()
    assert known.forgotten_at, "nobody is known of it any more"
    assert where_found() == []


def test_the_day_of_birth_stays_only_where_a_figure_hangs_on_it(catalogue, minh, new_household, place, saw):
    """A boy came of the age of 14 on 20 December of last year: by his year alone it would have been on 1 January."""
    today = timezone.localdate()
    home = new_household(place.ta_lang, people=[("Ông Sáu", 1960), ("Tí", None)], since=dt.date(today.year - 2, 1, 1))
    old, boy = home.residents.order_by("birth_year")
    old, boy = (old, boy) if old.birth_year else (boy, old)
    for person, born in ((old, dt.date(1940, 3, 3)), (boy, dt.date(today.year - 15, 12, 20))):
        actions.edit_resident(by=minh, resident=person, today=today, birth_date=born)
        saw(home, "vneid2", "yes", person)
    before = state_of_counting()
    forget_household(by=minh, household=home, reason="Đơn", at=timezone.now())
    assert state_of_counting() == before
    assert dict(Resident.objects.values_list("pk", "birth_date")) == {
        old.pk: None,
        boy.pk: dt.date(today.year - 15, 12, 20),
    }
    assert set(Resident.history.values_list("birth_date", flat=True)) == {None}
    assert Presence.objects.get(subject=old.pk).born_on == dt.date(1940, 1, 1)


def test_a_name_that_others_bear_empties_only_their_own_rows(minh, place, catalogue, new_household):
    home = new_household(place.ta_lang, "Nguyễn Văn Hùng", people=[("Nguyễn Văn Hùng", 1960)])
    new_household(place.gian_bi, "Nguyễn Văn Hùng", people=[("Nguyễn Văn Hùng", 1985)])
    rows = [
        ("", "Nguyễn Văn Hùng", "Chủ hộ", "Thôn Tà Lang", 1960, "", "ghi"),
        ("", "Nguyễn Văn Hùng", "Chủ hộ", "Thôn Giàn Bí", 1985, "", "khác"),
    ]
    upload = Desk(minh, place.hoa_bac).bring(HEADS, *rows)
    forget_household(by=minh, household=home, reason="Đơn", at=timezone.now())
    assert [row[-1] for row in upload.sheets.get().sheet().rows] == ["Ghi chú", "", "khác"]
    assert [row.label for row in upload.rows.all()] == [FORGOTTEN, "Hộ Nguyễn Văn Hùng, Thôn Giàn Bí"]


def test_what_was_forgotten_does_not_come_back(known, minh, place, lan):
    head = known.residents.get(is_head=True)
    forget_household(by=minh, household=known, reason="Đơn", at=timezone.now())
    today = timezone.localdate()
    known.refresh_from_db()
    head.refresh_from_db()
    with pytest.raises(ValidationError):
        actions.edit_household(by=minh, household=known, note="Zqsauqz")
    with pytest.raises(ValidationError):
        actions.edit_resident(by=minh, resident=head, today=today, label=NAME)
    with pytest.raises(ValidationError):
        actions.add_resident(by=minh, household=known, person=actions.NewPerson(label=NAME), since=today, today=today)
    with pytest.raises(ValidationError):
        forget_household(by=minh, household=known, reason="Đơn", at=timezone.now())
    phone = Phone(lan)
    phone.hello()
    edit = {"household": str(known.pk), "set": {"head_name": NAME}, "was": {"head_name": FORGOTTEN}}
    assert phone.send(phone.item("household.edit", edit), phone.visit(known, note=NAME)) == ["invalid", "applied"]
    assert HeldItem.objects.latest("pk").decision == HeldItem.Decision.FORGOTTEN
    upload = Desk(minh, place.hoa_bac).bring(HEADS, ("H01", "Người Khác", "Chủ hộ", "Thôn Tà Lang", 1960, "", ""))
    assert [row.state for row in upload.rows.all()] == ["wrong"]
    assert where_found() == []


def test_phones_are_told(catalogue, lan, minh, place, new_household):
    home = new_household(place.ta_lang, NAME, people=[(NAME, 1960), (WIFE, 1962)])
    phone = Phone(lan)
    phone.hello()
    first = phone.client.get("/api/sync/v1/changes").json()
    forget_household(by=minh, household=home, reason="Đơn", at=timezone.now())
    told = phone.client.get("/api/sync/v1/changes", {"cursor": first["cursor"]}).json()["units"]
    assert [(unit["head"], [each["label"] for each in unit["people"]]) for unit in told] == [
        (FORGOTTEN, [FORGOTTEN] * 2)
    ]


def test_the_pages_ask_first_and_only_the_ward_may(home, person, lan, minh, hoa, sign_in):
    one, whole = (
        reverse("residents:resident_forget", args=[home.pk, person("Bà Tư").pk]),
        reverse("residents:household_forget", args=[home.pk]),
    )
    assert [sign_in(lan).get(page).status_code for page in (one, whole)] == [403, 403]
    assert [sign_in(hoa).post(page).status_code for page in (one, whole)] == [404, 404]
    with pytest.raises(PermissionDenied):
        forget_household(by=lan, household=home, reason="Đơn", at=timezone.now())
    client, detail = sign_in(minh), reverse("residents:household_detail", args=[home.pk])
    assert whole in client.get(detail).content.decode()
    assert whole not in sign_in(lan).get(detail).content.decode()
    page = client.post(one, {"reason": "Bà Tư xin", "received_on": "01/11/2026", "is_checked": "on"})
    assert "không được nhắc tên" in page.content.decode()
    assert client.post(one, {"reason": "Đơn số 15", "received_on": "01/11/2026"}).status_code == 200
    assert not Resident.objects.exclude(forgotten_at=None).exists()
    answer = client.post(one, {"reason": "Đơn số 15", "received_on": "01/11/2026", "is_checked": "on"}, follow=True)
    assert FORGOTTEN in answer.content.decode()
    assert "Bà Tư" not in answer.content.decode()
    assert Act.objects.get(verb="forget").detail == {"reason": "Đơn số 15", "received_on": "2026-11-01"}
    edit = reverse("residents:resident_edit", args=[home.pk, Resident.objects.exclude(forgotten_at=None).get().pk])
    assert client.get(edit).status_code == 403
    assert client.post(whole, {"reason": "Đơn", "received_on": "01/11/2026", "is_checked": "on"}).status_code == 302
    assert "Thông tin cá nhân của hộ đã được xóa" in client.get(detail).content.decode()
