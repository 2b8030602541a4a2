# SPDX-License-Identifier: EUPL-1.2
"""The addresses of the whole house; each room keeps its own."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from middenstip.access.views import healthz
from middenstip.access.well_known import security_txt

handler403 = "middenstip.access.limits_page.refused"
urlpatterns = [
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("healthz", healthz, name="healthz"),
    path("account/", include("middenstip.access.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("notify/", include("middenstip.intake.urls")),
    path("same/", include("middenstip.linkage.urls")),
    path("known/", include("middenstip.blindcheck.urls")),
    path("law/", include("middenstip.law.urls")),
    path("guide/", include("middenstip.guide.urls")),
    path("api/v1/", include("middenstip.api.urls")),
    path("", include("middenstip.desk.urls")),
]
if settings.GALLERY and find_spec("middenstip.web.gallery"):
    urlpatterns.insert(0, path("_gallery/", include("middenstip.web.gallery")))
