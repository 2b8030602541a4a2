# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the law room."""

from django.urls import path

from middenstip.law import views

app_name = "law"
urlpatterns = [
    path("", views.schemes, name="schemes"),
    path("schemes/<slug:scheme_id>/", views.scheme, name="scheme"),
    path("duties/", views.duties, name="duties"),
    path("duties/<slug:duty_id>/", views.duty, name="duty"),
    path("refusals/", views.guards, name="guards"),
    path("deviations/", views.flags, name="flags"),
    path("purposes/", views.purposes, name="purposes"),
    path("keeping/", views.keeping_terms, name="keeping"),
    path("sources/", views.sources, name="sources"),
]
