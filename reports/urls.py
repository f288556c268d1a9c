from django.urls import path

from .views import activity, coverage, coverage_missing, growth, monthly, stated, teams_report

app_name = "reports"

urlpatterns = [
    path("do-phu/", coverage.coverage, name="coverage"),
    path("do-phu/chua-dat/", coverage_missing.coverage_missing, name="coverage_missing"),
    path("hoat-dong/", activity.activity, name="activity"),
    path("to/", teams_report.teams_report, name="teams_report"),
    path("tang-truong/", growth.growth, name="growth"),
    path("thang/", monthly.monthly, name="monthly"),
    path("thang/<int:pk>/<str:period_code>/nhan-xet/", monthly.remarks_edit, name="remarks_edit"),
    path("du-so-ho/<int:pk>/", monthly.registers_list, name="registers_list"),
    path("du-so-ho/<int:pk>/danh-dau/", monthly.register_mark, name="register_mark"),
    path("cong-bo/", stated.stated_list, name="stated_list"),
    path("cong-bo/them/", stated.stated_new, name="stated_new"),
    path("cong-bo/<int:pk>/<str:period_code>/", stated.stated_edit, name="stated_edit"),
]
