from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.exchange.pages import ExchangeAdmin
from accounts.gated_admin import GatedAdmin, GatedInline, HistoryAdmin, ReadOnly
from accounts.rules import Can
from areas.models import Level

from . import actions
from .exchange import MemberResource, TeamResource
from .models import Decision, Member, SizeNorm, Team, TeamHome, TeamVillage
from .pasting import birth_year_error
from .rules import can_edit, places_to_norm


def places(user):
    return user.reach().areas(Can.EDIT_TEAMS).open().filter(level__gte=Level.WARD)


def teams_to_edit(user):
    return Team.objects.filter(home_area__in=user.reach().areas_ever(Can.EDIT_TEAMS).values("pk"), until=None)


def refuse_future(**days) -> None:
    today = timezone.localdate()
    if errors := {field: "Ngày này chưa đến." for field, day in days.items() if day and day > today}:
        raise ValidationError(errors)


class ServiceInline(GatedInline):
    model = TeamVillage
    sees = Can.SEE_TEAMS
    fields = readonly_fields = ["village", "since", "until"]
    show_change_link = False


class MemberInline(GatedInline):
    model = Member
    sees = Can.SEE_TEAMS
    fields = readonly_fields = ["full_name", "role", "organisation", "phone", "since", "until"]


class OfTeamAdmin(HistoryAdmin):
    sees = Can.SEE_TEAMS
    edits = Can.EDIT_TEAMS
    choices = {"team": teams_to_edit}

    def area_id_of(self, row):
        return row.team.home_area_id

    def holds(self, user, can, row):
        return can_edit(user, row.team)


@admin.register(Team)
class TeamAdmin(ExchangeAdmin, HistoryAdmin):
    """Teams. Villages served, and the end of a team, are the business of the team's own page."""

    resource_classes = [TeamResource]
    sees = Can.SEE_TEAMS
    edits = Can.EDIT_TEAMS
    list_display = ["name", "kind", "home_area", "since", "until"]
    list_select_related = ["home_area"]
    list_filter = ["kind"]
    search_fields = ["search_key"]
    autocomplete_fields = ["home_area"]
    fields = ["name", "kind", "home_area", "since", "until", "chat_kind", "chat_name", "partners", "note"]
    readonly_fields = ["until"]
    choices = {"home_area": places}
    inlines = [ServiceInline, MemberInline]

    def area_id_of(self, team):
        return team.home_area_id

    def write(self, user, obj, changed, *, is_new):
        refuse_future(since=obj.since)
        if is_new:
            actions.found_team(by=user, team=obj, villages=[])
        else:
            actions.change_team(by=user, team=obj)


@admin.register(TeamVillage)
class TeamVillageAdmin(ReadOnly, GatedAdmin):
    sees = Can.SEE_TEAMS
    list_display = ["team", "village", "since", "until"]
    list_select_related = ["team", "village"]

    def rows(self, user):
        return TeamVillage.objects.filter(team__in=Team.objects.visible_to(user))


@admin.register(TeamHome)
class TeamHomeAdmin(ReadOnly, GatedAdmin):
    sees = Can.SEE_TEAMS
    list_display = ["team", "area", "since", "until"]
    list_select_related = ["team", "area"]

    def rows(self, user):
        return TeamHome.objects.filter(team__in=Team.objects.visible_to(user))


@admin.register(Decision)
class DecisionAdmin(OfTeamAdmin):
    list_display = ["number", "kind", "issued_on", "issuer", "team"]
    list_select_related = ["team"]
    list_filter = ["kind", "paper"]
    search_fields = ["number"]
    autocomplete_fields = ["team"]

    def write(self, user, obj, changed, *, is_new):
        refuse_future(issued_on=obj.issued_on)
        if is_new:
            actions.add_decision(by=user, team=obj.team, decision=obj)
        else:
            actions.change_decision(by=user, decision=obj)


@admin.register(Member)
class MemberAdmin(ExchangeAdmin, OfTeamAdmin):
    resource_classes = [MemberResource]
    list_display = ["full_name", "role", "organisation", "phone", "team", "since", "until"]
    list_select_related = ["team"]
    list_filter = ["role", "organisation"]
    search_fields = ["search_key"]
    autocomplete_fields = ["team", "user"]
    fields = [
        "team",
        "full_name",
        "role",
        "organisation",
        "phone",
        "sex",
        "birth_year",
        "is_on_payroll",
        "user",
        "since",
        "until",
    ]
    readonly_fields = ["until"]

    def get_readonly_fields(self, request, obj=None):
        fields = list(super().get_readonly_fields(request, obj))
        if obj is not None:
            fields.append("team")
        if not request.user.may(Can.MANAGE_USERS):
            fields.append("user")
        return fields

    def write(self, user, obj, changed, *, is_new):
        refuse_future(since=obj.since)
        if message := birth_year_error(obj.birth_year, timezone.localdate()):
            raise ValidationError({"birth_year": message})
        if obj.since < obj.team.since or (obj.team.until and obj.since >= obj.team.until):
            raise ValidationError(
                {"since": f"Tổ hoạt động từ {obj.team.since:%d/%m/%Y}; chọn ngày trong thời gian đó."}
            )
        if obj.until and obj.since >= obj.until:
            raise ValidationError({"since": f"Phải trước ngày thôi ({obj.until:%d/%m/%Y})."})
        if is_new:
            actions.add_members(by=user, team=obj.team, members=[obj])
        else:
            actions.change_member(by=user, member=obj)


@admin.register(SizeNorm)
class SizeNormAdmin(GatedAdmin):
    """A norm warns everywhere below its area; it is a province's matter."""

    sees = Can.SEE_TEAMS
    edits = Can.MAKE_REPORTS
    list_display = ["area", "at_least", "at_most", "since", "until", "source"]
    list_select_related = ["area"]
    autocomplete_fields = ["area"]
    choices = {"area": places_to_norm}

    def rows(self, user):
        """Those of her areas and of the areas above them."""
        hers = user.reach().areas_ever(Can.SEE_TEAMS).values("pk")
        return SizeNorm.objects.filter(
            pk__in=SizeNorm.objects.filter(area__links_down__descendant__in=hers).values("pk")
        )

    def area_id_of(self, norm):
        return norm.area_id

    def holds(self, user, can, norm):
        return places_to_norm(user).filter(pk=norm.area_id).exists()

    def write(self, user, obj, changed, *, is_new):
        if is_new and not self.holds(user, self.edits, obj):
            raise ValidationError("Không có quyền thêm ở địa bàn này.")
        actions.keep_norm(by=user, norm=obj)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and places_to_norm(request.user).exists()

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and places_to_norm(request.user).exists()
