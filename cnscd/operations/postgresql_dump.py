"""PostgreSQL: `pg_dump` and `pg_restore`, with the rows of each table counted in the very snapshot that is dumped."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import make_dsn

from .archive import BackupError


def take(connection, folder: Path) -> tuple[Path, dict[str, int], list[str]]:
    """(the dump in `folder`, rows of each table, migrations applied), all of one snapshot."""
    dump = folder / "database.dump"
    with closing(_connect(connection)) as own:
        own.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            counts, migrations = _count_all(cursor), _migrations(cursor)
            _run(
                connection,
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={dump}",
            )
    return dump, counts, migrations


def verify(dump: Path, manifest: dict) -> None:
    """The dump can be read and holds the data of every table that the manifest tells of."""
    done = subprocess.run(  # noqa: S603 - our own arguments
        [program("pg_restore"), "--list", str(dump)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"pg_restore không đọc được bản sao: {done.stderr.strip()}")
    # 3345; 0 16386 TABLE DATA public areas_area cnscd
    listed = {line.split()[6] for line in done.stdout.splitlines() if " TABLE DATA " in line}
    if missing := sorted(set(manifest["counts"]) - listed):
        raise BackupError(f"Bản sao thiếu bảng: {', '.join(missing)}")


def load(connection, dump: Path, manifest: dict) -> None:
    """Everything or nothing into an empty database; the rows are counted again afterwards."""
    _run(
        connection,
        "pg_restore",
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        str(dump),
    )
    with closing(_connect(connection)) as own, own.cursor() as cursor:
        counts = _count_all(cursor)
    if counts != manifest["counts"]:
        raise BackupError("Số dòng sau khi phục hồi không khớp với lúc sao lưu. Không dùng cơ sở dữ liệu này.")


def is_empty(connection) -> bool:
    """No table, view or sequence in the schema."""
    with closing(_connect(connection)) as own, own.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace")
        return cursor.fetchone()[0] == 0


def program(name: str, server: int | None = None) -> str:
    """The program of the server's own version; else the newest, for an older one refuses newer servers."""
    versions = {int(path.parent.parent.name): path for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")}
    newest = versions[max(versions)] if versions else shutil.which(name)
    found = str(versions.get(server, newest) or "")
    if not found:
        raise BackupError(f"Máy này chưa có {name}. Cài đặt: apt-get install postgresql-client")
    return found


def _parameters(connection) -> dict[str, str]:
    parameters = connection.get_connection_params()
    return {name: value for name, value in parameters.items() if isinstance(value, (str, int))}


def _connect(connection):
    return psycopg2.connect(**_parameters(connection))


def _run(connection, name: str, *arguments: str) -> None:
    parameters = _parameters(connection)
    # Everybody on the machine may read the arguments of a process, but not its environment.
    environment = os.environ | {"PGPASSWORD": str(parameters.pop("password", ""))}
    done = subprocess.run(  # noqa: S603 - our own arguments
        [program(name, connection.pg_version // 10000), f"--dbname={make_dsn(**parameters)}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{name} báo lỗi: {done.stderr.strip()}")


def _count_all(cursor) -> dict[str, int]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
    counts = {}
    for (table,) in cursor.fetchall():
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        counts[table] = cursor.fetchone()[0]
    return counts


def _migrations(cursor) -> list[str]:
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
    return [f"{app}.{name}" for app, name in cursor.fetchall()]
