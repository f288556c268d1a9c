from django.contrib import admin

from accounts.gated_admin import GatedAdmin, ReadOnly
from accounts.rules import Can
from journal.models import Act


@admin.register(Act)
class ActAdmin(ReadOnly, GatedAdmin):
    """The journal, read only. The label of an act on a person's row is her name: not for who sees no people."""

    sees = Can.SEE_JOURNAL
    list_display = ["at", "actor_name", "verb", "shown_label"]
    list_filter = ["verb"]
    search_fields = ["actor_name"]
    date_hierarchy = "at"
    fields = ["at", "actor_name", "verb", "shown_label", "address"]

    def get_queryset(self, request):
        self.tells_names = request.user.may(Can.SEE_PEOPLE)
        return super().get_queryset(request)

    @admin.display(description="đối tượng")
    def shown_label(self, act):
        hidden = act.object_kind.startswith("residents.") and not self.tells_names
        return "(dữ liệu cá nhân)" if hidden else act.label

    def lookup_allowed(self, lookup, value, request=None):
        return lookup.split("__")[0] == "at" or super().lookup_allowed(lookup, value, request)
