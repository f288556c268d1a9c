from django.urls import path

from .views import desk, shell

app_name = "field"

urlpatterns = [
    path("", shell.shell, name="shell"),
    path("sw.js", shell.worker, name="worker"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("may/", desk.desk, name="desk"),
    path("may/<int:pk>/thu-hoi/", desk.device_revoke, name="device_revoke"),
    path("may/<int:pk>/da-hoi/", desk.device_settle, name="device_settle"),
    path("may/muc/<int:pk>/", desk.item_decide, name="item_decide"),
]
