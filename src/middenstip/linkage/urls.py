# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the linkage room. Nothing in an address tells about a person."""

from django.urls import URLPattern

app_name = "linkage"
urlpatterns: list[URLPattern] = []
