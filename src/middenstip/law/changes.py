# SPDX-License-Identifier: EUPL-1.2
"""What changed in the law, by day and by scheme; also what is to come. Reads the pack only.

A change of a later day needs nobody: on its day every answer follows the version of that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from middenstip.law.selectors import SchemePage, VersionPage, cited, scheme
from middenstip.law.wording import Wording
from middenstip.pack.guide_model import AmountValue
from middenstip.pack.model import Amount, DutyVersion, Pack, SchemeVersion
from middenstip.thread.country import pack
from middenstip.web.words import Citation

DAY = timedelta(days=1)


Version = TypeVar("Version", SchemeVersion, DutyVersion, AmountValue)


@dataclass(frozen=True, slots=True)
class Change:
    """One item that begins, changes or ends on a day; `words` say what is new.

    For an end `day` is the first day on which it no longer holds.
    """

    day: date
    kind: str
    what: str
    label: str
    href: str
    words: str
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """All that changes on one day; `coming` tells that the day is still to come."""

    day: date
    coming: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A version beside the one before it: which of its parts differ from that one.

    `differs` is empty for the oldest version, which has nothing to be compared with.
    """

    version: VersionPage
    coming: bool
    differs: frozenset[str]


def changed_days(*, today: date, first: date | None, last: date | None) -> list[ChangedDay]:
    """Return the days of change from `first` to `last` (both inclusive, None: no limit).

    The latest day comes first. How the law stood on the first day of the pack is no change.
    """
    by_day: dict[date, list[Change]] = {}
    for change in _all(pack()):
        if (first or date.min) <= change.day <= (last or date.max):
            by_day.setdefault(change.day, []).append(change)
    return [
        ChangedDay(day, day > today, tuple(by_day[day])) for day in sorted(by_day, reverse=True)
    ]


def scheme_versions(scheme_id: str, *, on: date) -> tuple[SchemePage, list[Column]] | None:
    """Return a scheme and its versions side by side, newest first; None for an unknown id."""
    page = scheme(scheme_id, on=on)
    if page is None:
        return None
    older: list[VersionPage | None] = [*page.versions[1:], None]
    columns = [
        Column(version, version.valid_from > on, _differs(version, before))
        for version, before in zip(page.versions, older, strict=True)
    ]
    return page, columns


def _differs(version: VersionPage, before: VersionPage | None) -> frozenset[str]:
    if before is None:
        return frozenset()
    parts = ("gives", "condition", "amounts", "sources")
    return frozenset(p for p in parts if getattr(version, p) != getattr(before, p))


def _all(country: Pack) -> Iterator[Change]:
    """Yield every change, kind by kind in the order of the pack."""
    words = Wording(country)
    for key, item in country.schemes.items():
        href = reverse("law:scheme_changes", args=[key])
        for day, what, version in _turns(item.versions, country):
            told = _told(version, words) if what != "ends" else ""
            yield _change(day, _("Right or help"), what, words.text(item.label), href, told,
                          version, country)  # fmt: skip
    for key, duty in country.duties.items():
        href = reverse("law:duty", args=[key])
        for day, what, term in _turns(duty.versions, country):
            yield _change(day, _("Duty"), what, words.text(duty.label), href, "", term, country)
    yield from _guards(country, words)
    yield from _amounts(country, words)


def _change(
    day: date,
    kind: str,
    what: str,
    label: str,
    href: str,
    told: str,
    version: SchemeVersion | DutyVersion,
    country: Pack,
) -> Change:
    return Change(day, kind, _what(what), label, href, told, cited(version.sources, country))


def _what(what: str) -> str:
    words = {
        "begins": pgettext("law", "new"),
        "changes": pgettext("law", "changed"),
        "ends": pgettext("law", "no longer holds"),
    }
    return words[what]


def _told(version: SchemeVersion, words: Wording) -> str:
    return words.text(version.changed) or words.text(version.gives)


def _guards(country: Pack, words: Wording) -> Iterator[Change]:
    for key, guard in country.guards.items():
        event = words.event(guard.event)
        label = _("%(rule)s, on “%(event)s”") % {"rule": guard.rule, "event": event}
        href = f"{reverse('law:guards')}#{key}"
        told = cited(guard.sources, country)
        if guard.valid_from is not None and guard.valid_from > country.header.first_day:
            kind, what = _("What is refused"), _what("begins")
            yield Change(guard.valid_from, kind, what, label, href, "", told)
        if guard.valid_to is not None:
            day, kind = guard.valid_to + DAY, _("What is refused")
            yield Change(day, kind, _what("ends"), label, href, "", told)


def _amounts(country: Pack, words: Wording) -> Iterator[Change]:
    """Yield new values; where none follows, nobody looked it up: that is no end."""
    for amount in country.amounts.values():
        for day, what, value in _turns(amount.values, country):
            if what != "ends":
                told, kind = words.amount(amount, value.value), _("Amount")
                source = cited((value.source,), country)
                href, label = _schemes_of(amount, country), words.text(amount.label)
                yield Change(day, kind, _what(what), label, href, told, source)


def _schemes_of(amount: Amount, country: Pack) -> str:
    """Return where an amount is shown: the first scheme that names it, else nowhere."""
    for key, item in country.schemes.items():
        if any(country.amounts.get(a) is amount for v in item.versions for a in v.amounts):
            return reverse("law:scheme", args=[key])
    return ""


def _turns(versions: Sequence[Version], country: Pack) -> Iterable[tuple[date, str, Version]]:
    """Return on which days versions begin, take over from one another, or end."""
    begun = {version.valid_from for version in versions}
    ended = {version.valid_to for version in versions if version.valid_to is not None}
    found: list[tuple[date, str, Version]] = []
    for version in versions:
        if version.valid_from > country.header.first_day:
            follows = version.valid_from - DAY in ended
            found.append((version.valid_from, "changes" if follows else "begins", version))
        if version.valid_to is not None and version.valid_to + DAY not in begun:
            found.append((version.valid_to + DAY, "ends", version))
    return sorted(found, key=lambda turn: turn[0])
