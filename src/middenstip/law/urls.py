# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the law room."""

from django.urls import URLPattern

app_name = "law"
urlpatterns: list[URLPattern] = []
