# SPDX-License-Identifier: EUPL-1.2
"""Flags: where practice left a rule. They are shown and refuse nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from middenstip.rules.facts import Facts
from middenstip.rules.results import DutyResult, FlagResult
from middenstip.rules.words import Words

if TYPE_CHECKING:
    from middenstip.rules.engine import Raising
    from middenstip.rules.fold import Step, Trace


def flag_results(
    trace: Trace, final: Facts, duties: tuple[DutyResult, ...], words: Words
) -> tuple[FlagResult, ...]:
    """Return the flags that stand on the day asked, in the order of the pack.

    One for each overdue run of a duty (since the day after it was due), one for each event that
    raises it (since its day), one where the facts do (since the day the pack tells, if known).
    """
    by_event: dict[str, list[Step]] = {}
    for flag, step in trace.flags:
        by_event.setdefault(flag.id, []).append(step)
    overdue: dict[str, list[DutyResult]] = {}
    for duty in duties:
        if duty.state == "overdue":
            overdue.setdefault(duty.id, []).append(duty)
    found: list[FlagResult] = []
    for flag in trace.engine.flags:
        item = flag.item
        if item.event is not None:
            found += [
                _result(flag, step.event.on, words, final, step)
                for step in by_event.get(flag.id, ())
            ]
        elif item.duty is not None:
            runs = overdue.get(item.duty, ())
            if runs and (flag.node is None or flag.node.judge(final) is True):
                found += [
                    _result(flag, run.due_on + timedelta(days=1), words, final)
                    for run in runs
                    if run.due_on is not None
                ]
        elif flag.node is not None and flag.node.judge(final) is True:
            since = flag.since.get(final) if flag.since is not None else None
            if since is None or since <= trace.on:
                found.append(_result(flag, since, words, final))
    return tuple(found)


def _result(
    flag: Raising, since: date | None, words: Words, final: Facts, step: Step | None = None
) -> FlagResult:
    if step is None:
        message = words.fill(flag.item.message, final, None)
        return FlagResult(flag.id, flag.item.rule, since, message, flag.sources)
    view = final.with_event(step.fields)
    message = words.fill(flag.item.message, view, step.event.type)
    return FlagResult(flag.id, flag.item.rule, since, message, flag.sources, step.event.id)
