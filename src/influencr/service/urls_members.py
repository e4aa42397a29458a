"""Which address shows which page, in an instance with members."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.urls import path, re_path

from influencr.service import urls
from influencr.service.accounts.views import keys, mine, team
from influencr.service.admin import addresses as staff
from influencr.service.alerts import views as alerts
from influencr.service.billing import views as money
from influencr.service.webhooks import views as webhooks

urlpatterns = [
    *urls.urlpatterns,
    *staff.urlpatterns,
    path("signup", account.signup, name="account_signup"),
    path("signup/sent", account.email_verification_sent, name="account_email_verification_sent"),
    path("signup/confirm/<str:key>", account.confirm_email, name="account_confirm_email"),
    path("login", account.login, name="account_login"),
    path("login/closed", account.account_inactive, name="account_inactive"),
    path("login/second", second.authenticate, name="mfa_authenticate"),
    path("login/passkey", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("logout", account.logout, name="account_logout"),
    path("password/forgotten", account.password_reset, name="account_reset_password"),
    path(
        "password/forgotten/sent", account.password_reset_done, name="account_reset_password_done"
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/new",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account", mine.account, name="account"),
    path("account/name", mine.rename, name="account-name"),
    path("account/export", mine.export, name="account-export"),
    path("account/delete", mine.delete, name="account-delete"),
    path("account/email", account.email, name="account_email"),
    path("account/password", account.password_change, name="account_change_password"),
    path("account/password/set", account.password_set, name="account_set_password"),
    path("account/again", account.reauthenticate, name="account_reauthenticate"),
    path("account/again/code", second.reauthenticate, name="mfa_reauthenticate"),
    path(
        "account/again/passkey",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/sessions", sessions.list_usersessions, name="usersessions_list"),
    path("account/second", second.index, name="mfa_index"),
    path("account/second/app", totp.activate_totp, name="mfa_activate_totp"),
    path("account/second/app/off", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/second/codes", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/second/codes/new",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/second/codes/file",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("account/passkeys", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("account/passkeys/add", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/name", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("account/keys", keys.keys, name="keys"),
    path("account/keys/revoke", keys.revoke, name="keys-revoke"),
    path("account/webhooks", webhooks.hooks, name="webhooks"),
    path("account/webhooks/change", webhooks.change, name="webhooks-change"),
    path("billing", money.billing, name="billing"),
    path("billing/pay", money.pay, name="billing-pay"),
    path("billing/paid", money.paid, name="billing-paid"),
    path("billing/card", money.card, name="billing-card"),
    path("billing/cancel", money.cancel, name="billing-cancel"),
    path("billing/resume", money.resume, name="billing-resume"),
    path("billing/webhook", money.webhook, name="billing-webhook"),
    path("alerts", alerts.alerts, name="alerts"),
    path("alerts/read", alerts.read, name="alerts-read"),
    path("alerts/mute", alerts.mute, name="alerts-mute"),
    path("alerts/hush", alerts.hush, name="alerts-hush"),
    path("alerts/watch", alerts.watch, name="alerts-watch"),
    path("alerts/mail", alerts.mail, name="alerts-mail"),
    path("alerts/mail/stop/<str:token>", alerts.stop, name="alerts-stop"),
    path("team", team.team, name="team"),
    path("team/name", team.rename, name="team-name"),
    path("team/switch", team.switch, name="team-switch"),
    path("team/invite", team.invite, name="team-invite"),
    path("team/invite/withdraw", team.withdraw, name="team-withdraw"),
    path("team/remove", team.remove, name="team-remove"),
    path("team/leave", team.leave, name="team-leave"),
    path("team/hand-over", team.hand_over, name="team-hand-over"),
    path("team/join/<str:token>", team.join, name="team-join"),
]

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler429 = "influencr.service.accounts.views.refused.too_many"
handler500 = urls.handler500
