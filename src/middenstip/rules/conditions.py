# SPDX-License-Identifier: EUPL-1.2
"""The meaning of the condition language for one person: true, false, or None for not known.

Each condition is compiled once per pack. A compiled node judges a view of the facts (a closure,
because this runs hundreds of times for every assessment), and can afterwards say which of its
leaves decided the outcome, which is all that an explanation needs.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

from middenstip.pack import conditions as c
from middenstip.rules.dates import add_term

Truth = bool | None


class View(Protocol):
    """What a condition looks at: facts by id, the day, and the event at hand."""

    today: date
    event: dict[str, Any]

    def __getitem__(self, fact: str, /) -> Any: ...

    def scheme(self, scheme: str) -> Truth:
        """Return whether the scheme holds on the day of this view."""
        ...


Judge = Callable[[View], Truth]
Get = Callable[[View], Any]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


class Shield(NamedTuple):
    """``possibly`` or ``certainly`` around a condition that is not known: what must be told is
    only why it is not ``against`` (why it may hold, or why it is not certain)."""

    word: str
    against: bool


NO_SHIELD = Shield("", False)


@dataclass(slots=True, frozen=True)
class Reason:
    """A leaf that decided an outcome.

    ``truth`` is what the leaf says, ``wanted`` what would have helped the whole to hold,
    ``shield`` is ``possibly`` or ``certainly`` when one of these settled an unknown leaf.
    """

    leaf: Leaf
    truth: Truth
    wanted: bool
    shield: str = ""


class Node:
    """A compiled condition."""

    __slots__ = ("facts", "judge", "schemes")

    judge: Judge
    facts: frozenset[str]
    schemes: frozenset[str]

    def reasons(
        self, view: View, wanted: bool, into: list[Reason], shield: Shield = NO_SHIELD
    ) -> None:
        """Append the leaves that decide this node's truth, in the order of the condition."""
        raise NotImplementedError

    def leaves(self) -> Iterator[Leaf]:
        """Yield every leaf below."""
        raise NotImplementedError


class Leaf(Node):
    """A comparison or a reference to a scheme; ``sentences`` keeps what was put in words."""

    __slots__ = ("fact_order", "item", "left", "op", "right", "sentences", "value")

    def __init__(self, item: c.Comparison | c.SchemeHolds) -> None:
        self.item = item
        self.sentences: dict[Any, str] = {}
        self.schemes = frozenset()
        self.facts = frozenset()
        self.fact_order: tuple[str, ...] = ()
        if isinstance(item, c.SchemeHolds):
            self.schemes = frozenset((item.scheme,))
            self.op, self.value = "scheme", item.scheme
            self.left: Get = lambda view, scheme=item.scheme: view.scheme(scheme)  # type: ignore[misc]
            self.right: Get | None = None
            self.judge = self.left
            return
        ((self.op, self.value),) = item.comparisons()
        self.left = get_operand(item)
        self.right = get_operand(self.value) if isinstance(self.value, c.Operand) else None
        names = [item.fact, self.value.fact if isinstance(self.value, c.Operand) else None]
        self.fact_order = tuple(n for n in names if n)
        self.facts = frozenset(self.fact_order)
        plain = item.fact is not None and item.plus is None and item.minus is None
        if plain and self.right is None and item.fact is not None:
            self.judge = _judge_fact(item.fact, self.op, self.value)
        else:
            self.judge = _judge_any(self.left, self.op, self.value, self.right)

    @property
    def sees_today(self) -> bool:
        """Whether the day itself is compared."""
        sides = (self.item, self.value)
        return any(isinstance(side, c.Operand) and bool(side.today) for side in sides)

    def reasons(
        self, view: View, wanted: bool, into: list[Reason], shield: Shield = NO_SHIELD
    ) -> None:
        """Append itself."""
        into.append(Reason(self, self.judge(view), wanted, shield.word))

    def leaves(self) -> Iterator[Leaf]:
        """Yield itself."""
        yield self


class Branch(Node):
    """``all`` and ``any``; ``stops_at`` is the truth of one part that decides the whole."""

    __slots__ = ("parts", "stops_at")

    def __init__(self, parts: tuple[Node, ...], stops_at: bool) -> None:
        self.parts = parts
        self.stops_at = stops_at
        self.facts = frozenset().union(*(p.facts for p in parts))
        self.schemes = frozenset().union(*(p.schemes for p in parts))
        self.judge = _judge_parts(tuple(p.judge for p in parts), stops_at)

    def reasons(
        self, view: View, wanted: bool, into: list[Reason], shield: Shield = NO_SHIELD
    ) -> None:
        """Append what decided: one true part of ``any``, every false part of ``all``, ..."""
        whole = self.judge(view)
        shielded = whole is None and shield.word
        for part in self.parts:
            truth = part.judge(view)
            if truth is not shield.against if shielded else truth is whole:
                part.reasons(view, wanted, into, shield)
                # One part is enough for a true `any`, and for an `any` that is merely not
                # false; a false `all` tells every false part, that helps who must mend it.
                if shield.against is not self.stops_at if shielded else whole and self.stops_at:
                    return

    def leaves(self) -> Iterator[Leaf]:
        """Yield the leaves of every part."""
        for part in self.parts:
            yield from part.leaves()


