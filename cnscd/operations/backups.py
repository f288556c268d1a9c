"""Backups of the whole database: taken while people work, proved after writing, brought back into an empty one."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

from django.utils import timezone

from . import archive, postgresql_dump, sqlite_copy
from .archive import BackupError
from .health import known_migrations

ENGINES = {"sqlite": sqlite_copy, "postgresql": postgresql_dump}
PATTERN = "cnscd-*.backup"
WORKSPACE = ".cnscd-work-"


def take(connection, folder: Path, *, at: dt.datetime) -> Path:
    """Write a backup into `folder` and prove it; it bears its name only when it is complete and sound."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(folder, at)
    engine = ENGINES[connection.vendor]
    path = _free_name(folder, at)
    unfinished = path.with_suffix(".part")
    try:
        with _workspace(path) as work:
            database, counts, migrations = engine.take(connection, Path(work))
            manifest = {
                "engine": connection.vendor,
                "created_at": at.isoformat(timespec="seconds"),
                "counts": counts,
                "migrations": migrations,
            }
            archive.write(unfinished, manifest=manifest, database=database)
        prove(unfinished)
        os.rename(unfinished, path)
        _sync_folder(folder)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def prove(path: Path) -> dict:
    """Read the whole backup as a restoration would, without a target; the manifest if all is well."""
    manifest = archive.read_manifest(path)
    with _workspace(path) as work:
        ENGINES[manifest["engine"]].verify(archive.extract(path, Path(work)), manifest)
    return manifest


def restore(path: Path, connection) -> dict:
    """Bring `path` back into the empty database of `connection`; the manifest, BackupError if refused."""
    manifest = archive.read_manifest(path)
    if manifest["engine"] != connection.vendor:
        raise BackupError(
            f"Bản sao lưu này của {manifest['engine']}, còn DATABASE_URL đang trỏ tới {connection.vendor}."
        )
    if newer := sorted(set(manifest["migrations"]) - known_migrations()):
        raise BackupError(
            f"Bản sao lưu được tạo từ phiên bản khác của phần mềm (có {newer[-1]}). "
            "Cài đúng phiên bản đó hoặc mới hơn rồi phục hồi lại."
        )
    engine = ENGINES[connection.vendor]
    if not engine.is_empty(connection):
        raise BackupError(
            "Cơ sở dữ liệu đích không trống nên không phục hồi vào đó. "
            "Tạo cơ sở dữ liệu mới (hoặc đổi tên tệp cũ) rồi đặt DATABASE_URL cho đúng."
        )
    with _workspace(path) as work:
        engine.load(connection, archive.extract(path, Path(work)), manifest)
    return manifest


def existing(folder: Path) -> list[Path]:
    """The backups in `folder`, the newest first."""
    return sorted(folder.glob(PATTERN), key=lambda path: path.name, reverse=True)


def taken_at(path: Path) -> dt.datetime:
    """The instant that the name of a backup tells."""
    stamp = path.stem.removeprefix("cnscd-")[:15]
    return timezone.make_aware(dt.datetime.strptime(stamp, "%Y%m%d-%H%M%S"))  # noqa: DTZ007 - made aware here


def drop_oldest(folder: Path, *, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups; what was deleted."""
    dropped = existing(folder)[keep:]
    for path in dropped:
        path.unlink()
    return dropped


def _free_name(folder: Path, at: dt.datetime) -> Path:
    stem = f"cnscd-{timezone.localtime(at):%Y%m%d-%H%M%S}"
    names = [f"{stem}.backup", *(f"{stem}-{number}.backup" for number in range(2, 100))]
    return next(folder / name for name in names if not (folder / name).exists())


def _workspace(path: Path) -> tempfile.TemporaryDirectory:
    """A folder for as long as it is needed: beside the backup, where there is room, unless that is read-only."""
    beside = path.parent if os.access(path.parent, os.W_OK) else None
    return tempfile.TemporaryDirectory(dir=beside, prefix=WORKSPACE)


def _sweep(folder: Path, at: dt.datetime) -> None:
    """Take away what a backup left that was killed at work more than a day ago."""
    for left in [*folder.glob(f"{WORKSPACE}*"), *folder.glob("cnscd-*.part")]:
        if at.timestamp() - left.stat().st_mtime > 24 * 60 * 60:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
