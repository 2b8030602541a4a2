# SPDX-License-Identifier: EUPL-1.2
"""Keys of persons: made once, read in one query, destroyed for ever, kept by the database."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction

from middenstip.vault import keyring, services
from middenstip.vault.errors import (
    KeyExists,
    MasterKeyProblem,
    NoSuchKey,
    NotInitialised,
    VaultDamaged,
    WrongMasterKey,
)
from middenstip.vault.models import PersonKey, VaultSecret
from tests.vault.conftest import empty

PLACE = "identity.given_name"
Give = Callable[..., None]


def test_a_value_sealed_today_opens_with_the_key_read_tomorrow(fresh: Give) -> None:
    person = uuid4()
    sealed = services.make_keys([person])[person].seal(PLACE, "Anna")
    keyring.forget()
    assert services.keys_of([person])[person].open(PLACE, sealed) == "Anna"


def test_many_keys_are_made_and_read_with_one_query_each(
    fresh: Give, django_assert_num_queries: Any
) -> None:
    persons = [uuid4() for _ in range(500)]
    keyring.masters()
    with transaction.atomic():
        with django_assert_num_queries(3):  # a savepoint around one insertion
            made = services.make_keys(persons)
        with django_assert_num_queries(1):
            read = services.keys_of(persons)
    assert made.keys() == read.keys() == set(persons)


def test_no_key_stands_readable_in_the_table(
    fresh: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, key = uuid4(), b"K" * 32
    monkeypatch.setattr(services, "new_key", lambda: key)
    services.make_keys([person])
    assert key not in bytes(PersonKey.objects.get(pk=person).wrapped)


def test_a_second_key_for_a_person_is_refused_and_nothing_is_stored(fresh: Give) -> None:
    first, second = uuid4(), uuid4()
    before = services.make_keys([first])[first].seal(PLACE, "Anna")
    with pytest.raises(KeyExists, match=str(first)):
        services.make_keys([second, first])
    assert services.keys_of([first])[first].open(PLACE, before) == "Anna"
    assert services.keys_of([second]) == {}


def test_who_has_no_key_is_absent(fresh: Give) -> None:
    assert services.keys_of([uuid4()]) == {}
    assert services.keys_of([]) == {}
    assert services.make_keys([]) == {}


def test_a_destroyed_key_is_gone_for_ever_and_it_is_known_why(fresh: Give) -> None:
    person = uuid4()
    services.make_keys([person])
    services.store_tokens(person, {"given_name": "Anna"})
    assert services.destroy_key(person, "retention")
    assert services.keys_of([person]) == {}
    assert services.find_by_tokens({"given_name": "Anna"}) == []
    row = PersonKey.objects.get(pk=person)
    assert (bytes(row.wrapped), row.master_id, row.destroyed_because) == (b"", "", "retention")
    assert row.destroyed_at is not None
    assert not services.destroy_key(person, "own_request")
    assert PersonKey.objects.get(pk=person).destroyed_because == "retention"
    with pytest.raises(KeyExists):
        services.make_keys([person])


def test_a_key_that_never_was_cannot_be_destroyed(fresh: Give) -> None:
    with pytest.raises(NoSuchKey):
        services.destroy_key(uuid4(), "retention")


@pytest.mark.parametrize("because", ["", "Anna asked for it", "A", "x" * 61, "met een é"])
def test_the_reason_is_a_code_and_never_a_text(fresh: Give, because: str) -> None:
    with pytest.raises(ValueError, match="short code"):
        services.destroy_key(uuid4(), because)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE vault_personkey SET wrapped = 'x', master_id = 'x', destroyed_at = NULL,"
        " destroyed_because = ''",
        "UPDATE vault_personkey SET destroyed_because = 'other'",
        "UPDATE vault_personkey SET person_id = gen_random_uuid()",
        "DELETE FROM vault_personkey",
        "TRUNCATE vault_personkey",
        "DELETE FROM vault_secret",
        "TRUNCATE vault_secret",
        "INSERT INTO vault_personkey (person_id, wrapped, master_id, made_at, destroyed_at,"
        " destroyed_because) VALUES (gen_random_uuid(), 'x', 'x', now(), now(), 'half')",
        "INSERT INTO vault_personkey (person_id, wrapped, master_id, made_at,"
        " destroyed_because) VALUES (gen_random_uuid(), '', 'x', now(), '')",
    ],
)
def test_the_database_loses_no_key_and_brings_none_back(fresh: Give, statement: str) -> None:
    person = uuid4()
    services.make_keys([person])
    services.destroy_key(person, "retention")
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_programs_role_can_do_its_work(fresh: Give, as_program_role: Any) -> None:
    person = uuid4()
    with as_program_role():
        services.make_keys([person])
        services.store_tokens(person, {"given_name": "Anna"})
        services.replace_tokens(person, {"given_name": "Anne"})
        assert services.keys_of([person])
        assert services.destroy_key(person, "retention")


def _secrets() -> list[tuple[str, bytes, str]]:
    return [
        (row.name, bytes(row.wrapped), row.master_id)
        for row in VaultSecret.objects.order_by("name")
    ]


class TestWrongMasterKey:
    """Starts not, says so, damages nothing."""

    def test_nothing_is_read(self, fresh: Give) -> None:
        person = uuid4()
        services.make_keys([person])
        fresh(2)
        with pytest.raises(WrongMasterKey, match="nothing was changed"):
            services.keys_of([person])
        with pytest.raises(WrongMasterKey):
            services.tokens_for("given_name", "Anna")

    def test_nothing_is_written(self, fresh: Give) -> None:
        fresh(2)
        with pytest.raises(WrongMasterKey):
            services.make_keys([uuid4()])
        with pytest.raises(WrongMasterKey):
            services.store_tokens(uuid4(), {"given_name": "Anna"})
        assert PersonKey.objects.count() == 0

    def test_the_vault_is_not_set_up_a_second_time(self, fresh: Give) -> None:
        before = _secrets()
        fresh(2)
        with pytest.raises(WrongMasterKey):
            keyring.initialise()
        assert _secrets() == before

    def test_the_start_and_the_system_check_say_so(self, fresh: Give) -> None:
        keyring.require_ready()
        fresh(2)
        with pytest.raises(WrongMasterKey):
            keyring.require_ready()
        found = run_checks(tags=["database"], databases=["default"])
        assert "vault.E001" in [message.id for message in found]

    def test_one_key_under_another_master_key_is_found_at_the_start(self, fresh: Give) -> None:
        person = uuid4()
        services.make_keys([person])
        PersonKey.objects.filter(pk=person).update(master_id="0" * 16)
        with pytest.raises(WrongMasterKey, match="0" * 16):
            keyring.require_ready()

    def test_no_key_at_all_says_so(self, fresh: Give) -> None:
        fresh(None)
        with pytest.raises(MasterKeyProblem):
            services.make_keys([uuid4()])


def test_a_damaged_key_names_the_person_and_nothing_else(fresh: Give) -> None:
    person = uuid4()
    services.make_keys([person])
    PersonKey.objects.filter(pk=person).update(wrapped=bytes(61))
    with pytest.raises(VaultDamaged, match=str(person)):
        services.keys_of([person])


def test_a_key_moved_to_another_person_does_not_open(fresh: Give) -> None:
    mine, other = uuid4(), uuid4()
    services.make_keys([mine, other])
    PersonKey.objects.filter(pk=other).update(wrapped=PersonKey.objects.get(pk=mine).wrapped)
    with pytest.raises(VaultDamaged, match=str(other)):
        services.keys_of([other])


def test_a_vault_that_was_never_set_up_makes_no_keys(db: None, give: Give) -> None:
    empty()
    give(1)
    for work in (
        lambda: services.make_keys([uuid4()]),
        lambda: services.tokens_for("given_name", "Anna"),
        keyring.require_ready,
    ):
        with pytest.raises(NotInitialised, match="vault init"):
            work()
    found = run_checks(tags=["database"], databases=["default"])
    assert "vault.W001" in [message.id for message in found]


def test_setting_up_twice_changes_nothing(fresh: Give) -> None:
    before = services.tokens_for("given_name", "Anna")
    assert not keyring.initialise()
    keyring.forget()
    assert services.tokens_for("given_name", "Anna") == before


def test_a_lost_secret_is_restored_and_never_made_anew(fresh: Give) -> None:
    services.make_keys([uuid4()])
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM vault_secret")
        cursor.execute("SET session_replication_role = DEFAULT")
    for work in (keyring.initialise, keyring.require_ready):
        with pytest.raises(NotInitialised, match="restore the backup"):
            work()


def test_the_migration_sets_up_the_vault_of_demo_and_tests_by_itself(db: None) -> None:
    keyring.forget()
    keyring.require_ready()


def test_the_migration_leaves_a_vault_with_a_real_key_alone(db: None, give: Give) -> None:
    empty()
    give(1)
    keyring.set_up_local()
    assert not VaultSecret.objects.exists()
