"""The doctor says ✓ or ✗ of each thing and exits with 1 when one is wrong."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from areas.models import Area, Level, Stale
from cnscd.operations import backups, checkup
from reports.models import Worker

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 11, 4, tzinfo=dt.UTC)


def texts(findings) -> list[str]:
    return [str(finding) for finding in findings]


@pytest.fixture
def area():
    return Area.objects.create(level=Level.VILLAGE, name="Thôn Tà Lang", kind="Thôn", since=dt.date(2024, 9, 1))


def mark_stale(area, at: dt.datetime) -> None:
    row = Stale.objects.create(area=area, since=dt.date(2026, 11, 1))
    Stale.objects.filter(pk=row.pk).update(marked_at=at)


def test_figures_counted_are_well():
    assert texts(checkup.stale_findings(NOW)) == ["✓ Số liệu: đã tính lại hết."]


def test_figures_that_wait_a_little_are_well(area):
    mark_stale(area, NOW - dt.timedelta(minutes=12))
    assert texts(checkup.stale_findings(NOW)) == ["✓ Số liệu: 1 mục chờ tính lại, cũ nhất 12 phút trước."]


def test_figures_that_wait_too_long_are_not(area):
    mark_stale(area, NOW - dt.timedelta(hours=3))
    mark_stale(area, NOW)
    (text,) = texts(checkup.stale_findings(NOW))
    assert text.startswith("✗ Số liệu: 2 mục chờ tính lại, cũ nhất 3 giờ trước.")


def test_a_worker_that_never_ran():
    (finding,) = checkup.worker_findings(NOW)
    assert not finding.is_well


@pytest.mark.parametrize(("minutes", "is_well"), [(0, True), (4, True), (6, False)])
def test_the_worker_must_have_been_heard_of(minutes, is_well):
    Worker.objects.create(name=Worker.FIGURES, beat_at=NOW - dt.timedelta(minutes=minutes))
    (finding,) = checkup.worker_findings(NOW)
    assert finding.is_well is is_well


def test_what_went_wrong_in_the_background_is_told():
    Worker.objects.create(name=Worker.FIGURES, beat_at=NOW, note="Lỗi: hỏng")
    (finding,) = checkup.worker_findings(NOW)
    assert (finding.is_well, finding.text.endswith("Lỗi: hỏng")) == (False, True)


def test_no_backup_is_wrong(tmp_path):
    (finding,) = checkup.backup_findings(tmp_path / "none", NOW)
    assert not finding.is_well


@pytest.mark.django_db(transaction=True)
def test_the_age_of_the_newest_backup(tmp_path):
    backups.take(connection, tmp_path, at=NOW - dt.timedelta(days=3))
    (old,) = checkup.backup_findings(tmp_path, NOW)
    assert (old.is_well, "3 ngày trước" in old.text) == (False, True)
    backups.take(connection, tmp_path, at=NOW - dt.timedelta(hours=2))
    (new,) = checkup.backup_findings(tmp_path, NOW)
    assert (new.is_well, "2 giờ trước; có 2 bản" in new.text) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_a_damaged_backup_is_told(tmp_path):
    path = backups.take(connection, tmp_path, at=NOW)
    whole = bytearray(path.read_bytes())
    whole[1000] ^= 1
    path.write_bytes(whole)
    assert [finding.is_well for finding in checkup.backup_findings(tmp_path, NOW)] == [True, False]


def test_a_full_disk_is_wrong(monkeypatch):
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda place: checkup.shutil._ntuple_diskusage(10**12, 0, 10**9))
    assert not any(finding.is_well for finding in checkup.disk_findings())


def test_an_env_file_that_all_may_read_is_told(tmp_path):
    path = tmp_path / ".env"
    path.write_text("SECRET_KEY=x")
    path.chmod(0o644)
    assert len(list(checkup.env_file_findings(path))) == 1
    path.chmod(0o640)
    assert list(checkup.env_file_findings(path)) == []


def test_demonstration_settings_are_not_for_use(settings):
    settings.DEMO = True
    (finding,) = checkup.settings_findings()
    assert not finding.is_well


def test_the_database_tells_what_it_is():
    (finding,) = checkup.database_findings(NOW)
    assert finding.is_well
    assert ("SQLite" if connection.vendor == "sqlite" else "PostgreSQL") in finding.text


def test_the_rest_is_looked_at_when_the_database_is_away(monkeypatch):
    def away(now):
        raise OperationalError("connection refused")

    for name in ("database_findings", "migration_findings", "stale_findings", "worker_findings"):
        monkeypatch.setattr(checkup, name, away)
    found = texts(checkup.examine(NOW))
    assert sum("không kiểm tra được – connection refused" in text for text in found) == 4
    assert any("Ổ đĩa" in text for text in found)


def test_the_command_exits_with_1_when_something_is_wrong(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    assert ended.value.code == 1
    assert "Tiến trình nền: chưa từng chạy" in capsys.readouterr().out


def test_the_command_ends_well_when_all_is_well(capsys, monkeypatch):
    monkeypatch.setattr(checkup, "examine", lambda now: [checkup.Finding(True, "Ổn.")])
    call_command("doctor")
    assert "Mọi thứ đều ổn." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (dt.timedelta(seconds=5), "vừa xong"),
        (dt.timedelta(minutes=59), "59 phút trước"),
        (dt.timedelta(hours=47), "47 giờ trước"),
        (dt.timedelta(days=2), "2 ngày trước"),
    ],
)
def test_ages_are_told_in_words(age, text):
    assert checkup.ago(age) == text


def test_the_clock_is_read_by_the_command_only():
    assert timezone.now() > NOW - dt.timedelta(days=1)
