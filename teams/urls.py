from django.urls import path

from .views import decisions, homes, members, reopening, teams, villages

app_name = "teams"

urlpatterns = [
    path("", teams.team_list, name="team_list"),
    path("them/", teams.team_add, name="team_add"),
    path("<int:pk>/", teams.team_detail, name="team_detail"),
    path("<int:pk>/sua/", teams.team_edit, name="team_edit"),
    path("<int:pk>/giai-the/", teams.team_dissolve, name="team_dissolve"),
    path("<int:pk>/hoat-dong-lai/", reopening.team_reopen, name="team_reopen"),
    path("<int:pk>/chuyen-dia-ban/", homes.team_move, name="team_move"),
    path("<int:pk>/thon/", villages.team_villages, name="team_villages"),
    path("<int:pk>/van-ban/them/", decisions.decision_add, name="decision_add"),
    path("van-ban/<int:pk>/sua/", decisions.decision_edit, name="decision_edit"),
    path("<int:pk>/thanh-vien/them/", members.member_add, name="member_add"),
    path("<int:pk>/thanh-vien/dan/", members.members_paste, name="members_paste"),
    path("thanh-vien/<int:pk>/sua/", members.member_edit, name="member_edit"),
    path("thanh-vien/<int:pk>/thoi/", members.member_leave, name="member_leave"),
]
