from django.urls import path

from .views import areas, offices, reorganisations, villages

app_name = "areas"

urlpatterns = [
    path("", areas.area_list, name="area_list"),
    path("<int:pk>/", areas.area_detail, name="area_detail"),
    path("<int:pk>/sua/", areas.area_edit, name="area_edit"),
    path("<int:pk>/them-thon/", villages.village_add, name="village_add"),
    path("<int:pk>/dan-danh-sach/", villages.villages_paste, name="villages_paste"),
    path("<int:pk>/ket-thuc/", villages.village_close, name="village_close"),
    path("<int:pk>/co-quan/", offices.office_edit, name="office_edit"),
    path("cho-xep/", villages.pending_list, name="pending_list"),
    path("co-quan/", offices.office_list, name="office_list"),
    path("sap-xep/", reorganisations.reorganisation_list, name="reorganisation_list"),
    path("sap-xep/<int:pk>/", reorganisations.reorganisation_detail, name="reorganisation_detail"),
]
