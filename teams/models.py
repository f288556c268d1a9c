"""Teams, the villages they serve, their members and the papers that founded them."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.rules import Can
from areas.models import Area, AreaLink, IntervalQuerySet
from sheets.fields import CleanCharField, CleanTextField, PhoneField
from sheets.text import person_sort_key, place_sort_key, search_key


class TeamQuerySet(IntervalQuerySet):
    def visible_to(self, user):
        """Teams whose home, or a village they serve, lies in her reach."""
        hers = user.reach().areas_ever(Can.SEE_TEAMS).values("pk")
        served = TeamVillage.objects.filter(until=None, village__in=hers)
        return self.filter(Q(home_area__in=hers) | Q(pk__in=served.values("team")))

    def under(self, area: Area, day: dt.date):
        """Teams at home in `area` on `day`; a team counts once, at its home area."""
        inside = AreaLink.objects.on(day).filter(ancestor=area)
        homes = TeamHome.objects.on(day).filter(area__in=inside.values("descendant"))
        return self.on(day).filter(pk__in=homes.values("team"))

    def search(self, text: str):
        return self.filter(search_key__contains=search_key(text)) if text.strip() else self


class Team(models.Model):
    class Kind(models.TextChoices):
        CNSCD = "cnscd", "Tổ công nghệ số cộng đồng"
        CNSCD_06 = "cnscd_06", "Tổ công nghệ số cộng đồng và Đề án 06"
        CDS = "cds", "Tổ chuyển đổi số cộng đồng"
        MOBILE = "mobile", "Tổ hỗ trợ lưu động"
        OTHER = "other", "Khác"

    class ChatKind(models.TextChoices):
        NONE = "", "Chưa có nhóm"
        ZALO = "zalo", "Zalo"
        MOCHA = "mocha", "Mocha"
        FACEBOOK = "facebook", "Facebook"
        OTHER = "other", "Khác"

    name = CleanCharField("tên tổ", max_length=200)
    kind = models.CharField("loại tổ", max_length=12, choices=Kind, default=Kind.CNSCD)
    # The present (or last) one of its homes; see TeamHome.
    home_area = models.ForeignKey(Area, models.PROTECT, related_name="home_teams", verbose_name="địa bàn của tổ")
    villages = models.ManyToManyField(
        Area, through="TeamVillage", related_name="serving_teams", verbose_name="thôn, tổ dân phố phục vụ"
    )
    chat_kind = models.CharField("nhóm liên lạc", max_length=10, choices=ChatKind, default=ChatKind.NONE, blank=True)
    chat_name = CleanCharField("tên hoặc địa chỉ nhóm", max_length=200, blank=True)
    partners = CleanTextField(
        "doanh nghiệp phối hợp", max_length=500, blank=True, help_text="Ví dụ: Viettel, VNPT. Mỗi dòng một đơn vị."
    )
    note = CleanTextField("ghi chú", max_length=1000, blank=True)
    since = models.DateField("hoạt động từ")
    until = models.DateField("giải thể từ ngày", null=True, blank=True)
    search_key = models.CharField(max_length=255, editable=False, db_index=True)
    sort_key = models.CharField(max_length=255, editable=False)

    objects = TeamQuerySet.as_manager()
    history = HistoricalRecords(history_user_id_field=models.BigIntegerField(null=True))

    class Meta:
        verbose_name = "tổ"
        verbose_name_plural = "tổ"
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="team_since_before_until"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.search_key = search_key(self.name)
        self.sort_key = place_sort_key(self.name)
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._keep_homes()

    def move_home(self, area: Area, on: dt.date) -> None:
        """From `on` on the team is at home in `area`; before, it stays where it was."""
        self.homes.filter(since__gte=on).delete()
        self.homes.filter(Q(until=None) | Q(until__gt=on)).update(until=on)
        TeamHome.objects.create(team=self, area=area, since=max(on, self.since), until=self.until)
        self.home_area = area
        self.save()

    def _keep_homes(self) -> None:
        """Homes begin and end with the team, and the last one is `home_area`: a change of it here is a correction."""
        self.homes.filter(until__lte=self.since).delete()
        if self.until:
            self.homes.filter(since__gte=self.until).delete()
        homes = list(self.homes.order_by("since"))
        if not homes:
            TeamHome.objects.create(team=self, area=self.home_area, since=self.since, until=self.until)
            return
        homes[0].since, homes[-1].until, homes[-1].area_id = self.since, self.until, self.home_area_id
        for home in homes:
            home.save()


class TeamHome(models.Model):
    """The area to which a team belonged between two days: figures of old periods stay where the team was then."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="homes")
    area = models.ForeignKey(Area, models.PROTECT, related_name="team_homes", verbose_name="địa bàn của tổ")
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày", null=True, blank=True)

    objects = IntervalQuerySet.as_manager()

    class Meta:
        verbose_name = "địa bàn của tổ theo thời gian"
        verbose_name_plural = "địa bàn của tổ theo thời gian"
        ordering = ["team", "since"]
        indexes = [models.Index(fields=["area", "since", "until"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="team_home_since_before_until"
            ),
            models.UniqueConstraint(fields=["team"], condition=Q(until=None), name="team_home_one_open"),
            models.UniqueConstraint(fields=["team", "since"], name="team_home_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.team} tại {self.area}"


class TeamVillage(models.Model):
    team = models.ForeignKey(Team, models.CASCADE, related_name="services")
    village = models.ForeignKey(Area, models.PROTECT, related_name="team_services", verbose_name="thôn, tổ dân phố")
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày", null=True, blank=True)

    objects = IntervalQuerySet.as_manager()

    class Meta:
        verbose_name = "thôn tổ phục vụ"
        verbose_name_plural = "thôn tổ phục vụ"
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="team_village_since_before_until"
            ),
            models.UniqueConstraint(fields=["team", "village"], condition=Q(until=None), name="team_village_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.team} – {self.village}"


class OfTeamQuerySet(IntervalQuerySet):
    """Rows that belong to a team and are seen with it."""

    def visible_to(self, user):
        return self.filter(team__in=Team.objects.visible_to(user))


class Decision(models.Model):
    """The paper by which a team was founded, re-founded (kiện toàn) or dissolved."""

    class Kind(models.TextChoices):
        FOUNDING = "founding", "Thành lập"
        REFOUNDING = "refounding", "Kiện toàn"
        DISSOLVING = "dissolving", "Giải thể"

    class Paper(models.TextChoices):
        DECISION = "decision", "Quyết định"
        LETTER = "letter", "Công văn"
        PLAN = "plan", "Kế hoạch"
        OTHER = "other", "Văn bản khác"

    team = models.ForeignKey(Team, models.CASCADE, related_name="decisions", verbose_name="tổ")
    kind = models.CharField("về việc", max_length=12, choices=Kind, default=Kind.FOUNDING)
    paper = models.CharField("loại văn bản", max_length=10, choices=Paper, default=Paper.DECISION)
    number = CleanCharField("số", max_length=80)
    issued_on = models.DateField("ngày ban hành")
    issuer = CleanCharField("cơ quan ban hành", max_length=200)

    objects = models.Manager.from_queryset(OfTeamQuerySet)()
    history = HistoricalRecords(history_user_id_field=models.BigIntegerField(null=True))

    class Meta:
        verbose_name = "văn bản về tổ"
        verbose_name_plural = "văn bản về tổ"
        ordering = ["-issued_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_paper_display()} {self.number}"


class MemberQuerySet(OfTeamQuerySet):
    def search(self, text: str):
        return self.filter(search_key__contains=search_key(text)) if text.strip() else self


class Member(models.Model):
    class Role(models.TextChoices):
        LEADER = "leader", "Tổ trưởng"
        DEPUTY = "deputy", "Tổ phó"
        MEMBER = "member", "Thành viên"

    class Organisation(models.TextChoices):
        VILLAGE = "village", "Trưởng thôn, tổ trưởng dân phố"
        PARTY = "party", "Chi ủy, bí thư chi bộ"
        FRONT = "front", "Ban công tác Mặt trận"
        POLICE = "police", "Công an"
        YOUTH = "youth", "Đoàn Thanh niên"
        WOMEN = "women", "Hội Phụ nữ"
        FARMERS = "farmers", "Hội Nông dân"
        VETERANS = "veterans", "Hội Cựu chiến binh"
        ELDERLY = "elderly", "Hội Người cao tuổi"
        TEACHER = "teacher", "Giáo viên"
        IT = "it", "Người am hiểu công nghệ"
        COMPANY = "company", "Doanh nghiệp"
        OTHER = "other", "Khác"

    class Sex(models.TextChoices):
        FEMALE = "f", "Nữ"
        MALE = "m", "Nam"

    team = models.ForeignKey(Team, models.PROTECT, related_name="members", verbose_name="tổ")
    full_name = CleanCharField("họ và tên", max_length=100)
    role = models.CharField("vai trò", max_length=8, choices=Role, default=Role.MEMBER)
    organisation = models.CharField("tổ chức", max_length=10, choices=Organisation, default=Organisation.OTHER)
    phone = PhoneField("điện thoại", blank=True)
    sex = models.CharField("giới tính", max_length=1, choices=Sex, blank=True)
    birth_year = models.PositiveSmallIntegerField("năm sinh", null=True, blank=True)
    is_on_payroll = models.BooleanField("hưởng lương ngân sách", default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="tài khoản",
    )
    since = models.DateField("tham gia từ")
    until = models.DateField("thôi từ ngày", null=True, blank=True)
    search_key = models.CharField(max_length=255, editable=False, db_index=True)
    sort_key = models.CharField(max_length=255, editable=False)

    objects = models.Manager.from_queryset(MemberQuerySet)()
    history = HistoricalRecords(history_user_id_field=models.BigIntegerField(null=True))

    class Meta:
        verbose_name = "thành viên"
        verbose_name_plural = "thành viên"
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="member_since_before_until"),
            models.CheckConstraint(
                condition=Q(birth_year=None) | Q(birth_year__gte=1900, birth_year__lte=2100),
                name="member_birth_year_sound",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args, **kwargs):
        self.search_key = search_key(self.full_name)
        self.sort_key = person_sort_key(self.full_name)
        super().save(*args, **kwargs)


class SizeNormQuerySet(IntervalQuerySet):
    def for_area(self, area: Area, day: dt.date):
        """The norm in force for `area` on `day`: the nearest area above that has one."""
        links = AreaLink.objects.on(day).filter(descendant=area, ancestor=models.OuterRef("area"))
        return (
            self.on(day)
            .annotate(distance=models.Subquery(links.values("depth")[:1]))
            .exclude(distance=None)
            .order_by("distance", "-since")
            .first()
        )


class SizeNorm(models.Model):
    """How many members a team should have, in an area from a date; it warns and never blocks."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="size_norms", verbose_name="áp dụng cho")
    at_least = models.PositiveSmallIntegerField("ít nhất", null=True, blank=True)
    at_most = models.PositiveSmallIntegerField("nhiều nhất", null=True, blank=True)
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày", null=True, blank=True)
    source = CleanCharField("căn cứ", max_length=250, blank=True)

    objects = models.Manager.from_queryset(SizeNormQuerySet)()

    class Meta:
        verbose_name = "định mức thành viên"
        verbose_name_plural = "định mức thành viên"
        ordering = ["area", "-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="size_norm_since_before_until"
            ),
            models.CheckConstraint(
                condition=Q(at_least__isnull=False) | Q(at_most__isnull=False), name="size_norm_says_something"
            ),
            models.CheckConstraint(
                condition=Q(at_least=None) | Q(at_most=None) | Q(at_most__gte=F("at_least")),
                name="size_norm_least_below_most",
            ),
        ]

    def __str__(self) -> str:
        if self.at_least is None:
            return f"nhiều nhất {self.at_most} người"
        if self.at_most is None:
            return f"ít nhất {self.at_least} người"
        return f"{self.at_least}–{self.at_most} người"
