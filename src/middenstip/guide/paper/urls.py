# SPDX-License-Identifier: EUPL-1.2
"""The addresses of paper, within those of the guide. No answer ever stands in one."""

from django.urls import path

from middenstip.guide.paper import views

urlpatterns = [
    path("sheets/<slug:sheet_id>/", views.sheet, name="sheet"),
    path("<slug:door>/", views.result, name="paper"),
    path("<slug:door>/card/", views.result_card, name="paper_card"),
]
