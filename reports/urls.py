from django.urls import path

from .views import (
    activity,
    cockpit,
    coverage,
    coverage_missing,
    growth,
    monthly,
    not_reached,
    outputs,
    signing,
    stated,
    teams_report,
    why,
)

app_name = "reports"

urlpatterns = [
    path("do-phu/", coverage.coverage, name="coverage"),
    path("do-phu/chua-dat/", coverage_missing.coverage_missing, name="coverage_missing"),
    path("do-phu/bieu-05/<int:pk>/", not_reached.not_reached_list, name="not_reached"),
    path("hoat-dong/", activity.activity, name="activity"),
    path("to/", teams_report.teams_report, name="teams_report"),
    path("tang-truong/", growth.growth, name="growth"),
    path("vi-sao/", why.why, name="why"),
    path("thang/", monthly.monthly, name="monthly"),
    path("thang/<int:pk>/<str:period_code>/nhan-xet/", monthly.remarks_edit, name="remarks_edit"),
    path("thang/<int:pk>/<str:period_code>/viec/<str:action>/", signing.report_act, name="report_act"),
    path("thang/<int:pk>/<str:period_code>/van-ban/", signing.report_attach, name="report_attach"),
    path("thang/<int:pk>/<str:period_code>/giai-thich/<str:finding>/", signing.report_explain, name="report_explain"),
    path("thang/<int:pk>/<str:period_code>/ban/<int:version>/", signing.report_version, name="report_version"),
    path("thang/<int:pk>/<str:period_code>/bo-sung/", signing.report_late, name="report_late"),
    path("tien-do/", cockpit.cockpit, name="cockpit"),
    path("xac-nhan/<int:pk>/<str:period_code>/", signing.village_confirm, name="village_confirm"),
    path("thang/<int:pk>/<str:period_code>/bao-cao/", outputs.report_document, name="report_document"),
    path("thang/<int:pk>/<str:period_code>/excel/", outputs.report_workbook, name="report_workbook"),
    path("thang/<int:pk>/<str:period_code>/in/", outputs.report_print, name="report_print"),
    path("thang/<int:pk>/<str:period_code>/tin-nhan/", outputs.report_message, name="report_message"),
    path("du-so-ho/<int:pk>/", monthly.registers_list, name="registers_list"),
    path("du-so-ho/<int:pk>/danh-dau/", monthly.register_mark, name="register_mark"),
    path("cong-bo/", stated.stated_list, name="stated_list"),
    path("cong-bo/them/", stated.stated_new, name="stated_new"),
    path("cong-bo/<int:pk>/<str:period_code>/", stated.stated_edit, name="stated_edit"),
]
