"""Django's admin, in our words and for those who may."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from sheets.text import place_sort_key

ORDER = ("teams", "residents", "areas", "reports", "accounts", "journal")


def _place(app_label: str) -> int:
    return ORDER.index(app_label) if app_label in ORDER else len(ORDER)


class SiteAdminConfig(AdminConfig):
    default_site = "cnscd.admin_site.Site"


class Site(AdminSite):
    site_header = "Quản trị tổ công nghệ số cộng đồng"
    site_title = "Quản trị"
    index_title = "Danh mục và dữ liệu"
    enable_nav_sidebar = True

    def has_permission(self, request) -> bool:
        from accounts.rules import Can  # models are not loaded yet when the app config is

        user = request.user
        return user.is_authenticated and user.is_active and user.may(Can.USE_ADMIN)

    def get_app_list(self, request, app_label=None):
        """What is used most stands first; names in Vietnamese order."""
        found = sorted(self._build_app_dict(request, app_label).values(), key=lambda app: _place(app["app_label"]))
        for app in found:
            app["models"].sort(key=lambda model: place_sort_key(model["name"]))
        return found

    def admin_view(self, view, cacheable=False):
        """Whoever is signed in and may not come here is told so, not asked to sign in again."""
        inner = super().admin_view(view, cacheable)

        def gated(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        gated.__dict__.update(inner.__dict__)
        gated.__name__, gated.__module__, gated.__doc__ = inner.__name__, inner.__module__, inner.__doc__
        return gated

    def login(self, request, extra_context=None):
        """There is one door: the product's."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        wanted = {REDIRECT_FIELD_NAME: request.GET.get(REDIRECT_FIELD_NAME, request.path)}
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode(wanted)}")

    @method_decorator(require_POST)
    def logout(self, request, extra_context=None):
        return redirect("accounts:sign_out", preserve_request=True)

    def password_change(self, request, extra_context=None):
        return redirect("accounts:password_change")

    def password_change_done(self, request, extra_context=None):
        return redirect("accounts:password_change")
