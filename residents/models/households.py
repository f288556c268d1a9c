"""The household is the atom; its placement changes, it does not."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from simple_history.models import HistoricalRecords
from uuid6 import uuid7

from accounts.rules import Can
from areas.models import Area, AreaLink, IntervalQuerySet
from sheets.fields import CleanCharField, CleanTextField, PhoneField
from sheets.text import person_sort_key, place_sort_key, search_key

FORGOTTEN = "Đã xóa thông tin"  # stands in the place of a name (residents/forgetting.py)


class StreetQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(village__in=user.reach().villages(Can.SEE_PEOPLE))


class Street(models.Model):
    """An alley or road of a village, in the order in which it is walked."""

    village = models.ForeignKey(Area, models.CASCADE, related_name="streets", verbose_name="thôn, tổ dân phố")
    name = CleanCharField("tên đường, ngõ, xóm", max_length=120)
    sort_key = models.CharField(max_length=255, editable=False)

    objects = StreetQuerySet.as_manager()

    class Meta:
        verbose_name = "đường, ngõ"
        verbose_name_plural = "đường, ngõ"
        ordering = ["sort_key", "pk"]
        constraints = [models.UniqueConstraint(fields=["village", "name"], name="street_once")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.sort_key = place_sort_key(self.name)
        super().save(*args, **kwargs)


class HouseholdQuerySet(IntervalQuerySet):
    def visible_to(self, user, can: Can = Can.SEE_PEOPLE):
        """Households that stand (or last stood) in a village of hers, by today's tree."""
        return self.filter(village__in=user.reach().villages(can))

    def present(self):
        """Those that still stand somewhere and were not merged into another."""
        return self.filter(until=None, merged_into=None)

    def under(self, area: Area):
        """Those that stand in `area` by today's tree."""
        links = AreaLink.objects.open().filter(ancestor=area)
        return self.filter(village__in=links.values("descendant"))

    def search(self, text: str):
        key = search_key(text)
        if not key:
            return self
        # Asked of each household that is hers: few of a city's people are looked at.
        people = Resident.objects.filter(household=OuterRef("pk"), search_key__contains=key)
        return self.filter(Q(search_key__contains=key) | Q(code__iexact=text.strip()) | Exists(people))

    def with_rights(self, user):
        """Each row says what she may do with it (`may_record`, `may_edit`, `may_export`), without more queries."""

        def allowed(can: Can):
            return ExpressionWrapper(Q(village__in=user.reach().villages(can)), output_field=models.BooleanField())

        return self.annotate(
            may_record=allowed(Can.RECORD_VISITS),
            may_edit=allowed(Can.EDIT_PEOPLE),
            may_export=allowed(Can.EXPORT_PEOPLE),
        )

    def with_last_visit(self):
        """Each row says when and how the last knock ended: `last_at`, `last_outcome`, `come_back_on`."""
        from .visits import Visit  # visits know households

        last = Visit.objects.counted().filter(household=OuterRef("pk")).order_by("-at", "-pk")
        return self.annotate(
            last_at=Subquery(last.values("at")[:1]),
            last_outcome=Subquery(last.values("outcome")[:1]),
            last_label=Case(
                *(When(last_outcome=value, then=Value(str(label))) for value, label in Visit.Outcome.choices),
                default=Value(""),
            ),
            come_back_on=Subquery(last.values("come_back_on")[:1]),
        )

    def in_walking_order(self):
        """Street by street; houses without a street or a number come last, on both databases."""
        street, number = F("street__sort_key").asc(nulls_last=True), F("order_no").asc(nulls_last=True)
        return self.order_by("village__sort_key", "village", street, number, "sort_key", "pk")


