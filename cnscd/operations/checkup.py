"""What `manage.py doctor` looks at. Each check gives findings; one that cannot be made is a finding too."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection

from areas.models import Stale
from reports.models import Worker
from sheets.numbers import number_text

from . import backups
from .health import pending_migrations

BACKUP_MAX_AGE = dt.timedelta(hours=26)  # one a day, and two hours to take it
STALE_MAX_AGE = dt.timedelta(hours=1)
WORKER_MAX_SILENCE = dt.timedelta(minutes=5)
NIGHTLY_MAX_AGE = dt.timedelta(hours=26)
LEAST_FREE_BYTES = 2 * 1024**3
LEAST_FREE_SHARE = 0.05
OLDEST_POSTGRESQL = 15


@dataclass(frozen=True)
class Finding:
    is_well: bool
    text: str

    def __str__(self) -> str:
        return f"{'✓' if self.is_well else '✗'} {self.text}"


def examine(now: dt.datetime) -> Iterator[Finding]:
    """All findings, the settings first. Does not raise when the database is away."""
    yield from settings_findings()
    yield from env_file_findings(settings.BASE_DIR / ".env")
    for name, check in (
        ("Cơ sở dữ liệu", database_findings),
        ("Cấu trúc dữ liệu", migration_findings),
        ("Số liệu", stale_findings),
        ("Tiến trình nền", worker_findings),
        ("Việc hằng đêm", nightly_findings),
    ):
        try:
            yield from check(now)
        except DatabaseError as error:
            yield Finding(False, f"{name}: không kiểm tra được – {str(error).strip().splitlines()[0]}")
    yield from backup_findings(settings.BACKUP_DIR, now)
    yield from disk_findings()


def settings_findings() -> Iterator[Finding]:
    if settings.DEBUG or settings.DEMO:
        mode = "DEBUG" if settings.DEBUG else "DEMO"
        yield Finding(False, f"Cấu hình: đang bật {mode}, chỉ dùng để thử; bỏ {mode} khi dùng thật.")
    else:
        problems = checks.run_checks(include_deployment_checks=True)
        serious = [problem for problem in problems if problem.level >= checks.WARNING]
        for problem in serious:
            yield Finding(False, f"Cấu hình: {problem.id}: {problem.msg.splitlines()[0]}")
        if not serious:
            yield Finding(True, f"Cấu hình: chế độ thật, phục vụ {', '.join(settings.ALLOWED_HOSTS)}.")
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if not manifest.exists():
            yield Finding(False, "Tệp tĩnh: chưa thu thập; chạy manage.py collectstatic --noinput.")


def env_file_findings(path: Path) -> Iterator[Finding]:
    if path.exists() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        yield Finding(False, f"Tệp {path}: người khác trên máy đọc được; chạy chmod 640 {path}.")


def database_findings(now: dt.datetime) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            version = cursor.fetchone()[0]
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
            cursor.execute("PRAGMA quick_check")
            answer = cursor.fetchone()[0]
            yield Finding(mode == "wal", f"Cơ sở dữ liệu: SQLite {version}, chế độ ghi {mode.upper()}.")
            if answer != "ok":
                yield Finding(False, f"Cơ sở dữ liệu: tệp bị hỏng – {answer}. Phục hồi từ bản sao lưu gần nhất.")
        else:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0].split()[0]
            cursor.execute("SHOW server_encoding")
            encoding = cursor.fetchone()[0]
            is_well = int(version.split(".")[0]) >= OLDEST_POSTGRESQL and encoding == "UTF8"
            yield Finding(is_well, f"Cơ sở dữ liệu: PostgreSQL {version}, bảng mã {encoding}.")


def migration_findings(now: dt.datetime) -> Iterator[Finding]:
    if pending := pending_migrations():
        yield Finding(False, f"Cấu trúc dữ liệu: còn {len(pending)} thay đổi chưa áp dụng; chạy manage.py migrate.")
    else:
        yield Finding(True, "Cấu trúc dữ liệu: đã áp dụng đủ các thay đổi.")


def stale_findings(now: dt.datetime) -> Iterator[Finding]:
    waiting = Stale.objects.count()
    if not waiting:
        yield Finding(True, "Số liệu: đã tính lại hết.")
        return
    age = now - Stale.objects.order_by("marked_at").values_list("marked_at", flat=True)[0]
    text = f"Số liệu: {number_text(waiting)} mục chờ tính lại, cũ nhất {ago(age)}."
    if age > STALE_MAX_AGE:
        text += " Xem tiến trình nền hoặc chạy manage.py figures."
    yield Finding(age <= STALE_MAX_AGE, text)


def worker_findings(now: dt.datetime) -> Iterator[Finding]:
    told = "Tiến trình nền: báo còn sống lần cuối {}."
    yield _sign_of_life(Worker.FIGURES, now, told, WORKER_MAX_SILENCE, command="worker")


def nightly_findings(now: dt.datetime) -> Iterator[Finding]:
    yield _sign_of_life(Worker.NIGHTLY, now, "Việc hằng đêm: lần cuối {}.", NIGHTLY_MAX_AGE, command="nightly")


def _sign_of_life(name: str, now: dt.datetime, told: str, longest: dt.timedelta, *, command: str) -> Finding:
    """How long ago it was heard of, and what went wrong then."""
    last = Worker.objects.filter(name=name).first()
    if last is None:
        what = told.partition(":")[0]
        return Finding(False, f"{what}: chưa từng chạy; chạy manage.py {command} (xem systemd trong tài liệu).")
    age = now - last.beat_at
    return Finding(age <= longest and not last.note, f"{told.format(ago(age))} {last.note}".rstrip())


def backup_findings(folder: Path, now: dt.datetime) -> Iterator[Finding]:
    """The age of the newest backup, and whether it is still as it was written."""
    found = backups.existing(folder) if folder.is_dir() else []
    if not found:
        yield Finding(False, f"Sao lưu: chưa có bản nào trong {folder}; chạy manage.py backup.")
        return
    newest = found[0]
    age = now - backups.taken_at(newest)
    yield Finding(age <= BACKUP_MAX_AGE, f"Sao lưu: bản mới nhất {newest.name}, {ago(age)}; có {len(found)} bản.")
    try:
        backups.archive.read_manifest(newest)
    except (backups.BackupError, OSError) as error:
        yield Finding(False, f"Sao lưu: {error}")


def disk_findings() -> Iterator[Finding]:
    places = {settings.BASE_DIR, settings.BACKUP_DIR}
    if connection.vendor == "sqlite":
        places.add(Path(connection.settings_dict["NAME"]).resolve().parent)
    disks = {}
    for place in sorted(places):
        while not place.exists():
            place = place.parent
        disks.setdefault(os.stat(place).st_dev, place)
    for place in disks.values():
        usage = shutil.disk_usage(place)
        is_well = usage.free >= LEAST_FREE_BYTES and usage.free >= usage.total * LEAST_FREE_SHARE
        yield Finding(is_well, f"Ổ đĩa của {place}: còn trống {number_text(usage.free / 1024**3, 1)} GB.")


def ago(age: dt.timedelta) -> str:
    """ "vừa xong", "12 phút trước", "3 giờ trước", "2 ngày trước" """
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "vừa xong"
    if minutes < 60:
        return f"{minutes} phút trước"
    if minutes < 48 * 60:
        return f"{minutes // 60} giờ trước"
    return f"{minutes // 1440} ngày trước"
