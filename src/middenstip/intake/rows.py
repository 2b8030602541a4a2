# SPDX-License-Identifier: EUPL-1.2
"""From a record in the words of HTCDS 2.0 to a notification, or every reason why not.

No message repeats a value: a shifted column may hold a name where a code is expected. It tells
of what kind the value is.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.intake import basis as grounds
from middenstip.intake import htcds
from middenstip.intake.notification import Notification, birth_problem
from middenstip.intake.readers import Record
from middenstip.rules.dates import full_years
from middenstip.thread.country import pack
from middenstip.thread.records import NewIdentity
from middenstip.thread.values import clean_text

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PHONE = re.compile(r"\+?[1-9]\d{1,14}")  # E.164, the expression of the standard
FIRST_YEAR = 1900
LONGEST_NAME = 200
MOST_VALUES = 50  # in one cell
HOME = "NL"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: where, what stands there (never the value), why, what to do."""

    row: int
    column: str
    found: str
    why: str
    action: str

    def line(self) -> str:
        """Return the problem as one line."""
        place = _("row %(row)s") % {"row": self.row}
        parts = [f"{place}, {self.column}" if self.column else place, self.found]
        return (
            ": ".join(part for part in parts if part) + f". {self.why} {self.action}".rstrip()
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it was read. `notes` are remarks, by their text; nothing there is wrong."""

    number: int
    record_id: str = field(repr=False)
    content: str = field(repr=False)
    named: bool
    notification: Notification | None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


class RowReader:
    """Reads records for one importing organisation.

    `kinds` tells the organisation kind by name (in lower case): what a sender may be called in
    `cas_ReferringOrganisation`.
    """

    def __init__(self, kinds: Mapping[str, str]) -> None:
        country = pack()
        labels = {
            text.casefold(): kind
            for kind, declared in country.organisation_kinds.items()
            for text in declared.label.values()
        }
        ids = {kind: kind for kind in country.organisation_kinds}
        self.kinds = {**labels, **ids, **kinds}
        self.languages = set(country.codes_of("language"))
        self.countries = set(country.codes_of("nationality"))

    def read(self, record: Record) -> Row:
        """Return what a record says, with every problem of it."""
        return _Reading(self, record).row()


class _Reading:
    """One record on its way: collects problems and notes as it goes."""

    def __init__(self, reader: RowReader, record: Record) -> None:
        self.reader = reader
        self.record = record
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.cells = {name: self._text(name) for name in htcds.READ if name not in htcds.MANY}
        self.lists = {name: self._list(name) for name in sorted(htcds.MANY)}

    def row(self) -> Row:
        """Return the record as it was read; a row with a problem has no notification."""
        notification = self._notification()
        return Row(
            number=self.record.number,
            record_id=self.cells[htcds.RECORD_ID],
            content=self._content(),
            named=any(self.cells[name] for name in htcds.TELLING),
            notification=None if self.problems else notification,
            problems=tuple(self.problems),
            notes=tuple(dict.fromkeys(self.notes)),
        )

    def _notification(self) -> Notification | None:
        notified = self._day(htcds.DATE, required=True)
        by = self._by()
        victim = self._code("vic_TraffickingStatus", htcds.STATUSES)
        identity = self._identity()
        facts = self._facts()
        born = self._birth_date(notified)
        if notified is None:
            return None
        chosen = self._basis(by, notified, identity)
        if chosen == grounds.ANONYMOUS:
            identity = None
            if born is not None:
                facts["age"] = full_years(born, notified)
                self.notes.append(
                    _("anonymous: the age on that day is kept, the date of birth is not")
                )
        elif born is not None:
            facts["birth_date"] = born
        if victim is False:
            facts["indication"] = False
            self.notes.append(_("not a victim, says the sender: recorded as such"))
        return Notification(
            by=by,
            basis=chosen,
            notified_on=notified,
            seen_on=None if victim is False else notified,
            facts=facts,
            identity=identity,
        )

    def _facts(self) -> dict[str, Any]:
        forms = [
            self._one_of("vic_TypeOfExploitation", value, htcds.EXPLOITATION)
            for value in self.lists["vic_TypeOfExploitation"]
        ]
        if self._yes_no(htcds.FORCED_CRIMINALITY):
            forms.append("criminal")
        facts = {
            "exploitation_forms": [form for form in dict.fromkeys(forms) if form],
            "sex": self._code("prs_Gender", htcds.GENDERS),
            "nationalities": self._nationalities(),
            "preferred_language": self._language(),
            "exploited_in_netherlands": self._in_netherlands(),
        }
        return {name: value for name, value in facts.items() if value not in (None, "", [])}

    def _by(self) -> str:
        sender = self.cells["cas_ReferringOrganisation"]
        kind = self.reader.kinds.get(sender.casefold()) or self.reader.kinds.get(sender)
        type_ = self._code("org_Type", htcds.ORGANISATION_TYPES)
        if kind:
            return kind
        if type_ is None and not self.cells["org_Type"]:
            self.notes.append(_("sender not known here: noted as “other”"))
        return type_ or "other"

    def _identity(self) -> NewIdentity | None:
        given = " ".join(
            text for text in (self._name(name) for name in htcds.NAMES[:2]) if text
        )
        family = self._name(htcds.NAMES[2])
        phones = [phone for phone in (self._phone(name) for name in htcds.PHONES) if phone]
        if len(given) > LONGEST_NAME:
            self._wrong(
                htcds.NAMES[0],
                _("The given names together are longer than %(most)s characters.")
                % {"most": LONGEST_NAME},
                _("Shorten them."),
            )
        if not (given or family or phones):
            return None
        return NewIdentity(
            given_name=given, family_name=family, phone=", ".join(dict.fromkeys(phones))
        )

    def _basis(self, by: str, notified: date, identity: NewIdentity | None) -> str:
        if self._yes_no(htcds.CONSENT):
            return grounds.CONSENT
        if grounds.duty_allowed(by, notified):
            return grounds.LEGAL_DUTY
        if identity is not None:
            self._wrong(
                htcds.CONSENT,
                grounds.basis_problem(by, grounds.LEGAL_DUTY, notified),
                _("Have the consent, or leave name and phone number out."),
            )
        return grounds.ANONYMOUS

    def _birth_date(self, notified: date | None) -> date | None:
        born = self._day(htcds.BIRTH_DATE)
        if born is None or notified is None:
            return born
        if reason := birth_problem(born, notified):
            self._wrong(htcds.BIRTH_DATE, reason, _("Check both dates."))
            return None
        return born

    def _nationalities(self) -> list[str]:
        found: list[str] = []
        for value in self.lists["prs_Citizenship"]:
            code = htcds.COUNTRIES.get(value.upper(), value.upper())
            if code.lower() in {"stateless", "unknown"}:
                code = code.lower()
            if code in self.reader.countries:
                found.append(code)
            else:
                self._wrong(
                    "prs_Citizenship",
                    _("This is no country code."),
                    _("Give ISO 3166-1 codes of today, like NGA or NG, separated by “;”."),
                    value,
                )
        if "stateless" in found and len(set(found)) > 1:
            self._wrong(
                "prs_Citizenship",
                _("Stateless means: no nationality."),
                _("Give one of the two."),
            )
        return list(dict.fromkeys(found))

    def _language(self) -> str:
        value = self.cells["prs_PrimaryLanguage"].lower()
        if not value:
            return ""
        code = htcds.LANGUAGES.get(value, value)
        if code in self.reader.languages:
            return code
        if re.fullmatch(r"[a-z]{2,3}", value):
            self.notes.append(_("a language that is not on our list: noted as “another”"))
            return "other"
        self._wrong(
            "prs_PrimaryLanguage",
            _("This is no language code."),
            _("Give an ISO 639-2 code, like ron."),
        )
        return ""

    def _in_netherlands(self) -> bool | None:
        """Only a place of exploitation in the Netherlands says yes; none says no for sure."""
        type_ = self._code("hte_Type", htcds.EVENT_TYPES)
        country = self.cells["hte_Country"].upper()
        here = htcds.COUNTRIES.get(country, country) == HOME
        return True if type_ == "Exploitation" and here else None

    def _phone(self, name: str) -> str:
        typed = self.cells[name]
        if not typed:
            return ""
        phone = re.sub(r"[\s().-]|\(0\)", "", typed)
        phone = "+" + phone[2:] if phone.startswith("00") else phone
        if not PHONE.fullmatch(phone):
            self._wrong(
                name,
                _("This is no phone number as E.164 writes it."),
                _("Write it like +31600000000."),
                typed,
            )
        return phone

    def _name(self, name: str) -> str:
        text = self.cells[name]
        if len(text) > LONGEST_NAME:
            self._wrong(
                name,
                _("A name has at most %(most)s characters here.") % {"most": LONGEST_NAME},
                _("Shorten it."),
                text,
            )
            return ""
        return text

    def _day(self, name: str, *, required: bool = False) -> date | None:
        text = self.cells[name]
        if not text:
            if required and not self._has_problem(name):
                self._wrong(
                    name,
                    _("Every notification needs its day."),
                    _("Write it like 2024-06-28."),
                    text,
                )
            return None
        try:
            day = date.fromisoformat(text) if ISO_DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            self._wrong(name, _("This is no date."), _("Write it like 2024-06-28."), text)
        elif day > clock.today():
            self._wrong(name, _("This day lies in the future."), _("Check the date."), text)
        elif day.year < FIRST_YEAR:
            self._wrong(
                name,
                _("This day lies before %(year)s.") % {"year": FIRST_YEAR},
                _("Check the year."),
                text,
            )
        else:
            return day
        return None

    def _code(self, name: str, codes: Mapping[str, T]) -> T | None:
        return self._one_of(name, self.cells[name], codes) if self.cells[name] else None

    def _one_of(self, name: str, value: str, codes: Mapping[str, T]) -> T | None:
        if value in codes:
            return codes[value]
        folded = {_folded(code): found for code, found in codes.items()}
        if (same := folded.get(_folded(value))) is not None:
            return same
        near = get_close_matches(value, codes, n=1, cutoff=0.7)
        hint = _("Did you mean %(near)s?") % {"near": near[0]} if near else ""
        choices = _("Give one of: %(codes)s.") % {"codes": ", ".join(codes)}
        self._wrong(name, _("This is no code of the list."), f"{hint} {choices}".strip(), value)
        return None

    def _yes_no(self, name: str) -> bool:
        value = self.cells[name].casefold()
        if value and value not in htcds.YES_NO:
            if not self._has_problem(name):
                self._wrong(name, _("This is not yes or no."), _("Write true or false."), value)
            return False
        return htcds.YES_NO.get(value, False)

    def _text(self, name: str) -> str:
        value = self.record.cells.get(name, "")
        if isinstance(value, list):
            if len(value) > 1:
                self._wrong(name, _("Only one value fits here."), _("Give one."))
            value = value[0] if value else ""
        if name in self.record.odd:
            self._wrong(name, _("An object or nested list does not fit."), _("Give a text."))
        return self._cleaned(name, value)

    def _list(self, name: str) -> list[str]:
        value = self.record.cells.get(name, "")
        parts = value if isinstance(value, list) else value.split(";")
        if name in self.record.odd:
            self._wrong(name, _("An object or nested list does not fit."), _("Give a list."))
        if len(parts) > MOST_VALUES:
            self._wrong(
                name,
                _("This cell holds more than %(most)s values.") % {"most": MOST_VALUES},
                _("Check the row."),
            )
            return []
        cleaned = [self._cleaned(name, part) for part in parts]
        return sorted({part for part in cleaned if part})

    def _cleaned(self, name: str, value: str) -> str:
        try:
            return clean_text(value, lines=False)
        except ValidationError as error:
            self._wrong(name, " ".join(error.messages), "", value)
            return ""

    def _wrong(self, column: str, why: str, action: str, value: str | None = None) -> None:
        found = "" if value is None else value_class(value)
        self.problems.append(Problem(self.record.number, column, found, why, action))

    def _has_problem(self, column: str) -> bool:
        return any(problem.column == column for problem in self.problems)

    def _content(self) -> str:
        """Return all that was read, the same however the file writes it."""
        filled: dict[str, str | list[str]] = {k: v for k, v in self.cells.items() if v}
        filled |= {k: v for k, v in self.lists.items() if v}
        return json.dumps(filled, sort_keys=True, ensure_ascii=False)


def value_class(value: str) -> str:
    """Return of what kind a value is, without the value."""
    if not value.strip():
        return _("empty")
    if re.fullmatch(r"\d+", value.strip()):
        return _("number of %(length)s digits") % {"length": len(value.strip())}
    if re.fullmatch(r"[\d/.:-]+", value.strip()):
        return _("digits and signs, %(length)s characters") % {"length": len(value)}
    return _("text of %(length)s characters") % {"length": len(value)}


def keyed_hashes(parts: Sequence[str]) -> Iterator[str]:
    """Yield the keyed hash of a text in parts: first with the secret of now, then with older.

    Also a hash under an older secret (`SECRET_KEY_FALLBACKS`) must be found again.
    """
    message = json.dumps(parts, ensure_ascii=False).encode()
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = hashlib.sha256(b"middenstip.intake.import:" + str(secret).encode()).digest()
        yield hmac.new(key, message, hashlib.sha256).hexdigest()


def _folded(code: str) -> str:
    """Return a code without case and signs: "Non-Conforming" is NonConforming."""
    return re.sub(r"[\W_]", "", code).casefold()
