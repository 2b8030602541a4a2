# SPDX-License-Identifier: EUPL-1.2
"""Tokens in and out of the database: finding a person without a readable name in any table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from middenstip.vault import tokens
from middenstip.vault.keyring import lookup_key
from middenstip.vault.models import Token
from middenstip.vault.signals import forgotten, found_by

_INSERT: Final = """
INSERT INTO vault_token (person_id, kind, token)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::bytea[])
ON CONFLICT DO NOTHING
"""
_FIND: Final = """
SELECT person_id, array_agg(DISTINCT kind::text ORDER BY kind::text) AS kinds, count(*) AS score
FROM vault_token
WHERE (kind, token) IN (SELECT * FROM unnest(%s::text[], %s::bytea[]))
GROUP BY person_id
ORDER BY score DESC, person_id
LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Match:
    """A person who shares tokens with what was asked; `on` says which.

    `given_name`, `family_name`, `alias`, `name` (all parts, any order), `birth_date`, `phone`;
    `name.part` for one part; each name with `.sound` for its sound.
    """

    person_id: UUID
    on: tuple[str, ...]
    score: int


def tokens_for(kind: str, value: str) -> list[bytes]:
    """Return the tokens of one value, exact and by sound; always the same for the same value.

    ValueError for an unknown kind or a day that is none; it does not repeat the value.
    """
    key = lookup_key()
    return [tokens.digest(key, *pair) for pair in sorted(tokens.labelled({kind: value}))]


def store_tokens(person_id: UUID, values: Mapping[str, str]) -> None:
    """Add tokens for a person. Kinds as in `tokens.KINDS`; errors as `tokens_for`."""
    store_many_tokens({person_id: values})


@transaction.atomic
def store_many_tokens(values: Mapping[UUID, Mapping[str, str]]) -> None:
    """Add tokens for many persons in one statement, and send `signals.found_by`."""
    _insert(values)
    found_by.send(sender=Token, values=values)


def _insert(values: Mapping[UUID, Mapping[str, str]]) -> None:
    key = lookup_key()
    persons: list[UUID] = []
    kinds: list[str] = []
    made: list[bytes] = []
    for person_id, of_person in values.items():
        for label, text in tokens.labelled(of_person):
            persons.append(person_id)
            kinds.append(label)
            made.append(tokens.digest(key, label, text))
    if persons:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [persons, kinds, made])


@transaction.atomic
def replace_tokens(person_id: UUID, values: Mapping[str, str]) -> None:
    """Put these tokens in the place of the person's tokens of the same kinds.

    The kinds of names hang together: whoever gives one of them gives all that is known, and
    what is not given is forgotten. `birth_date` and `phone` stand alone. Empty forgets. Sends
    `signals.found_by`.
    """
    old = Token.objects.filter(person_id=person_id)
    if values.keys() & tokens.NAME_KINDS:
        old.exclude(kind__in=tokens.KINDS - tokens.NAME_KINDS).delete()
    old.filter(kind__in=values.keys() - tokens.NAME_KINDS).delete()
    _insert({person_id: values})
    found_by.send(sender=Token, values={person_id: values})


@transaction.atomic
def forget_tokens(person_id: UUID) -> None:
    """Delete all tokens of a person: nobody finds this person by name any more. Sends
    `signals.forgotten`.
    """
    Token.objects.filter(person_id=person_id).delete()
    forgotten.send(sender=Token, person_id=person_id)


def find_by_tokens(values: Mapping[str, str], *, limit: int = 200) -> list[Match]:
    """Return who shares tokens with these values, who shares most first, at most `limit`.

    Asks for no rights: the caller decides who of them may be shown, and never shows how many
    there were besides. Errors as `tokens_for`.
    """
    key = lookup_key()
    asked = sorted(tokens.labelled(values))
    if not asked:
        return []
    kinds = [label for label, _text in asked]
    made = [tokens.digest(key, label, text) for label, text in asked]
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [kinds, made, limit])
        return [
            Match(person_id, tuple(kinds), score)
            for person_id, kinds, score in cursor.fetchall()
        ]
