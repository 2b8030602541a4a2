# SPDX-License-Identifier: EUPL-1.2
"""How rooms say what a country pack and an assessment hold: texts, values, sources, basis.

Every text is in the active language; legal citations stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from middenstip.pack.cited import Cited
from middenstip.pack.model import EventField, Fact, Pack, Text

_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_CONFIDENCE = {
    "verified": gettext_noop("read in the text itself"),
    "seen": gettext_noop("seen in an excerpt"),
    "unverified": gettext_noop("not verified"),
    "house_rule": gettext_noop("house rule"),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """A source in words; `sure` is False where nobody has checked that it says so."""

    title: str
    article: str
    url: str
    checked_on: date
    confidence: str
    sure: bool


class PackWords:
    """The words of one pack in the active language."""

    def __init__(self, country: Pack) -> None:
        self.country = country
        self.lang = (get_language() or "nl")[:2]

    def text(self, text: Text | None) -> str:
        """Return a text of the pack; empty for none."""
        return self.country.text(text, self.lang) if text else ""

    def kind(self, kind: str) -> str:
        """Return the label of an organisation kind, the id itself when the pack has none."""
        found = self.country.organisation_kinds.get(kind)
        return self.text(found.label) if found else kind

    def need(self, need: str) -> str:
        """Return the label of a need, the id itself when the pack has none."""
        found = self.country.needs.get(need)
        return self.text(found.label) if found else need

    def fact(self, fact: str) -> str:
        """Return the label of a fact, the id itself when the pack has none."""
        found = self.country.facts.get(fact)
        return self.text(found.label) if found else fact

    def event(self, event: str) -> str:
        """Return the label of an event type, the id itself when the pack has none."""
        found = self.country.events.get(event)
        return self.text(found.label) if found else event

    def duty(self, duty: str) -> str:
        """Return the label of a duty, the id itself when the pack has none."""
        found = self.country.duties.get(duty)
        return self.text(found.label) if found else duty

    def scheme(self, scheme: str) -> str:
        """Return the label of a scheme, the id itself when the pack has none."""
        found = self.country.schemes.get(scheme)
        return self.text(found.label) if found else scheme

    def value(self, value: Any, declared: Fact | EventField | None = None) -> str:
        """Return a value as people read it; codes by the label of their list.

        Takes Python values and stored ones (a day as ISO text, where it is declared a date).
        """
        if value is None:
            return _("not known")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, tuple | list):
            return ", ".join(self.value(item, declared) for item in value)
        if declared is not None and declared.type == "date" and isinstance(value, str):
            value = date.fromisoformat(value)
        if isinstance(value, date):
            return formats.date_format(value, "j F Y")
        if declared is not None and declared.code_list and isinstance(value, str):
            return self.country.label_of(declared.code_list, value, self.lang)
        if declared is not None and declared.type == "money":
            decimals = None if float(value).is_integer() else 2
            return f"€ {formats.number_format(value, decimals, force_grouping=True)}"
        return str(value)


def with_dates(text: str) -> str:
    """Return a text of the rules with its days (2014-07-01) as people write them."""
    return _ISO_DAY.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    try:
        return formats.date_format(date.fromisoformat(found[0]), "j F Y")
    except ValueError:
        return found[0]


def basis_words(basis: str) -> str:
    """Return what kind of rule sets a term; what is no law says so."""
    words = {
        "law": _("law"),
        "policy": _("policy rule"),
        "practice": _("working practice, not law"),
        "target": _("target, not law"),
        "house_rule": _("house rule, not law"),
    }
    return words.get(basis, basis)


def confidence_words(confidence: str) -> str:
    """Return in words how sure we are that a source says this."""
    return _(_CONFIDENCE.get(confidence, "not verified"))


def citation(cited: Cited) -> Citation:
    """Return a source as an assessment gives it, ready to show."""
    return Citation(
        title=cited.title,
        article=cited.article,
        url=cited.url,
        checked_on=cited.checked_on,
        confidence=confidence_words(cited.confidence),
        sure=cited.confidence in {"verified", "seen", "house_rule"},
    )
