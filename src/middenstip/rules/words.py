# SPDX-License-Identifier: EUPL-1.2
"""The few phrases that the rules put between the texts of a pack, and values as people read
them. Amounts stand in plain digits and dates as 2014-07-01, whatever the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from middenstip.pack.conditions import Operand
from middenstip.rules.dates import plain_term

if TYPE_CHECKING:
    from middenstip.rules.engine import Engine
    from middenstip.rules.facts import Facts

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "yes": "yes",
        "no": "no",
        "unknown": "not known",
        "needed": "needed: {}",
        "unknown_fact": "Not known: {}",
        "counts_possible": "which therefore counts as possible",
        "not_certain": "which is therefore not certain",
        "not": "not {}",
        "one_of": "one of: {}",
        "none_of": "none of: {}",
        "with": "with {}",
        "without": "without {}",
        "known": "known",
        "not_known": "not known",
        "lt": "less than {}",
        "le": "at most {}",
        "gt": "more than {}",
        "ge": "at least {}",
        "lt_day": "before {}",
        "le_day": "on or before {}",
        "gt_day": "after {}",
        "ge_day": "on or after {}",
        "applies": "applies",
        "does_not_apply": "does not apply",
        "today": "Today",
        "from": "{} from {}",
        "day_itself": "on the day itself, {}",
        "on_day": "on {} ({})",
        "unless": "{} (not known: {}; then perhaps {})",
        "no_term": "no term is set",
        "from_unknown": "{} from a day that is not known ({})",
        "not_known_day": "not known: {}",
        "hidden": "Depends on data that you may not see.",
        "refused_by": "Not allowed by rule {}.",
        "note_event": "{fact} was given as {told}; {event} of {day} says {value}",
        "note_cleared": "{fact} was given as {told}; {event} of {day} ended that",
        "note_kept": "{fact} was told as {told}; an earlier event says {value}",
        "note_computed": "{fact} was given as {told}; other facts say {value}",
    },
    "nl": {
        "yes": "ja",
        "no": "nee",
        "unknown": "niet bekend",
        "needed": "nodig: {}",
        "unknown_fact": "Niet bekend: {}",
        "counts_possible": "telt daarom als mogelijk",
        "not_certain": "is daarom niet zeker",
        "not": "niet {}",
        "one_of": "een van: {}",
        "none_of": "geen van: {}",
        "with": "met {}",
        "without": "zonder {}",
        "known": "bekend",
        "not_known": "niet bekend",
        "lt": "minder dan {}",
        "le": "hoogstens {}",
        "gt": "meer dan {}",
        "ge": "minstens {}",
        "lt_day": "voor {}",
        "le_day": "op of voor {}",
        "gt_day": "na {}",
        "ge_day": "op of na {}",
        "applies": "geldt",
        "does_not_apply": "geldt niet",
        "today": "Vandaag",
        "from": "{} vanaf {}",
        "day_itself": "op de dag zelf, {}",
        "on_day": "op {} ({})",
        "unless": "{} (niet bekend: {}; dan misschien {})",
        "no_term": "er staat geen termijn",
        "from_unknown": "{} vanaf een dag die niet bekend is ({})",
        "not_known_day": "niet bekend: {}",
        "hidden": "Hangt af van gegevens die u niet mag zien.",
        "refused_by": "Mag niet volgens regel {}.",
        "note_event": "{fact} was opgegeven als {told}; {event} van {day} zegt {value}",
        "note_cleared": "{fact} was opgegeven als {told}; {event} van {day} beëindigt dat",
        "note_kept": "{fact} is verteld als {told}; een eerdere gebeurtenis zegt {value}",
        "note_computed": "{fact} was opgegeven als {told}; uit andere feiten volgt {value}",
    },
}

_PLACEHOLDER = re.compile(r"\{([\w.]+)\}")


def phrase(key: str, lang: str) -> str:
    """Return a phrase in a language; English where a pack has a language that we have not."""
    return PHRASES.get(lang, PHRASES["en"])[key]


def text(texts: Mapping[str, str] | None, lang: str) -> str:
    """Return a text of the pack in a language, else in English, else in its first one."""
    if not texts:
        return ""
    return texts.get(lang) or texts.get("en") or next(iter(texts.values()))


class Words:
    """Facts, fields and values of one pack in one language."""

    def __init__(self, engine: Engine, lang: str) -> None:
        self.engine = engine
        self.lang = lang
        self._codes: dict[str, dict[str, str]] = {}

    def raw(self, key: str) -> str:
        """Return a phrase with its named blanks still open."""
        return phrase(key, self.lang)

    def phrase(self, key: str, *parts: str) -> str:
        """Return a phrase with its blanks filled."""
        return phrase(key, self.lang).format(*parts)

    def fact(self, fact: str) -> str:
        """Return the label of a fact."""
        return text(self.engine.pack.facts[fact].label, self.lang)

    def event(self, event: str) -> str:
        """Return the label of an event type."""
        item = self.engine.pack.events.get(event)
        return text(item.label, self.lang) if item else event

    def label(self, operand: Operand) -> str:
        """Name an operand: the label of its fact with its shift, today, or a field."""
        if operand.fact is not None:
            name = self.fact(operand.fact)
        elif operand.today:
            name = self.phrase("today")
        else:
            name = str(operand.event)
        for term, sign in ((operand.plus, "+"), (operand.minus, "-")):
            if term is not None:
                name += f" {sign} {plain_term(term, self.lang)}"
        return name

    def value(self, value: Any, list_id: str | None = None) -> str:
        """Write a value as people read it; codes by the label of their code list."""
        if value is None:
            return self.phrase("unknown")
        if isinstance(value, bool):
            return self.phrase("yes" if value else "no")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() else f"{value:.2f}"
        if isinstance(value, tuple | list):
            return ", ".join(self.value(v, list_id) for v in value) or "-"
        if isinstance(value, str) and list_id is not None:
            return self._labels(list_id).get(value, value)
        return str(value)

    def of_fact(self, fact: str, value: Any) -> str:
        """Write the value of a fact."""
        return self.value(value, self.engine.pack.facts[fact].code_list)

    def fill(self, template: Mapping[str, str], view: Facts, event: str | None) -> str:
        """Fill ``{fact}``, ``{event.field}`` and ``{today}`` in a text of the pack.

        ``event`` is the type of the event at hand. What is not known is told as such.
        """
        found = text(template, self.lang)
        if "{" not in found:
            return found
        pack = self.engine.pack
        fields = pack.events[event].fields if event in pack.events else {}

        def find(match: re.Match[str]) -> str:
            name = match[1]
            if name == "today":
                return view.today.isoformat()
            if name in pack.facts:
                return self.of_fact(name, view[name])
            name = name.removeprefix("event.")
            field = fields.get(name)
            return self.value(view.event.get(name), field.code_list if field else None)

        return _PLACEHOLDER.sub(find, found)

    def _labels(self, list_id: str) -> dict[str, str]:
        found = self._codes.get(list_id)
        if found is None:
            codes = self.engine.codes(list_id)
            found = self._codes[list_id] = {
                k: text(c.label, self.lang) for k, c in codes.items()
            }
        return found
