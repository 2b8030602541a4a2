# SPDX-License-Identifier: EUPL-1.2
"""How long what is kept, and what a person is told before consenting, ready to show.

Reads the country pack only. Texts are in the active language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from middenstip.law.selectors import cited
from middenstip.law.wording import Wording
from middenstip.pack.model import ConsentVersion, Retention, StartByCondition
from middenstip.thread.country import pack
from middenstip.web.words import Citation


@dataclass(frozen=True, slots=True)
class KeptPage:
    """How long one thing is kept, from when, and what happens then."""

    id: str
    label: str
    term: str
    starts: str
    warning: str
    action: str
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """The words of a consent form on a day, as (heading, text); what is filled in is named.

    `purposes` is empty for the form that serves every other purpose.
    """

    id: str
    label: str
    purposes: tuple[str, ...]
    version: str
    valid_from: date
    parts: tuple[tuple[str, str], ...]
    sources: tuple[Citation, ...]


def retention() -> list[KeptPage]:
    """Return how long what is kept, in the order of the pack."""
    country = pack()
    words = Wording(country)
    return [
        KeptPage(
            id=key,
            label=words.text(item.label),
            term=words.term(item.term),
            starts=_starts(item, words),
            warning=words.term(item.warn) if item.warn else "",
            action=_actions()[item.action],
            sources=cited(item.sources, country),
        )
        for key, item in country.retention.items()
    ]


def consent_forms(*, on: date) -> list[ConsentPage]:
    """Return the consent forms that hold on a day, in the order of the pack."""
    country = pack()
    words = Wording(country)
    found = []
    for key, form in country.consent_forms.items():
        for version in form.versions:
            if version.valid_from <= on <= (version.valid_to or date.max):
                purposes = tuple(words.text(country.purposes[p].label) for p in form.purposes)
                found.append(
                    ConsentPage(
                        id=key,
                        label=words.text(form.label),
                        purposes=purposes,
                        version=version.version,
                        valid_from=version.valid_from,
                        parts=_parts(version, words),
                        sources=cited(version.sources, country),
                    )
                )
    return found


def _starts(item: Retention, words: Wording) -> str:
    if item.starts == "last_event":
        return _("the last thing that happened to it")
    named = [
        _("the day on which certain facts hold")
        if isinstance(start, StartByCondition)
        else words.event(start.event)
        for start in item.starts
    ]
    return ", ".join(named)


def _actions() -> dict[str, str]:
    return {
        "remove_person": _(
            "The key of the person is destroyed: nobody can read any more who it was."
        ),
        "remove_draft": _("The draft is wiped."),
        "remove_log": _("The entries are deleted."),
        "remove_backup": _("The backup is deleted."),
    }


def _parts(version: ConsentVersion, words: Wording) -> tuple[tuple[str, str], ...]:
    blanks = {
        "{recipient}": _("[name of the organisation]"),
        "{purpose}": _("[what for]"),
        "{categories}": _("[which data]"),
    }
    told = (
        (_("What is shared"), version.what),
        (_("With whom"), version.with_whom),
        (_("What for"), version.why),
        (_("How long"), version.how_long),
        (_("Saying no"), version.refusing),
        (_("Changing one's mind"), version.withdrawing),
    )
    found = []
    for heading, text in told:
        shown = words.text(text)
        for blank, name in blanks.items():
            shown = shown.replace(blank, name)
        found.append((heading, shown))
    return tuple(found)
