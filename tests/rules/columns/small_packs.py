# SPDX-License-Identifier: EUPL-1.2
"""Generated small packs and people: every type, operator and formula, dates where they hurt."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from middenstip.pack.model import Pack

TEXT = {"en": "x"}
SOURCE = {"source": "s", "article": "1", "confidence": "verified"}
CODES = ("a", "b", "unknown")
COUNTRIES = ("AA", "BB", "CC", "DD", "stateless", "unknown")
BASE = {
    "d1": "date",
    "d2": "date",
    "n1": "integer",
    "n2": "integer",
    "m1": "money",
    "m2": "money",
    "y1": "yes_no",
    "y2": "yes_no",
    "c1": "code",
    "c2": "code",
    "l1": "codes",
    "l2": "countries",
}
NUMBERS = ("integer", "money")

_EDGES = "2000-02-29 2012-02-29 2013-02-28 2014-02-28 2015-03-01 2014-11-30 2015-01-31"
_EDGES += " 2016-12-31 1900-02-28 2100-02-28 1999-08-31"
EDGE_DAYS = [date.fromisoformat(text) for text in _EDGES.split()]
WAYS = ("condition", "years_between", "days_between", "value", "difference", "sum")
WAYS += ("first_known", "earliest", "latest", "cases", "group_of")
UNUSED_KINDS = ("events", "duties", "guards", "flags", "organisation_kinds", "purposes")

days = st.one_of(
    st.sampled_from(EDGE_DAYS),
    st.builds(
        lambda day, move: day + timedelta(days=move),
        st.sampled_from(EDGE_DAYS),
        st.integers(-2, 2),
    ),
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
)
terms = st.fixed_dictionaries(
    {},
    optional={
        "years": st.integers(1, 20),
        "months": st.integers(1, 25),
        "weeks": st.integers(1, 9),
        "days": st.integers(1, 40),
    },
).filter(bool)
amounts = st.sampled_from([0, 1, 3, 100, 15000, 0.1, 0.2, 0.3, 14999.99])
values = {
    "date": days,
    "integer": st.integers(-3, 30),
    "money": amounts,
    "yes_no": st.booleans(),
    "code": st.sampled_from(CODES),
    "codes": st.lists(st.sampled_from(CODES), max_size=3),
    "countries": st.lists(st.sampled_from(COUNTRIES), max_size=3),
}


def _of(facts: dict[str, str], *kinds: str) -> list[str]:
    return [name for name, kind in facts.items() if kind in kinds]


@st.composite
def operands(draw: st.DrawFn, facts: dict[str, str], *kinds: str) -> dict[str, Any]:
    if kinds != ("date",):
        return {"fact": draw(st.sampled_from(_of(facts, *kinds)))}
    origins: list[dict[str, Any]] = [{"fact": name} for name in _of(facts, "date")]
    operand = dict(draw(st.sampled_from([*origins, {"today": True}])))
    for shift in ("plus", "minus"):
        if draw(st.integers(0, 3)) == 0:
            operand[shift] = draw(terms)
    return operand


@st.composite
def leaves(draw: st.DrawFn, facts: dict[str, str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["date", "date", "number", "yes_no", "code", "list"]))
    kinds = {"number": NUMBERS, "list": ("codes", "countries")}.get(kind, (kind,))
    left = draw(operands(facts, *kinds))
    if draw(st.integers(0, 7)) == 0:
        return {**left, "known": draw(st.booleans())}
    if kind == "list":
        pool = st.sampled_from([*CODES, *COUNTRIES])
        if draw(st.booleans()):
            return {**left, "has": draw(pool)}
        return {**left, "has_any": draw(st.lists(pool, min_size=1, max_size=3))}
    value = amounts if kind == "number" else values[kind]
    ordered = ["is", "in", "lt", "le", "gt", "ge"]
    operator = draw(st.sampled_from(ordered if kind in ("date", "number") else ordered[:2]))
    if operator == "in":
        return {**left, "in": draw(st.lists(value, min_size=1, max_size=3))}
    return {**left, operator: draw(st.one_of(value, operands(facts, *kinds)))}


def conditions(facts: dict[str, str], schemes: list[str]) -> st.SearchStrategy[Any]:
    leaf = leaves(facts)
    if schemes:
        leaf = st.one_of(leaf, leaf, leaf, st.builds(dict, scheme=st.sampled_from(schemes)))

    def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=1, max_size=3)
        ways = [st.builds(lambda p, k=k: {k: p}, several) for k in ("all", "any")]
        single = ("not", "possibly", "certainly")
        return st.one_of(*ways, *(st.builds(lambda p, k=k: {k: p}, inner) for k in single))

    return st.recursive(leaf, grown, max_leaves=6)


@st.composite
def formulas(draw: st.DrawFn, facts: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """A formula and the type of its value."""
    way = draw(st.sampled_from(WAYS))
    several = {"min_size": 1, "max_size": 3}
    match way:
        case "condition":
            return "yes_no", {way: draw(conditions(facts, []))}
        case "years_between" | "days_between":
            pair = st.lists(operands(facts, "date"), min_size=2, max_size=2)
            return "integer", {way: draw(pair)}
        case "difference":
            pair = st.lists(operands(facts, "money"), min_size=2, max_size=2)
            return "money", {way: draw(pair)}
        case "sum":
            return "money", {way: draw(st.lists(operands(facts, *NUMBERS), **several))}
        case "earliest" | "latest":
            return "date", {way: draw(st.lists(operands(facts, "date"), **several))}
        case "group_of":
            return "code", {way: draw(st.sampled_from(_of(facts, "countries")))}
    kind = draw(st.sampled_from(["date", "integer", "money", "yes_no", "code", "codes"]))
    if way == "value":
        return kind, {way: draw(operands(facts, kind))}
    if way == "first_known":
        return kind, {way: draw(st.lists(operands(facts, kind), **several))}
    kind = "date" if kind == "codes" else kind  # a choice has no list as a constant
    outcome = st.one_of(values[kind], operands(facts, kind))
    case = st.builds(lambda w, t: {"when": w, "then": t}, conditions(facts, []), outcome)
    formula: dict[str, Any] = {"cases": draw(st.lists(case, **several))}
    if draw(st.booleans()):
        formula["otherwise"] = draw(outcome)
    return kind, formula


def _fact(kind: str) -> dict[str, Any]:
    code_list = {"code": "codes", "codes": "codes", "countries": "countries"}.get(kind)
    return {"type": kind, "label": TEXT, "category": "x", "code_list": code_list}


@st.composite
def country_lists(draw: st.DrawFn) -> dict[str, Any]:
    groups = st.sampled_from(["near", "far", "own"])
    items: dict[str, Any] = {}
    for code in COUNTRIES[:-1]:
        items[code] = {"label": TEXT}
        if draw(st.booleans()):
            items[code]["group"] = draw(groups)
        if draw(st.integers(0, 3)) == 0:
            first = draw(st.one_of(st.none(), days))
            dated = {"group": draw(groups), "valid_from": first, "valid_to": draw(days)}
            items[code]["groups"] = [dated]
    order = draw(st.permutations(["own", "near", "far"]))
    return {"label": TEXT, "items": items, "precedence": order, "otherwise": draw(groups)}


@st.composite
def packs(draw: st.DrawFn) -> tuple[Pack, date]:
    """A pack of base facts, computed facts on them and schemes on all, and a day."""
    on, kinds = draw(days), dict(BASE)
    facts = {name: _fact(kind) for name, kind in kinds.items()}
    for name, kind in BASE.items():
        if kind not in ("codes", "countries") and draw(st.integers(0, 9)) == 0:
            facts[name]["default"] = draw(values[kind])
    for index in range(draw(st.integers(1, 5))):
        kind, formula = draw(formulas(kinds))
        name = f"k{index}"
        facts[name] = _fact(kind) | {"compute": formula}
        facts[name]["prefer"] = draw(st.sampled_from(["computed", "given"]))
        kinds[name] = kind
    schemes: dict[str, Any] = {}
    for index in range(draw(st.integers(1, 5))):
        version = {"valid_from": date(1800, 1, 1), "gives": TEXT, "sources": [SOURCE]}
        version["applies_when"] = draw(conditions(kinds, list(schemes)))
        if index and draw(st.integers(0, 9)) == 0:
            version["valid_from"] = date(2200, 1, 1)  # not in force on any generated day
        schemes[f"S-{index}"] = {"label": TEXT, "need": "n", "versions": [version]}
    return build(facts, schemes, draw(country_lists())), on


def build(facts: Any, schemes: Any, countries: Any = None) -> Pack:
    """A pack of the parts that matter here; the rest is the least that a pack must have."""
    code_items = {code: {"label": TEXT} for code in CODES}
    lists = {"codes": {"label": TEXT, "items": code_items}}
    if countries is not None:
        lists["countries"] = countries
    header = {"country": "xx", "label": TEXT, "version": "1", "languages": ["en"]}
    header |= {"time_zone": "Europe/Amsterdam", "first_day": date(1800, 1, 1)}
    source = {"title": "x", "url": "https://example.org/", "checked_on": date(2024, 1, 1)}
    empty: dict[str, Any] = {kind: {} for kind in (*UNUSED_KINDS, "holidays")}
    return Pack.model_validate(
        {
            **empty,
            "header": header,
            "sources": {"s": source},
            "needs": {"n": {"label": TEXT, "order": 1}},
            "data_categories": {"x": {"label": TEXT}},
            "code_lists": lists,
            "facts": facts,
            "schemes": schemes,
        }
    )


@st.composite
def people(draw: st.DrawFn, pack: Pack) -> list[dict[str, Any]]:
    """People of whom some facts are given, computed ones too; the rest is not known."""
    options = {name: values[fact.type] for name, fact in pack.facts.items()}
    return draw(st.lists(st.fixed_dictionaries({}, optional=options), min_size=1, max_size=12))
