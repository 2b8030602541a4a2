# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the desk room. An address holds chance ids, days and ids of the pack only."""

from django.urls import path

from middenstip.desk import case_views, finding_views, person_views, record_views, views

app_name = "desk"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("worklist/<slug:name>/", views.section, name="section"),
    path("organisations/", views.organisations, name="organisations"),
    path("deviations/", views.deviations, name="deviations"),
    path("notices/read/", views.read_notices, name="read_notices"),
    path("cases/", finding_views.cases, name="cases"),
    path("cases/<uuid:case_id>/", case_views.case, name="case"),
    path("cases/<uuid:case_id>/person/", person_views.person, name="person"),
    path("cases/<uuid:case_id>/record/", record_views.record, name="record"),
    path(
        "cases/<uuid:case_id>/record/<slug:event_type>/",
        record_views.record_event,
        name="record_event",
    ),
    path("cases/<uuid:case_id>/facts/", record_views.record_facts, name="facts"),
    path("cases/<uuid:case_id>/answer/<slug:fact>/", record_views.answer, name="answer"),
    path(
        "cases/<uuid:case_id>/events/<uuid:event_id>/correct/",
        record_views.correct,
        name="correct",
    ),
]
