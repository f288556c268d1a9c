"""Areas through time: what exists, what it was called, and what lay in what on any day.

Intervals are `since`/`until`, `until` exclusive, null = still.
"""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from sheets.fields import CleanCharField, CleanTextField
from sheets.text import place_sort_key, search_key

# The three-level list is the map of June 2025; for days before that it is the nearest map known.
MAP_CONFIRMED_FROM = dt.date(2025, 6, 1)


def map_note(day: dt.date) -> str:
    """What a page says of the map it uses for `day`."""
    if day < MAP_CONFIRMED_FROM:
        return f"Theo bản đồ hành chính ba cấp tháng 6/2025, là bản đồ gần nhất có được cho ngày {day:%d/%m/%Y}."
    if day < dt.date(2025, 7, 1):
        return f"Theo bản đồ hành chính ba cấp, ngày {day:%d/%m/%Y}."
    return f"Theo bản đồ hành chính hai cấp (từ 01/7/2025), ngày {day:%d/%m/%Y}."


class Level(models.IntegerChoices):
    COUNTRY = 0, "Cả nước"
    PROVINCE = 1, "Tỉnh, thành phố"
    DISTRICT = 2, "Quận, huyện"
    WARD = 3, "Phường, xã"
    VILLAGE = 4, "Thôn, tổ dân phố"


class IntervalQuerySet(models.QuerySet):
    """Rows that hold between `since` and `until` (exclusive)."""

    def on(self, day: dt.date):
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gt=day))

    def open(self):
        return self.filter(until=None)

    def overlapping(self, since: dt.date, until: dt.date | None):
        """Those that share a day with the interval."""
        found = self.filter(Q(until=None) | Q(until__gt=since))
        return found if until is None else found.filter(since__lt=until)


class AreaQuerySet(IntervalQuerySet):
    def visible_to(self, user, can: str = "see_figures"):
        """Areas in her reach: today's, and the closed ones that became hers."""
        return self.filter(pk__in=user.reach().areas_ever(can).values("pk"))

    def shown_to(self, user, day: dt.date):
        """Areas of the map of `day` that she may read of: her own then, what hers came from, and those above."""
        return self.filter(pk__in=user.reach().visible_areas(day).values("pk"))

    def under(self, area: Area, day: dt.date, *, depth: int | None = None):
        """Everything that lay in `area` on `day`, itself included unless a `depth` is named."""
        links = AreaLink.objects.on(day).filter(ancestor=area)
        if depth is not None:
            links = links.filter(depth=depth)
        return self.filter(pk__in=links.values("descendant"))

    def above(self, area: Area, day: dt.date):
        """The ancestors of `area` on `day`, itself left out, country first."""
        links = AreaLink.objects.on(day).filter(descendant=area, depth__gt=0)
        return self.filter(pk__in=links.values("ancestor")).order_by("level")

    def at(self, level: Level):
        return self.filter(level=level)

    def by_code(self, code: str, day: dt.date, level: Level | None = None):
        """Areas that bore `code` on `day`: at most one for each level."""
        versions = AreaVersion.objects.on(day).filter(code=code)
        found = self.filter(pk__in=versions.values("area"))
        return found if level is None else found.at(level)

    def search(self, text: str):
        return self.filter(search_key__contains=search_key(text)) if text.strip() else self

    def in_order(self):
        return self.order_by("level", "sort_key", "pk")


