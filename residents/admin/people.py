"""Households and people. Where they stand, and who lives with whom, changes by dates on their own pages."""

from django.contrib import admin
from django.utils import timezone

from accounts.exchange.pages import ExchangeAdmin
from accounts.gated_admin import GatedAdmin, GatedInline, HistoryAdmin, ReadOnly
from accounts.rules import Can
from areas.models import Level
from residents import actions
from residents.actions import NewPerson
from residents.exchange import HouseholdResource, ResidentResource
from residents.models import Household, Placement, Residence, Resident, Street


def villages_to_edit(user):
    return user.reach().areas(Can.EDIT_PEOPLE).open().at(Level.VILLAGE)


class PersonalAdmin(GatedAdmin):
    sees = Can.SEE_PEOPLE
    edits = Can.EDIT_PEOPLE
    is_personal = True


class PersonalInline(GatedInline):
    sees = Can.SEE_PEOPLE


@admin.register(Street)
class StreetAdmin(PersonalAdmin):
    is_personal = False
    list_display = ["name", "village"]
    list_select_related = ["village"]
    search_fields = ["name"]
    autocomplete_fields = ["village"]
    choices = {"village": villages_to_edit}

    def area_id_of(self, street):
        return street.village_id

    def get_readonly_fields(self, request, obj=None):
        return ["village"] if obj is not None else []

    def write(self, user, obj, changed, *, is_new):
        if is_new:
            obj.pk = actions.add_street(by=user, village=obj.village, name=obj.name).pk
        else:
            actions.rename_street(by=user, street=obj, name=obj.name)


class ResidentInline(PersonalInline):
    model = Resident
    fields = readonly_fields = ["label", "birth_year", "sex", "is_head", "stays", "since", "until"]


class PlacementInline(PersonalInline):
    model = Placement
    fields = readonly_fields = ["village", "since", "until"]
    show_change_link = False


@admin.register(Household)
class HouseholdAdmin(ExchangeAdmin, HistoryAdmin, PersonalAdmin):
    resource_classes = [HouseholdResource]
    exports = Can.EXPORT_PEOPLE
    sees = Can.SEE_PEOPLE
    edits = Can.EDIT_PEOPLE
    list_display = ["head_name", "code", "village", "address", "since", "until"]
    list_select_related = ["village"]
    search_fields = ["search_key", "code"]
    autocomplete_fields = ["street"]
    fields = [
        "code",
        "head_name",
        "village",
        "address",
        "street",
        "order_no",
        "phone",
        "note",
        "since",
        "until",
        "merged_into",
    ]
    readonly_fields = ["code", "village", "since", "until", "merged_into"]
    inlines = [ResidentInline, PlacementInline]

    def area_id_of(self, household):
        return household.village_id

    def has_add_permission(self, request):
        return False

    def write(self, user, obj, changed, *, is_new):
        if is_new:
            told = {name: getattr(obj, name) for name in ("address", "phone", "order_no", "note")}
            made = actions.add_household(
                by=user,
                village=obj.village,
                head_name=obj.head_name,
                since=obj.since,
                today=timezone.localdate(),
                code=obj.code,
                **told,
            )
            obj.pk = made.pk
            return
        present = Household.objects.get(pk=obj.pk)
        told = {
            name: getattr(obj, name) for name in changed if name in self.fields and name not in self.readonly_fields
        }
        actions.edit_household(by=user, household=present, **told)


@admin.register(Placement)
class PlacementAdmin(ReadOnly, PersonalAdmin):
    list_display = ["household", "village", "since", "until"]
    list_select_related = ["household", "village"]

    def area_id_of(self, placement):
        return placement.village_id


class ResidenceInline(PersonalInline):
    model = Residence
    fk_name = "resident"
    fields = readonly_fields = ["household", "since", "until"]
    show_change_link = False

    def get_queryset(self, request):
        return Residence.objects.visible_to(request.user).select_related("household")


@admin.register(Resident)
class ResidentAdmin(ExchangeAdmin, HistoryAdmin, PersonalAdmin):
    resource_classes = [ResidentResource]
    exports = Can.EXPORT_PEOPLE
    sees = Can.SEE_PEOPLE
    edits = Can.EDIT_PEOPLE
    list_display = ["shown_label", "household", "birth_year", "sex", "stays", "since", "until"]
    list_select_related = ["household"]
    list_filter = ["sex", "stays", "age_band"]
    search_fields = ["search_key"]
    fields = [
        "household",
        "label",
        "birth_year",
        "birth_date",
        "age_band",
        "sex",
        "stays",
        "is_head",
        "since",
        "until",
        "merged_into",
    ]
    readonly_fields = ["household", "is_head", "since", "until", "merged_into"]
    inlines = [ResidenceInline]

    @admin.display(description="tên gọi", ordering="sort_key")
    def shown_label(self, resident):
        return str(resident)

    def area_id_of(self, resident):
        return resident.household.village_id

    def has_add_permission(self, request):
        return False

    def write(self, user, obj, changed, *, is_new):
        if is_new:
            names = ("label", "birth_year", "birth_date", "age_band", "sex", "stays", "is_head")
            person = NewPerson(**{name: getattr(obj, name) for name in names})
            obj.pk = actions.add_resident(
                by=user, household=obj.household, person=person, since=obj.since, today=timezone.localdate()
            ).pk
            return
        present = Resident.objects.get(pk=obj.pk)
        told = {
            name: getattr(obj, name) for name in changed if name in self.fields and name not in self.readonly_fields
        }
        actions.edit_resident(by=user, resident=present, today=timezone.localdate(), **told)


@admin.register(Residence)
class ResidenceAdmin(ReadOnly, PersonalAdmin):
    list_display = ["resident", "household", "since", "until"]
    list_select_related = ["resident", "household"]

    def area_id_of(self, residence):
        return residence.household.village_id
