"""Users and what areas they are posted to."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from areas.models import Area
from sheets.fields import CleanCharField, CleanTextField, PhoneField
from sheets.phones import normalise_phone
from sheets.text import person_sort_key, search_key

from .reach import Reach
from .rules import Can, Role


class UserQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """The users posted in her areas, those whose last posting ended there, and herself."""
        reach = user.reach()
        if reach.everywhere(Can.MANAGE_USERS):
            return self.all()
        current = Posting.objects.current()
        last = Posting.objects.filter(user=OuterRef("user")).latest_first()
        hers = Posting.objects.filter(area__in=reach.areas_ever(Can.MANAGE_USERS))
        left = hers.exclude(user__in=current.values("user")).filter(pk=Subquery(last.values("pk")[:1]))
        return self.filter(Q(pk__in=hers.current().values("user")) | Q(pk__in=left.values("user")) | Q(pk=user.pk))

    def search(self, text: str):
        """By name without tones, login name, or a part of the telephone number."""
        if not text.strip():
            return self
        found = Q(search_key__contains=search_key(text)) | Q(username__contains=text.strip().lower())
        digits = "".join(char for char in text if char in "0123456789")
        return self.filter(found | Q(phone__contains=digits) if len(digits) >= 4 else found)

    def named_at_the_door(self, typed: str) -> User | None:
        """Whose login name or telephone number this is; a number that several share is nobody's."""
        name = typed.strip().lower()
        if user := self.filter(username=name).first():
            return user
        try:
            phone = normalise_phone(name)
        except ValidationError:
            return None
        found = list(self.filter(Q(username=phone) | Q(phone=phone), is_active=True)[:2]) if phone else []
        return found[0] if len(found) == 1 else None


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, username: str, password: str | None = None, **fields) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields) -> User:
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    username = CleanCharField(
        "tên đăng nhập",
        max_length=60,
        unique=True,
        help_text="Chữ thường không dấu, số, dấu chấm, hoặc số điện thoại.",
        error_messages={"unique": "Tên đăng nhập này đã có người dùng."},
    )
    full_name = CleanCharField("họ và tên", max_length=100)
    phone = PhoneField("điện thoại", blank=True)
    is_active = models.BooleanField("đang dùng", default=True)
    is_staff = models.BooleanField("vào trang quản trị", default=False)
    must_change_password = models.BooleanField("phải đổi mật khẩu", default=False)
    date_joined = models.DateTimeField("tạo lúc", default=timezone.now)
    search_key = models.CharField(max_length=255, editable=False, db_index=True)
    sort_key = models.CharField(max_length=255, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"
        ordering = ["sort_key", "pk"]

    def __str__(self) -> str:
        return self.full_name or self.username

    def save(self, *args, **kwargs):
        self.username = self.username.strip().lower()
        self.search_key = search_key(self.full_name)
        self.sort_key = person_sort_key(self.full_name)
        super().save(*args, **kwargs)

    @property
    def state_text(self) -> str:
        if not self.is_active:
            return "Đã ngừng"
        if self.last_login is None:
            return "Chưa đăng nhập"
        return "Còn mật khẩu được cấp" if self.must_change_password else "Đang dùng"

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split()[-1] if self.full_name else self.username

    def reach(self) -> Reach:
        """Her areas, read once for this object and a minute at most; a new request has a new object."""
        if not (hasattr(self, "_reach") and self._reach.is_fresh):
            self._reach = Reach(self)
        return self._reach

    def forget_reach(self) -> None:
        """Read her postings and unlocks again when next asked: they have just been changed."""
        self.__dict__.pop("_reach", None)

    def refresh_from_db(self, *args, **kwargs):
        self.forget_reach()
        super().refresh_from_db(*args, **kwargs)

    def postings_that_count(self) -> list[Posting]:
        """Her open postings, or the one that ended last."""
        postings = self.postings.select_related("area")
        return list(postings.current()) or list(postings.latest_first()[:1])

    @property
    def open_unlock(self) -> Unlock | None:
        """The unlock of personal data that is open at this instant."""
        return self.unlocks.current().first() if self.is_superuser else None

    def home_area_id(self) -> int | None:
        """The area of her first posting: where what concerns her account is written down."""
        posting = self.postings.current().order_by("since", "pk").first()
        return posting.area_id if posting else None

    def may(self, can: Can) -> bool:
        return self.reach().may(can)


class PostingQuerySet(models.QuerySet):
    def current(self):
        """Postings that hold at the present instant, the only one they are ever read at."""
        now = timezone.now()
        return self.filter(since__lte=now).filter(Q(until=None) | Q(until__gt=now))

    def latest_first(self):
        return self.order_by(F("until").desc(nulls_first=True), "-pk")

    def visible_to(self, user: User):
        """Postings in her areas, and her own; where else a person works is not told."""
        reach = user.reach()
        if reach.everywhere(Can.MANAGE_USERS):
            return self.all()
        return self.filter(Q(area__in=reach.areas_ever(Can.MANAGE_USERS)) | Q(user=user))


class Posting(models.Model):
    """Phân công: a user's role in an area between two instants."""

    user = models.ForeignKey(User, models.CASCADE, related_name="postings", verbose_name="người dùng")
    area = models.ForeignKey(Area, models.PROTECT, related_name="postings", verbose_name="địa bàn")
    role = models.CharField("vai trò", max_length=20, choices=Role)
    since = models.DateTimeField("từ lúc", default=timezone.now)
    until = models.DateTimeField("đến lúc", null=True, blank=True)
    granted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="người phân công"
    )

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = "phân công"
        verbose_name_plural = "phân công"
        ordering = ["user", "-since"]
        indexes = [models.Index(fields=["area", "role"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="posting_since_before_until"
            ),
            models.UniqueConstraint(fields=["user", "area", "role"], condition=Q(until=None), name="posting_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.area}"

    @property
    def is_current(self) -> bool:
        now = timezone.now()
        return self.since <= now and (self.until is None or self.until > now)


class UnlockQuerySet(models.QuerySet):
    def current(self):
        now = timezone.now()
        return self.filter(since__lte=now, since__gt=now - Unlock.LASTS).filter(Q(until=None) | Q(until__gt=now))


class Unlock(models.Model):
    """A superuser's reasoned, journalled access to personal rows for an hour, or until she locks them again."""

    LASTS = dt.timedelta(minutes=60)

    user = models.ForeignKey(User, models.CASCADE, related_name="unlocks")
    reason = CleanCharField("lý do", max_length=300)
    since = models.DateTimeField("từ lúc", default=timezone.now)
    until = models.DateTimeField("khóa lại lúc", null=True, blank=True)

    objects = UnlockQuerySet.as_manager()

    class Meta:
        verbose_name = "lần mở quyền xem dữ liệu cá nhân"
        verbose_name_plural = "lần mở quyền xem dữ liệu cá nhân"
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="unlock_since_before_until")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.reason}"

    @property
    def ends_at(self) -> dt.datetime:
        return self.until or self.since + self.LASTS


class JobQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """Her own alone: what was made for one person is not another's to fetch. The file itself is left unread."""
        return self.filter(user=user.pk).defer("content")

    def unfinished(self):
        return self.filter(state__in=Job.UNFINISHED)


class Job(models.Model):
    """Việc chạy nền: a long output somebody asked for, how far it is, and the file it gave (accounts/jobs.py)."""

    class State(models.TextChoices):
        WAITING = "waiting", "Đang chờ"
        RUNNING = "running", "Đang chạy"
        DONE = "done", "Đã xong"
        FAILED = "failed", "Không xong"

    UNFINISHED = (State.WAITING, State.RUNNING)
    KEPT = dt.timedelta(days=7)

    user = models.ForeignKey(User, models.CASCADE, related_name="jobs", verbose_name="người yêu cầu")
    kind = models.CharField("loại việc", max_length=40)
    label = CleanCharField("việc", max_length=250)
    area_id = models.BigIntegerField("mã địa bàn")
    parameters = models.JSONField("tham số", default=dict, blank=True)
    state = models.CharField("trạng thái", max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField("đã làm", default=0)
    total = models.PositiveIntegerField("tổng số", default=0)
    tries = models.PositiveSmallIntegerField("số lần chạy", default=0)
    # The row of the queue that will start it; a bare id, the queue is another package's.
    task_id = models.UUIDField(null=True, editable=False)
    file_name = CleanCharField("tên tệp", max_length=250, blank=True)
    content = models.BinaryField("tệp", null=True, editable=False)
    error = CleanTextField("lý do không xong", max_length=1000, blank=True)
    created_at = models.DateTimeField("yêu cầu lúc", default=timezone.now)
    started_at = models.DateTimeField("bắt đầu lúc", null=True, blank=True)
    beat_at = models.DateTimeField("nhịp gần nhất", null=True, blank=True)
    finished_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "việc chạy nền"
        verbose_name_plural = "việc chạy nền"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state"]), models.Index(fields=["finished_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "running"), finished_at=None)
                | Q(state__in=("done", "failed"), finished_at__isnull=False),
                name="job_finished_has_time",
            ),
            models.CheckConstraint(condition=~Q(state="done") | Q(content__isnull=False), name="job_done_has_file"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_unfinished(self) -> bool:
        return self.state in self.UNFINISHED

    @property
    def expires_at(self) -> dt.datetime | None:
        return self.finished_at + self.KEPT if self.finished_at else None

    @property
    def percent(self) -> int | None:
        """How far it is, of 100; None where that is not known yet."""
        return min(99, self.done * 100 // self.total) if self.total else None