class Area(models.Model):
    """An identity; `name`, `kind` and `code` are those of its present (or last) version."""

    level = models.PositiveSmallIntegerField("cấp", choices=Level)
    name = CleanCharField("tên", max_length=150)
    kind = CleanCharField("loại", max_length=40)
    code = CleanCharField("mã", max_length=20, blank=True)
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày", null=True, blank=True)
    lat = models.DecimalField("vĩ độ", max_digits=8, decimal_places=5, null=True, blank=True)
    lon = models.DecimalField("kinh độ", max_digits=8, decimal_places=5, null=True, blank=True)
    search_key = models.CharField(max_length=255, editable=False, db_index=True)
    sort_key = models.CharField(max_length=255, editable=False)

    objects = AreaQuerySet.as_manager()
    history = HistoricalRecords(history_user_id_field=models.BigIntegerField(null=True))

    class Meta:
        verbose_name = "đơn vị hành chính"
        verbose_name_plural = "đơn vị hành chính"
        ordering = ["level", "sort_key", "pk"]
        indexes = [models.Index(fields=["level", "code"])]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="area_since_before_until"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.search_key = search_key(self.name)
        self.sort_key = place_sort_key(self.name)
        super().save(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        return self.until is None

    @property
    def is_ward(self) -> bool:
        return self.level == Level.WARD

    @property
    def short_name(self) -> str:
        """The name without its kind: "Hải Vân" for "Phường Hải Vân"."""
        return self.name.removeprefix(self.kind).strip() or self.name

    def last_day(self, today: dt.date) -> dt.date:
        """The last day on which the area existed, not later than `today`."""
        return min(today, self.until - dt.timedelta(days=1)) if self.until else today


class ReorganisationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those that touched an area of hers; planned ones that will."""
        mine = Area.objects.visible_to(user)
        return self.filter(
            Q(pk__in=ReorganisationPart.objects.filter(from_area__in=mine).values("reorganisation"))
            | Q(pk__in=ReorganisationPart.objects.filter(to_area__in=mine).values("reorganisation"))
            | Q(state=Reorganisation.State.PLANNED, within__in=mine)
        )


class Reorganisation(models.Model):
    """Sắp xếp: a dated event with a decree that changes areas."""

    class Kind(models.TextChoices):
        MERGE = "merge", "Nhập"
        SPLIT = "split", "Chia, tách"
        RENAME = "rename", "Đổi tên"
        RETYPE = "retype", "Đổi loại"
        MOVE = "move", "Chuyển địa bàn"
        REFORM = "reform", "Sắp xếp tổng thể"

    class State(models.TextChoices):
        PLANNED = "planned", "Dự kiến"
        CARRIED_OUT = "carried_out", "Đã thực hiện"

    kind = models.CharField("hình thức", max_length=12, choices=Kind)
    title = CleanCharField("nội dung", max_length=250)
    decree_number = CleanCharField("số văn bản", max_length=80)
    issuer = CleanCharField("cơ quan ban hành", max_length=150, blank=True)
    decided_on = models.DateField("ngày ban hành", null=True, blank=True)
    effective_on = models.DateField("ngày hiệu lực")
    state = models.CharField("trạng thái", max_length=12, choices=State, default=State.PLANNED)
    carried_out_at = models.DateTimeField("thực hiện lúc", null=True, blank=True)
    note = CleanTextField("ghi chú", max_length=2000, blank=True)
    within = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="reorganisations_within", verbose_name="trong địa bàn"
    )
    # What a planned one will do, as it was read; areas that do not exist yet cannot be parts.
    plan = models.JSONField("phương án", default=dict, blank=True, editable=False)

    objects = ReorganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "sắp xếp đơn vị"
        verbose_name_plural = "sắp xếp đơn vị"
        ordering = ["-effective_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="planned", carried_out_at=None)
                | Q(state="carried_out", carried_out_at__isnull=False),
                name="reorganisation_carried_out_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.decree_number})"


class ReorganisationPart(models.Model):
    """Which area, whole or in part, became which."""

    class Extent(models.TextChoices):
        WHOLE = "whole", "Toàn bộ"
        PART = "part", "Một phần"

    reorganisation = models.ForeignKey(Reorganisation, models.CASCADE, related_name="parts")
    from_area = models.ForeignKey(Area, models.PROTECT, related_name="parts_from")
    to_area = models.ForeignKey(Area, models.PROTECT, related_name="parts_to")
    extent = models.CharField("phạm vi", max_length=5, choices=Extent)
    is_main = models.BooleanField("phần chính", default=True)

    class Meta:
        verbose_name = "phần sắp xếp"
        verbose_name_plural = "phần sắp xếp"
        constraints = [
            models.UniqueConstraint(fields=["reorganisation", "from_area", "to_area"], name="reorganisation_part_once"),
            models.UniqueConstraint(
                fields=["reorganisation", "from_area"],
                condition=Q(is_main=True),
                name="reorganisation_one_main_successor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_area} → {self.to_area}"


class AreaVersionQuerySet(IntervalQuerySet):
    def children_of(self, area: Area, day: dt.date):
        return self.on(day).filter(parent=area).select_related("area").order_by("area__level", "sort_key", "pk")


class AreaVersion(models.Model):
    """What an area was called and where it lay between two days."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="versions")
    name = CleanCharField("tên", max_length=150)
    kind = CleanCharField("loại", max_length=40)
    code = CleanCharField("mã", max_length=20, blank=True)
    parent = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="child_versions", verbose_name="thuộc"
    )
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày", null=True, blank=True)
    reorganisation = models.ForeignKey(
        Reorganisation, models.PROTECT, null=True, blank=True, related_name="versions", verbose_name="theo sắp xếp"
    )
    search_key = models.CharField(max_length=255, editable=False)
    sort_key = models.CharField(max_length=255, editable=False)

    objects = AreaVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "thời kỳ của đơn vị"
        verbose_name_plural = "thời kỳ của đơn vị"
        ordering = ["area", "since"]
        indexes = [models.Index(fields=["code", "since"]), models.Index(fields=["parent", "since"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="area_version_since_before_until"
            ),
            models.UniqueConstraint(fields=["area", "since"], name="area_version_once_a_day"),
            models.UniqueConstraint(fields=["area"], condition=Q(until=None), name="area_version_one_open"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.search_key = search_key(self.name)
        self.sort_key = place_sort_key(self.name)
        super().save(*args, **kwargs)


class AreaLink(models.Model):
    """The closure of the tree through time; an area is its own ancestor at depth 0. Written by `areas/closure.py`."""

    ancestor = models.ForeignKey(Area, models.CASCADE, related_name="links_down")
    descendant = models.ForeignKey(Area, models.CASCADE, related_name="links_up")
    depth = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = IntervalQuerySet.as_manager()

    class Meta:
        verbose_name = "liên kết địa bàn"
        verbose_name_plural = "liên kết địa bàn"
        indexes = [
            models.Index(fields=["ancestor", "since", "until", "descendant"], name="area_link_down"),
            models.Index(fields=["descendant", "since", "until", "ancestor"], name="area_link_up"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="area_link_since_before_until"
            ),
            models.UniqueConstraint(fields=["ancestor", "descendant", "since"], name="area_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ancestor_id} ⊃ {self.descendant_id}"


class PendingVillage(models.Model):
    """A village of a divided ward that went under the main successor and waits for a person to place it ("chờ xếp")."""

    village = models.ForeignKey(Area, models.CASCADE, related_name="pending_places", verbose_name="thôn")
    reorganisation = models.ForeignKey(Reorganisation, models.CASCADE, related_name="pending_villages")
    settled_at = models.DateTimeField("đã xếp lúc", null=True, blank=True)

    class Meta:
        verbose_name = "thôn chờ xếp"
        verbose_name_plural = "thôn chờ xếp"
        constraints = [
            models.UniqueConstraint(fields=["village", "reorganisation"], name="pending_village_once"),
        ]

    def __str__(self) -> str:
        return str(self.village)


class Office(models.Model):
    """Cơ quan: who issues reports for an area, as of a date."""

    DESCRIBED = (
        "name",
        "parent_name",
        "symbol",
        "place",
        "preparer_name",
        "signer_title",
        "signer_name",
        "recipients",
    )

    area = models.ForeignKey(Area, models.PROTECT, related_name="offices", verbose_name="địa bàn")
    name = CleanCharField("tên cơ quan", max_length=200)
    parent_name = CleanCharField("cơ quan chủ quản", max_length=200, blank=True)
    symbol = CleanCharField("ký hiệu văn bản", max_length=40, blank=True, help_text="Ví dụ: BC-UBND")
    place = CleanCharField("địa danh ghi trên văn bản", max_length=100, blank=True)
    preparer_name = CleanCharField("người lập biểu", max_length=100, blank=True)
    signer_title = CleanCharField("chức vụ người ký", max_length=150, blank=True)
    signer_name = CleanCharField("người ký", max_length=100, blank=True)
    recipients = CleanTextField("nơi nhận", max_length=1000, blank=True, help_text="Mỗi dòng một nơi nhận.")
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày", null=True, blank=True)

    objects = IntervalQuerySet.as_manager()
    history = HistoricalRecords(history_user_id_field=models.BigIntegerField(null=True))

    class Meta:
        verbose_name = "cơ quan"
        verbose_name_plural = "cơ quan"
        ordering = ["area", "-since"]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="office_since_before_until"),
            models.UniqueConstraint(fields=["area"], condition=Q(until=None), name="office_one_open"),
        ]

    def __str__(self) -> str:
        return self.name


class Stale(models.Model):
    """Figures of this area from this day on must be counted again. Insert only; the drainer takes rows away."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    since = models.DateField()
    marked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "số liệu cần tính lại"
        verbose_name_plural = "số liệu cần tính lại"
        indexes = [models.Index(fields=["area"])]

    def __str__(self) -> str:
        return f"{self.area_id} từ {self.since:%d/%m/%Y}"


class Holiday(models.Model):
    """A day that breaks the week's rule: off on a weekday, or worked on a Saturday in exchange for one."""

    class Kind(models.TextChoices):
        OFF = "off", "Nghỉ"
        WORKING = "working", "Làm việc"

    day = models.DateField("ngày", unique=True)
    name = CleanCharField("tên", max_length=120)
    kind = models.CharField("loại", max_length=8, choices=Kind, default=Kind.OFF)

    class Meta:
        verbose_name = "ngày nghỉ, ngày làm bù"
        verbose_name_plural = "ngày nghỉ, ngày làm bù"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}: {self.name}"
