# SPDX-License-Identifier: EUPL-1.2
"""Tokens in and out of the database: finding a person without a readable name in any table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from middenstip.vault import tokens
from middenstip.vault.keyring import lookup_key
from middenstip.vault.models import Token
from middenstip.vault.signals import found_by

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
# A token that too many share tells nothing, so no more of them than that are read.
_NEAREST: Final = """
WITH asked AS (SELECT * FROM unnest(%(kinds)s::text[], %(made)s::bytea[]) AS a (kind, token)),
hits AS (
    SELECT a.kind, a.token, t.person_id
    FROM asked a CROSS JOIN LATERAL (
        SELECT person_id FROM vault_token
        WHERE kind = a.kind AND token = a.token LIMIT %(most)s + 1
    ) t
),
told AS (
    SELECT kind, token, ln(%(size)s::float / count(*)) AS rarity
    FROM hits GROUP BY kind, token HAVING count(*) <= %(most)s
)
SELECT person_id FROM hits JOIN told USING (kind, token)
GROUP BY person_id ORDER BY sum(rarity) DESC, person_id LIMIT %(limit)s
"""
_SHARED: Final = """
SELECT a.place, (
    SELECT count(*) FROM (
        SELECT FROM vault_token WHERE kind = a.kind AND token = a.token LIMIT %s
    ) t
)
FROM unnest(%s::text[], %s::bytea[]) WITH ORDINALITY AS a (kind, token, place)
"""
# As it was when the table was last analysed: counting a large one takes longer than finding.
_ESTIMATE: Final = "SELECT reltuples FROM pg_class WHERE oid = 'vault_personkey'::regclass"
_SIZE: Final = "SELECT count(*) FROM vault_personkey"
COUNTED_SIZE: Final = 1000
# What a smaller share of the register, or so many of it, have says something.
TELLING_SHARE: Final = 0.05
TELLING_FEW: Final = 50
TELLING_MOST: Final = 2000
COUNTED_MOST: Final = 20_000


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


def forget_tokens(person_id: UUID) -> None:
    """Delete all tokens of a person: nobody finds this person by name any more."""
    Token.objects.filter(person_id=person_id).delete()


def find_by_tokens(values: Mapping[str, str], *, limit: int = 200) -> list[Match]:
    """Return who shares tokens with these values, who shares most first, at most `limit`.

    Asks for no rights: the caller decides who of them may be shown, and never shows how many
    there were besides. Errors as `tokens_for`.
    """
    key = lookup_key()
    asked = sorted(pair for pair in tokens.labelled(values) if pair[0] != tokens.FRAME)
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


def nearest_by_tokens(values: Mapping[str, str], *, limit: int = 4000) -> list[UUID]:
    """Return who may be the person of these values, who shares most of what is rare first.

    Looks at parts of names, their sounds and frames, day of birth and phone; what more than 5%
    and 50 of the register share, or more than 2,000, is not looked at. Asks for no rights, as
    `find_by_tokens`: the caller cuts it to whom somebody may know, and tells no more of it.
    """
    key = lookup_key()
    asked = sorted(pair for pair in tokens.labelled(values) if pair[0] in tokens.NEAR)
    if not asked:
        return []
    size = register_size()
    most = int(max(TELLING_FEW, min(TELLING_SHARE * size, TELLING_MOST)))
    given: dict[str, Any] = {
        "kinds": [label for label, _text in asked],
        "made": [tokens.digest(key, label, text) for label, text in asked],
        "most": most,
        "size": max(size, 2),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, given)
        return [person_id for (person_id,) in cursor.fetchall()]


def register_size() -> int:
    """Return how many persons ever had a key: about how large the register is."""
    with connection.cursor() as cursor:
        cursor.execute(_ESTIMATE)
        estimate = int(cursor.fetchone()[0])
        if estimate >= COUNTED_SIZE:
            return estimate
        cursor.execute(_SIZE)
        return int(cursor.fetchone()[0])


def how_many_share(labelled: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return how many persons have a token of each label and normalised text (`tokens`).

    Counted up to 20,000. For how rare something is, never to be shown as a number.
    """
    key = lookup_key()
    asked = sorted(set(labelled))
    kinds = [label for label, _text in asked]
    made = [tokens.digest(key, label, text) for label, text in asked]
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [COUNTED_MOST, kinds, made])
        return {asked[place - 1]: count for place, count in cursor.fetchall()}
