# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the law room."""

from django.urls import path

from middenstip.law import views

app_name = "law"
urlpatterns = [
    path("", views.schemes, name="schemes"),
    path("schemes/<slug:scheme_id>/", views.scheme, name="scheme"),
    path("schemes/<slug:scheme_id>/changes/", views.scheme_changes, name="scheme_changes"),
    path("changes/", views.changes, name="changes"),
    path("keeping-up/", views.keeping_up, name="keeping_up"),
    path("keeping-up/coverage/", views.covered, name="coverage"),
    path("duties/", views.duties, name="duties"),
    path("duties/<slug:duty_id>/", views.duty, name="duty"),
    path("refusals/", views.guards, name="guards"),
    path("deviations/", views.flags, name="flags"),
    path("purposes/", views.purposes, name="purposes"),
    path("keeping/", views.keeping_terms, name="keeping"),
    path("sources/", views.sources, name="sources"),
]
