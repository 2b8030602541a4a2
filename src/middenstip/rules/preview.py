# SPDX-License-Identifier: EUPL-1.2
"""What a changed pack would do, before it goes live: which items differ, whose outcome changes.

Two packs are held against each other on the stories of the law and on made-up people. Equal
outcomes prove nothing about a change that no story and none of these people touches.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from middenstip.pack.model import KINDS, Fact, Pack
from middenstip.pack.translations import languages_of, read_texts, text_files
from middenstip.rules.duties import duty_results
from middenstip.rules.engine import Engine, engine_for
from middenstip.rules.flags import flag_results
from middenstip.rules.fold import BadThread, fold
from middenstip.rules.results import ThreadEvent

MOST_DAYS = 5
_WORDS = {True: "applies", False: "does_not_apply", None: "unknown"}
Outcomes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of an item in both packs, by its key path; None where it is not there."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that is new, gone or changed; ``differences`` only where it is in both packs."""

    kind: str
    id: str
    label: str
    what: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One outcome that changes: of a scheme, duty, flag or refusal."""

    id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StoryChange:
    """A story of the law that would end otherwise, on its own day."""

    story: str
    on: date
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A person and what happened, with the day that is asked."""

    id: str
    on: date
    facts: Mapping[str, Any]
    events: Sequence[ThreadEvent] = ()


@dataclass(frozen=True, slots=True)
class PeopleTurn:
    """A turn among the made-up people on a day: for how many, and the facts of one of them."""

    on: date
    turn: Turn
    count: int
    example: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """All that differs between the pack that is live and a changed one.

    ``changed_people`` counts people with any change on any of ``days``. ``unread`` names
    stories that one of the packs cannot read, with why.
    """

    before: str
    after: str
    items: tuple[ItemChange, ...]
    stories: int
    story_changes: tuple[StoryChange, ...]
    unread: tuple[str, ...]
    people: int
    changed_people: int
    days: tuple[date, ...]
    people_turns: tuple[PeopleTurn, ...]


def preview(
    live: Pack, changed: Pack, *, stories: Sequence[Story], people: int, seed: int, today: date
) -> Preview:
    """Return what differs between two packs, on stories and on ``people`` made-up people.

    The same seed and packs give the same people. They are asked today and on the days on which
    changed law begins or ends, at most five.
    """
    days = telling_days(live, changed, today)
    story_changes, unread = _stories(live, changed, stories)
    turns, touched = _people(live, changed, made_up(live, changed, people, seed, today), days)
    return Preview(
        live.header.version,
        changed.header.version,
        tuple(item_changes(live, changed)),
        len(stories),
        tuple(story_changes),
        tuple(unread),
        people,
        touched,
        days,
        turns,
    )


# What differs


def item_changes(live: Pack, changed: Pack) -> Iterator[ItemChange]:
    """Yield every item that differs, kind by kind; the header comes first."""
    header = _differences(_plain(live.header), _plain(changed.header))
    if header:
        yield ItemChange("pack", changed.header.country, "", "changed", header)
    for kind in KINDS:
        before, after = getattr(live, kind), getattr(changed, kind)
        for item_id in dict.fromkeys([*before, *after]):
            here, there = before.get(item_id), after.get(item_id)
            if here == there:
                continue
            label = _label(there if there is not None else here)
            if here is None or there is None:
                yield ItemChange(kind, item_id, label, "new" if here is None else "gone")
            else:
                differences = _differences(_plain(here), _plain(there))
                yield ItemChange(kind, item_id, label, "changed", differences)


def _label(item: Any) -> str:
    label = getattr(item, "label", None)
    return str(label.get("en") or next(iter(label.values()), "")) if label else ""


def _plain(item: Any) -> Any:
    return item.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _differences(before: Any, after: Any) -> tuple[Difference, ...]:
    here, there = dict(_flat(before)), dict(_flat(after))
    return tuple(
        Difference(path, here.get(path), there.get(path))
        for path in dict.fromkeys([*here, *there])
        if here.get(path) != there.get(path)
    )


