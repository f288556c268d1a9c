from django.urls import path

from .views import sign_in

app_name = "accounts"

urlpatterns = [
    path("dang-nhap/", sign_in.sign_in, name="sign_in"),
    path("dang-xuat/", sign_in.sign_out, name="sign_out"),
    path("doi-mat-khau/", sign_in.password_change, name="password_change"),
]