class Household(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = CleanCharField("mã hộ", max_length=20, blank=True)
    code_village = models.ForeignKey(
        Area, models.PROTECT, related_name="+", verbose_name="nơi cấp mã hộ", editable=False
    )
    # Derived from the open (or last) placement, kept by residents/actions.py; checked by `figures --verify`.
    village = models.ForeignKey(Area, models.PROTECT, related_name="households", verbose_name="thôn, tổ dân phố")
    head_name = CleanCharField("chủ hộ", max_length=100)
    address = CleanCharField("địa chỉ", max_length=200, blank=True)
    street = models.ForeignKey(
        Street, models.SET_NULL, null=True, blank=True, related_name="households", verbose_name="đường, ngõ"
    )
    order_no = models.PositiveIntegerField("số thứ tự trên đường", null=True, blank=True)
    phone = PhoneField("điện thoại", blank=True)
    note = CleanTextField("ghi chú", max_length=500, blank=True)
    since = models.DateField("từ ngày")
    until = models.DateField("rời đi từ ngày", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="đã gộp vào"
    )
    forgotten_at = models.DateTimeField("xóa thông tin lúc", null=True, blank=True, editable=False)
    search_key = models.CharField(max_length=255, editable=False)
    sort_key = models.CharField(max_length=255, editable=False)

    objects = HouseholdQuerySet.as_manager()
    history = HistoricalRecords(history_user_id_field=models.BigIntegerField(null=True))

    class Meta:
        verbose_name = "hộ"
        verbose_name_plural = "hộ"
        ordering = ["sort_key", "pk"]
        indexes = [models.Index(fields=["village", "search_key"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="household_since_before_until"
            ),
            models.UniqueConstraint(
                fields=["code_village", "code"], condition=~Q(code=""), name="household_code_once_in_a_village"
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(head_name=FORGOTTEN, address="", phone="", note="", search_key=""),
                name="household_forgotten_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"Hộ {self.head_name}" if self.head_name != FORGOTTEN else "Hộ đã xóa thông tin"

    def save(self, *args, **kwargs):
        named = "" if self.head_name == FORGOTTEN else self.head_name
        self.search_key = search_key(named)
        self.sort_key = person_sort_key(named)
        super().save(*args, **kwargs)


class OfHouseholdQuerySet(IntervalQuerySet):
    """Rows that belong to a household and are seen with it, at its present place."""

    def visible_to(self, user, can: Can = Can.SEE_PEOPLE):
        return self.filter(household__village__in=user.reach().villages(can))


class Placement(models.Model):
    """Where a household stood between two days."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="placements")
    village = models.ForeignKey(Area, models.PROTECT, related_name="placements", verbose_name="thôn, tổ dân phố")
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày", null=True, blank=True)

    objects = OfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "nơi ở của hộ"
        verbose_name_plural = "nơi ở của hộ"
        ordering = ["household", "since"]
        indexes = [models.Index(fields=["village", "since", "until"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="placement_since_before_until"
            ),
            models.UniqueConstraint(fields=["household"], condition=Q(until=None), name="placement_one_open"),
            models.UniqueConstraint(fields=["household", "since"], name="placement_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} tại {self.village_id}"


class ResidentQuerySet(OfHouseholdQuerySet):
    def present(self):
        return self.filter(until=None, merged_into=None)


class Resident(models.Model):
    """A person of a household; may be nameless, and of unknown age (then counted as adult)."""

    class AgeBand(models.TextChoices):
        UNDER_14 = "0-13", "dưới 14 tuổi"
        FROM_14 = "14-17", "14–17 tuổi"
        FROM_18 = "18-59", "18–59 tuổi"
        FROM_60 = "60+", "từ 60 tuổi"

    class Sex(models.TextChoices):
        FEMALE = "f", "Nữ"
        MALE = "m", "Nam"

    class Stays(models.TextChoices):
        PERMANENT = "permanent", "Thường trú"
        TEMPORARY = "temporary", "Tạm trú"
        AWAY = "away", "Đi vắng dài ngày"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Derived from the open (or last) residence, kept by residents/actions.py; checked by `figures --verify`.
    household = models.ForeignKey(Household, models.PROTECT, related_name="residents", verbose_name="hộ")
    label = CleanCharField(
        "tên gọi", max_length=100, blank=True, help_text="Họ tên, hoặc cách gọi như “con gái”. Có thể để trống."
    )
    birth_year = models.PositiveSmallIntegerField("năm sinh", null=True, blank=True)
    birth_date = models.DateField("ngày sinh", null=True, blank=True)
    age_band = models.CharField("nhóm tuổi", max_length=5, choices=AgeBand, blank=True)
    age_band_on = models.DateField("nhóm tuổi tính tại ngày", null=True, blank=True, editable=False)
    sex = models.CharField("giới tính", max_length=1, choices=Sex, blank=True)
    is_head = models.BooleanField("là chủ hộ", default=False)
    stays = models.CharField("cư trú", max_length=10, choices=Stays, default=Stays.PERMANENT)
    since = models.DateField("từ ngày")
    until = models.DateField("rời đi từ ngày", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="đã gộp vào"
    )
    forgotten_at = models.DateTimeField("xóa thông tin lúc", null=True, blank=True, editable=False)
    search_key = models.CharField(max_length=255, editable=False, db_index=True)
    sort_key = models.CharField(max_length=255, editable=False)

    objects = ResidentQuerySet.as_manager()
    history = HistoricalRecords(history_user_id_field=models.BigIntegerField(null=True))

    class Meta:
        verbose_name = "nhân khẩu"
        verbose_name_plural = "nhân khẩu"
        ordering = ["-is_head", "birth_year", "sort_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="resident_since_before_until"
            ),
            models.CheckConstraint(
                condition=Q(birth_year=None) | Q(birth_year__gte=1900, birth_year__lte=2100),
                name="resident_birth_year_sound",
            ),
            models.CheckConstraint(
                condition=Q(age_band="") | Q(age_band_on__isnull=False), name="resident_age_band_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(label=FORGOTTEN, sex="", search_key=""),
                name="resident_forgotten_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.label or "Chưa ghi tên"

    def save(self, *args, **kwargs):
        named = "" if self.label == FORGOTTEN else self.label
        self.search_key = search_key(named)
        self.sort_key = person_sort_key(named)
        if self.birth_date:
            self.birth_year = self.birth_date.year
        super().save(*args, **kwargs)

    @property
    def born_on(self) -> dt.date | None:
        """The day used for ages: a birth year alone counts as 1 January; an age band as its youngest age."""
        if self.birth_date:
            return self.birth_date
        if self.birth_year:
            return dt.date(self.birth_year, 1, 1)
        if self.age_band and self.age_band_on:
            youngest = int(self.age_band.rstrip("+").split("-")[0])
            return dt.date(self.age_band_on.year - youngest, 1, 1)
        return None


class Residence(models.Model):
    """In which household a person lived between two days."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="residences")
    household = models.ForeignKey(Household, models.CASCADE, related_name="residences")
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày", null=True, blank=True)

    objects = OfHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "nơi ở của người"
        verbose_name_plural = "nơi ở của người"
        ordering = ["resident", "since"]
        indexes = [models.Index(fields=["household", "since", "until"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="residence_since_before_until"
            ),
            models.UniqueConstraint(fields=["resident"], condition=Q(until=None), name="residence_one_open"),
            models.UniqueConstraint(fields=["resident", "since"], name="residence_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} trong {self.household_id}"
