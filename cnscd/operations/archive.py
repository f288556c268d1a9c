"""A backup is one file: a tar of `manifest.json` and the database, closed by a seal.

The seal is the SHA-256 of everything before it, in hexadecimal, as the last line: a byte changed anywhere in the file
is noticed, those that tar itself would not look at included. `tar -xf` still opens the file by hand.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FORMAT = 1
PIECE = 1024 * 1024
SEAL_LENGTH = 65  # 64 digits and the end of the line


class BackupError(Exception):
    """What went wrong with a backup, in words for the person who runs it."""


def checksum(path: Path, length: int | None = None) -> str:
    """SHA-256 of the file's first `length` bytes (of all of it by default)."""
    digest = hashlib.sha256()
    left = path.stat().st_size if length is None else length
    with open(path, "rb") as file:
        while left > 0 and (piece := file.read(min(PIECE, left))):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest()


def write(path: Path, *, manifest: dict, database: Path) -> None:
    """Make the sealed file at `path`; the checksum and size of `database` go into the manifest."""
    manifest = manifest | {
        "format": FORMAT,
        "database": database.name,
        "sha256": checksum(database),
        "size": database.stat().st_size,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    with open(path, "xb") as file:
        os.fchmod(file.fileno(), 0o600)  # personal data: for the owner's eyes only
        with tarfile.open(fileobj=file, mode="w") as tar:
            entry = tarfile.TarInfo("manifest.json")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text))
            tar.add(database, arcname=database.name)
    seal = checksum(path)
    with open(path, "ab") as file:
        file.write(f"{seal}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def read_manifest(path: Path) -> dict:
    """The manifest of an undamaged file; BackupError for anything else."""
    with _opened(path) as (_tar, manifest):
        return manifest


def extract(path: Path, folder: Path) -> Path:
    """The database out of an undamaged file, written into `folder` and compared with its checksum."""
    with _opened(path) as (tar, manifest):
        into = folder / Path(manifest["database"]).name
        with open(into, "xb") as file:
            os.fchmod(file.fileno(), 0o600)
            for piece in _pieces(tar.extractfile(manifest["database"])):
                file.write(piece)
    if checksum(into) != manifest["sha256"]:
        raise BackupError(f"{path.name}: phần dữ liệu không khớp mã kiểm tra. Không dùng tệp này.")
    return into


@contextmanager
def _opened(path: Path):
    _check_seal(path)
    try:
        with tarfile.open(path, "r:") as tar:
            manifest = json.load(tar.extractfile("manifest.json"))
            if manifest["format"] != FORMAT:
                raise BackupError(f"{path.name}: kiểu tệp sao lưu {manifest['format']} không đọc được ở phiên bản này.")
            yield tar, manifest
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise BackupError(f"{path.name}: không phải tệp sao lưu của phần mềm này.") from error


def _check_seal(path: Path) -> None:
    if not path.is_file():
        raise BackupError(f"Không có tệp {path}.")
    length = path.stat().st_size - SEAL_LENGTH
    with open(path, "rb") as file:
        file.seek(max(length, 0))
        seal = file.read()
    if length <= 0 or seal != f"{checksum(path, length)}\n".encode():
        raise BackupError(
            f"{path.name}: tệp đã hỏng hoặc chưa ghi xong (mã kiểm tra không khớp). Không phục hồi từ tệp này."
        )


def _pieces(file) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece
