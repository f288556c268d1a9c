"""The map. What has versions is changed by actions on the pages of areas, or by a reorganisation; here it is read."""

from django.contrib import admin

from accounts.exchange.pages import ExchangeAdmin
from accounts.gated_admin import GatedAdmin, GatedInline, HistoryAdmin, ReadOnly
from accounts.rules import Can
from areas.actions import change_office
from areas.models import (
    Area,
    AreaLink,
    AreaVersion,
    Office,
    PendingVillage,
    Reorganisation,
    ReorganisationPart,
    Stale,
)
from journal.actions import record
from journal.models import Act

from .exchange import VillageResource


def hers(user, can=Can.SEE_FIGURES):
    return user.reach().areas_ever(can)


class VersionInline(GatedInline):
    model = AreaVersion
    fk_name = "area"
    fields = readonly_fields = ["name", "kind", "code", "parent", "since", "until", "reorganisation"]


@admin.register(Area)
class AreaAdmin(ExchangeAdmin, HistoryAdmin):
    resource_classes = [VillageResource]
    edits = Can.EDIT_AREAS
    list_display = ["name", "level", "kind", "code", "since", "until"]
    list_filter = ["level"]
    search_fields = ["search_key", "code"]
    fields = ["name", "level", "kind", "code", "since", "until", "lat", "lon"]
    readonly_fields = ["name", "level", "kind", "code", "since", "until"]
    inlines = [VersionInline]

    def rows(self, user):
        return hers(user)

    def area_id_of(self, area):
        return area.pk

    def has_add_permission(self, request):
        return False


@admin.register(AreaVersion)
class AreaVersionAdmin(ReadOnly, GatedAdmin):
    list_display = ["name", "kind", "code", "parent", "since", "until"]
    list_select_related = ["parent"]
    list_filter = ["kind"]
    search_fields = ["search_key", "code"]

    def rows(self, user):
        return AreaVersion.objects.filter(area__in=hers(user).values("pk"))


@admin.register(AreaLink)
class AreaLinkAdmin(ReadOnly, GatedAdmin):
    list_display = ["ancestor", "descendant", "depth", "since", "until"]
    list_select_related = ["ancestor", "descendant"]
    list_filter = ["depth"]

    def rows(self, user):
        own = hers(user).values("pk")
        return AreaLink.objects.filter(ancestor__in=own, descendant__in=own)


class PartInline(GatedInline):
    model = ReorganisationPart
    fields = readonly_fields = ["from_area", "to_area", "extent", "is_main"]
    show_change_link = False

    def get_queryset(self, request):
        return parts_of(request.user).select_related("from_area", "to_area")


def parts_of(user):
    """Parts from or to an area of hers."""
    own = hers(user).values("pk")
    return ReorganisationPart.objects.filter(from_area__in=own) | ReorganisationPart.objects.filter(to_area__in=own)


@admin.register(Reorganisation)
class ReorganisationAdmin(ReadOnly, GatedAdmin):
    list_display = ["title", "kind", "decree_number", "effective_on", "state"]
    list_filter = ["state", "kind"]
    search_fields = ["title", "decree_number"]
    inlines = [PartInline]

    def rows(self, user):
        if user.reach().everywhere(Can.SEE_FIGURES):
            return Reorganisation.objects.all()
        return Reorganisation.objects.filter(pk__in=parts_of(user).values("reorganisation"))


@admin.register(ReorganisationPart)
class ReorganisationPartAdmin(ReadOnly, GatedAdmin):
    list_display = ["from_area", "to_area", "extent", "is_main", "reorganisation"]
    list_select_related = ["from_area", "to_area", "reorganisation"]
    list_filter = ["extent"]

    def rows(self, user):
        return parts_of(user)


@admin.register(PendingVillage)
class PendingVillageAdmin(ReadOnly, GatedAdmin):
    list_display = ["village", "reorganisation", "settled_at"]
    list_select_related = ["village", "reorganisation"]

    def rows(self, user):
        return PendingVillage.objects.filter(village__in=hers(user).values("pk"))


@admin.register(Office)
class OfficeAdmin(HistoryAdmin):
    """A change from a later day is a new office of the area: it is added, and the one before ends."""

    sees = edits = Can.EDIT_OFFICES
    list_display = ["name", "area", "signer_title", "since", "until"]
    list_select_related = ["area"]
    search_fields = ["name"]
    autocomplete_fields = ["area"]
    fields = ["area", *Office.DESCRIBED, "since", "until"]
    readonly_fields = ["until"]
    choices = {"area": lambda user: user.reach().areas(Can.EDIT_OFFICES)}

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "area", "since"] if obj is not None else fields

    def rows(self, user):
        return Office.objects.filter(area__in=hers(user, Can.EDIT_OFFICES).values("pk"))

    def area_id_of(self, office):
        return office.area_id

    def write(self, user, obj, changed, *, is_new):
        obj._history_user = user
        if is_new:
            change_office(by=user, office=obj)
        else:
            obj.save()
            record(by=user, verb=Act.Verb.CHANGE, obj=obj, area_id=obj.area_id, fields=sorted(changed))


@admin.register(Stale)
class StaleAdmin(ReadOnly, GatedAdmin):
    sees = Can.ADMINISTER
    list_display = ["area", "since", "marked_at"]
    list_select_related = ["area"]

    def rows(self, user):
        return Stale.objects.filter(area__in=hers(user, Can.ADMINISTER).values("pk"))
