# SPDX-License-Identifier: EUPL-1.2
"""The outcome of every scheme for very many people at once, as columns.

The condition trees of the pack become Ibis expressions in which null is "not known yet". They
run on Polars by default and on whatever else Ibis speaks. The answers are those of the engine
for one person (:mod:`middenstip.rules.assess`), row by row; property tests hold them equal.

Ibis and Polars cost time to import, so only the modules named ``columns*`` touch them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Literal

import ibis
import polars as pl
from ibis.expr.types import Table, Value

from middenstip.pack.conditions import Item, Operand, SchemeHolds
from middenstip.pack.model import Formula, Pack
from middenstip.rules.columns_logic import Operandish, as_column, first_known
from middenstip.rules.columns_reader import ColumnReader
from middenstip.rules.columns_table import COLUMN_TYPES, check_columns, uncertain

__all__ = ["columns", "outcomes"]

Node = tuple[Literal["fact", "scheme"], str]


def outcomes(
    pack: Pack, *, on: date, facts: pl.DataFrame, keys: Sequence[str] = ()
) -> pl.DataFrame:
    """Return one boolean column per scheme in force on the day: true, false, null (unknown).

    ``facts`` has a column per fact (see :func:`middenstip.rules.columns_table.facts_table`);
    a fact without a column is unknown for everybody. The rows keep their order; the columns in
    ``keys`` come along untouched. Raises ValueError for a column that is neither, and for a day
    on which the pack has no scheme in force.
    """
    backend = ibis.polars.connect({"facts": facts.lazy()})
    expression = columns(pack, on=on, table=backend.table("facts"), keys=keys)
    # The streaming engine works in pieces that fit the processor's cache, and keeps the order.
    answer: pl.DataFrame = backend.to_polars(expression, engine="streaming")
    return answer


def columns(pack: Pack, *, on: date, table: Table, keys: Sequence[str] = ()) -> Table:
    """Return the expression of :func:`outcomes` on a table of any Ibis backend.

    A backend without an order of rows needs a key to tell the rows apart.
    """
    check_columns(pack, table.columns, keys)
    return _Plan(pack, on).build(table, keys)


class _Plan:
    """What depends on what: facts and schemes in stages, each a set of columns on the last.

    Stages keep a fact that many schemes use (an age, say) from being worked out many times.
    """

    def __init__(self, pack: Pack, on: date) -> None:
        self.pack, self.on = pack, on
        self.versions = pack.schemes_on(on)
        if not self.versions:
            raise ValueError(f"the pack {pack.header.country} has no scheme in force on {on}")
        self.depths: dict[Node, int] = {}
        for scheme in self.versions:
            self._depth(("scheme", scheme), ())

    def build(self, table: Table, keys: Sequence[str]) -> Table:
        """Return the table of keys and outcomes."""
        reader = ColumnReader(self.pack, self.on, table)
        for depth in sorted(set(self.depths.values())):
            stage = {
                name: self._formed(kind, name, reader)
                for (kind, name), at in self.depths.items()
                if at == depth
            }
            changed = {k: v for k, v in stage.items() if isinstance(v, Value)}
            reader.constants |= {k: v for k, v in stage.items() if k not in changed}
            if changed:
                reader.table = reader.table.mutate(**changed)
        answers = {
            scheme: as_column(reader.named(scheme), "boolean") for scheme in self.versions
        }
        return reader.table.select(*keys, **answers)

    def _formed(self, kind: str, name: str, reader: ColumnReader) -> Operandish:
        if kind == "scheme":
            version = self.versions.get(name)
            return False if version is None else reader.truth(version.applies_when)
        fact, given = self.pack.facts[name], reader.named(name)
        default: Operandish = fact.default
        if default is not None and uncertain(name) in reader.table.columns:
            default = ibis.ifelse(reader.table[uncertain(name)], ibis.null(), default)
        if fact.compute is None:
            return first_known([given, default])
        computed = reader.value(fact.compute, COLUMN_TYPES[fact.type])
        ranked = [computed, given] if fact.prefer == "computed" else [given, computed]
        return first_known([*ranked, default])

    def _depth(self, node: Node, on_the_way: tuple[Node, ...]) -> int:
        if node in on_the_way:
            raise ValueError(f"{node[0]} {node[1]} depends on itself")
        if node not in self.depths:
            below = [self._depth(n, (*on_the_way, node)) for n in self._inputs(node)]
            self.depths[node] = 1 + max(below, default=-1)
        return self.depths[node]

    def _inputs(self, node: Node) -> set[Node]:
        kind, name = node
        if kind == "scheme":
            version = self.versions.get(name)
            return set() if version is None else set(_named_in(version.applies_when))
        formula = self.pack.facts[name].compute
        return set() if formula is None else set(_named_in(formula))


def _named_in(part: Any) -> Iterator[Node]:
    """Name every fact and scheme that a tree looks at."""
    if isinstance(part, Item):
        if isinstance(part, Operand) and part.fact is not None:
            yield "fact", part.fact
        if isinstance(part, SchemeHolds):
            yield "scheme", part.scheme
        if isinstance(part, Formula) and part.group_of is not None:
            yield "fact", part.group_of
        for _, inner in part:
            yield from _named_in(inner)
    elif isinstance(part, tuple):
        for inner in part:
            yield from _named_in(inner)
