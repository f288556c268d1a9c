"""SQLite: a copy made while the site is at work, and a copy put in the place of an empty database."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from .archive import PIECE, BackupError


def take(connection, folder: Path) -> tuple[Path, dict[str, int], list[str]]:
    """(the compressed copy in `folder`, rows of each table, migrations applied), all of one instant.

    SQLite's own backup copies in one step under a read lock, which writers in WAL mode do not wait for.
    """
    copy = folder / "database.sqlite3"
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=60)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    counts, migrations = examine(copy)
    packed = folder / "database.sqlite3.gz"
    with open(copy, "rb") as plain, gzip.open(packed, "wb", compresslevel=3) as file:
        shutil.copyfileobj(plain, file, PIECE)
    copy.unlink()
    return packed, counts, migrations


def verify(packed: Path, manifest: dict) -> None:
    """The packed copy is a sound database with the rows that the manifest tells of."""
    _unpack(packed, manifest).unlink()


def load(connection, packed: Path, manifest: dict) -> None:
    """Put the copy where the settings want the database; only where there is none, or one without tables."""
    name = Path(connection.settings_dict["NAME"])
    connection.close()
    name.parent.mkdir(parents=True, exist_ok=True)
    database = _unpack(packed, manifest)
    beside = name.with_name(f".{name.name}.restoring")
    shutil.move(database, beside)  # the rename below is atomic only within one file system
    try:
        if name.exists():
            for ending in ("-wal", "-shm"):
                name.with_name(name.name + ending).unlink(missing_ok=True)
            os.replace(beside, name)
        else:
            os.link(beside, name)  # unlike a rename it refuses a database that came into being meanwhile
    finally:
        beside.unlink(missing_ok=True)


def is_empty(connection) -> bool:
    """No file yet, or a database without a table."""
    name = Path(connection.settings_dict["NAME"])
    if not name.exists() or name.stat().st_size == 0:
        return True
    try:
        with closing(sqlite3.connect(name, timeout=60)) as database:
            return database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    except sqlite3.DatabaseError:
        return False


def examine(path: Path) -> tuple[dict[str, int], list[str]]:
    """Rows of each table and the migrations applied in a sound database; BackupError if it is not sound."""
    try:
        with closing(sqlite3.connect(path)) as database:
            answers = [row[0] for row in database.execute("PRAGMA integrity_check")]
            if answers != ["ok"]:
                raise BackupError(f"Cơ sở dữ liệu hỏng: {answers[0]}")
            counts = {name: _count(database, name) for name in _tables(database)}
            applied = database.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"Không đọc được cơ sở dữ liệu: {error}") from error
    return counts, [f"{app}.{name}" for app, name in applied]


def _unpack(packed: Path, manifest: dict) -> Path:
    database = packed.with_suffix(".unpacked")
    try:
        with gzip.open(packed, "rb") as file, open(database, "xb") as plain:
            os.fchmod(plain.fileno(), 0o600)
            shutil.copyfileobj(file, plain, PIECE)
            plain.flush()
            os.fsync(plain.fileno())
    except (gzip.BadGzipFile, EOFError) as error:
        raise BackupError(f"Không giải nén được dữ liệu: {error}") from error
    if examine(database)[0] != manifest["counts"]:
        raise BackupError("Số dòng trong bản sao không khớp với số dòng ghi lúc sao lưu.")
    return database


def _tables(database) -> list[str]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return sorted(row[0] for row in rows)


def _count(database, table: str) -> int:
    quoted = '"{}"'.format(table.replace('"', '""'))
    return database.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0]  # noqa: S608 - a name out of the schema
