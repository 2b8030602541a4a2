# SPDX-License-Identifier: EUPL-1.2
"""The addresses of the guide. None of them tells anything about its visitor."""

from django.urls import include, path

from middenstip.guide import kept, views

app_name = "guide"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("worker.js", kept.worker, name="worker"),
    path("kept/<slug:lang>/<path:path>", kept.file, name="kept"),
    path("<slug:lang>/", views.start, name="start"),
    path("<slug:lang>/help/", views.help_me, name="help"),
    path("<slug:lang>/helping/", views.helping, name="helping"),
    path("<slug:lang>/noticed/", views.noticed, name="noticed"),
    path("<slug:lang>/noticed/<slug:sector_id>/", views.sector, name="sector"),
    path("<slug:lang>/schemes/<slug:scheme_id>/", views.scheme, name="scheme"),
    path("<slug:lang>/safe/", views.safe, name="safe"),
    path("<slug:lang>/paper/", include("middenstip.guide.paper.urls")),
]
