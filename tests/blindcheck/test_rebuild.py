# SPDX-License-Identifier: EUPL-1.2
"""The codes of a whole register made anew, and what is left of who was removed."""

import pytest

from middenstip import cli, clock
from middenstip.access.actors import Actor
from middenstip.blindcheck import rebuild
from middenstip.blindcheck.models import Code
from middenstip.thread.models import Person
from middenstip.thread.records import Opened
from middenstip.vault.models import Destruction
from tests.blindcheck.conftest import ask, known
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db


def test_codes_made_anew_answer_as_those_that_were_kept(
    chain: Chain, opened: Opened, ngo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "BATCH", 2)
    for number, given in enumerate(("Maantje", "Sterretje", "Wolkje")):
        known(chain, given=given, family="Elderling", born=f"1961-0{number + 1}-02")
    chain.notified(facts={"nationalities": ["NG"]})
    Code.objects.all().delete()
    assert ask(ngo).answer == "not_known"
    seen: list[int] = []
    assert rebuild.rebuild(seen.append) == 5
    assert sum(seen) == rebuild.count() == 5
    assert ask(ngo).answer == "known"
    assert ask(ngo, given="Wolkje", family="Elderling", born="1961-03-02").answer == "known"


def test_a_removed_person_whom_an_older_dump_brought_back_loses_the_code(
    opened: Opened, ngo: Actor
) -> None:
    Destruction.objects.create(person_id=opened.person_id, because="retention")
    assert ask(ngo).answer == "not_known", "the code is there, but counts no more"
    assert rebuild.rebuild() == 0


def test_the_database_removes_the_code_with_the_person(opened: Opened) -> None:
    Destruction.objects.create(person_id=opened.person_id, because="retention")
    Person.objects.filter(pk=opened.person_id).update(
        removed_at=clock.now(), removed_because="retention"
    )
    assert not Code.objects.exists()


def test_the_command_says_how_many_and_shows_nobody(
    opened: Opened, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_set_up_django", lambda role: None)
    assert cli.COMMANDS["blindcheck"].role == "owner"
    assert cli.run(["blindcheck", "rebuild"]) == 0
    said = capsys.readouterr()
    assert said.out == "1 persons have a code now\n"
    assert "Zonnestraal" not in said.out + said.err
