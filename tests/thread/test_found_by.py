# SPDX-License-Identifier: EUPL-1.2
"""What persons are found by is made anew from what is stored, and nothing else changes."""

import pytest

from middenstip import cli
from middenstip.thread import found_by
from middenstip.thread.records import NewIdentity
from middenstip.vault import tokens
from middenstip.vault.models import Token
from middenstip.vault.services import destroy_key
from tests.thread.chain import Chain

pytestmark = pytest.mark.django_db
WHO = NewIdentity(
    given_name="Proefnaam", family_name="Verzonnen", alias="Zizi", phone="0612345678"
)


def _all() -> set[tuple[object, str, bytes]]:
    return {(t.person_id, t.kind, bytes(t.token)) for t in Token.objects.all()}


def test_tokens_made_anew_are_those_that_were_stored(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found_by, "BATCH", 2)
    for _ in range(3):
        chain.notified(identity=WHO)
    chain.notified()
    before = _all()
    Token.objects.filter(kind=tokens.FRAME).delete()
    seen: list[int] = []
    assert found_by.rebuild(seen.append) == sum(seen) == 4
    assert _all() == before


def test_who_was_removed_is_not_found_again(chain: Chain) -> None:
    gone = chain.notified(identity=WHO)
    destroy_key(gone.person_id, "own_request")
    found_by.rebuild()
    assert not Token.objects.exists()


def test_the_command_shows_nobody(
    chain: Chain, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chain.notified(identity=WHO)
    monkeypatch.setattr(cli, "_set_up_django", lambda role: None)
    assert cli.COMMANDS["tokens"].role == "owner"
    assert cli.run(["tokens"]) == 0
    said = capsys.readouterr()
    assert said.out == "1 persons can be found anew\n"
    assert "Proefnaam" not in said.out + said.err
