# SPDX-License-Identifier: EUPL-1.2
"""Duties: who must do what by when, from what started, met and voided them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from middenstip.pack.cited import Cited
from middenstip.pack.model import Due, Duty, DutyVersion, Owner
from middenstip.rules.conditions import (
    Get,
    Node,
    Reason,
    compile_condition,
    get_operand,
    get_value,
)
from middenstip.rules.dates import add_term, plain_term
from middenstip.rules.facts import Facts
from middenstip.rules.formulas import Compiled
from middenstip.rules.results import DutyResult, DutyState
from middenstip.rules.words import Words

if TYPE_CHECKING:
    from middenstip.rules.engine import Engine
    from middenstip.rules.fold import Start, Step, Trace


@dataclass(slots=True)
class Rule:
    """A due rule, compiled: ``get`` gives the day itself, or the day its term counts from."""

    item: Due
    node: Node | None
    get: Get | None


@dataclass(slots=True)
class Version:
    """A dated version of a duty, compiled."""

    item: DutyVersion
    rules: tuple[Rule, ...]
    sources: tuple[Cited, ...]


class Run(NamedTuple):
    """One run of a clock as it began. ``after`` are the facts right after its start.

    ``since`` is the day from which events may meet it; None where facts began it, no day known.
    """

    key: str
    starts_on: date | None
    since: date | None
    order: int
    step: Step | None
    after: Facts


class Clock:
    """A duty, compiled."""

    def __init__(self, engine: Engine, key: str, duty: Duty) -> None:
        self.id = key
        self.duty = duty
        self.met = compile_condition(duty.met_when) if duty.met_when is not None else None
        self.void = compile_condition(duty.void_when) if duty.void_when is not None else None
        self.starting = {m.event for m in duty.starts if hasattr(m, "event")}
        self.versions = tuple(
            Version(
                version,
                tuple(_rule(due) for due in version.due),
                engine.cite(version.sources),
            )
            for version in duty.versions
        )
        self.begins = {
            index: Compiled(start.on) if start.on is not None else None
            for index, start in enumerate(duty.starts)
            if not hasattr(start, "event")
        }
        owner = duty.owner if isinstance(duty.owner, Owner) else Owner(otherwise=duty.owner)
        self.owner_field = owner.event
        self.owner_otherwise = owner.otherwise
        self.owner_cases = tuple(
            (compile_condition(case.when), get_value(case.then)) for case in owner.cases
        )

    def ended_on_facts(self, view: Facts) -> bool:
        """Return whether the facts say that a running clock has been met or is void."""
        return any(n is not None and n.judge(view) is True for n in (self.met, self.void))

    def version_on(self, day: date) -> Version | None:
        """Return the version that holds on a day, None when there is none."""
        for version in self.versions:
            item = version.item
            if item.valid_from <= day and (item.valid_to is None or day <= item.valid_to):
                return version
        return None


def _rule(due: Due) -> Rule:
    node = compile_condition(due.when) if due.when is not None else None
    operand = due.date if due.date is not None else due.after
    return Rule(due, node, get_operand(operand) if operand is not None else None)


def duty_results(trace: Trace, final: Facts, words: Words) -> tuple[DutyResult, ...]:
    """Return every run of every clock: overdue first, then open by due day, then the most
    recent of met and void.

    ``final`` is the view of the day asked. A condition counts as it stood right after the
    start; where that was not known then, what is known on the day asked decides.
    """
    engine = trace.engine
    by_condition: dict[int, list[tuple[int, date | None]]] = {}
    for place, index, _, node in engine.by_condition:
        if node.judge(final) is True:
            formula = engine.clocks[place].begins[index]
            day = formula.get(final) if formula is not None else trace.on
            by_condition.setdefault(place, []).append((index, day))
    results: list[tuple[tuple[int, int], DutyResult]] = []
    for place in sorted({*trace.starts, *by_condition}):
        reader = _Reader(trace, final, words, engine.clocks[place], place)
        results += reader.results(trace.starts.get(place, []), by_condition.get(place, []))
    results.sort(key=lambda pair: pair[0])
    return tuple(result for _, result in results)


class _Reader:
    """Reads the runs of one clock from the trace."""

    def __init__(
        self, trace: Trace, final: Facts, words: Words, clock: Clock, place: int
    ) -> None:
        self.trace = trace
        self.final = final
        self.words = words
        self.clock = clock
        self.meets = trace.meets.get(place, [])
        self.voids = trace.voids.get(place, [])

    def results(
        self, starts: list[Start], conditions: list[tuple[int, date | None]]
    ) -> list[tuple[tuple[int, int], DutyResult]]:
        """Return (sort key, result) for each run that stands."""
        found = []
        for run in self._runs(starts, conditions):
            result = self._result(run)
            if result is not None:
                found.append((_sort_key(result), result))
        return found

    def _runs(
        self, starts: list[Start], conditions: list[tuple[int, date | None]]
    ) -> list[Run]:
        repeat = self.clock.duty.repeat
        runs: list[Run] = []
        for start in starts:
            step = start.step
            if runs and repeat == "once":
                break
            if runs and repeat == "after_met":
                met, void = self._ends(runs[-1])
                ended = any(e is not None and e.order <= step.order for e in (met, void))
                if not (ended or start.ended_before):
                    continue
            key = f"{self.clock.id}:{step.event.id}"
            on = step.event.on
            runs.append(Run(key, on, on, step.order, step, start.after))
        for index, day in conditions:
            if runs and repeat == "once":
                break
            if runs and repeat == "after_met" and not any(self._ends(runs[-1])):
                break
            since = day if self.clock.begins[index] is not None else None
            runs.append(Run(f"{self.clock.id}:{index}", day, since, -1, None, self.final))
        return runs

    def _ends(self, run: Run) -> tuple[Step | None, Step | None]:
        """Return the events that met and voided a run; on its first day any order will do for
        what meets it. A run that began because of facts on no known day is met by any event."""
        day = run.since
        met = void = None
        for step in self.meets:
            if day is not None and step.event.on < day:
                continue
            if step.event.type in self.clock.starting and step.order <= run.order:
                continue
            met = step
            break
        for step in self.voids:
            if step.order > run.order and (day is None or step.event.on >= day):
                void = step
                break
        return met, void

    def _result(self, run: Run) -> DutyResult | None:
        trace, clock = self.trace, self.clock
        by_start = clock.duty.law_of == "start" and run.starts_on is not None
        version = clock.version_on(run.starts_on if by_start else trace.on)  # type: ignore[arg-type]
        if version is None:
            return None
        event = run.step.fields if run.step is not None else None
        final = self.final if event is None else self.final.with_event(event)
        due_on, how = _DueReader(self.words, run, final, self._judge(run, final)).read(version)
        state, met_on = self._state(run, final, due_on)
        return DutyResult(
            clock.id,
            run.key,
            self._owner(run, final),
            clock.duty.need,
            run.starts_on,
            due_on,
            state,
            met_on,
            how,
            version.item.basis,
            version.sources,
            run.step.event.id if run.step is not None else None,
        )

    def _state(
        self, run: Run, final: Facts, due_on: date | None
    ) -> tuple[DutyState, date | None]:
        met, void = self._ends(run)
        if met is not None and (void is None or met.order < void.order):
            return "met", met.event.on
        if void is not None:
            return "void", None
        if self.clock.met is not None and self.clock.met.judge(final) is True:
            return "met", None
        if self.clock.void is not None and self.clock.void.judge(final) is True:
            return "void", None
        return ("overdue" if due_on is not None and due_on < self.trace.on else "open"), None

    def _judge(self, run: Run, final: Facts) -> Callable[[Node], bool | None]:
        def judge(node: Node) -> bool | None:
            truth = node.judge(run.after)
            if truth is None and run.step is not None and run.after.today != final.today:
                final_then = Facts(
                    final.engine, self.trace.values, self.trace.beside, self.trace.unsure,
                    run.after.today, run.after.event,
                )  # fmt: skip
                truth = node.judge(final_then)
            return node.judge(final) if truth is None else truth

        return judge

    def _owner(self, run: Run, final: Facts) -> str:
        clock = self.clock
        if clock.owner_field is not None and run.step is not None:
            named = run.step.fields.get(clock.owner_field)
            if isinstance(named, str) and named in final.engine.pack.organisation_kinds:
                return named
        judge = self._judge(run, final)
        for node, get in clock.owner_cases:
            if judge(node) is True and (owner := get(final)) is not None:
                return str(owner)
        return clock.owner_otherwise


class _DueReader:
    """Finds the day a run is due and tells how."""

    def __init__(
        self, words: Words, run: Run, final: Facts, judge: Callable[[Node], bool | None]
    ) -> None:
        self.words = words
        self.run = run
        self.final = final
        self.judge = judge

    def read(self, version: Version) -> tuple[date | None, str]:
        """Return the due day (None when it is not known) and the words for it.

        A rule that is not certain to match does not give the day; the words name what is not
        known and the day it would give.
        """
        doubts: list[str] = []
        instead: list[str] = []
        for rule in version.rules:
            truth = True if rule.node is None else self.judge(rule.node)
            if truth is True:
                due_on, how = self._day(rule)
                if doubts:
                    facts = ", ".join(dict.fromkeys(doubts))
                    how = self.words.phrase("unless", how, facts, ", ".join(instead))
                return due_on, how
            if truth is None and rule.node is not None:
                doubts += self._unknowns(rule.node)
                instead.append(self._day(rule)[1])
        if doubts:
            return None, self.words.phrase("not_known_day", ", ".join(dict.fromkeys(doubts)))
        return None, self.words.phrase("no_term")

    def _day(self, rule: Rule) -> tuple[date | None, str]:
        item, words = rule.item, self.words
        base = rule.get(self.final) if rule.get is not None else self.run.starts_on
        operand = item.date if item.date is not None else item.after
        name = words.label(operand) if operand is not None else ""
        if base is None:
            how = (
                words.phrase("not_known_day", name)
                if item.date is not None or item.term is None
                else words.phrase(
                    "from_unknown", plain_term(item.term, words.lang), name or "?"
                )
            )
            if item.how is not None:
                how = f"{self._filled(item)}; {how}"
            return None, how
        if item.date is not None or item.term is None:
            due_on = base
            itself = operand is None or operand.today or operand.event == "on"
            shifted = operand is not None and (operand.plus or operand.minus)
            how = (
                words.phrase("day_itself", base.isoformat())
                if itself and not shifted
                else words.phrase("on_day", base.isoformat(), name)
            )
        else:
            due_on = add_term(base, item.term)
            length = plain_term(item.term, words.lang)
            how = (
                words.phrase("from", length, base.isoformat())
                if length
                else words.phrase("day_itself", base.isoformat())
            )
        return due_on, self._filled(item) if item.how is not None else how

    def _filled(self, item: Due) -> str:
        event = self.run.step.event.type if self.run.step is not None else None
        return self.words.fill(item.how or {}, self.final, event)

    def _unknowns(self, node: Node) -> list[str]:
        reasons: list[Reason] = []
        node.reasons(self.final, True, reasons)
        return [
            self.words.fact(fact)
            for reason in reasons
            if reason.truth is None
            for fact in sorted(reason.leaf.facts)
            if self.final[fact] is None
        ]


_PLACES: dict[str, int] = {"overdue": 0, "open": 1, "met": 2, "void": 2}


def _sort_key(result: DutyResult) -> tuple[int, int]:
    place = _PLACES[result.state]
    if place < 2:
        return place, result.due_on.toordinal() if result.due_on else date.max.toordinal()
    recent = result.met_on or result.due_on or result.starts_on
    return place, -recent.toordinal() if recent else 0