def _flat(content: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (key path, value) of plain values; a version is named after its first day."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from _flat(value, f"{path}.{key}" if path else str(key))
    elif isinstance(content, list | tuple):
        for index, value in enumerate(content):
            first = value.get("valid_from") if isinstance(value, Mapping) else None
            yield from _flat(value, f"{path}.{first or index}")
    else:
        yield path, str(content)


def translation_changes(live: Path, changed: Path) -> Iterator[ItemChange]:
    """Yield each language whose translations differ between two pack folders; PackError."""
    for lang in sorted({*languages_of(live), *languages_of(changed)}):
        before, after = _translated(live, lang), _translated(changed, lang)
        if before != after:
            what = "changed" if before and after else "new" if after else "gone"
            different = _differences(before, after) if what == "changed" else ()
            yield ItemChange("texts", lang, "", what, different)


def _translated(folder: Path, lang: str) -> dict[str, str]:
    return {k: t.text for p in text_files(folder, lang) for k, t in read_texts(p).texts.items()}


def telling_days(live: Pack, changed: Pack, today: date) -> tuple[date, ...]:
    """Return today and the days nearest to it on which law that differs begins or has ended."""
    days = {day for pack in (live, changed) for day in _turning_days(pack, live, changed)}
    nearest = sorted(days - {today}, key=lambda day: (abs(day - today), day))
    return tuple(sorted([today, *nearest[: MOST_DAYS - 1]]))


def _turning_days(pack: Pack, live: Pack, changed: Pack) -> Iterator[date]:
    for kind in ("schemes", "duties"):
        for item_id, item in getattr(pack, kind).items():
            if getattr(live, kind).get(item_id) != getattr(changed, kind).get(item_id):
                for version in item.versions:
                    yield version.valid_from
                    if version.valid_to is not None and version.valid_to < date.max:
                        yield version.valid_to + timedelta(days=1)


# Whose outcome changes


def _stories(
    live: Pack, changed: Pack, stories: Iterable[Story]
) -> tuple[list[StoryChange], list[str]]:
    found, unread = [], []
    for story in stories:
        try:
            before = outcomes(live, story)
            after = outcomes(changed, story)
        except BadThread as error:
            unread.append(f"{story.id}: {error}")
            continue
        if turns := _turns(before, after):
            found.append(StoryChange(story.id, story.on, turns))
    return found, unread


def outcomes(pack: Pack, story: Story) -> Outcomes:
    """Return what comes out for a story under a pack, by id; BadThread as in `assess`."""
    engine = engine_for(pack)
    trace = fold(engine, story.facts, story.events, story.on)
    final = trace.view(story.on, {})
    words = engine.words(pack.header.languages[0])
    law = engine.law_on(story.on).provisions
    found = {provision.id: _WORDS[provision.node.judge(final)] for provision in law}
    duties = duty_results(trace, final, words)
    for duty in duties:
        told = f"{duty.state}, due {duty.due_on}" if duty.due_on else duty.state
        found[f"duty {duty.key}"] = told
    for flag in flag_results(trace, final, duties, words):
        found[f"flag {flag.id}"] = "raised"
    for refused in trace.refused:
        guard, step = refused[0], refused[1]
        found[f"refusal {guard.id} of event {step.event.id}"] = "refused"
    return found


def _turns(before: Outcomes, after: Outcomes) -> tuple[Turn, ...]:
    return tuple(
        Turn(key, before.get(key, "not there"), after.get(key, "not there"))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    )


def _people(
    live: Pack, changed: Pack, people: Iterable[Mapping[str, Any]], days: Sequence[date]
) -> tuple[tuple[PeopleTurn, ...], int]:
    counts: Counter[tuple[date, Turn]] = Counter()
    examples: dict[tuple[date, Turn], Mapping[str, Any]] = {}
    touched = 0
    for facts in people:
        any_change = False
        for day in days:
            before = outcomes(live, Story("", day, _readable(live, facts)))
            after = outcomes(changed, Story("", day, _readable(changed, facts)))
            for turn in _turns(before, after):
                counts[day, turn] += 1
                examples.setdefault((day, turn), facts)
                any_change = True
        touched += any_change
    order = sorted(counts, key=lambda key: (key[0], -counts[key], key[1].id))
    found = [
        PeopleTurn(
            day, turn, counts[day, turn], _telling(examples[day, turn], turn, live, changed)
        )
        for day, turn in order
    ]
    return tuple(found), touched


def _telling(facts: Mapping[str, Any], turn: Turn, live: Pack, changed: Pack) -> dict[str, Any]:
    """Return of somebody's facts those on which a scheme may rest in either pack, else all."""
    told: set[str] = set()
    for pack in (live, changed):
        if turn.id in pack.schemes:
            told |= _rests_on(engine_for(pack), turn.id, set())
    return {key: value for key, value in facts.items() if not told or key in told}


def _rests_on(engine: Engine, scheme_id: str, seen: set[str]) -> set[str]:
    """Return the facts that any version of a scheme looks at, and what they rest on."""
    seen.add(scheme_id)
    nodes = [p.node for p in engine.provisions if p.id == scheme_id]
    found = {
        source
        for node in nodes
        for fact in node.facts
        for source in engine.inputs.get(fact, ())
    }
    found |= {fact for node in nodes for fact in node.facts}
    for other in {scheme for node in nodes for scheme in node.schemes} - seen:
        found |= _rests_on(engine, other, seen)
    return found


def _readable(pack: Pack, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that a pack knows, as far as their values are values there."""
    return {
        key: value
        for key, value in facts.items()
        if key in pack.facts and _fits(pack, pack.facts[key], value)
    }


def _fits(pack: Pack, fact: Fact, value: Any) -> bool:
    if fact.code_list is None:
        return not isinstance(value, str | list)
    known, given = pack.codes_of(fact.code_list), value if isinstance(value, list) else [value]
    return all(isinstance(code, str) and code in known for code in given)


def made_up(
    live: Pack, changed: Pack, count: int, seed: int, today: date
) -> Iterator[dict[str, Any]]:
    """Yield people made of the facts that can be asked in either pack, some of them unknown."""
    dice = random.Random(seed)  # noqa: S311 - made-up people, no secret
    packs = (changed, live)
    asked = {k: (p, f) for p in packs for k, f in p.facts.items() if f.askable}
    for _ in range(count):
        unknown = dice.random() * 0.6
        yield {
            key: _value(pack, fact, dice, today)
            for key, (pack, fact) in asked.items()
            if dice.random() >= unknown
        }


def _value(pack: Pack, fact: Fact, dice: random.Random, today: date) -> Any:
    if fact.type == "yes_no":
        return dice.random() < 0.5
    if fact.type == "date":
        return today - timedelta(days=int(dice.paretovariate(0.6) * 30) % 25_000)
    if fact.type in ("integer", "money"):
        low = 0 if fact.minimum is None else int(fact.minimum)
        high = low + 60 if fact.maximum is None else int(fact.maximum)
        return dice.randint(low, max(low, high))
    codes = list(pack.codes_of(fact.code_list or ""))
    if fact.type == "code":
        return dice.choice(codes)
    return dice.sample(codes, k=min(len(codes), dice.choice((1, 1, 1, 2))))
