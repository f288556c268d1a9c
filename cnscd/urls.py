"""The whole site on a screen."""

from django.contrib import admin
from django.urls import include, path

from . import views
from .operations.health import health

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", health, name="health"),
    path("dia-ban/", include("areas.urls")),
    path("to/", include("teams.urls")),
    path("dan-cu/", include("residents.urls")),
    path("nhap-danh-sach/", include("intake.urls")),
    path("bao-cao/", include("reports.urls")),
    path("tai-khoan/", include("accounts.urls")),
    path("nhat-ky/", include("accounts.journal_urls")),
    path("field/", include("field.urls")),
    path("api/sync/v1/", include("field.sync_urls")),
    path("quan-tri/", admin.site.urls),
]
