# SPDX-License-Identifier: EUPL-1.2
"""Does a country pack hold together? Every problem at once, each with file, line and key path.

The check knows the pack's own words only: whether the law is rendered rightly is for people and
for the tests of the law. Errors make a pack unfit to ship; warnings ask for a second look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TypeVar, cast

from pydantic import BaseModel

from middenstip import clock
from middenstip.pack import conditions as c
from middenstip.pack import model as m
from middenstip.pack.files import RawPack, read_folder
from middenstip.pack.guide_check import CHECKS
from middenstip.pack.meaning import DATE, LISTS, NUMBERS, Meaning, Place, Typed
from middenstip.pack.problems import Problem, nearest
from middenstip.pack.shape import Key, problem_at, shape_pack
from middenstip.pack.sharing import (
    Filling,
    consent_problems,
    purpose_problems,
    purposeless,
    retention_problems,
    taken_over,
)
from middenstip.pack.translation_check import translation_problems
from middenstip.pack.wording import PLACEHOLDER, ethnicity, text_problems, texts

_Part = TypeVar("_Part", bound=m.Item)
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_RULE = re.compile(r"R-\d\d")
_CODED = ("code", "codes", "countries", "country")
# What can be filled in beside {fact} and {event.field}.
_OWN_NAMES = frozenset({"today"})
# Kinds in which a person could be described; there ethnicity may not be named.
_DESCRIBING = ("facts", "events", "code_lists", "data_categories", "flags", "needs", "sectors")


def check_folder(folder: Path) -> list[Problem]:
    """Return every problem of a pack folder, by file and line; FileNotFoundError if none."""
    raw = read_folder(folder)
    header, items, problems = shape_pack(raw)
    found = [*raw.problems, *problems, *_Check(raw, header, items).run()]
    return sorted(dict.fromkeys(found), key=lambda p: (p.file, p.line or 0, p.path, p.message))


class _Check:
    """One run over one pack."""

    def __init__(
        self,
        raw: RawPack,
        header: m.PackHeader | None,
        items: dict[str, dict[str, m.Item]],
    ) -> None:
        self.raw, self.header, self.items = raw, header, items
        self.problems: list[Problem] = []
        known = {kind: tuple(raw.kinds[kind]) for kind in m.KINDS}
        self.meaning = Meaning(
            known,
            cast("Mapping[str, m.Fact]", items["facts"]),
            cast("Mapping[str, m.Scheme]", items["schemes"]),
            cast("Mapping[str, m.CodeList]", items["code_lists"]),
        )

    def run(self) -> list[Problem]:
        """Return every problem of meaning."""
        for kind in m.KINDS:
            for item_id in self.raw.kinds[kind]:
                if not _ID.fullmatch(item_id):
                    self._tell(kind, item_id, (), "an id is letters, digits, _ and -")
            for item_id, item in self.items[kind].items():
                if (kind, item_id) not in self.raw.origin:
                    continue
                self._common(Place(kind, item_id), item)
                check = getattr(self, f"_check_{kind}", None)
                if check is not None:
                    check(Place(kind, item_id), item)
                if kind in CHECKS:
                    CHECKS[kind](self.meaning, Place(kind, item_id), item)
        for place, message in self.meaning.found:
            self._tell(place.kind, place.item_id, place.keys, message)
        self._cycles()
        self._purposeless()
        self._ethnicity()
        self._unused_sources()
        return [*self.problems, *translation_problems(self.raw, self.items)]

    def _tell(self, kind: str, item_id: str, keys: Sequence[Key], message: str) -> None:
        self.problems.append(problem_at(self.raw, kind, item_id, keys, message))

    def _warn(self, kind: str, item_id: str, message: str) -> None:
        self.problems.append(problem_at(self.raw, kind, item_id, (), message, "warning"))

    # What holds for every kind

    def _common(self, place: Place, item: m.Item) -> None:
        for keys, text in texts(item) if self.header else ():
            for message in text_problems(text, cast(m.PackHeader, self.header).languages):
                self.meaning.say(place.at(*keys), message)
        for keys, ref in _parts(item, m.SourceRef):
            self.meaning.refer(place.at(*keys, "source"), "sources", ref.source)
            if ref.checked_on is not None:
                self._not_later(place.at(*keys, "checked_on"), ref.checked_on)

    def _not_later(self, place: Place, checked_on: date) -> None:
        if checked_on > clock.today():
            self.meaning.say(place, f"{checked_on} lies in the future; nobody checked it then")

    def _references(self, place: Place, kind: str, ids: Iterable[str]) -> None:
        for index, item_id in enumerate(ids):
            self.meaning.refer(place.at(index), kind, item_id)

    def _placeholders(
        self,
        place: Place,
        text: Mapping[str, str],
        known: Iterable[str],
        events: Iterable[str] = (),
        category: str | None = None,
    ) -> None:
        """Check what a text fills in: it exists, does not say who somebody is, and belongs to
        the ``category`` under which the text is shown, where there is one."""
        filling = Filling(self.items, tuple(events))
        fields = {f"event.{name}" for name in known}
        names = {*fields, *_OWN_NAMES, *self.meaning.known["facts"]}
        for lang, words in text.items():
            for name in PLACEHOLDER.findall(words):
                if name not in names:
                    advice = nearest(name, names)
                    self.meaning.say(place.at(lang), f"nothing fills in {{{name}}}{advice}")
                elif message := filling.problem(name, category):
                    self.meaning.say(place.at(lang), message)

    def _plain_texts(self, place: Place, item: m.Item, filled_in: tuple[str, ...] = ()) -> None:
        """Refuse braces in texts that nobody fills in."""
        for keys, text in texts(item):
            if keys[-1] not in filled_in:
                for lang, words in text.items():
                    for name in PLACEHOLDER.findall(words):
                        self.meaning.say(
                            place.at(*keys, lang), f"nothing is filled in here: {{{name}}}"
                        )

    def _typed(self, place: Place, item: m.Fact | m.EventField) -> Typed:
        if item.type in _CODED and item.code_list is None:
            self.meaning.say(place, f"the type {item.type} needs a code_list")
        if item.type not in _CODED and item.code_list is not None:
            self.meaning.say(place.at("code_list"), f"{item.type} has no code list")
        if item.code_list is not None:
            self.meaning.refer(place.at("code_list"), "code_lists", item.code_list)
        bounds = (item.minimum, item.maximum)
        if item.type not in NUMBERS and any(bound is not None for bound in bounds):
            self.meaning.say(place, f"a minimum or maximum makes no sense for {item.type}")
        if None not in bounds and cast(float, item.minimum) > cast(float, item.maximum):
            self.meaning.say(place.at("minimum"), "the minimum is above the maximum")
        return Typed(item.type, item.code_list)

    def _fields(self, event_id: str | None) -> dict[str, Typed] | None:
        """Return the typed fields of an event at hand; None when there is none to trust."""
        event = self.items["events"].get(event_id or "")
        if not isinstance(event, m.EventType):
            return None
        fields = {name: Typed(f.type, f.code_list) for name, f in event.fields.items()}
        return {**fields, "on": DATE}

    def _with_event(self, place: Place, event_id: str | None) -> Place | None:
        """Return the place with the event's fields; None where they cannot be told."""
        if event_id is None:
            return place
        if not self.meaning.refer(place.at("event"), "events", event_id):
            return None
        fields = self._fields(event_id)
        return None if fields is None else Place(place.kind, place.item_id, place.keys, fields)

    # Kind by kind

    def _check_sources(self, place: Place, source: m.Source) -> None:
        self._not_later(place.at("checked_on"), source.checked_on)
        if not source.url.startswith(("https://", "http://")):
            self.meaning.say(place.at("url"), f"{source.url} is no web address (https://...)")

    def _check_facts(self, place: Place, fact: m.Fact) -> None:
        self._plain_texts(place, fact)
        typed = self._typed(place, fact)
        self.meaning.refer(place.at("category"), "data_categories", fact.category)
        if fact.judgement_of is not None:
            self.meaning.refer(
                place.at("judgement_of"), "organisation_kinds", fact.judgement_of
            )
        if fact.askable and fact.question is None:
            self.meaning.say(place, "a fact that can be asked needs a question")
        if fact.default is not None:
            self.meaning.value(fact.default, typed, place.at("default"))
        if fact.compute is not None:
            self.meaning.formula(fact.compute, typed, place.at("compute"))
            for message in taken_over(fact, self.items):
                self.meaning.say(place.at("compute"), message)

    def _check_code_lists(self, place: Place, code_list: m.CodeList) -> None:
        self._plain_texts(place, code_list)
        self._references(place.at("include"), "code_lists", code_list.include)
        for group in self.meaning.groups(place.item_id) - set(code_list.precedence):
            if code_list.precedence:
                self.meaning.say(place.at("precedence"), f"the group {group} has no rank")
        for code, item in code_list.items.items():
            spans = [(g.valid_from or date.min, g.valid_to) for g in item.groups]
            self.meaning.spans(place.at("items", code, "groups"), spans)

    def _check_events(self, place: Place, event: m.EventType) -> None:
        self._plain_texts(place, event)
        self.meaning.refer(place.at("category"), "data_categories", event.category)
        if event.need is not None:
            self.meaning.refer(place.at("need"), "needs", event.need)
        self._references(place.at("recorded_by"), "organisation_kinds", event.recorded_by)
        if event.offered_when is not None:
            self.meaning.condition(event.offered_when, place.at("offered_when"))
        for name, event_field in event.fields.items():
            if name in ("on", "type"):
                self.meaning.say(place.at("fields", name), f"every event has {name} already")
            self._typed(place.at("fields", name), event_field)
        at_hand = Place(place.kind, place.item_id, (), self._fields(place.item_id))
        for index, effect in enumerate(event.sets):
            self._effect(at_hand.at("sets", index), effect)

    def _effect(self, place: Place, effect: m.Effect) -> None:
        known = self.meaning.refer(place.at("fact"), "facts", effect.fact)
        typed = self.meaning.typed_fact(effect.fact) if known else None
        if effect.to is not None:
            if typed is not None and typed.type in LISTS and isinstance(effect.to, m.Operand):
                given = self.meaning.operand(effect.to, place.at("to"))
                self.meaning.fits(given, typed, place.at("to"))
            else:
                self.meaning.value(effect.to, typed, place.at("to"))
        if effect.add is not None:
            self._addition(place.at("add"), effect.add, typed)
        if effect.when is not None:
            self.meaning.condition(effect.when, place.at("when"))
        if effect.since is not None:
            self.meaning.value(effect.since, DATE, place.at("since"))

    def _addition(self, place: Place, operand: m.Operand, typed: Typed | None) -> None:
        given = self.meaning.operand(operand, place)
        if typed is None or given is None:
            return
        if typed.type in LISTS:
            one = Typed(given.type, given.code_list)
            wanted = one.type if one.type in _CODED else "code"
            self.meaning.fits(one, Typed(wanted, typed.code_list), place)
        elif typed.type in NUMBERS:
            self.meaning.fits(given, typed, place)
        else:
            self.meaning.say(place, f"nothing can be added to {typed.type}")

    def _check_schemes(self, place: Place, scheme: m.Scheme) -> None:
        self._plain_texts(place, scheme)
        self.meaning.refer(place.at("need"), "needs", scheme.need)
        self._references(place.at("also_needs"), "needs", scheme.also_needs)
        self._references(place.at("decides"), "organisation_kinds", scheme.decides)
        for key in ("arranged_by", "undone_by"):
            for index, match in enumerate(getattr(scheme, key)):
                self._match(place.at(key, index), match)
                self._only_fields(place.at(key, index, "when"), match.when)
        mine = (scheme.need, *scheme.also_needs)
        for index, arrangement in enumerate(scheme.arranged_by):
            for need in arrangement.needs:
                if need not in mine:
                    here = place.at("arranged_by", index, "for")
                    self.meaning.say(
                        here, f"{need} is no need of this scheme; allowed: {', '.join(mine)}"
                    )
        self._versions(place, scheme.versions)
        for index, version in enumerate(scheme.versions):
            here = place.at("versions", index, "applies_when")
            self.meaning.condition(version.applies_when, here)

    def _only_fields(self, place: Place, condition: object) -> None:
        """Refuse facts and schemes where a condition looks at the fields of an event only."""
        seen = [keys for keys, part in _parts(condition, c.Operand) if part.fact is not None]
        seen += [keys for keys, _ in _parts(condition, c.SchemeHolds)]
        for keys in seen:
            self.meaning.say(place.at(*keys), "only fields of the event can be looked at")

    def _check_duties(self, place: Place, duty: m.Duty) -> None:
        self._plain_texts(place, duty, ("how",))
        self.meaning.refer(place.at("need"), "needs", duty.need)
        self.meaning.refer(place.at("category"), "data_categories", duty.category)
        started = Place(place.kind, place.item_id, (), self._start_fields(duty))
        self._owner(started.at("owner"), duty.owner)
        for key in ("starts", "met_by", "void_by"):
            for index, match in enumerate(getattr(duty, key)):
                self._match(place.at(key, index), match)
        for key in ("met_when", "void_when"):
            if getattr(duty, key) is not None:
                self.meaning.condition(getattr(duty, key), place.at(key))
        self._versions(place, duty.versions)
        for index, version in enumerate(duty.versions):
            for number, due in enumerate(version.due):
                self._due(started.at("versions", index, "due", number), due, duty)
        if not (duty.met_by or duty.met_when or duty.void_by or duty.void_when):
            self._warn(place.kind, place.item_id, "nothing ever meets or voids this duty")

    def _start_fields(self, duty: m.Duty) -> dict[str, Typed] | None:
        """Return the fields that every start has at hand; None when one start has no event."""
        shared: dict[str, Typed] | None = None
        for start in duty.starts:
            if isinstance(start, m.StartByCondition):
                return None
            fields = self._fields(start.event) or {"on": DATE}
            before = fields if shared is None else shared
            shared = {name: typed for name, typed in fields.items() if name in before}
        return shared

    def _match(self, place: Place, match: m.EventMatch | m.StartByCondition) -> None:
        if isinstance(match, m.StartByCondition):
            self.meaning.condition(match.condition, place.at("condition"))
            if match.on is not None:
                self.meaning.formula(match.on, DATE, place.at("on"))
            return
        at_hand = self._with_event(place, match.event)
        if at_hand is not None and match.when is not None:
            self.meaning.condition(match.when, at_hand.at("when"))

    def _owner(self, place: Place, owner: str | m.Owner) -> None:
        if isinstance(owner, str):
            self.meaning.refer(place, "organisation_kinds", owner)
            return
        if owner.event is not None:
            typed = self.meaning.operand(m.Operand(event=owner.event), place)
            kinds = set(self.meaning.known["organisation_kinds"])
            if typed is not None and not self.meaning.codes(typed.code_list) & kinds:
                message = f"the field {owner.event} names no organisation kind"
                self.meaning.say(place.at("event"), message)
        for index, case in enumerate(owner.cases):
            here = place.at("cases", index)
            self.meaning.condition(case.when, here.at("when"))
            self.meaning.refer(here.at("then"), "organisation_kinds", str(case.then))
        self.meaning.refer(place.at("otherwise"), "organisation_kinds", owner.otherwise)

    def _due(self, place: Place, due: m.Due, duty: m.Duty) -> None:
        if due.when is not None:
            self.meaning.condition(due.when, place.at("when"))
        if due.term is not None and due.date is not None:
            self.meaning.say(place, "a day is due by a term or by a date, not both")
        if due.after is not None and due.term is None:
            self.meaning.say(place.at("after"), "after counts a term from a day; give a term")
        for key in ("after", "date"):
            if getattr(due, key) is not None:
                self.meaning.value(getattr(due, key), DATE, place.at(key))
        if due.how is not None:
            events = [s.event for s in duty.starts if isinstance(s, m.EventMatch)]
            known = place.fields or ()
            self._placeholders(place.at("how"), due.how, known, events, duty.category)

    def _check_guards(self, place: Place, guard: m.Guard) -> None:
        self._rule(place, guard.rule)
        self.meaning.spans(place, [(guard.valid_from or date.min, guard.valid_to)])
        at_hand = self._with_event(place, guard.event)
        if at_hand is not None:
            self.meaning.condition(guard.refuse_when, at_hand.at("refuse_when"))
            fields = at_hand.fields or ()
            self._placeholders(place.at("message"), guard.message, fields, [guard.event])

    def _check_flags(self, place: Place, flag: m.Flag) -> None:
        self._rule(place, flag.rule)
        self.meaning.refer(place.at("category"), "data_categories", flag.category)
        if flag.duty is not None:
            self.meaning.refer(place.at("duty"), "duties", flag.duty)
        if flag.need is not None:
            self.meaning.refer(place.at("need"), "needs", flag.need)
        at_hand = self._with_event(place, flag.event)
        if at_hand is None:
            return
        if flag.when is not None:
            self.meaning.condition(flag.when, at_hand.at("when"))
        if flag.since is not None:
            self.meaning.formula(flag.since, DATE, at_hand.at("since"))
        known, events = at_hand.fields or (), [flag.event] if flag.event else []
        self._placeholders(place.at("message"), flag.message, known, events, flag.category)

    def _check_data_categories(self, place: Place, category: m.DataCategory) -> None:
        self._references(place.at("stays_with"), "organisation_kinds", category.stays_with)

    def _check_purposes(self, place: Place, purpose: m.Purpose) -> None:
        kinds = purpose.organisation_kinds
        self._references(place.at("organisation_kinds"), "organisation_kinds", kinds)
        self._references(place.at("categories"), "data_categories", purpose.categories)
        for keys, message in purpose_problems(place.item_id, purpose, self.items):
            self.meaning.say(place.at(*keys), message)

    def _check_retention(self, place: Place, kept: m.Retention) -> None:
        self._plain_texts(place, kept)
        for index, start in enumerate(() if kept.starts == "last_event" else kept.starts):
            self._match(place.at("starts", index), start)
        if kept.starts == ():
            self.meaning.say(place.at("starts"), "name an event or condition, or last_event")
        for keys, message in retention_problems(place.item_id, kept, self.items):
            self.meaning.say(place.at(*keys), message)

    def _check_consent_forms(self, place: Place, form: m.ConsentForm) -> None:
        self._references(place.at("purposes"), "purposes", form.purposes)
        self._versions(place, form.versions)
        for keys, message in consent_problems(form, self.items):
            self.meaning.say(place.at(*keys), message)

    def _check_holidays(self, place: Place, holiday: m.Holiday) -> None:
        until = self.header.holidays_until if self.header else None
        for index, day in enumerate(holiday.days):
            if until is None or day > until:
                self.meaning.say(place.at("days", index), f"{day} lies after holidays_until")

    def _rule(self, place: Place, rule: str) -> None:
        if not _RULE.fullmatch(rule):
            self.meaning.say(place.at("rule"), f"{rule} is no rule id; write R-01 to R-99")

    def _versions(
        self,
        place: Place,
        versions: Sequence[m.SchemeVersion | m.DutyVersion | m.ConsentVersion],
    ) -> None:
        spans = [(version.valid_from, version.valid_to) for version in versions]
        self.meaning.spans(place.at("versions"), spans)

    # What holds for the pack as a whole

    def _cycles(self) -> None:
        looks_at = {
            node: {n for n in used if n[0] in ("facts", "schemes")}
            for node, used in self.meaning.uses.items()
            if node[0] in ("facts", "schemes")
        }
        while True:
            try:
                TopologicalSorter(looks_at).prepare()
            except CycleError as error:
                ring: list[tuple[str, str]] = error.args[1]
                told = " -> ".join(item_id for _, item_id in reversed(ring))
                self._tell(*ring[0], (), f"this depends on itself: {told}")
                # Cut the ring and look for the next one.
                for node in ring:
                    looks_at[node] = looks_at.get(node, set()) - set(ring)
            else:
                return

    def _purposeless(self) -> None:
        for kind, message in purposeless(self.items):
            self._tell("organisation_kinds", kind, (), message)

    def _ethnicity(self) -> None:
        for kind in _DESCRIBING:
            for item_id, content in self.raw.kinds[kind].items():
                if (kind, item_id) not in self.raw.origin:
                    continue
                for keys, word in ethnicity({item_id: content}):
                    self._tell(
                        kind,
                        item_id,
                        keys[1:],
                        f"{word}: ethnicity is not recorded, under any name (R-39)",
                    )

    def _unused_sources(self) -> None:
        used = {i for ids in self.meaning.uses.values() for kind, i in ids if kind == "sources"}
        for source_id in sorted(set(self.raw.kinds["sources"]) - used):
            self._warn("sources", source_id, "no item rests on this source")


def _parts(
    item: object, wanted: type[_Part], keys: tuple[Key, ...] = ()
) -> Iterator[tuple[tuple[Key, ...], _Part]]:
    """Yield every part of some class with its key path, however deep it stands."""
    if isinstance(item, wanted):
        yield keys, item
    if isinstance(item, BaseModel):
        for name, info in type(item).model_fields.items():
            yield from _parts(getattr(item, name), wanted, (*keys, info.alias or name))
    elif isinstance(item, Mapping):
        for key, value in item.items():
            yield from _parts(value, wanted, (*keys, key))
    elif isinstance(item, tuple):
        for index, value in enumerate(item):
            yield from _parts(value, wanted, (*keys, index))
