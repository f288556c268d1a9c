from django.urls import path

from .views import desk, focus, practice, shell

app_name = "field"

urlpatterns = [
    path("", shell.shell, name="shell"),
    path("sw.js", shell.worker, name="worker"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("may/", desk.desk, name="desk"),
    path("may/<int:pk>/thu-hoi/", desk.device_revoke, name="device_revoke"),
    path("may/<int:pk>/dung-lai/", desk.device_allow, name="device_allow"),
    path("may/<int:pk>/da-hoi/", desk.device_settle, name="device_settle"),
    path("may/trong-tam/", focus.focus_index, name="focus_index"),
    path("may/trong-tam/<int:pk>/", focus.focus, name="focus"),
    path("may/tap-thu/", practice.practice_list, name="practice_list"),
    path("may/tap-thu/mo-het/", practice.practice_open_all, name="practice_open_all"),
    path("may/tap-thu/<int:pk>/mo/", practice.practice_open, name="practice_open"),
    path("may/tap-thu/<int:pk>/dong/", practice.practice_close, name="practice_close"),
    path("may/muc/<int:pk>/", desk.item_decide, name="item_decide"),
]
