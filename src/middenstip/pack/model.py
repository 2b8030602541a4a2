# SPDX-License-Identifier: EUPL-1.2
"""What a country pack holds. One class per kind of item; every item is immutable.

A folder ``countries/<code>/`` holds ``pack.yaml`` and, per kind, a file ``<kind>.yaml`` or a
folder ``<kind>/`` of files. Every such file is a mapping ``id: item``; where the items of one
kind stand (one per file or many) makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import Field, PrivateAttr

from middenstip.pack.case_model import (
    Effect,
    EventField,
    EventType,
    Fact,
    FactType,
    FieldType,
    Need,
)
from middenstip.pack.cited import Cited
from middenstip.pack.codes import CodeItem, CodeList
from middenstip.pack.conditions import Comparison, Condition, Item, Operand, Scalar, Term
from middenstip.pack.guide_model import Amount, Contact, ForYou, Sector
from middenstip.pack.law_model import (
    Arrangement,
    Basis,
    Due,
    Duty,
    DutyVersion,
    Flag,
    Guard,
    Owner,
    Scheme,
    SchemeVersion,
)
from middenstip.pack.parts import (
    Case,
    Confidence,
    EventMatch,
    Formula,
    Id,
    Source,
    SourceRef,
    StartByCondition,
    Text,
)
from middenstip.pack.privacy import (
    ConsentForm,
    ConsentVersion,
    DataCategory,
    Purpose,
    RetainedThing,
    Retention,
)
from middenstip.pack.problems import NoLawInForce
from middenstip.pack.reading import Reader, Words
from middenstip.pack.sheet_model import Sheet


class OrganisationKind(Item):
    """A kind of organisation in the chain."""

    label: Text
    description: Text | None = None
    coordinates: bool = False


class Holiday(Item):
    """A public holiday, day by day; nothing is known after the header's ``holidays_until``."""

    label: Text
    days: tuple[date, ...] = Field(min_length=1)
    sources: tuple[SourceRef, ...] = ()


_Version = TypeVar("_Version", SchemeVersion, DutyVersion, ConsentVersion)


class PackHeader(Item):
    """The country, the languages that every text must have, and the pack's version."""

    country: str
    label: Text
    version: str
    languages: tuple[str, ...]
    time_zone: str
    first_day: date
    holidays_until: date | None = None


@dataclass(slots=True)
class _Home:
    """Where the files of a pack are; no part of what it says, so of no weight in comparing."""

    folder: Path | None = dataclass_field(default=None, compare=False)
    readers: dict[str, Reader] = dataclass_field(default_factory=dict, compare=False)


