"""Very long lists are saved village by village where a database has one writer: in the end all of it or nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts import jobs
from intake import work
from intake.models import Upload
from journal.models import Act
from residents import actions
from residents.actions import VisitFacts
from residents.models import Household, Observation, Placement, Resident, SpellDue

HEAD = ("Thôn", "Chủ hộ", "Điện thoại", "Đường, ngõ", "Số khẩu", "VNeID mức 2", "Cáp quang")
ROWS = [
    (village, f"{name} {village}", f"09051234{number}{place}", "Ngõ 1", 3, 2, "x")
    for place, village in enumerate(("Tà Lang", "Giàn Bí"))
    for number, name in enumerate(("Nguyễn Văn Sáu", "Lê Thị Tám", "Phạm Văn Chín"))
]


class Killed(BaseException):
    """Nothing that the work itself would catch; the queue takes it for a task that failed."""


@pytest.fixture
def staged(desk, monkeypatch):
    """Lists of more than two rows go in stages, on both databases; `between` is called after each of them."""
    monkeypatch.setattr(work, "AT_ONCE_AT_MOST", 2)
    monkeypatch.setattr(work, "IN_A_STAGE", 2)
    monkeypatch.setattr(work, "goes_in_stages", lambda upload, rows: rows > 2)
    monkeypatch.setattr(work.time, "sleep", lambda seconds: desk.between.pop()() if desk.between else None)
    desk.between = []
    return desk


def bring(desk) -> Upload:
    upload = desk.bring(HEAD, *ROWS, check=False)
    work.check(upload, by=desk.user)
    return upload


def save(desk, upload: Upload) -> Upload:
    desk.save(upload)  # queued
    work_off()
    upload.refresh_from_db()
    return upload


def undo(desk, upload: Upload) -> Upload:
    desk.undo(upload)
    work_off()
    upload.refresh_from_db()
    return upload


def work_off() -> None:
    while jobs.work_once():
        pass


def kill() -> None:
    raise Killed


def record() -> list:
    """All that the list wrote, without ids."""
    homes = Household.objects.values_list(
        "village", "code", "head_name", "phone", "street__name", "search_key", "since"
    )
    people = Resident.objects.values_list("household__head_name", "label", "is_head", "since", "stays")
    seen = Observation.objects.values_list("household__head_name", "resident__label", "indicator", "answer", "source")
    placed = Placement.objects.values_list("household__head_name", "village", "since", "until")
    acts = Act.objects.filter(verb="import").values_list("area_id", "label", "detail__households", "detail__rows")
    past = [model.history.values_list("history_type", "history_user_id") for model in (Household, Resident)]
    return [sorted(map(repr, rows)) for rows in (homes, people, seen, placed, acts, *past)]


def test_in_stages_the_record_is_that_of_one_transaction(staged, monkeypatch):
    upload = bring(staged)
    with monkeypatch.context() as short:
        short.setattr(work, "goes_in_stages", lambda upload, rows: False)
        save(staged, upload)
        whole, written = record(), upload.counts["written"]
        undo(staged, upload)
    assert (upload.state, Household.objects.count()) == (Upload.State.UNDONE, 0)
    Act.objects.all().delete()
    progress = []
    staged.between = [lambda: progress.append(Upload.objects.filter(state="saving").values_list("done", "total").get())]
    save(staged, upload := bring(staged))
    assert (upload.state, upload.message, upload.is_queued) == (Upload.State.SAVED, "", False)
    assert progress == [(3, 6)]
    assert record() == whole
    assert set(upload.counts["written"]) == set(written)
    assert [upload.counts["written"][name] for name in ("households", "people", "seen")] == [6, 18, written["seen"]]
    assert SpellDue.objects.count() >= 6
    undo(staged, upload)
    assert upload.state == Upload.State.UNDONE
    assert [model.objects.count() for model in (Household, Resident, Observation, Placement)] == [0] * 4


def test_killed_between_stages_it_goes_on_with_the_next(staged, sign_in):
    upload = bring(staged)
    staged.between = [kill]
    staged.save(upload)
    work_off()
    first = set(Household.objects.values_list("pk", flat=True))
    assert len(first) == 3
    client, page = sign_in(staged.user), reverse("intake:upload_detail", args=[upload.pk])
    assert "Đã lưu 3/6 hộ." in client.get(page).content.decode()
    assert work.perform.func(str(upload.pk), staged.user.pk, looks_after=True) is None
    assert Household.objects.count() == 3  # whoever does it may be at work yet
    Upload.objects.update(touched_at=timezone.now() - Upload.SILENT - dt.timedelta(seconds=1))
    assert "Làm tiếp" in client.get(page).content.decode()
    client.post(reverse("intake:upload_again", args=[upload.pk]))
    work_off()
    upload.refresh_from_db()
    assert (upload.state, upload.counts["written"]["households"]) == (Upload.State.SAVED, 6)
    assert first < set(Household.objects.values_list("pk", flat=True))
    staged.between = [kill]
    staged.undo(upload)
    work_off()
    assert Household.objects.count() == 4  # two rows at a time
    Upload.objects.update(touched_at=timezone.now() - Upload.SILENT - dt.timedelta(seconds=1))
    work.perform.func(str(upload.pk), staged.user.pk, looks_after=True)
    upload.refresh_from_db()
    assert (upload.state, Household.objects.count()) == (Upload.State.UNDONE, 0)


def test_a_person_stops_it_and_what_was_saved_goes(staged, sign_in):
    upload = bring(staged)
    stop = reverse("intake:upload_undo", args=[upload.pk])
    staged.between = [lambda: sign_in(staged.user).post(stop)]
    save(staged, upload)
    assert (upload.state, upload.message) == (Upload.State.CHECKED, "Phần đã lưu đã được gỡ ra hết.")
    assert Household.objects.count() == 0
    save(staged, upload)
    assert (upload.state, Household.objects.count(), upload.counts["written"]["households"]) == (
        Upload.State.SAVED,
        6,
        6,
    )


def visit(desk) -> None:
    now = timezone.now()
    home = Household.objects.filter(head_name__startswith="Lê Thị Tám").first()
    actions.record_visit(by=desk.user, facts=VisitFacts(at=now, household=home), now=now)


def test_phones_write_between_the_stages(staged):
    staged.between = [lambda: visit(staged)]
    upload = save(staged, bring(staged))
    assert (upload.state, Household.objects.count()) == (Upload.State.SAVED, 6)
    undo(staged, upload)
    assert (upload.state, Household.objects.count()) == (Upload.State.SAVED, 6)
    assert "Trong sổ đang có" not in upload.message
    assert "đã có lượt đến hộ (Hộ Lê Thị Tám" in upload.message


def test_a_village_that_changes_meanwhile_stops_it_and_all_of_it_goes(staged, new_household, place):
    staged.between = [lambda: new_household(place.gian_bi, "Lê Thị Tám Giàn Bí")]
    upload = save(staged, bring(staged))
    assert upload.state == Upload.State.CHECKED
    assert upload.message == f"{work.CHANGED_IN_STAGES} Phần đã lưu đã được gỡ ra hết."
    assert [home.village for home in Household.objects.all()] == [place.gian_bi]
    assert not upload.rows.filter(done__isnull=False).exists()


def test_what_cannot_be_taken_back_is_told(staged, new_household, place):
    def both() -> None:
        visit(staged)
        new_household(place.gian_bi, "Lê Thị Tám Giàn Bí")

    staged.between = [both]
    upload = save(staged, bring(staged))
    assert (upload.state, Household.objects.count()) == (Upload.State.SAVED, 4)
    assert upload.message.startswith(f"Trong sổ đang có 3 hộ của tệp này. {work.CHANGED_IN_STAGES} Không hoàn tác được")


def test_only_where_there_is_one_writer(desk):
    upload = desk.bring(HEAD, *ROWS)
    assert work.goes_in_stages(upload, work.IN_ONE_TRANSACTION + 1) == (connection.vendor == "sqlite")
    assert not work.goes_in_stages(upload, work.IN_ONE_TRANSACTION)
    upload.counts["changed"] = work.IN_ONE_TRANSACTION // 3 + 1
    assert work.goes_in_stages(upload, upload.counts["changed"]) == (connection.vendor == "sqlite")
