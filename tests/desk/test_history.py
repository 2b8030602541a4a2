# SPDX-License-Identifier: EUPL-1.2
"""What holds after corrections, and the thread in words."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import translation

from middenstip.desk.history import holding, lines
from middenstip.pack.load import load_pack
from middenstip.thread.selectors import EventView
from middenstip.web.words import PackWords

PACK = load_pack("nl")
DAY = date(2014, 7, 1)


def _event(seq: int, type_: str, corrects: int | None = None, **fields: Any) -> EventView:
    return EventView(
        id=uuid4(),
        seq=seq,
        type=type_,
        on=DAY + timedelta(days=seq),
        recorded_at=datetime(2014, 7, 20, 12, tzinfo=UTC),
        organisation_id=uuid4(),
        organisation="Voorbeeld politie",
        organisation_kind="police",
        recorded_by="A. Voorbeeld",
        category="care",
        fields=fields,
        corrects=corrects,
        corrected_by=None,
    )


def _correction(seq: int, corrects: int, type_: str | None, **fields: Any) -> EventView:
    new = None if type_ is None else {"type": type_, "on": "2014-07-09", "fields": fields}
    return _event(seq, "corrected", corrects, replaced_by=new)


def _held(*events: EventView) -> list[tuple[str, Any]]:
    return [(entry.type, entry.fields.get("by")) for entry in holding(events)]


def test_without_corrections_everything_holds() -> None:
    assert _held(_event(1, "indication_seen", by="police")) == [("indication_seen", "police")]


def test_a_replaced_event_holds_as_it_was_put_right() -> None:
    wrong = _event(1, "indication_seen", by="police")
    right = _correction(2, 1, "indication_seen", by="shelter")
    assert _held(wrong, right) == [("indication_seen", "shelter")]


def test_an_event_taken_back_is_gone_and_comes_back_when_that_is_taken_back() -> None:
    wrong = _event(1, "indication_seen", by="police")
    gone = _correction(2, 1, None)
    assert _held(wrong, gone) == []
    assert _held(wrong, gone, _correction(3, 2, None)) == [("indication_seen", "police")]


def test_a_corrected_correction_says_the_last_word() -> None:
    wrong = _event(1, "indication_seen", by="police")
    first = _correction(2, 1, "indication_seen", by="shelter")
    second = _correction(3, 2, "indication_seen", by="ngo")
    assert _held(wrong, first, second) == [("indication_seen", "ngo")]


def _lines(events: Sequence[EventView], deviating: frozenset[int] = frozenset()) -> list[Any]:
    with translation.override("en"):
        return lines(events, PackWords(PACK), deviating)


def test_the_thread_runs_from_new_to_old() -> None:
    shown = _lines([_event(1, "indication_seen"), _event(2, "rights_explained")])
    assert [line.seq for line in shown] == [2, 1]


def test_fields_are_told_with_their_labels() -> None:
    (line,) = _lines(
        [_event(1, "rights_explained", by="police", language="en", interpreter=True)]
    )
    assert line.what == "Rights explained"
    assert "With an interpreter: yes" in line.details
    assert any(detail.casefold() == "by whom: police" for detail in line.details)


def test_facts_are_told_with_their_labels() -> None:
    facts = {"birth_date": "1990-02-03", "sex": "female"}
    (line,) = _lines([_event(1, "facts_recorded", facts=facts)])
    assert line.what == "Facts recorded"
    assert "Date of birth: 3 February 1990" in line.details


def test_a_correction_tells_what_it_replaced() -> None:
    shown = _lines(
        [
            _event(1, "indication_seen", by="police"),
            _correction(2, 1, "indication_seen", by="shelter"),
        ]
    )
    assert "Indication of trafficking seen" in shown[0].replaces
    assert "police" in shown[0].replaces.casefold()


def test_what_was_recorded_later_than_it_happened_says_when() -> None:
    (line,) = _lines([_event(1, "indication_seen")])
    assert line.late_on == date(2014, 7, 20)


def test_an_event_that_left_the_rule_is_marked() -> None:
    (line,) = _lines([_event(1, "indication_seen")], frozenset({1}))
    assert line.state == "deviation"


def test_an_event_type_the_pack_no_longer_has_is_still_shown() -> None:
    (line,) = _lines([_event(1, "abolished_long_ago", field="x")])
    assert line.what == "abolished_long_ago"
    assert line.details == ("Field: x",)
