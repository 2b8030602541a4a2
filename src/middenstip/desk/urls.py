# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the desk room. An address holds chance ids, days and ids of the pack only."""

from django.urls import path

from middenstip.desk import (
    case_views,
    emergency_views,
    finding_views,
    person_views,
    record_views,
    retention_views,
    sharing_views,
    together_views,
    views,
)

app_name = "desk"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("worklist/<slug:name>/", views.section, name="section"),
    path("organisations/", views.organisations, name="organisations"),
    path("deviations/", views.deviations, name="deviations"),
    path("notices/read/", views.read_notices, name="read_notices"),
    path("notices/sharing/read/", emergency_views.read_access_notice, name="read_sharing"),
    path("reviews/", emergency_views.review_list, name="reviews"),
    path("reviews/<uuid:override_id>/", emergency_views.review, name="review"),
    path("removals/", retention_views.removal_list, name="removals"),
    path("removals/<uuid:proposal_id>/", retention_views.removal, name="removal"),
    path("removals/<uuid:proposal_id>/lift/", retention_views.lift, name="lift_hold"),
    path("cases/", finding_views.cases, name="cases"),
    path("cases/break-glass/", emergency_views.glass, name="break_glass"),
    path("cases/<uuid:case_id>/", case_views.case, name="case"),
    path("cases/<uuid:case_id>/together/", together_views.together, name="together"),
    path("cases/<uuid:case_id>/person/", person_views.person, name="person"),
    path("cases/<uuid:case_id>/removal/", retention_views.ask, name="ask_removal"),
    path("cases/<uuid:case_id>/consent/", sharing_views.consent, name="consent"),
    path(
        "cases/<uuid:case_id>/consent/<uuid:consent_id>/withdraw/",
        sharing_views.withdraw,
        name="withdraw",
    ),
    path(
        "cases/<uuid:case_id>/consent/<uuid:consent_id>/share/",
        sharing_views.share,
        name="share",
    ),
    path("cases/<uuid:case_id>/stop-sharing/", sharing_views.stop, name="stop"),
    path("cases/<uuid:case_id>/override/", sharing_views.override, name="override"),
    path(
        "cases/<uuid:case_id>/end/<uuid:organisation_id>/<slug:purpose>/",
        sharing_views.end,
        name="end_involvement",
    ),
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
