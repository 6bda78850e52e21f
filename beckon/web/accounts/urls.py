"""Addresses of accounts: ours first, then allauth's."""

from django.urls import include, path

from beckon.web.accounts import views

urlpatterns = [
    path("account/", views.account, name="account_home"),
    path("accounts/", include("allauth.urls")),
]
