# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the access room; those of login and second factor are django-allauth's."""

from django.conf import settings
from django.urls import path

from middenstip.access import views

app_name = "access"
urlpatterns = [
    path("organisation/", views.choose_organisation, name="choose_organisation"),
    path("language/", views.choose_language, name="choose_language"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/<slug:key>/", views.demo_login, name="demo_login"))
