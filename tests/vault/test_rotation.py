# SPDX-License-Identifier: EUPL-1.2
"""A new master key takes the place of the old one beside a running system; nothing is lost."""

import time
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from middenstip.vault import keyring, rotation, services
from middenstip.vault.errors import VaultDamaged, WrongMasterKey
from middenstip.vault.models import PersonKey, VaultSecret
from tests.vault.conftest import command

Give = Callable[..., None]
PLACE = "identity.given_name"


def _people(number: int) -> dict[UUID, str]:
    made = services.make_keys([uuid4() for _ in range(number)])
    return {person: key.seal(PLACE, str(person)) for person, key in made.items()}


def _all_open(sealed: dict[UUID, str]) -> bool:
    keys = services.keys_of(sealed)
    return all(keys[person].open(PLACE, text) == str(person) for person, text in sealed.items())


def test_after_a_rotation_the_new_key_alone_opens_everything(fresh: Give) -> None:
    sealed = _people(25)
    gone = uuid4()
    services.make_keys([gone])
    services.destroy_key(gone, "retention")
    tokens = services.tokens_for("given_name", "Anna")
    steps: list[int] = []
    fresh(2, 1)
    assert rotation.rotate(progress=steps.append, batch=10) == 25
    assert steps == [10, 10, 5]
    fresh(2)
    keyring.require_ready()
    assert _all_open(sealed)
    assert services.tokens_for("given_name", "Anna") == tokens
    assert PersonKey.objects.get(pk=gone).destroyed_because == "retention"
    fresh(1)
    with pytest.raises(WrongMasterKey):
        services.keys_of(sealed)


def test_a_running_program_reads_and_writes_meanwhile_with_both_keys(fresh: Give) -> None:
    sealed = _people(3)
    fresh(2, 1)
    sealed |= _people(3)
    assert _all_open(sealed)
    seen: list[bool] = []

    def meanwhile(number: int) -> None:
        sealed.update(_people(1) if not seen else {})
        seen.append(_all_open(sealed))

    rotation.rotate(progress=meanwhile, batch=1)
    assert seen == [True] * 3
    assert rotation.status().waiting(keyring.masters()) == 0


def test_a_program_that_knows_only_the_old_key_adds_nothing_once_it_began(fresh: Give) -> None:
    fresh(2, 1)
    rotation.rotate()
    fresh(1)
    with pytest.raises(WrongMasterKey):
        services.make_keys([uuid4()])
    assert not PersonKey.objects.exists()


def test_without_the_old_key_a_rotation_changes_nothing(fresh: Give) -> None:
    sealed = _people(3)
    fresh(2)
    with pytest.raises(WrongMasterKey):
        rotation.rotate()
    fresh(1)
    assert _all_open(sealed)
    keyring.require_ready()


def test_a_damaged_key_stops_the_rotation_and_is_named(fresh: Give) -> None:
    (person,) = _people(1)
    PersonKey.objects.filter(pk=person).update(wrapped=bytes(61))
    fresh(2, 1)
    with pytest.raises(VaultDamaged, match=str(person)):
        rotation.rotate()


def test_rotating_when_all_is_done_does_nothing(fresh: Give) -> None:
    _people(3)
    before = list(PersonKey.objects.values_list("wrapped", flat=True).order_by("pk"))
    assert rotation.rotate() == 0
    after = list(PersonKey.objects.values_list("wrapped", flat=True).order_by("pk"))
    assert list(map(bytes, before)) == list(map(bytes, after))


@pytest.mark.django_db(transaction=True)
def test_a_rotation_killed_half_way_is_shown_and_finished_by_running_again(fresh: Give) -> None:
    sealed = _people(100)
    ordered = sorted(sealed)
    with transaction.atomic():
        # Half-way the rotation waits for this row; there it is killed without warning.
        list(PersonKey.objects.select_for_update().filter(pk=ordered[55]))
        running = command("vault", "rotate", "--batch", "10", keys=(2, 1), wait=False)
        try:
            _wait_until_blocked()
        finally:
            running.kill()
            running.communicate(timeout=30)
    by_key = rotation.status().keys
    assert sorted(by_key.values()) == [50, 50]

    shown = command("vault", "status", keys=(2, 1))
    assert shown.returncode == 1
    assert "rotation not finished: 52 of 102" in shown.stdout
    fresh(2, 1)
    assert _all_open(sealed)
    for alone in (1, 2):
        refused = command("worker", "--once", keys=(alone,))
        assert refused.returncode == 2
        assert refused.stderr.startswith("middenstip: the vault is locked with master key")
        assert len(refused.stderr.splitlines()) == 1

    again = command("vault", "rotate", keys=(2, 1))
    assert again.returncode == 0, again.stderr
    assert "50 keys wrapped anew" in again.stdout
    fresh(2)
    assert _all_open(sealed)
    assert command("vault", "status", keys=(2,)).returncode == 0
    assert set(VaultSecret.objects.values_list("master_id", flat=True)) == {
        keyring.masters().current.id
    }


def _wait_until_blocked() -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted"
                " AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    raise AssertionError("the rotation did not come to the locked row")
