# SPDX-License-Identifier: EUPL-1.2
"""In two hundred random worlds, what the doors show is what an independent oracle allows.

Lists, counts, search, pages, the API and nested parts of a case, for every actor and purpose.
Row security is on: the doors run as the program's role. Some are asked once more without it:
what it would hide, it may not be alone in hiding.
"""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import transaction
from django.http import Http404
from django.test import Client, override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from middenstip.access.actors import Actor
from middenstip.access.models import User
from middenstip.access.selectors import PURPOSE_KEY
from middenstip.thread.finding import find_cases
from middenstip.thread.models import DutyRun, RunState
from middenstip.thread.selectors import identity_of, whole_case
from middenstip.thread.worklists import flags_for, notices_for, worklist
from tests.walls import worlds
from tests.walls.worlds import PACK, Sees, Told

pytestmark = pytest.mark.django_db


class _Undone(Exception):
    """Ends the savepoint of a world, so that the next one starts empty."""


@pytest.mark.parametrize("part", range(4))
@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # a world takes long; a smaller one is found by hand
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(happened=worlds.steps(), salt=st.integers(0, 3))
def test_what_is_shown_is_what_is_allowed(
    part: int,
    actors: list[Actor],
    withheld: set[UUID],
    happened: list[worlds.Step],
    salt: int,
) -> None:
    shifted = [(deed, case, who + 13 * part, word) for deed, case, who, word in happened]
    try:
        with transaction.atomic():
            world = worlds.build(actors, shifted)
            for place, (actor, allowed) in enumerate(worlds.each_view(actors, world)):
                if place % 4 == salt:  # every actor in a fourth of the worlds
                    withheld |= _nameless(world, allowed)
                    _check_doors(world, actor, allowed)
                    _check_screens(world, actor, allowed)
                    # The program holds by itself as well; asked of half of them.
                    if place % 8 == salt:
                        with override_settings(ACTING_ROLE=""):
                            _check_doors(world, actor, allowed)
            raise _Undone
    except _Undone:
        pass


@pytest.fixture
def actors(db: None) -> list[Actor]:
    return worlds.people()


@pytest.fixture
def withheld() -> Iterator[set[UUID]]:
    """Where a complaint under number hid a name: without any, nothing was tested of that."""
    cases: set[UUID] = set()
    yield cases
    assert cases, "no world held a case of which a complaint under number hides the name"


def _nameless(world: list[Told], allowed: dict[UUID, Sees]) -> set[UUID]:
    """Return the cases whose name the oracle hides from one who sees data of identity."""
    return {
        told.case_id
        for told in world
        if told.under_number
        and (sees := allowed.get(told.case_id))
        and "identity" in sees.categories
        and not sees.name
    }


def _check_doors(world: list[Told], actor: Actor, allowed: dict[UUID, Sees]) -> None:
    listed = find_cases(actor=actor)
    assert {item.case_id for item in listed.items} == set(allowed)
    assert listed.total == len(allowed)
    for name in worlds.NAMES:
        found = {item.case_id for item in find_cases(actor=actor, words=name).items}
        assert found == {
            told.case_id
            for told in world
            if told.name == name and told.case_id in allowed and allowed[told.case_id].name
        }
    for told in world:
        if told.case_id in allowed:
            _check_case(told, actor, allowed[told.case_id])
        else:
            for read in (whole_case, identity_of):
                with pytest.raises(Http404):
                    read(actor=actor, case_id=told.case_id)
    work = worklist(actor=actor, length=1000)
    shown = {
        (item.case_id, item.key)
        for name in work.__slots__
        for item in getattr(work, name).items
    }
    runs = {
        (case_id, key)
        for case_id, key in _runs(world, actor, allowed)
        if _on_worklist(actor, DutyRun.objects.get(case_id=case_id, key=key))
    }
    assert shown == runs
    assert {item.case_id for item in notices_for(actor=actor).items} <= set(allowed)
    assert {item.case_id for item in flags_for(actor=actor).items} <= set(allowed)


def _check_case(told: Told, actor: Actor, sees: Sees) -> None:
    whole = whole_case(actor=actor, case_id=told.case_id)
    assert {event.seq for event in whole.thread} == worlds.events_allowed(told, actor, sees)
    assert {PACK.facts[fact].category for fact in whole.assessment.facts} <= sees.categories
    assert {PACK.flags[flag.id].category for flag in whole.assessment.flags} <= sees.categories
    allowed = {key for _, key in _runs([told], actor, {told.case_id: sees})}
    assert {duty.key for duty in whole.assessment.duties} == allowed
    identity = identity_of(actor=actor, case_id=told.case_id)
    assert (identity is not None) == sees.name
    if identity is not None:
        assert f"{identity.given_name} {identity.family_name}" == told.name


def _runs(world: list[Told], actor: Actor, allowed: dict[UUID, Sees]) -> set[tuple[UUID, str]]:
    """Return the runs of duties that the oracle allows: own, shared, or nobody's."""
    keeps = PACK.purposes[actor.purpose].whole_register
    found = set()
    for told in world:
        sees = allowed.get(told.case_id)
        for run in DutyRun.objects.filter(case_id=told.case_id) if sees else ():
            own = run.owner_id == actor.organisation_id
            nobodys = run.owner_id is None and keeps and told.notified
            if own or nobodys or PACK.duties[run.duty].category in sees.categories:
                found.add((told.case_id, run.key))
    return found


def _on_worklist(actor: Actor, run: DutyRun) -> bool:
    """Tell whether a run stands on the own worklist: to be done, and one's own or nobody's."""
    if run.state != RunState.RUNNING:
        return False
    steers = actor.organisation_kind == "coordination_point"
    return run.owner_id == actor.organisation_id or (run.owner_id is None and steers)


def _check_screens(world: list[Told], actor: Actor, allowed: dict[UUID, Sees]) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    session = client.session
    session[PURPOSE_KEY] = actor.purpose
    session.save()
    answer = client.get("/api/v1/cases")
    assert answer.status_code == 200
    assert {UUID(row["case_id"]) for row in answer.json()["results"]} == set(allowed)
    assert answer.json()["count"] == len(allowed)
    for told in world:
        page = client.get(f"/cases/{told.case_id}/person/")
        seen = told.case_id in allowed
        assert page.status_code == (200 if seen else 404)
        given = told.name.split()[0]
        assert (given in page.content.decode()) == (seen and allowed[told.case_id].name)