class Turn(Node):
    """``not``, ``possibly`` and ``certainly``."""

    __slots__ = ("how", "inner")

    def __init__(self, inner: Node, how: str) -> None:
        self.inner = inner
        self.how = how
        self.facts = inner.facts
        self.schemes = inner.schemes
        self.judge = _judge_turn(inner.judge, how)

    def reasons(
        self, view: View, wanted: bool, into: list[Reason], shield: Shield = NO_SHIELD
    ) -> None:
        """Append what decided the inner condition; an unknown one is marked as shielded."""
        if self.how == "not":
            turned = Shield(shield.word, not shield.against)
            self.inner.reasons(view, not wanted, into, turned)
        else:
            self.inner.reasons(view, wanted, into, Shield(self.how, self.how == "certainly"))

    def leaves(self) -> Iterator[Leaf]:
        """Yield the leaves of the inner condition."""
        return self.inner.leaves()


def compile_condition(item: Any) -> Node:
    """Compile a condition of a pack; the result may be used for any number of views."""
    match item:
        case c.All():
            return Branch(tuple(compile_condition(p) for p in item.all), stops_at=False)
        case c.AnyOf():
            return Branch(tuple(compile_condition(p) for p in item.any), stops_at=True)
        case c.Not():
            return Turn(compile_condition(item.not_), "not")
        case c.Possibly():
            return Turn(compile_condition(item.possibly), "possibly")
        case c.Certainly():
            return Turn(compile_condition(item.certainly), "certainly")
        case c.Comparison() | c.SchemeHolds():
            return Leaf(item)
    raise TypeError(f"not a condition: {item!r}")


def get_operand(item: c.Operand) -> Get:
    """Return a function that looks an operand up in a view; None means not known."""
    get: Get
    if item.fact is not None:
        get = operator.itemgetter(item.fact)
    elif item.event is not None:
        get = lambda view, field=item.event: view.event.get(field)  # type: ignore[misc]  # noqa: E731
    else:
        get = operator.attrgetter("today")
    for term, sign in ((item.plus, 1), (item.minus, -1)):
        if term is not None:
            get = _shifted(get, term, sign)
    return get


def get_value(item: c.Scalar | c.Operand | None) -> Get:
    """Return a function for a constant or an operand."""
    return get_operand(item) if isinstance(item, c.Operand) else lambda _view: item


def _shifted(get: Get, term: c.Term, sign: int) -> Get:
    def shifted(view: View) -> date | None:
        day = get(view)
        return None if day is None else add_term(day, term, sign)

    return shifted


def _compare(op: str, left: Any, right: Any) -> Truth:
    """Judge ``in``, ``has`` and ``has_any`` for a known left side."""
    if op == "in":
        return left in right
    found = right in left if op == "has" else any(code in left for code in right)
    # A list with the code "unknown" in it may hold more than it names.
    return True if found else None if "unknown" in left else False


def _judge_fact(fact: str, op: str, value: Any) -> Judge:
    """Judge a bare fact against a constant: by far the most frequent leaf."""
    if op == "known":
        return lambda view: (view[fact] is not None) is value
    if op == "is":

        def equals(view: View) -> Truth:
            found = view[fact]
            return None if found is None else bool(found == value)

        return equals
    if op in _ORDER:
        compare = _ORDER[op]

        def orders(view: View) -> Truth:
            found = view[fact]
            return None if found is None else compare(found, value)

        return orders
    return _judge_any(operator.itemgetter(fact), op, value, None)


def _judge_any(left: Get, op: str, value: Any, right: Get | None) -> Judge:
    if op == "known":
        return lambda view: (left(view) is not None) is value
    compare = _ORDER.get(op)

    def judge(view: View) -> Truth:
        found = left(view)
        if found is None:
            return None
        other = value if right is None else right(view)
        if other is None:
            return None
        return compare(found, other) if compare else _compare(op, found, other)

    return judge


def _judge_parts(parts: tuple[Judge, ...], stops_at: bool) -> Judge:
    if stops_at:

        def any_of(view: View) -> Truth:
            whole: Truth = False
            for part in parts:
                truth = part(view)
                if truth:
                    return True
                if truth is None:
                    whole = None
            return whole

        return any_of

    def all_of(view: View) -> Truth:
        whole: Truth = True
        for part in parts:
            truth = part(view)
            if truth is None:
                whole = None
            elif not truth:
                return False
        return whole

    return all_of


def _judge_turn(inner: Judge, how: str) -> Judge:
    if how == "possibly":
        return lambda view: inner(view) is not False
    if how == "certainly":
        return lambda view: inner(view) is True

    def negated(view: View) -> Truth:
        truth = inner(view)
        return None if truth is None else not truth

    return negated
