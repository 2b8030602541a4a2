# SPDX-License-Identifier: EUPL-1.2
"""A verdict is taken back without loss, whatever was recorded in between."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError

from middenstip import clock
from middenstip.linkage import selectors, services
from middenstip.linkage.models import Verdict
from middenstip.linkage.services import DoesNotFit, VerdictChanged
from middenstip.thread import rebuild
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import Involvement
from middenstip.thread.records import Opened
from middenstip.thread.selectors import identity_of, thread_of
from tests.linkage.files import decide, opened
from tests.thread.chain import RIGHTS, Chain, member

pytestmark = pytest.mark.django_db
JOINING = {"same_person", "not_same_person", "same_person_open_again"}


def undo(chain: Chain, verdict: UUID) -> UUID:
    return services.undo(actor=chain.police, verdict=verdict)


def told(chain: Chain, file: Opened) -> list[str]:
    """What the thread says of verdicts."""
    rows = thread_of(actor=chain.police, case_id=file.case_id)
    return [row.type for row in rows if row.type in JOINING]


def rest(chain: Chain, file: Opened) -> list[Any]:
    """All else that the thread says."""
    rows = thread_of(actor=chain.police, case_id=file.case_id)
    return [(row.type, row.on, dict(row.fields)) for row in rows if row.type not in JOINING]


def joined(chain: Chain, one: Opened, two: Opened) -> bool:
    found = selectors.others(actor=chain.police, case_id=one.case_id)
    return two.case_id in {each.case_id for each in found}


def test_undo_after_later_events_loses_nothing_and_leaves_no_trace_in_the_other_file(
    chain: Chain,
) -> None:
    one, two = opened(chain, 1), opened(chain, 2)
    before = rest(chain, one), rest(chain, two)
    verdict = decide(chain.police, one.case_id, two.case_id, "same")
    chain.record(chain.police, one.case_id, "reflection_period_started")
    chain.bring_in(two.case_id, chain.shelter)
    chain.record(chain.shelter, two.case_id, "rights_explained", **RIGHTS)
    in_one = set(Involvement.objects.filter(case_id=one.case_id).values_list("organisation_id"))
    later = rest(chain, one)
    undo(chain, verdict)
    assert not joined(chain, one, two)
    assert told(chain, one) == told(chain, two) == ["same_person", "same_person_open_again"]
    assert rest(chain, one) == later
    assert later[: len(before[0])] == before[0]
    assert [name for name, *_ in later[len(before[0]) :]] == ["reflection_period_started"]
    assert (chain.shelter.organisation_id,) not in in_one
    who = identity_of(actor=chain.police, case_id=one.case_id)
    assert who is not None
    assert who.given_name == "Voornaam1"
    assert list(rebuild.check()) == []


def test_undoing_brings_back_what_held_before(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    first = decide(chain.police, one.case_id, two.case_id, "different")
    second = decide(chain.police, one.case_id, two.case_id, "same")
    third = undo(chain, second)
    held = selectors.standing(actor=chain.police, one=one.case_id, two=two.case_id)
    assert held is not None
    assert (held.id, held.verdict, held.undoes) == (third, "different", second)
    assert held.ground == Verdict.objects.get(pk=first).ground
    assert told(chain, one)[-1] == "not_same_person"
    undo(chain, third)
    assert joined(chain, one, two)
    assert told(chain, two)[-1] == "same_person"
    assert Verdict.objects.count() == 4


def test_only_the_latest_verdict_is_taken_back_and_only_once(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    first = decide(chain.police, one.case_id, two.case_id, "same")
    second = decide(chain.police, one.case_id, two.case_id, "different")
    with pytest.raises(VerdictChanged):
        undo(chain, first)
    undo(chain, second)
    with pytest.raises(VerdictChanged):
        undo(chain, second)
    assert joined(chain, one, two)


def test_an_undo_that_would_contradict_other_files_is_refused(chain: Chain) -> None:
    one, two, three = (opened(chain) for _ in range(3))
    decide(chain.police, one.case_id, two.case_id, "same")
    apart = decide(chain.police, one.case_id, two.case_id, "different")
    decide(chain.police, one.case_id, three.case_id, "same")
    decide(chain.police, two.case_id, three.case_id, "different")
    with pytest.raises(DoesNotFit):
        undo(chain, apart)
    assert not joined(chain, one, two)
    assert joined(chain, one, three)


def test_two_files_that_a_third_still_joins_stay_one_person(chain: Chain) -> None:
    one, two, three = (opened(chain) for _ in range(3))
    direct = decide(chain.police, one.case_id, two.case_id, "same")
    decide(chain.police, one.case_id, three.case_id, "same")
    decide(chain.police, three.case_id, two.case_id, "same")
    undo(chain, direct)
    assert joined(chain, one, two)


def test_nobody_takes_back_what_they_may_not_see_or_decide(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    verdict = decide(chain.police, one.case_id, two.case_id, "same")
    for file in (one, two):
        chain.bring_in(file.case_id, chain.prosecution)
    with pytest.raises(NotAllowed):
        services.undo(actor=chain.prosecution, verdict=verdict)
    for actor, asked in (
        (member("police", "Politie elders"), verdict),
        (chain.shelter, verdict),
        (chain.administrator, verdict),
        (chain.police, uuid4()),
    ):
        with pytest.raises(NotThere):
            services.undo(actor=actor, verdict=asked)
    assert joined(chain, one, two)


def test_somebody_else_may_take_it_back_and_it_is_told_who(chain: Chain) -> None:
    one, two = opened(chain), opened(chain)
    verdict = decide(chain.police, one.case_id, two.case_id, "same")
    services.undo(actor=chain.coordination_point, verdict=verdict)
    held = selectors.standing(actor=chain.police, one=one.case_id, two=two.case_id)
    assert held is not None
    assert held.organisation == chain.coordination_point.organisation_name


def test_a_verdict_on_files_that_were_opened_long_ago_is_of_today(chain: Chain) -> None:
    with clock.at(clock.today() - timedelta(days=400)):
        one, two = opened(chain), opened(chain)
    decide(chain.police, one.case_id, two.case_id, "same")
    last = thread_of(actor=chain.police, case_id=one.case_id)[-1]
    assert last.on == clock.today()


def test_a_refused_verdict_stores_nothing_in_either_file(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = opened(chain), opened(chain)
    appended = services.services.append_decided
    calls: list[UUID] = []

    def breaks(**values: Any) -> Any:
        calls.append(values["case_id"])
        if len(calls) == 2:
            raise ValidationError("the second thread refuses")
        return appended(**values)

    monkeypatch.setattr("middenstip.thread.services.append_decided", breaks)
    with pytest.raises(ValidationError):
        decide(chain.police, one.case_id, two.case_id, "same")
    assert len(calls) == 2
    assert told(chain, one) == told(chain, two) == []
    assert not Verdict.objects.exists()
