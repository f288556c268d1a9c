"""A backup taken while people write is whole, of one instant, and comes back as it was; a damaged one is refused."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from cnscd.operations import archive, backups
from journal.models import Act

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 11, 21, 11, 4, tzinfo=dt.UTC)


def write_acts(times: int, **values) -> None:
    Act.objects.bulk_create([Act(at=NOW, verb=Act.Verb.ADD, label=f"Hộ thứ {n}", **values) for n in range(times)])


def rows(database, table: str = "journal_act") -> list:
    with database.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return cursor.fetchall()


def actor_names(database) -> list[str]:
    with database.cursor() as cursor:
        cursor.execute("SELECT actor_name FROM journal_act")
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture
def backup(tmp_path):
    """A backup with three acts in it."""
    write_acts(3)
    return backups.take(connection, tmp_path / "backups", at=NOW)


def test_what_was_backed_up_comes_back_row_for_row(backup, empty_database):
    before = {table: rows(connection, table) for table in connection.introspection.table_names()}
    manifest = backups.restore(backup, empty_database)
    assert {table: rows(empty_database, table) for table in empty_database.introspection.table_names()} == before
    # What SQLite has learnt of the sizes of its tables comes along and is nobody's record.
    counts = {table: len(found) for table, found in before.items() if not table.startswith("sqlite_")}
    assert manifest["counts"] == counts
    assert manifest["counts"]["journal_act"] == 3


def test_new_rows_can_be_added_after_a_restoration(backup, empty_database):
    backups.restore(backup, empty_database)
    with empty_database.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_act (at, actor_name, verb, object_kind, object_id, label, detail)"
            " SELECT at, actor_name, verb, object_kind, object_id, label, detail FROM journal_act"
        )
    identifiers = [row[0] for row in rows(empty_database)]
    assert len(set(identifiers)) == 6


def test_a_backup_taken_while_somebody_writes_is_of_one_instant(tmp_path, empty_database):
    started, stop = threading.Event(), threading.Event()
    failures = []

    def keep_writing():
        try:
            while not stop.is_set():
                with transaction.atomic():  # always two together
                    write_acts(1, actor_name="một")
                    write_acts(1, actor_name="hai")
                started.set()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    write_acts(2000)
    writer = threading.Thread(target=keep_writing)
    writer.start()
    started.wait(10)
    try:
        taken = [backups.take(connection, tmp_path / "backups", at=NOW) for _ in range(3)]
        before_the_end = Act.objects.count()
    finally:
        stop.set()
        writer.join()
    assert failures == []
    numbers = [backups.archive.read_manifest(path)["counts"]["journal_act"] for path in taken]
    assert numbers[0] < numbers[1] < numbers[2] <= before_the_end, "nobody wrote meanwhile"
    assert all(number % 2 == 0 for number in numbers)
    backups.restore(taken[1], empty_database)
    names = actor_names(empty_database)
    assert names.count("một") == names.count("hai") == (numbers[1] - 2000) // 2


def test_one_changed_byte_is_noticed_wherever_it_is(backup, tmp_path):
    size = backup.stat().st_size
    places = {*range(0, size, size // 150), *range(512), *range(size - archive.SEAL_LENGTH - 600, size)}
    damaged = tmp_path / "damaged.backup"
    whole = backup.read_bytes()
    for place in places:
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(backups.BackupError):
            archive.read_manifest(damaged)


@pytest.mark.parametrize("keep", [0, 10, 64, 65, 66, 600, -1])
def test_a_file_cut_short_is_noticed(backup, tmp_path, keep):
    cut = tmp_path / "cut.backup"
    cut.write_bytes(backup.read_bytes()[:keep])
    with pytest.raises(backups.BackupError):
        archive.read_manifest(cut)


def test_a_damaged_backup_leaves_the_target_empty(backup, empty_database):
    whole = bytearray(backup.read_bytes())
    whole[len(whole) // 2] ^= 64
    backup.write_bytes(whole)
    with pytest.raises(backups.BackupError, match="hỏng"):
        backups.restore(backup, empty_database)
    assert backups.ENGINES[connection.vendor].is_empty(empty_database)


def test_a_sealed_file_whose_rows_do_not_match_is_refused(backup, empty_database, tmp_path):
    manifest = archive.read_manifest(backup)
    database = archive.extract(backup, tmp_path)
    manifest["counts"]["journal_act"] = 4
    other = tmp_path / "other.backup"
    archive.write(other, manifest=manifest, database=database)
    with pytest.raises(backups.BackupError, match="Số dòng"):
        backups.restore(other, empty_database)


def test_a_database_with_tables_is_not_written_over(backup):
    write_acts(1)
    with pytest.raises(backups.BackupError, match="không trống"):
        backups.restore(backup, connection)
    assert Act.objects.count() == 4


def test_a_second_restoration_into_the_same_place_is_refused(backup, empty_database):
    backups.restore(backup, empty_database)
    with pytest.raises(backups.BackupError, match="không trống"):
        backups.restore(backup, empty_database)
    assert len(rows(empty_database)) == 3


def test_a_backup_of_the_other_kind_of_database_is_refused(backup, empty_database, tmp_path):
    manifest = archive.read_manifest(backup)
    manifest["engine"] = "postgresql" if connection.vendor == "sqlite" else "sqlite"
    other = tmp_path / "other.backup"
    archive.write(other, manifest=manifest, database=archive.extract(backup, tmp_path))
    with pytest.raises(backups.BackupError, match="DATABASE_URL"):
        backups.restore(other, empty_database)


def test_a_backup_of_a_newer_version_is_refused(backup, empty_database, tmp_path):
    manifest = archive.read_manifest(backup)
    manifest["migrations"].append("areas.9999_to_come")
    other = tmp_path / "other.backup"
    archive.write(other, manifest=manifest, database=archive.extract(backup, tmp_path))
    with pytest.raises(backups.BackupError, match="9999_to_come"):
        backups.restore(other, empty_database)


def test_only_the_owner_may_read_a_backup(backup):
    assert backup.stat().st_mode & 0o077 == 0
    assert backup.parent.stat().st_mode & 0o077 == 0


def test_nothing_unfinished_is_left_behind(backup):
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_a_failed_backup_leaves_no_file(tmp_path, monkeypatch):
    def fail(*unused):
        raise backups.BackupError("hỏng")

    monkeypatch.setattr(backups, "prove", fail)
    with pytest.raises(backups.BackupError):
        backups.take(connection, tmp_path / "backups", at=NOW)
    assert list((tmp_path / "backups").iterdir()) == []


def test_remains_of_a_killed_backup_are_swept_after_a_day(backup):
    old = backup.parent / f"{backups.WORKSPACE}old"
    old.mkdir()
    part = backup.parent / "cnscd-20261119-010000.part"
    part.write_bytes(b"half")
    young = backup.parent / f"{backups.WORKSPACE}young"
    young.mkdir()
    before = NOW.timestamp() - 25 * 3600
    os.utime(old, (before, before))
    os.utime(part, (before, before))
    os.utime(young, (NOW.timestamp(), NOW.timestamp()))
    backups.take(connection, backup.parent, at=NOW)
    assert (old.exists(), part.exists(), young.exists()) == (False, False, True)
    shutil.rmtree(young)


def test_two_backups_of_one_second_do_not_overwrite_each_other(backup):
    second = backups.take(connection, backup.parent, at=NOW)
    assert second != backup
    assert backups.taken_at(second) == backups.taken_at(backup) == NOW


def test_the_command_keeps_the_newest(tmp_path, capsys):
    folder = tmp_path / "backups"
    taken = [backups.take(connection, folder, at=NOW + dt.timedelta(days=day)) for day in range(3)]
    call_command("backup", to=folder, keep=2)
    left = backups.existing(folder)
    assert len(left) == 2
    assert taken[0] not in left
    printed = capsys.readouterr().out
    assert "Đã sao lưu và kiểm tra" in printed
    assert f"Đã xóa bản cũ: {taken[0].name}" in printed


def test_the_command_refuses_to_keep_none(tmp_path):
    with pytest.raises(CommandError, match="--keep"):
        call_command("backup", to=tmp_path, keep=0)


def test_the_command_checks_a_file_without_restoring(backup, capsys):
    call_command("restore", str(backup), check=True)
    printed = capsys.readouterr().out
    assert "Tệp còn nguyên vẹn" in printed
    assert timezone.localtime(NOW).strftime("%H:%M %d/%m/%Y") in printed


def test_the_command_tells_of_a_missing_file(tmp_path):
    with pytest.raises(CommandError, match="Không có tệp"):
        call_command("restore", str(tmp_path / "none.backup"))
