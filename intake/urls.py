from django.urls import path

from .views import columns, duplicate_people, duplicates, files, preview, uploads

app_name = "intake"

urlpatterns = [
    path("", uploads.upload_list, name="upload_list"),
    path("tai-len/", uploads.upload_add, name="upload_add"),
    path("<uuid:pk>/", preview.upload_detail, name="upload_detail"),
    path("<uuid:pk>/cot/", columns.upload_columns, name="upload_columns"),
    path("<uuid:pk>/thon/", preview.upload_places, name="upload_places"),
    path("<uuid:pk>/chon/", preview.upload_choose, name="upload_choose"),
    path("<uuid:pk>/luu/", preview.upload_save, name="upload_save"),
    path("<uuid:pk>/hoan-tac/", preview.upload_undo, name="upload_undo"),
    path("<uuid:pk>/lam-lai/", preview.upload_again, name="upload_again"),
    path("<uuid:pk>/tep/", files.upload_marked, name="upload_marked"),
    path("trung/", duplicates.duplicate_list, name="duplicate_list"),
    path("trung/<uuid:pk>/gop/<uuid:other>/", duplicates.duplicate_merge, name="duplicate_merge"),
    path("trung/<uuid:pk>/khac/<uuid:other>/", duplicates.duplicate_apart, name="duplicate_apart"),
    path("trung/<uuid:pk>/tach/", duplicates.duplicate_undo, name="duplicate_undo"),
    path("trung/nguoi/", duplicate_people.duplicate_people, name="duplicate_people"),
    path("trung/nguoi/<uuid:pk>/gop/<uuid:other>/", duplicate_people.person_merge, name="person_merge"),
    path("trung/nguoi/<uuid:pk>/khac/<uuid:other>/", duplicate_people.person_apart, name="person_apart"),
    path("trung/nguoi/<uuid:pk>/tach/", duplicate_people.person_undo, name="person_undo"),
    path("mau/", files.blank, name="blank"),
    path("dang-co/", files.list_export, name="list_export"),
    path("<uuid:pk>/bo/", uploads.upload_discard, name="upload_discard"),
]
