"""Phones and what they sent: read here, decided on the ward's page (field/views/desk.py)."""

from django.contrib import admin

from accounts.gated_admin import GatedAdmin, GatedInline, ReadOnly
from accounts.rules import Can

from .models import Device, FocusChoice, FocusIndicator, HeldItem, PracticeVillage, SyncEpoch


@admin.register(Device)
class DeviceAdmin(ReadOnly, GatedAdmin):
    sees = Can.MANAGE_USERS
    list_display = ["user", "platform", "app_version", "last_seen_at", "unsent", "lost", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["user__search_key", "identifier"]
    exclude = ["session_key"]


@admin.register(HeldItem)
class HeldItemAdmin(ReadOnly, GatedAdmin):
    """What the item says stands on the ward's page, in words; not here."""

    sees = Can.EDIT_PEOPLE
    list_display = ["received_at", "user", "type", "kind", "why", "decision", "decided_at"]
    list_select_related = ["user"]
    list_filter = ["kind", "why", "decision"]
    fields = [
        "item", "user", "device", "seq", "type", "kind", "why", "area", "received_at", "decided_at", "decided_by",
        "decision",
    ]  # fmt: skip

    def rows(self, user):
        return HeldItem.objects.visible_to(user, Can.EDIT_PEOPLE)

    def area_id_of(self, held):
        return held.area_id


class FocusInline(GatedInline):
    model = FocusIndicator
    fields = readonly_fields = ["order", "indicator"]
    show_change_link = False


@admin.register(FocusChoice)
class FocusChoiceAdmin(ReadOnly, GatedAdmin):
    list_display = ["area", "since", "chosen_by", "chosen_at"]
    list_select_related = ["area", "chosen_by"]
    inlines = [FocusInline]

    def area_id_of(self, choice):
        return choice.area_id


@admin.register(PracticeVillage)
class PracticeVillageAdmin(ReadOnly, GatedAdmin):
    sees = Can.MANAGE_USERS
    list_display = ["user", "opened_at", "opened_by", "closed_at"]
    list_select_related = ["user", "opened_by"]
    exclude = ["households"]


@admin.register(SyncEpoch)
class SyncEpochAdmin(ReadOnly, GatedAdmin):
    sees = Can.ADMINISTER
    list_display = ["number", "since", "why"]

    def rows(self, user):
        everywhere = user.reach().everywhere(Can.ADMINISTER)
        return SyncEpoch.objects.all() if everywhere else SyncEpoch.objects.none()
