# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the blind check. Nothing in an address tells about a person."""

from django.urls import path

from middenstip.blindcheck import views

app_name = "blindcheck"
urlpatterns = [
    path("", views.start, name="start"),
    path("<uuid:question_id>/", views.question, name="question"),
    path("calls/<uuid:call_id>/", views.call, name="call"),
]
