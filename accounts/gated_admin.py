"""The base of every admin page: rows through the gate, rights from the one table of roles, deeds in the journal.

Django's own permission rows are not used. Another's row and a missing one get the same answer. Nothing is deleted.
"""

from __future__ import annotations

import copy

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.forms import ModelForm
from django.http import Http404
from django.template.response import TemplateResponse
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import User
from accounts.rules import Can
from journal.actions import record
from journal.models import Act
from sheets.text import search_key


class RehearsedForm(ModelForm):
    """Tries the writing before it is done, so that what the action refuses stands at its field."""

    model_admin: GatedAdmin
    user: User

    def _post_clean(self):
        """What the writing says at a field goes before what a constraint says of no field."""
        super()._post_clean()
        if not set(self.errors) <= {NON_FIELD_ERRORS}:
            return
        of_no_field = self.errors.pop(NON_FIELD_ERRORS, None)
        self._rehearse()
        if of_no_field and not self.errors:
            self.errors[NON_FIELD_ERRORS] = of_no_field

    def _rehearse(self):
        try:
            with transaction.atomic():
                tried = copy.copy(self.instance)
                self.model_admin.write(self.user, tried, self.changed_data, is_new=self.instance._state.adding)
                transaction.set_rollback(True)
        except ValidationError as error:
            self._tell(error)
        except IntegrityError:
            self.add_error(None, "Mục này đã có, hoặc các ô không khớp nhau.")

    def _tell(self, error: ValidationError) -> None:
        for field, messages in error.update_error_dict({}).items():
            self.add_error(field if field in self.fields else None, messages)


class Gate:
    """What rows and choices a user has on an admin page. `sees` and `edits` name the rights that count here."""

    sees: Can = Can.SEE_FIGURES
    edits: Can | None = None
    # Field → (user → queryset) where a narrower choice is due than the rows that she sees.
    choices: dict = {}

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _choices(self, db_field, request):
        if db_field.name in self.choices:
            return self.choices[db_field.name](request.user)
        model = db_field.remote_field.model
        try:
            related = self.admin_site.get_model_admin(model)
        except NotRegistered:
            return model._default_manager.none()
        return related.rows(request.user)


class GatedAdmin(Gate, admin.ModelAdmin):
    form = RehearsedForm
    # Whoever opens a row is written down.
    is_personal = False
    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    # --- rows

    def rows(self, user: User):
        """The rows that she sees."""
        return self.model._default_manager.visible_to(user)

    def area_id_of(self, obj) -> int | None:
        """The area to which a row belongs: what she may change there, and where it is written down."""
        return None

    def get_queryset(self, request):
        rows = self.rows(request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_search_results(self, request, queryset, search_term):
        """Search without tones where the model has a key for it."""
        if "search_key" in self.search_fields:
            search_term = search_key(search_term)
        return super().get_search_results(request, queryset, search_term)

    def lookup_allowed(self, lookup, value, request=None):
        """Only the filters that are offered: others would let a user guess at what she does not see."""
        offered = [entry if isinstance(entry, str) else entry[0] for entry in self.list_filter]
        return lookup.split("__")[0] in offered

    # --- rights

    def may(self, user: User, can: Can | None, obj=None) -> bool:
        if can is None or not user.is_active or not user.may(can):
            return False
        if obj is None or can == self.sees:
            return True
        return self.holds(user, can, obj)

    def holds(self, user: User, can: Can, obj) -> bool:
        """May she do this to that very row?"""
        area_id = self.area_id_of(obj)
        reach = user.reach()
        if area_id is None:
            return reach.everywhere(can)
        return reach.areas_ever(can).filter(pk=area_id).exists()

    def has_module_permission(self, request):
        return self.may(request.user, self.sees)

    def has_view_permission(self, request, obj=None):
        return self.may(request.user, self.sees, obj)

    def has_add_permission(self, request):
        return self.may(request.user, self.edits)

    def has_change_permission(self, request, obj=None):
        return self.has_view_permission(request, obj) and self.may(request.user, self.edits, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    # --- deeds

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.model_admin, form.user = self, request.user
        return form

    def write(self, user: User, obj, changed: list[str], *, is_new: bool) -> None:
        """Save a row and write it down. Raises ValidationError; models with actions call them instead."""
        if is_new and not self.holds(user, self.edits, obj):
            raise ValidationError("Không có quyền thêm ở địa bàn này.")
        obj._history_user = user
        obj.save()
        verb = Act.Verb.ADD if is_new else Act.Verb.CHANGE
        record(by=user, verb=verb, obj=obj, area_id=self.area_id_of(obj), fields=sorted(changed))

    def save_model(self, request, obj, form, change):
        self.write(request.user, obj, form.changed_data, is_new=not change)

    def log_addition(self, request, obj, message):
        """`write` has told the journal; Django's own log would keep names that must be forgotten."""

    log_change = log_addition

    def log_deletions(self, request, queryset):
        """Nothing is deleted here."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and request.method == "GET":
            self.tell_of_view(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def tell_of_view(self, request, obj) -> None:
        if self.is_personal:
            record(by=request.user, verb=Act.Verb.VIEW, obj=obj, area_id=self.area_id_of(obj))

    def history_view(self, request, object_id, extra_context=None):
        """What the journal says of a row."""
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        acts = Act.objects.visible_to(request.user).about(self.opts.label_lower, obj.pk)[:100]
        context = self.admin_site.each_context(request) | {
            "title": f"Lịch sử: {obj}",
            "acts": acts,
            "object": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/object_history.html", context)


class HistoryAdmin(GatedAdmin, SimpleHistoryAdmin):
    """With every former version of a row; versions are looked at, not brought back."""

    history_list_per_page = 50

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        self.tell_of_view(request, obj)
        return SimpleHistoryAdmin.history_view(self, request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        if request.method != "GET":
            raise PermissionDenied
        if self.get_object(request, object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not version_id.isdecimal():
            raise Http404
        request.shows_a_former_version = True
        return super().history_form_view(request, object_id, version_id, extra_context)

    def get_readonly_fields(self, request, obj=None):
        if getattr(request, "shows_a_former_version", False):
            # Not get_fields(): without `fields` that asks the form, which asks for the read-only fields again.
            shown = self.fields or [field.name for field in self.opts.concrete_fields if field.editable]
            return [field for field in shown if field in _columns(self.model)]
        return super().get_readonly_fields(request, obj)

    def revert_disabled(self, request, obj=None):
        return True

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        super().set_history_delta_changes(request, historical_records, foreign_keys_are_objs)
        ids = {version.history_user_id for version in historical_records}
        names = {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}
        for version in historical_records:
            version.changed_by = names.get(version.history_user_id, "")


def _columns(model) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


class ReadOnly:
    """Rows that only the product writes."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class GatedInline(ReadOnly, Gate, admin.TabularInline):
    """What belongs to a row, shown with it and changed on its own page."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_view_permission(self, request, obj=None):
        return request.user.may(self.sees)

    def has_delete_permission(self, request, obj=None):
        return False
