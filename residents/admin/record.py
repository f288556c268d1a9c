"""The record: read here, written at the doorstep, never corrected in place."""

from django.contrib import admin

from accounts.gated_admin import GatedAdmin, GatedInline, ReadOnly
from accounts.rules import Can
from residents.models import Household, Observation, Visit, VisitResult
from residents.models.spells import Presence, Spell, SpellDue, SpellRules


class PersonalRecordAdmin(ReadOnly, GatedAdmin):
    sees = Can.SEE_PEOPLE
    is_personal = True


@admin.register(Observation)
class ObservationAdmin(PersonalRecordAdmin):
    list_display = ["effective_at", "household", "resident", "indicator", "answer", "until"]
    list_select_related = ["household", "resident", "indicator"]
    list_filter = ["answer", "source"]

    def area_id_of(self, observation):
        return observation.household.village_id


class ResultInline(GatedInline):
    model = VisitResult
    sees = Can.SEE_PEOPLE
    fields = readonly_fields = ["kind", "count"]
    show_change_link = False


@admin.register(Visit)
class VisitAdmin(PersonalRecordAdmin):
    list_display = ["at", "household", "village", "team", "outcome", "way", "people_helped", "withdrawn_at"]
    list_select_related = ["household", "village", "team"]
    list_filter = ["outcome", "way"]
    inlines = [ResultInline]

    def area_id_of(self, visit):
        return visit.household.village_id if visit.household_id else visit.village_id


@admin.register(VisitResult)
class VisitResultAdmin(PersonalRecordAdmin):
    list_display = ["visit", "kind", "count"]
    list_select_related = ["visit", "kind"]

    def rows(self, user):
        return VisitResult.objects.filter(visit__in=Visit.objects.visible_to(user))

    def area_id_of(self, result):
        return VisitAdmin.area_id_of(self, result.visit)


@admin.register(Spell, Presence, SpellDue)
class DerivedAdmin(ReadOnly, GatedAdmin):
    """Laid out from the record so that counting is quick; rebuilt at any time."""

    sees = Can.SEE_PEOPLE

    def has_module_permission(self, request):
        """Of no use to an official: not in her menu."""
        return request.user.is_superuser and super().has_module_permission(request)

    def rows(self, user):
        villages = user.reach().villages(Can.SEE_PEOPLE)
        return self.model.objects.filter(household__in=Household.objects.filter(village__in=villages))


@admin.register(SpellRules)
class SpellRulesAdmin(ReadOnly, GatedAdmin):
    sees = Can.ADMINISTER

    def rows(self, user):
        everywhere = user.reach().everywhere(Can.ADMINISTER)
        return SpellRules.objects.all() if everywhere else SpellRules.objects.none()