class Pack(Item):
    """A whole country pack, checked. Look items up by id; nothing in it changes."""

    header: PackHeader
    sources: dict[str, Source]
    needs: dict[str, Need]
    facts: dict[str, Fact]
    events: dict[str, EventType]
    schemes: dict[str, Scheme]
    duties: dict[str, Duty]
    guards: dict[str, Guard]
    flags: dict[str, Flag]
    code_lists: dict[str, CodeList]
    organisation_kinds: dict[str, OrganisationKind]
    data_categories: dict[str, DataCategory]
    purposes: dict[str, Purpose]
    holidays: dict[str, Holiday]
    retention: dict[str, Retention] = {}
    consent_forms: dict[str, ConsentForm] = {}
    directory: dict[str, Contact] = {}
    amounts: dict[str, Amount] = {}
    sectors: dict[str, Sector] = {}
    sheets: dict[str, Sheet] = {}

    _home: _Home = PrivateAttr(default_factory=_Home)

    def from_folder(self, folder: Path) -> Pack:
        """Return this pack, told where its files are: other languages are read from there."""
        self._home.folder = folder
        return self

    def reader(self, lang: str) -> Reader:
        """Return what reads the texts of this pack in any language; its files are read once.

        PackError where a file of that language cannot be used.
        """
        readers = self._home.readers
        if lang not in readers:
            # Only the guide reads other languages than those of the pack.
            from middenstip.pack.translations import reader_of

            readers[lang] = reader_of(self._home.folder, lang, self.header.languages[0])
        return readers[lang]

    def read(self, text: Mapping[str, str], lang: str) -> Words:
        """Return a text in any language, else in English, with the language it is really in."""
        return self.reader(lang).read(text)

    def maybe(self, text: Mapping[str, str] | None, lang: str) -> Words | None:
        """Return a text as `read`; None where there is no text."""
        return self.read(text, lang) if text else None

    def unchecked(self, lang: str) -> bool:
        """Whether a language is a translation that no sworn translator has checked yet."""
        return lang not in self.header.languages and self.reader(lang).checked_by is None

    def text(self, text: Mapping[str, str], lang: str) -> str:
        """Return the text in a language, or in the pack's first language when it has none."""
        return text.get(lang) or text[self.header.languages[0]]

    def cite(self, ref: SourceRef) -> Cited:
        """Return a source as it is shown; the place's check date goes before the document's."""
        source = self.sources[ref.source]
        checked_on = ref.checked_on or source.checked_on
        return Cited(source.title, ref.article, source.url, checked_on, ref.confidence)

    def scheme_on(self, scheme_id: str, day: date) -> SchemeVersion:
        """Return the version of a scheme in force on a day; NoLawInForce when there is none.

        A scheme that the pack does not have is a KeyError.
        """
        versions = self.schemes[scheme_id].versions
        return _in_force(versions, day) or _no_law(scheme_id, day, versions)

    def duty_on(self, duty_id: str, day: date) -> DutyVersion:
        """Return the version of a duty in force on a day; NoLawInForce when there is none.

        A duty that the pack does not have is a KeyError.
        """
        versions = self.duties[duty_id].versions
        return _in_force(versions, day) or _no_law(duty_id, day, versions)

    def schemes_on(self, day: date) -> dict[str, SchemeVersion]:
        """Return every scheme in force on a day with its version, in the order of the pack."""
        found = ((k, _in_force(scheme.versions, day)) for k, scheme in self.schemes.items())
        return {scheme_id: version for scheme_id, version in found if version is not None}

    def consent_form(self, purpose: str, day: date) -> tuple[str, ConsentVersion]:
        """Return (form id, version) for a purpose on a day: its own form, else the general one.

        NoLawInForce when no form holds for it on that day.
        """
        own = [k for k, form in self.consent_forms.items() if purpose in form.purposes]
        general = [k for k, form in self.consent_forms.items() if not form.purposes]
        for form_id in (*own, *general):
            version = _in_force(self.consent_forms[form_id].versions, day)
            if version is not None:
                return form_id, version
        held = [version for k in (*own, *general) for version in self.consent_forms[k].versions]
        return _no_law(f"a consent form for {purpose}", day, tuple(held))

    def kept(self, what: RetainedThing) -> Retention | None:
        """Return how long something is kept; None where the pack does not say."""
        return next((r for r in self.retention.values() if r.what == what), None)

    @cached_property
    def code_table(self) -> dict[str, dict[str, CodeItem]]:
        """Every code list with the values of the lists it includes; own values come first."""
        return {list_id: self._collect(list_id, ()) for list_id in self.code_lists}

    def _collect(self, list_id: str, on_the_way: tuple[str, ...]) -> dict[str, CodeItem]:
        codes = dict(self.code_lists[list_id].items)
        for other in self.code_lists[list_id].include:
            if other not in on_the_way and other in self.code_lists:
                included = self._collect(other, (*on_the_way, list_id))
                codes |= {code: item for code, item in included.items() if code not in codes}
        return codes

    def codes_of(self, list_id: str) -> dict[str, CodeItem]:
        """Return the values of a code list by code, included lists too; KeyError without it."""
        return self.code_table[list_id]

    def label_of(self, list_id: str, code: str, lang: str) -> str:
        """Return the label of a code, or the code itself when the list does not have it."""
        item = self.code_table[list_id].get(code)
        return code if item is None else self.text(item.label, lang)

    def group_of(self, list_id: str, codes: Iterable[str], day: date) -> str | None:
        """Return the group of a list of codes on a day: the one first in ``precedence``.

        None (not known) for no codes at all, and where a code ``unknown`` could still bring a
        group that goes before those that are known.
        """
        code_list, given = self.code_lists[list_id], set(codes)
        known = self.code_table[list_id]
        groups = {
            known[code].group_on(day) if code in known else None for code in given - {"unknown"}
        }
        found = {group or code_list.otherwise for group in groups}
        ranked = [group for group in code_list.precedence if group in found]
        best = ranked[0] if ranked else next(iter(sorted(g for g in found if g)), None)
        if "unknown" in given and best != next(iter(code_list.precedence), None):
            return None
        return best


def _in_force(versions: tuple[_Version, ...], day: date) -> _Version | None:
    for version in versions:
        if version.valid_from <= day and (version.valid_to is None or day <= version.valid_to):
            return version
    return None


def _no_law(name: str, day: date, versions: tuple[_Version, ...]) -> NoReturn:
    raise NoLawInForce(name, day, [(v.valid_from, v.valid_to) for v in versions])


KINDS = tuple(name for name in Pack.model_fields if name != "header")

__all__ = [
    "KINDS",
    "Amount",
    "Arrangement",
    "Basis",
    "Case",
    "CodeItem",
    "CodeList",
    "Comparison",
    "Condition",
    "Confidence",
    "ConsentForm",
    "ConsentVersion",
    "Contact",
    "DataCategory",
    "Due",
    "Duty",
    "DutyVersion",
    "Effect",
    "EventField",
    "EventMatch",
    "EventType",
    "Fact",
    "FactType",
    "FieldType",
    "Flag",
    "ForYou",
    "Formula",
    "Guard",
    "Holiday",
    "Id",
    "Item",
    "Need",
    "Operand",
    "OrganisationKind",
    "Owner",
    "Pack",
    "PackHeader",
    "Purpose",
    "RetainedThing",
    "Retention",
    "Scalar",
    "Scheme",
    "SchemeVersion",
    "Sector",
    "Sheet",
    "Source",
    "SourceRef",
    "StartByCondition",
    "Term",
    "Text",
]
