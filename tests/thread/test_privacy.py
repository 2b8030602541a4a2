# SPDX-License-Identifier: EUPL-1.2
"""No identity where it does not belong: representations, logs, errors, the admin."""

import logging
from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from middenstip.thread.errors import EventRefused
from middenstip.thread.records import NewCase, NewEvent, NewIdentity
from middenstip.thread.selectors import assessment_of, identity_of, thread_of
from middenstip.thread.services import record_facts
from middenstip.thread.worklists import worklist
from tests.thread.chain import Chain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held")]
SECRETS = (
    "Proefnaam",
    "Verzonnen",
    "Schuilnaam",
    "0612345678",
    "Litteken",
    "1995",
    "Vertrouwelijk",
)
WHO = NewIdentity(
    given_name="Proefnaam",
    family_name="Verzonnen",
    alias="Schuilnaam",
    phone="0612345678",
    note="Litteken",
)


def tells(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_no_representation_of_a_row_tells_more_than_ids(chain: Chain) -> None:
    opened = chain.notified(identity=WHO)
    chain.record(
        chain.coordination_point, opened.case_id, "emergency_bed_started",
        planned_nights=2, reason="Vertrouwelijk",
    )  # fmt: skip
    known = identity_of(actor=chain.police, case_id=opened.case_id)
    assert known is not None
    assert known.given_name == "Proefnaam"
    seen = 0
    for model in apps.get_app_config("thread").get_models():
        for row in model._default_manager.all():
            seen += 1
            assert tells(f"{row} {row!r}") == []
            assert opened.pseudonym not in f"{row} {row!r}"
            assert tells(str(vars(row)).replace("1995", "")) == []  # an id may hold that
    assert seen > 10


def test_no_representation_of_what_goes_in_or_out_tells_who_it_is(chain: Chain) -> None:
    opened = chain.notified(identity=WHO)
    event = NewEvent("emergency_bed_started", date(2024, 6, 28), {"reason": "Vertrouwelijk"})
    new = NewCase(events=[event], facts={"birth_date": "1995-04-13"}, identity=WHO)
    actor = {"actor": chain.police, "case_id": opened.case_id}
    out = (identity_of(**actor), thread_of(**actor), worklist(actor=chain.police))
    assert tells(repr((event, new, WHO, out))) == []
    assert assessment_of(**actor).facts["birth_date"] == date(1995, 4, 13)


def test_no_error_repeats_what_was_typed(chain: Chain) -> None:
    opened = chain.notified(identity=WHO)
    attempts = (
        ValidationError,
        lambda: record_facts(
            actor=chain.police, case_id=opened.case_id, facts={"birth_date": "Verzonnen"}
        ),
    ), (
        EventRefused,
        lambda: chain.record(
            chain.coordination_point, opened.case_id, "emergency_bed_started",
            planned_nights=6, reason="Vertrouwelijk",
        ),
    )  # fmt: skip
    for kind, attempt in attempts:
        with pytest.raises(kind) as error:
            attempt()
        assert tells(f"{error.value} {error.value!r}") == []


def test_nothing_about_a_person_is_logged(
    chain: Chain, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        opened = chain.notified(identity=WHO)
        chain.record(chain.police, opened.case_id, "reflection_period_started")
        with pytest.raises(EventRefused):
            chain.record(chain.police, opened.case_id, "reflection_period_started")
    assert tells(caplog.text) == []


def test_case_data_has_no_admin() -> None:
    assert not apps.is_installed("django.contrib.admin")
