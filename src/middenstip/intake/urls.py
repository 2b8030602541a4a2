# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the intake room."""

from django.urls import URLPattern

app_name = "intake"
urlpatterns: list[URLPattern] = []
