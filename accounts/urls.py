from django.urls import path

from .views import jobs, postings, sign_in, unlocks, users

app_name = "accounts"

urlpatterns = [
    path("", users.user_list, name="user_list"),
    path("them/", users.user_add, name="user_add"),
    path("them-nhieu/", users.users_add_many, name="users_add_many"),
    path("phieu/", users.user_slip, name="user_slip"),
    path("<int:pk>/", users.user_detail, name="user_detail"),
    path("<int:pk>/sua/", users.user_change, name="user_change"),
    path("<int:pk>/cap-lai-mat-khau/", users.user_reset, name="user_reset"),
    path("<int:pk>/ngung/", users.user_deactivate, name="user_deactivate"),
    path("<int:pk>/dung-lai/", users.user_activate, name="user_activate"),
    path("<int:pk>/phan-cong/", postings.posting_add, name="posting_add"),
    path("phan-cong/<int:pk>/ket-thuc/", postings.posting_end, name="posting_end"),
    path("viec/", jobs.job_list, name="job_list"),
    path("viec/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("viec/<int:pk>/tep/", jobs.job_file, name="job_file"),
    path("viec/<int:pk>/bo/", jobs.job_remove, name="job_remove"),
    path("mo-quyen/", unlocks.unlock, name="unlock"),
    path("khoa-lai/", unlocks.lock_again, name="lock_again"),
    path("dang-nhap/", sign_in.sign_in, name="sign_in"),
    path("dang-xuat/", sign_in.sign_out, name="sign_out"),
    path("doi-mat-khau/", sign_in.password_change, name="password_change"),
]
