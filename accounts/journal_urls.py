from django.urls import path

from .views import acts

app_name = "journal"

urlpatterns = [
    path("", acts.act_list, name="act_list"),
]
