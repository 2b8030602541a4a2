# SPDX-License-Identifier: EUPL-1.2
"""The rules of a pack as plain JSON, for the guide that runs in a browser. No word of any
language is in it.

Conditions and formulas keep the shape they have in the pack (docs/country-pack.md), without the
sentences they bring along; days are ISO texts, which order as the days do. Versions of schemes
that ended before the first day asked are left out; later ones stay, so that a law with a day to
come takes effect on that day by itself. What takes thought (inputs of computed facts, values
worth trying for a question) is worked out here, once. The scripts in ``static/guide`` are the
readers; a test holds their answers equal to those of the server.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel

from middenstip.guide.conversation import facts_to_ask_first, finer_facts
from middenstip.pack.model import CodeItem, Fact, Pack, SchemeVersion
from middenstip.rules.conditions import compile_condition
from middenstip.rules.engine import Engine, engine_for

FORMAT = 1


def compile_rules(pack: Pack, first_day: date) -> dict[str, Any]:
    """Return what is needed to judge every scheme on ``first_day`` and any later day.

    A JSON-ready mapping: ``facts`` (only those that schemes rest on, in the order of the
    pack), ``schemes`` (one entry per version), ``codes`` of the lists that answers are chosen
    from and ``groups`` they fall into, ``needs`` in order, ``inputs`` of computed facts,
    ``tries`` and ``terms`` (values worth trying for a question), ``never`` (facts that are not
    asked), ``first`` (facts that press) and ``finer`` (facts that are asked only when a coarser
    one did not do).
    """
    engine = engine_for(pack)
    versions = list(_versions(pack, first_day))
    used = _facts_used(engine, (version for _, version in versions))
    return {
        "format": FORMAT,
        "country": pack.header.country,
        "version": pack.header.version,
        "time_zone": pack.header.time_zone,
        "first_day": first_day.isoformat(),
        "needs": sorted(pack.needs, key=lambda need: pack.needs[need].order),
        "facts": {k: _fact(f) for k, f in pack.facts.items() if k in used},
        "codes": _codes(pack, used),
        "groups": _groups(pack, used),
        "schemes": [_scheme(pack, scheme_id, version) for scheme_id, version in versions],
        "inputs": {k: list(v) for k, v in engine.inputs.items() if k in used},
        **_questions(engine, used),
    }


def turning_days(pack: Pack, first_day: date) -> list[date]:
    """Return ``first_day`` and every later day on which a version of a scheme or an amount
    begins or has just ended, in order: between two of them the law stands still."""
    spans = [(v.valid_from, v.valid_to) for _, v in _versions(pack, first_day)]
    spans += [(v.valid_from, v.valid_to) for a in pack.amounts.values() for v in a.values]
    days = {first for first, _ in spans}
    days |= {last + timedelta(days=1) for _, last in spans if last is not None}
    return [first_day, *sorted(day for day in days if day > first_day)]


def as_json(data: Any) -> bytes:
    """Return JSON without white space, in UTF-8; the same data always gives the same bytes."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(item: BaseModel) -> Any:
    """Return a part of the pack in its own shape, as it would stand in a file."""
    return item.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)


def _unsaid(item: Any) -> Any:
    """Leave out the sentences that conditions bring along."""
    if isinstance(item, list):
        return [_unsaid(part) for part in item]
    if not isinstance(item, dict):
        return item
    return {key: _unsaid(part) for key, part in item.items() if key != "say"}


def _versions(pack: Pack, first_day: date) -> Iterator[tuple[str, SchemeVersion]]:
    for scheme_id, scheme in pack.schemes.items():
        for version in scheme.versions:
            if version.valid_to is None or version.valid_to >= first_day:
                yield scheme_id, version


def _facts_used(engine: Engine, versions: Iterable[SchemeVersion]) -> set[str]:
    named = {fact for v in versions for fact in compile_condition(v.applies_when).facts}
    return {used for fact in named for used in engine.inputs.get(fact, (fact,))}


def _scheme(pack: Pack, scheme_id: str, version: SchemeVersion) -> dict[str, Any]:
    scheme = pack.schemes[scheme_id]
    found: dict[str, Any] = {
        "id": scheme_id,
        "needs": [scheme.need, *scheme.also_needs],
        "from": version.valid_from.isoformat(),
    }
    if version.valid_to is not None:
        found["to"] = version.valid_to.isoformat()
    if scheme.do_first is not None:
        found["first"] = scheme.do_first
    found["when"] = _unsaid(_plain(version.applies_when))
    return found


def _fact(item: Fact) -> dict[str, Any]:
    found: dict[str, Any] = {"type": item.type}
    if item.code_list is not None:
        found["list"] = item.code_list
    if item.askable:
        found["askable"] = True
    if item.default is not None:
        found["default"] = _json_value(item.default)
    if item.compute is not None:
        found["compute"] = _unsaid(_plain(item.compute))
        if item.prefer == "given":
            found["prefer"] = item.prefer
    for bound in ("minimum", "maximum"):
        if getattr(item, bound) is not None:
            found[bound] = getattr(item, bound)
    return found


def _codes(pack: Pack, used: set[str]) -> dict[str, list[str]]:
    lists = [pack.facts[k].code_list for k in pack.facts if k in used and pack.facts[k].askable]
    return {name: list(pack.code_table[name]) for name in dict.fromkeys(lists) if name}


def _groups(pack: Pack, used: set[str]) -> dict[str, Any]:
    """Return, for every fact that is grouped somewhere, how its codes fall into groups."""
    grouped = dict.fromkeys(
        f.compute.group_of
        for k, f in pack.facts.items()
        if k in used and f.compute is not None and f.compute.group_of
    )
    found = {}
    for fact in grouped:
        list_id = pack.facts[fact].code_list if fact else None
        if fact is None or list_id is None:
            continue
        code_list = pack.code_lists[list_id]
        kinds: dict[str, list[str]] = {}
        for code, item in pack.code_table[list_id].items():
            kinds.setdefault(json.dumps(_membership(item)), []).append(code)
        found[fact] = {
            "precedence": list(code_list.precedence),
            "otherwise": code_list.otherwise,
            # Codes that always fall together stand together: [membership, "AA BB CC"].
            "codes": [[json.loads(kind), " ".join(codes)] for kind, codes in kinds.items()],
        }
    return found


def _membership(item: CodeItem) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if item.group is not None:
        found["group"] = item.group
    if item.groups:
        found["dated"] = [_plain(dated) for dated in item.groups]
    return found


def _questions(engine: Engine, used: set[str]) -> dict[str, Any]:
    trials = engine.trials
    tries: dict[str, Any] = {}
    terms: dict[str, Any] = {}
    for fact in (k for k in engine.pack.facts if k in trials.askable and k in used):
        fixed, shifts = trials.plan(fact)
        tries[fact] = [_json_value(value) for value in fixed]
        if shifts:
            terms[fact] = [_plain(term) for term in shifts]
    found: dict[str, Any] = {"tries": tries, "terms": terms}
    found["never"] = [fact for fact in tries if engine.pack.facts[fact].identifying]
    found["first"] = [fact for fact in facts_to_ask_first(engine.pack) if fact in tries]
    found["finer"] = [fact for fact in tries if fact in finer_facts(engine.pack)]
    return found


def _json_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
