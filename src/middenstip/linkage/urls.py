# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the linkage room. Nothing in an address tells about a person."""

from django.urls import path

from middenstip.linkage import quality_views, views

app_name = "linkage"
urlpatterns = [
    path("", views.undecided, name="undecided"),
    path("quality/", quality_views.quality, name="quality"),
    path("<uuid:case_id>/", views.candidates, name="candidates"),
    path("<uuid:case_id>/<uuid:other_id>/", views.pair, name="pair"),
    path("<uuid:case_id>/<uuid:other_id>/undo/", views.undo, name="undo"),
]
