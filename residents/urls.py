from django.urls import path

from .views import (
    answers,
    household_changes,
    household_detail,
    household_list,
    paper,
    people,
    streets,
    visit_list,
    visits,
)

app_name = "residents"

urlpatterns = [
    path("ho/", household_list.household_list, name="household_list"),
    path("ho/them/", household_changes.household_add, name="household_add"),
    path("ho/<uuid:pk>/", household_detail.household_detail, name="household_detail"),
    path("ho/<uuid:pk>/sua/", household_changes.household_edit, name="household_edit"),
    path("ho/<uuid:pk>/chuyen/", household_changes.household_move, name="household_move"),
    path("ho/<uuid:pk>/roi-di/", household_changes.household_leave, name="household_leave"),
    path("ho/<uuid:pk>/tro-lai/", household_changes.household_return, name="household_return"),
    path("ho/<uuid:pk>/lich-su/", household_detail.household_history, name="household_history"),
    path("ho/<uuid:pk>/nguoi/them/", people.resident_add, name="resident_add"),
    path("ho/<uuid:pk>/nguoi/<uuid:resident_pk>/", people.resident_edit, name="resident_edit"),
    path("ho/<uuid:pk>/nguoi/<uuid:resident_pk>/roi-di/", people.resident_leave, name="resident_leave"),
    path("ho/<uuid:pk>/nguoi/<uuid:resident_pk>/chu-ho/", people.resident_head, name="resident_head"),
    path("ho/<uuid:pk>/ghi-nhan/rut-lai/", answers.answer_retract, name="answer_retract"),
    path("ho/<uuid:pk>/ghi-nhan/<slug:code>/ca-ho/", answers.answer_all, name="answer_all"),
    path("ho/<uuid:pk>/ghi-nhan/<slug:code>/<uuid:subject>/", answers.answer_set, name="answer_set"),
    path("ho/<uuid:pk>/ghi-nhan/<slug:code>/<uuid:subject>/lich-su/", answers.answer_history, name="answer_history"),
    path("ho/<uuid:pk>/luot/them/", visits.visit_add, name="visit_add"),
    path("luot/", visit_list.visit_list, name="visit_list"),
    path("luot/them/", visits.visit_add_elsewhere, name="visit_add_elsewhere"),
    path("luot/<uuid:pk>/", visits.visit_detail, name="visit_detail"),
    path("luot/<uuid:pk>/sua/", visits.visit_edit, name="visit_edit"),
    path("luot/<uuid:pk>/rut-lai/", visits.visit_withdraw, name="visit_withdraw"),
    path("phieu-giay/", paper.paper, name="paper"),
    path("phieu-giay/<int:village_pk>/in/", paper.paper_list, name="paper_list"),
    path("phieu-giay/<int:village_pk>/nhap/", paper.grid, name="grid"),
    path("duong-ngo/", streets.street_index, name="street_index"),
    path("duong-ngo/<int:village_pk>/", streets.street_list, name="street_list"),
    path("duong-ngo/<int:village_pk>/thu-tu/", streets.walking_order, name="walking_order"),
    path("duong-ngo/<int:village_pk>/<int:pk>/", streets.street_edit, name="street_edit"),
    path("duong-ngo/<int:village_pk>/<int:pk>/bo/", streets.street_remove, name="street_remove"),
]
