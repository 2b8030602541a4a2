# SPDX-License-Identifier: EUPL-1.2
"""The whole register is searched by a member who may; what is alike waits for a human."""

import math
import re
from uuid import UUID

import pytest

from middenstip import cli
from middenstip.access.actors import Actor
from middenstip.access.models import User
from middenstip.access.purposes import register_purpose
from middenstip.audit.models import ReadEntry
from middenstip.linkage import searching, selectors
from middenstip.linkage.models import Likeness, Verdict
from middenstip.linkage.services import Alike, keep_likenesses
from middenstip.thread.errors import NotAllowed
from middenstip.thread.models import Event
from middenstip.thread.records import NewIdentity, Opened
from tests.linkage.files import opened
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db
OLGA = NewIdentity(given_name="Olga", family_name="Voorbeeldova")
OLHA = NewIdentity(given_name="Voorbeeldowa", family_name="Olha")


def quiet(what: str, done: int, total: int) -> None:
    """Show nothing."""


def two_of_one(chain: Chain) -> tuple[Opened, Opened]:
    """Two files that are alike, among others."""
    for number in range(3, 6):
        opened(chain, number, facts={"birth_date": f"19{70 + number}-02-0{number}"})
    facts = {"birth_date": "1999-04-03", "sex": "female"}
    return chain.notified(identity=OLGA, facts=facts), chain.notified(
        identity=OLHA, facts=facts
    )


def asked(actor: Actor, *more: str) -> int:
    email = User.objects.get(pk=actor.user_id).email
    member = ["--user", email, "--organisation", str(actor.organisation_id)]
    return cli.run(["linkage", more[0], *member, *more[1:]])


def pairs() -> set[frozenset[UUID]]:
    return {frozenset(row) for row in Likeness.objects.values_list("one_id", "two_id")}


def test_what_is_alike_waits_on_the_list_and_nothing_is_decided(chain: Chain) -> None:
    one, two = two_of_one(chain)
    events = Event.objects.count()
    found = searching.search(actor=chain.coordination_point, progress=quiet)
    assert found == searching.Searched(persons=5, pairs=1)
    assert pairs() == {frozenset((one.person_id, two.person_id))}
    assert not Verdict.objects.exists()
    assert Event.objects.count() == events
    waiting = selectors.undecided(actor=chain.coordination_point)
    assert [{pair.one.case_id, pair.two.case_id} for pair in waiting.items] == [
        {one.case_id, two.case_id}
    ]


def test_a_search_again_replaces_and_a_stricter_one_stores_less(chain: Chain) -> None:
    two_of_one(chain)
    for _ in range(2):
        searching.search(actor=chain.coordination_point, progress=quiet)
    stored = Likeness.objects.get()
    assert stored.weights == "shipped"
    assert stored.score > 0
    Likeness.objects.all().delete()
    found = searching.search(
        actor=chain.coordination_point, above=stored.score + 0.01, progress=quiet
    )
    assert found.pairs == 0


def test_only_persons_whom_the_actor_may_know_are_compared(chain: Chain) -> None:
    one, two = two_of_one(chain)
    found = searching.search(actor=chain.police, progress=quiet)
    assert found.persons == 5
    Likeness.objects.all().delete()
    chain.bring_in(one.case_id, chain.care_coordinator)
    found = searching.search(actor=chain.care_coordinator, progress=quiet)
    assert found.persons <= 1
    assert not pairs()
    with pytest.raises(NotAllowed):
        searching.search(actor=chain.rapporteur, progress=quiet)
    with pytest.raises(NotAllowed):
        searching.search(actor=chain.administrator, progress=quiet)
    assert two.case_id


def test_each_file_that_was_read_stands_in_the_read_log(chain: Chain) -> None:
    one, two = two_of_one(chain)
    assert asked(chain.coordination_point, "search") == 0
    told = [entry for entry in ReadEntry.objects.all() if entry.operation == "linkage search"]
    assert told
    assert {each.purpose for each in told} == {register_purpose()}
    seen = {str(case) for each in told for case in each.cases}
    assert {str(one.case_id), str(two.case_id)} <= seen


def test_the_command_tells_counts_and_never_who(
    chain: Chain, capfd: pytest.CaptureFixture[str]
) -> None:
    two_of_one(chain)
    assert asked(chain.coordination_point, "search", "--above", "0.3") == 0
    said = "".join(capfd.readouterr())
    assert "5 persons compared, 1 pairs to look at" in said
    assert not re.search("olga|olha|voorbeeldo|1999", said.lower())


@pytest.mark.parametrize("above", ["0", "1", "1.5", "-2"])
def test_a_threshold_that_is_none_is_refused(
    chain: Chain, above: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(chain.coordination_point, "search", "--above", above) == 2
    assert "between 0 and 1" in capsys.readouterr().err


def test_a_stranger_another_purpose_or_who_may_not_decide_searches_nothing(
    chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    two_of_one(chain)
    point = ["--organisation", str(chain.coordination_point.organisation_id)]
    stranger = ["linkage", "search", "--user", "nobody@voorbeeld.example"]
    assert cli.run([*stranger, *point]) == 2
    assert cli.run([*stranger, "--organisation", "nothing"]) == 2
    assert asked(chain.coordination_point, "search", "--purpose", "no_such_purpose") == 2
    assert asked(chain.rapporteur, "search") == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not pairs()


def test_the_score_that_is_stored_is_that_of_the_chance_asked_for() -> None:
    assert math.isclose(searching.EVEN, math.log(0.5 / (1 - 0.5)))


def test_a_pair_that_is_alike_no_more_goes_with_the_next_search_of_who_knows_both(
    chain: Chain,
) -> None:
    one, two = two_of_one(chain)
    other = chain.notified(identity=NewIdentity(given_name="Bram", family_name="Testema"))
    past = Alike(one.person_id, other.person_id, 5.0, "shipped")
    keep_likenesses(actor=chain.coordination_point, found=[past])
    searching.search(actor=chain.care_coordinator, progress=quiet)  # knows nobody
    assert pairs() == {frozenset((one.person_id, other.person_id))}
    searching.search(actor=chain.coordination_point, above=6.0, progress=quiet)
    assert frozenset((one.person_id, other.person_id)) in pairs()  # looked for no such pairs
    searching.search(actor=chain.coordination_point, progress=quiet)
    assert pairs() == {frozenset((one.person_id, two.person_id))}
