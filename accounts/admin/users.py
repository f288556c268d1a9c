from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group
from django_tasks_db.models import DBTaskResult

from accounts.actions import change_user
from accounts.exchange.pages import ExchangeAdmin
from accounts.gated_admin import GatedAdmin, GatedInline, ReadOnly
from accounts.models import Job, Posting, Unlock, User
from accounts.rules import Can, can_manage

from .exchange import UserResource

# Rights come from postings alone; axes' tables hold whatever people typed at the door; the queue is shown as jobs.
for model in (Group, AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog, DBTaskResult):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class PostingInline(GatedInline):
    model = Posting
    fk_name = "user"
    sees = Can.MANAGE_USERS
    fields = readonly_fields = ["area", "role", "since", "until"]

    def get_queryset(self, request):
        return Posting.objects.visible_to(request.user).select_related("area")


@admin.register(User)
class UserAdmin(ExchangeAdmin, GatedAdmin):
    """Names and telephones. Accounts are made, posted, reset and stopped on the pages of accounts."""

    resource_classes = [UserResource]
    sees = edits = Can.MANAGE_USERS
    list_display = ["full_name", "username", "phone", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["search_key", "username"]
    fields = ["full_name", "username", "phone", "is_active", "must_change_password", "last_login", "date_joined"]
    readonly_fields = ["is_active", "must_change_password", "last_login", "date_joined"]
    inlines = [PostingInline]

    def area_id_of(self, user):
        return user.home_area_id()

    def holds(self, user, can, obj):
        return can_manage(user, obj)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return self.may(request.user, self.edits) and (obj is None or can_manage(request.user, obj))

    def write(self, user, obj, changed, *, is_new):
        change_user(
            User.objects.get(pk=obj.pk), by=user, full_name=obj.full_name, phone=obj.phone, username=obj.username
        )


@admin.register(Posting)
class PostingAdmin(ReadOnly, GatedAdmin):
    sees = Can.MANAGE_USERS
    list_display = ["user", "role", "area", "since", "until"]
    list_select_related = ["user", "area"]
    list_filter = ["role"]
    search_fields = ["user__search_key"]

    def get_search_results(self, request, queryset, search_term):
        return queryset.filter(user__in=User.objects.all().search(search_term)) if search_term else queryset, False


@admin.register(Unlock)
class UnlockAdmin(ReadOnly, GatedAdmin):
    sees = Can.ADMINISTER
    list_display = ["user", "reason", "since", "until"]
    list_select_related = ["user"]

    def rows(self, user):
        if user.reach().everywhere(Can.ADMINISTER):
            return Unlock.objects.all()
        return Unlock.objects.filter(user=user)


@admin.register(Job)
class JobAdmin(ReadOnly, GatedAdmin):
    """How the long outputs went, for whoever runs the machine; the files are their owners' alone."""

    sees = Can.ADMINISTER
    list_display = ["label", "user", "state", "tries", "created_at", "finished_at"]
    list_select_related = ["user"]
    list_filter = ["state"]
    fields = ["label", "kind", "user", "state", "tries", "error", "created_at", "started_at", "beat_at", "finished_at"]

    def rows(self, user):
        if user.reach().everywhere(Can.ADMINISTER):
            return Job.objects.defer("content")
        return Job.objects.visible_to(user)
