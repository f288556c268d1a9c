"""Uploaded lists: the cells that were read, what they were understood to mean, and what was made of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from accounts.rules import Can
from areas.models import Area
from residents.models import Household, Resident
from sheets.fields import CleanCharField
from sheets.reading import Sheet
from sheets.text import search_key


class UploadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Uploads for areas of hers, of the kinds that she may bring in there."""
        hers = Q(pk__in=[])
        for can in set(Upload.NEEDS.values()):
            kinds = [kind for kind, needs in Upload.NEEDS.items() if needs == can]
            if user.may(can):
                hers |= Q(kind__in=kinds, area__in=user.reach().areas_ever(can).values("pk"))
        return self.filter(hers)


class Upload(models.Model):
    """Tệp tải lên: one list, from the file to the register and, if need be, back."""

    class Kind(models.TextChoices):
        HOUSEHOLDS = "households", "Hộ và nhân khẩu"
        TEAMS = "teams", "Tổ và thành viên"
        VILLAGES = "villages", "Thôn, tổ dân phố"
        ACCOUNTS = "accounts", "Tài khoản tổ trưởng, thành viên"
        VISITS = "visits", "Lượt đến hộ"
        STATED = "stated", "Biểu 01–03 của nơi chưa dùng phần mềm"

    class State(models.TextChoices):
        READ = "read", "Chờ xem cột"
        CHECKING = "checking", "Đang đối chiếu"
        CHECKED = "checked", "Chờ lưu"
        SAVING = "saving", "Đang lưu"
        SAVED = "saved", "Đã lưu"
        UNDOING = "undoing", "Đang hoàn tác"
        UNDONE = "undone", "Đã hoàn tác"
        DISCARDED = "discarded", "Đã bỏ"

    NEEDS = {
        Kind.HOUSEHOLDS: Can.EDIT_PEOPLE,
        Kind.TEAMS: Can.EDIT_TEAMS,
        Kind.VILLAGES: Can.EDIT_AREAS,
        Kind.ACCOUNTS: Can.MANAGE_USERS,
        Kind.VISITS: Can.RECORD_VISITS,
        Kind.STATED: Can.STATE_FIGURES,
    }
    SILENT = dt.timedelta(minutes=3)
    AT_WORK = (State.CHECKING, State.SAVING, State.UNDOING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("loại danh sách", max_length=12, choices=Kind)
    area = models.ForeignKey(Area, models.PROTECT, related_name="uploads", verbose_name="địa bàn")
    file_name = CleanCharField("tên tệp", max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    state = models.CharField("tình trạng", max_length=10, choices=State, default=State.READ)
    is_queued = models.BooleanField("do tiến trình nền làm", default=False)
    # Whoever works on it says so by and by; one that has been silent for long has died.
    touched_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the file was understood to mean.
    sheet_index = models.PositiveSmallIntegerField(default=0)
    head_first = models.PositiveIntegerField(default=0)
    head_last = models.PositiveIntegerField(default=0)
    columns = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    day = models.DateField("số liệu tại ngày")
    encoding = models.CharField("phông chữ cũ", max_length=8, blank=True)
    is_encoding_taken = models.BooleanField(default=False)
    # What came out.
    counts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = CleanCharField(max_length=500, blank=True)
    only_good = models.BooleanField("chỉ lưu dòng tốt", default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người tải lên"
    )
    uploaded_at = models.DateTimeField("tải lên lúc")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField("lưu lúc", null=True, blank=True)
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp tải lên"
        verbose_name_plural = "tệp tải lên"
        ordering = ["-uploaded_at", "-pk"]
        indexes = [models.Index(fields=["area", "-uploaded_at"])]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_at_work(self) -> bool:
        return self.state in self.AT_WORK

    def is_stuck(self, now: dt.datetime) -> bool:
        """Is it at work for nobody: was the process that did it killed?"""
        return self.is_at_work and (self.touched_at is None or self.touched_at < now - self.SILENT)

    @property
    def is_open(self) -> bool:
        """May its columns, choices and rows still be changed?"""
        return self.state in (self.State.READ, self.State.CHECKED)

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0


class UploadSheet(models.Model):
    """The cells of one worksheet as they were read, packed; emptied of what must not be stored."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="sheets")
    index = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    is_hidden = models.BooleanField(default=False)
    rows_count = models.PositiveIntegerField()
    content = models.BinaryField()
    dropped = models.JSONField(default=list)  # headings of the columns that were emptied, and why

    class Meta:
        verbose_name = "trang tính"
        verbose_name_plural = "trang tính"
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["upload", "index"], name="upload_sheet_once")]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def packed(sheet: Sheet) -> bytes:
        told = [sheet.rows, sheet.merged, sheet.hidden_rows, sheet.without_value, sheet.with_error]
        return zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 3)

    def sheet(self) -> Sheet:
        rows, merged, hidden_rows, without_value, with_error = json.loads(zlib.decompress(bytes(self.content)))
        return Sheet(self.name, rows, self.is_hidden, merged, hidden_rows, without_value, with_error)


class UploadRow(models.Model):
    """Dòng đối chiếu: what one or several rows of the list would do to the register."""

    class State(models.TextChoices):
        NEW = "new", "Mới"
        CHANGED = "changed", "Thay đổi"
        SAME = "same", "Như trong sổ"
        DOUBT = "doubt", "Cần chọn"
        WRONG = "wrong", "Có lỗi"
        LEFT = "left", "Bỏ qua"

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("dòng")
    last = models.PositiveIntegerField("đến dòng")
    state = models.CharField("tình trạng", max_length=8, choices=State)
    label = models.CharField("nội dung", max_length=250)
    told = models.CharField("sẽ làm gì", max_length=500, blank=True)
    problems = models.JSONField(default=list)  # [row, heading, sentence, is it wrong]
    offers = models.JSONField(default=list)  # [value, words]
    choice = models.CharField(max_length=80, blank=True)
    done = models.JSONField(null=True)  # what was written, for undoing it

    class Meta:
        verbose_name = "dòng đối chiếu"
        verbose_name_plural = "dòng đối chiếu"
        ordering = ["number"]
        indexes = [models.Index(fields=["upload", "state", "number"])]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="upload_row_once")]

    def __str__(self) -> str:
        return f"{self.rows_text}: {self.label}"

    @property
    def rows_text(self) -> str:
        return f"Dòng {self.number}" if self.last == self.number else f"Dòng {self.number}–{self.last}"

    @property
    def is_to_save(self) -> bool:
        return self.state in (self.State.NEW, self.State.CHANGED)


class Shape(models.Model):
    """What the columns of lists with these headings meant the last time, in an area."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Upload.Kind)
    fingerprint = models.CharField(max_length=64)
    columns = models.JSONField()
    options = models.JSONField(default=dict)

    class Meta:
        verbose_name = "hình thức tệp"
        verbose_name_plural = "hình thức tệp"
        constraints = [models.UniqueConstraint(fields=["area", "kind", "fingerprint"], name="shape_once")]

    def __str__(self) -> str:
        return f"{self.area}: {self.fingerprint[:8]}"

    @staticmethod
    def fingerprint_of(titles) -> str:
        return hashlib.sha256("|".join(map(search_key, titles)).encode()).hexdigest()


class DecidedPair(models.Model):
    """What somebody decided of two that look like one."""

    # What the merge did; null: they are two.
    done = models.JSONField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người quyết định"
    )
    decided_at = models.DateTimeField("quyết định lúc")
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.first} – {self.second}"


class Pair(DecidedPair):
    """Hai hộ nghi trùng, đã có người quyết định: one household, or two."""

    first = models.ForeignKey(Household, models.CASCADE, related_name="+", verbose_name="hộ")
    second = models.ForeignKey(Household, models.CASCADE, related_name="+", verbose_name="hộ kia")

    class Meta(DecidedPair.Meta):
        verbose_name = "hai hộ nghi trùng"
        verbose_name_plural = "hai hộ nghi trùng"


class PersonPair(DecidedPair):
    """Hai người nghi trùng, đã có người quyết định: one person, or two."""

    first = models.ForeignKey(Resident, models.CASCADE, related_name="+", verbose_name="người")
    second = models.ForeignKey(Resident, models.CASCADE, related_name="+", verbose_name="người kia")

    class Meta(DecidedPair.Meta):
        verbose_name = "hai người nghi trùng"
        verbose_name_plural = "hai người nghi trùng"
