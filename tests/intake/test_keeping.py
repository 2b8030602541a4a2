# SPDX-License-Identifier: EUPL-1.2
"""What the intake room keeps goes when the country pack says so."""

from datetime import date

import pytest

from middenstip import clock
from middenstip.intake.models import ImportedRow
from middenstip.intake.selectors import KEPT_FOR
from middenstip.intake.services import forget_imported
from middenstip.rules.dates import add_term
from middenstip.thread.country import pack
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db


def test_the_mark_of_an_imported_row_goes_after_a_year_and_its_case_stays() -> None:
    chain = Chain()
    with clock.at(date(2024, 6, 28)):
        row = ImportedRow.objects.create(
            key="k", content="c", organisation_id=chain.police.organisation_id,
            case_id=chain.notified().case_id,
        )  # fmt: skip
    assert forget_imported(today=date(2025, 6, 27)) == 0
    assert forget_imported(today=date(2025, 6, 28)) == 1
    assert row.case.version


def test_a_draft_is_kept_as_long_as_the_pack_says() -> None:
    kept = pack().kept("draft")
    assert kept is not None
    day = date(2024, 2, 20)
    assert add_term(day, kept.term) == day + KEPT_FOR
