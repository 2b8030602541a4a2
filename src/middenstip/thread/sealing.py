# SPDX-License-Identifier: EUPL-1.2
"""What of a thread is encrypted at rest, and opened again for who may read it.

Free text and identifying values (`pack.model`: fields of type `text`, and what is marked
`identifying`) are sealed with the person's key, each bound to its place. In memory they are
plain; in the database they never are. Where a key was destroyed a sealed value is left out: it
is not known any more, for the rules as for people.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from middenstip.pack.model import EventField
from middenstip.thread.country import CORRECTED, FACTS_RECORDED, pack
from middenstip.thread.errors import NotAllowed, was_removed
from middenstip.thread.models import Case
from middenstip.vault.errors import KeyExists
from middenstip.vault.services import DataKey, is_sealed, keys_of, make_keys

IDENTITY_COLUMNS = ("given_name", "family_name", "alias", "phone", "note")
# What a person is found by; the note is not searched.
TOKEN_COLUMNS = ("given_name", "family_name", "alias", "phone")
Keys = Mapping[UUID, DataKey]


def key_for(person_id: UUID, keys: Keys, case_id: UUID) -> DataKey:
    """Return the key to seal with, made where a person has none yet.

    NotAllowed where it was destroyed: nothing can be added to what was removed.
    """
    if case_id in keys:
        return keys[case_id]
    try:
        return make_keys([person_id])[person_id]
    except KeyExists:
        raise NotAllowed(was_removed()) from None


def case_keys(case_ids: Iterable[UUID]) -> dict[UUID, DataKey]:
    """Return the keys of persons by their case; absent where there is none any more."""
    persons = dict(Case.objects.filter(pk__in=list(case_ids)).values_list("pk", "person_id"))
    keys = keys_of(persons.values())
    return {case: keys[person] for case, person in persons.items() if person in keys}


def seal_event(key: DataKey, event_id: UUID, type: str, fields: Mapping[str, Any]) -> Any:
    """Return the fields of an event as they are stored."""
    return _seal(key, f"event.{event_id}", type, fields)


def open_event(key: DataKey | None, event_id: UUID, fields: Mapping[str, Any]) -> Any:
    """Return the fields of an event as they were; without what no key opens any more."""
    return _open(key, f"event.{event_id}", fields)


def seal_facts(key: DataKey | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a case as they are stored; without a key, without who it is."""
    if key is None:
        return {name: value for name, value in facts.items() if name not in _hidden_facts()}
    return _seal_facts(key, "state", facts)


def open_facts(key: DataKey | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored facts as they were; without what no key opens any more."""
    opened: dict[str, Any] = _open(key, "state", facts)
    return opened


def seal_identity(key: DataKey, identity: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of an identity as they are stored; empty stays empty."""
    return {
        name: key.seal(f"identity.{name}", value) if value else ""
        for name, value in identity.items()
    }


def open_identity(key: DataKey | None, values: Mapping[str, str]) -> dict[str, str]:
    """Return an identity as it was; empty where no key opens it any more."""
    return {
        name: value
        if not is_sealed(value)
        else key.open(f"identity.{name}", value)
        if key
        else ""
        for name, value in values.items()
    }


def tokens_of(identity: Mapping[str, str] | None, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return what a person is found by: names, alias, phone, the day of birth when known."""
    found = {name: value for name in TOKEN_COLUMNS if (value := (identity or {}).get(name))}
    if birth := facts.get("birth_date"):
        found["birth_date"] = str(birth)
    return found


def _seal(key: DataKey, place: str, type: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    if type == FACTS_RECORDED:
        return {"facts": _seal_facts(key, f"{place}.facts", fields["facts"])}
    if type == CORRECTED:
        instead = fields["replaced_by"]
        if instead is None:
            return dict(fields)
        inner = _seal(key, f"{place}.replaced_by.fields", instead["type"], instead["fields"])
        return {"replaced_by": {**instead, "fields": inner}}
    hidden = _hidden_fields(type)
    return {
        name: key.seal(f"{place}.{name}", value) if name in hidden and value else value
        for name, value in fields.items()
    }


def _seal_facts(key: DataKey, place: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    hidden = _hidden_facts()
    return {
        name: key.seal(f"{place}.{name}", str(value)) if name in hidden else value
        for name, value in facts.items()
    }


def _open(key: DataKey | None, place: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        opened = {name: _open(key, f"{place}.{name}", inner) for name, inner in value.items()}
        return {name: inner for name, inner in opened.items() if inner is not _GONE}
    if not is_sealed(value):
        return value
    return _GONE if key is None else key.open(place, value)


_GONE = object()


@cache
def _hidden_facts() -> frozenset[str]:
    return frozenset(name for name, fact in pack().facts.items() if fact.identifying)


@cache
def _hidden_fields(type: str) -> frozenset[str]:
    return frozenset(
        name for name, each in pack().events[type].fields.items() if _is_hidden(each)
    )


def _is_hidden(field: EventField) -> bool:
    return field.type == "text" or field.identifying
