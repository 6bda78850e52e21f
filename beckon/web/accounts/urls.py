"""Addresses of accounts: ours, and of allauth's those we use, each with who may come in."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from beckon.web.access import public, signed_in
from beckon.web.accounts import views

OURS = [
    path("account/", views.account, name="account_home"),
    path("account/sessions/end-others/", views.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    path("account/invitations/<int:invitation_id>/", views.answer_invitation, name="answer_invitation"),
    path("account/still-here/", views.still_here, name="still_here"),
    path("accounts/invitation/<str:token>/", views.invitation, name="invitation"),
    # Names that allauth asks for; there is nothing behind them here.
    path("accounts/signup/", views.no_sign_up, name="account_signup"),
    path("accounts/email/", views.to_account, name="account_email"),
    path("accounts/sessions/", views.to_account, name="usersessions_list"),
]
ENTRANCE = [
    path("accounts/login/", public(account.login), name="account_login"),
    path("accounts/logout/", public(account.logout), name="account_logout"),
    path("accounts/inactive/", public(account.account_inactive), name="account_inactive"),
    path("accounts/password/reset/", public(account.password_reset), name="account_reset_password"),
    path("accounts/password/reset/done/", public(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("accounts/2fa/authenticate/", public(mfa.authenticate), name="mfa_authenticate"),
    path("accounts/2fa/webauthn/login/", public(webauthn.login_webauthn), name="mfa_login_webauthn"),
]
INSIDE = [
    path("accounts/reauthenticate/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("accounts/password/change/", signed_in(account.password_change), name="account_change_password"),
    path("accounts/password/set/", signed_in(account.password_set), name="account_set_password"),
    path("accounts/2fa/", views.second_factor, name="mfa_index"),
    path("accounts/2fa/reauthenticate/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("accounts/2fa/totp/activate/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("accounts/2fa/totp/deactivate/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("accounts/2fa/recovery-codes/", signed_in(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "accounts/2fa/recovery-codes/generate/",
        signed_in(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/download/",
        signed_in(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("accounts/2fa/webauthn/", views.to_second_factor, name="mfa_list_webauthn"),
    path("accounts/2fa/webauthn/add/", signed_in(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "accounts/2fa/webauthn/reauthenticate/",
        signed_in(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "accounts/2fa/webauthn/keys/<int:pk>/remove/", signed_in(webauthn.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("accounts/2fa/webauthn/keys/<int:pk>/edit/", signed_in(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]
urlpatterns = [*OURS, *ENTRANCE, *INSIDE]
