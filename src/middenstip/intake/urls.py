# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the intake room. Nothing in an address tells about a person."""

from django.urls import path

from middenstip.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.start, name="start"),
    path("<uuid:draft_id>/<int:step>/", views.step, name="step"),
    path("<uuid:draft_id>/<int:step>/save/", views.save, name="save"),
    path("<uuid:draft_id>/check/", views.check, name="check"),
    path("<uuid:draft_id>/delete/", views.delete, name="delete"),
]
