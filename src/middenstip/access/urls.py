# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the access room; those of login and second factor are django-allauth's."""

from django.conf import settings
from django.urls import path

from middenstip.access import (
    invitation_views,
    member_views,
    oidc_views,
    session_views,
    views,
)

app_name = "access"
urlpatterns = [
    path("organisation/", views.choose_organisation, name="choose_organisation"),
    path("purpose/", views.choose_purpose, name="choose_purpose"),
    path("language/", views.choose_language, name="choose_language"),
    path("oidc/<slug:provider_id>/", oidc_views.start, name="oidc_start"),
    path("oidc/<slug:provider_id>/callback/", oidc_views.callback, name="oidc_callback"),
    path("people/", member_views.people, name="people"),
    path(
        "people/<uuid:membership_id>/end/", member_views.end_membership, name="end_membership"
    ),
    path("people/<uuid:membership_id>/role/", member_views.change_role, name="change_role"),
    path(
        "invitations/<uuid:invitation_id>/withdraw/",
        member_views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("invitation/", invitation_views.invitation, name="invitation"),
    path("invitation/<str:token>/", invitation_views.open_invitation, name="open_invitation"),
    path("organisations/", member_views.organisations, name="organisations"),
    path(
        "organisations/<uuid:organisation_id>/", member_views.organisation, name="organisation"
    ),
    path(
        "organisations/<uuid:organisation_id>/people/",
        member_views.people,
        name="organisation_people",
    ),
    path(
        "organisations/<uuid:organisation_id>/end/",
        member_views.end_organisation,
        name="end_organisation",
    ),
    path("session/", session_views.look, name="session"),
    path("session/keep/", session_views.keep, name="session_keep"),
    path("session/back/", session_views.back, name="session_back"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/<slug:key>/", views.demo_login, name="demo_login"))
