# SPDX-License-Identifier: EUPL-1.2
"""Why an outcome is what it is: the leaves that decided it, as plain sentences."""

from __future__ import annotations

from datetime import date
from typing import Any

from middenstip.pack.conditions import Comparison, Operand, SchemeHolds
from middenstip.rules.conditions import Leaf, Node, Reason
from middenstip.rules.facts import Facts
from middenstip.rules.words import Words, text

_ORDERS = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}
_KEPT = 4096  # sentences kept per leaf; a leaf on dates would otherwise grow without end


def explain(node: Node, view: Facts, words: Words) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (sentences, facts to ask after) for a condition in a view.

    The sentences tell the leaves that decided, and only those. The facts are none unless the
    outcome is unknown: then those of the deciding leaves, and for a computed one also those it
    rests on. Which of them are missing is for `missing` to say.
    """
    reasons: list[Reason] = []
    node.reasons(view, True, reasons)
    said = dict.fromkeys(sentence(reason, view, words) for reason in reasons)
    unknown = node.judge(view) is None
    return tuple(said), facts_behind(reasons, view) if unknown else ()


def missing(facts: tuple[str, ...], view: Facts) -> tuple[str, ...]:
    """Return those that are not known, or are a list that may hold more than it names."""
    return tuple(
        fact
        for fact in facts
        if (value := view[fact]) is None or (isinstance(value, tuple) and "unknown" in value)
    )


def facts_behind(reasons: list[Reason], view: Facts) -> tuple[str, ...]:
    """Return the facts on which the unknown ones of these leaves rest, each once."""
    found: dict[str, None] = {}
    for reason in reasons:
        if reason.truth is not None:
            continue
        for fact in reason.leaf.fact_order:
            found |= dict.fromkeys(view.engine.inputs.get(fact, (fact,)))
        for scheme in reason.leaf.schemes:
            version = view.engine.law_on(view.today).by_id.get(scheme)
            if version is not None:
                inner: list[Reason] = []
                version.node.reasons(view, True, inner)
                found |= dict.fromkeys(facts_behind(inner, view))
    return tuple(found)


def sentence(reason: Reason, view: Facts, words: Words) -> str:
    """Return what one deciding leaf says, from the labels of the pack.

    ``say`` of a leaf tells the obstacle: it stands where the leaf is against the outcome.
    """
    leaf = reason.leaf
    left = leaf.left(view)
    right = leaf.right(view) if leaf.right is not None else None
    key = (words.lang, left, type(left), right, reason.truth, reason.wanted, reason.shield)
    found = leaf.sentences.get(key)
    if found is None:
        if len(leaf.sentences) >= _KEPT:
            leaf.sentences.clear()
        found = leaf.sentences[key] = _written(reason, left, right, words)
    return found


def _written(reason: Reason, left: Any, right: Any, words: Words) -> str:
    item = reason.leaf.item
    if isinstance(item, Comparison) and item.say and reason.truth is (not reason.wanted):
        return text(item.say, words.lang)
    name, value = _name_and_value(item, left, words)
    if reason.truth is None:
        return _unknown(reason, left, right, name, words)
    helps = reason.truth is reason.wanted
    needed = requirement(reason.leaf, right, reason.wanted, words)
    if helps and reason.leaf.op in ("is", "in", "has", "has_any", "scheme", "known"):
        return f"{name}: {value}."
    return f"{name}: {value} ({needed if helps else words.phrase('needed', needed)})."


def _unknown(reason: Reason, left: Any, right: Any, name: str, words: Words) -> str:
    item = reason.leaf.item
    if left is not None and right is None and isinstance(reason.leaf.value, Operand):
        name = words.label(reason.leaf.value)
    elif left is not None and isinstance(item, Comparison):
        name = f"{name} ({_name_and_value(item, left, words)[1]})"
    said = words.phrase("unknown_fact", name)
    if reason.shield:
        shield = "counts_possible" if reason.shield == "possibly" else "not_certain"
        said += f", {words.phrase(shield)}"
    return f"{said}."


def _name_and_value(item: Comparison | SchemeHolds, left: Any, words: Words) -> tuple[str, str]:
    if isinstance(item, SchemeHolds):
        scheme = words.engine.pack.schemes.get(item.scheme)
        name = f"{item.scheme} {text(scheme.label, words.lang)}" if scheme else item.scheme
        key = "unknown" if left is None else "applies" if left else "does_not_apply"
        return name, words.phrase(key)
    name = words.label(item)
    if item.fact is not None:
        return name, words.of_fact(item.fact, left)
    return name, words.value(left)


def requirement(leaf: Leaf, right: Any, wanted: bool, words: Words) -> str:
    """Say what a leaf asks for, or its opposite where the whole wants it false."""
    item = leaf.item
    if isinstance(item, SchemeHolds):
        return words.phrase("applies" if wanted else "does_not_apply")
    op, value = leaf.op, leaf.value
    list_id = words.engine.pack.facts[item.fact].code_list if item.fact else None
    if op == "known":
        return words.phrase("known" if bool(value) is wanted else "not_known")
    if isinstance(value, Operand):
        shown = f"{words.label(value)} = {words.value(right, list_id)}"
    else:
        shown = words.value(value, list_id)
    if op in _ORDERS:
        day = isinstance(right if isinstance(value, Operand) else value, date)
        return words.phrase((op if wanted else _ORDERS[op]) + ("_day" if day else ""), shown)
    if op == "in" and len(leaf.value) > 1:
        return words.phrase("one_of" if wanted else "none_of", shown)
    if op in ("has", "has_any"):
        several = op == "has_any" and len(leaf.value) > 1
        inner = words.phrase("one_of", shown) if several else shown
        return words.phrase("with" if wanted else "without", inner)
    return shown if wanted else words.phrase("not", shown)
