"""Django's admin, in our words and for those who may."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig



class SiteAdminConfig(AdminConfig):
    default_site = "cnscd.admin_site.Site"


class Site(AdminSite):
    site_header = "Quản trị tổ công nghệ số cộng đồng"
    site_title = "Quản trị"
    index_title = "Danh mục và dữ liệu"

    def has_permission(self, request) -> bool:
        from accounts.rules import Can  # models are not loaded yet when the app config is

        user = request.user
        return user.is_authenticated and user.is_active and user.may(Can.USE_ADMIN)
