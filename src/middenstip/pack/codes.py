# SPDX-License-Identifier: EUPL-1.2
"""Code lists: named values, sorted into coarser groups on a day."""

from __future__ import annotations

from datetime import date

from middenstip.pack.conditions import Item
from middenstip.pack.parts import SourceRef, Text


class DatedGroup(Item):
    """Membership of a group between two days, both inclusive."""

    group: str
    valid_from: date | None = None
    valid_to: date | None = None


class CodeItem(Item):
    """One value of a code list; ``group`` sorts values into a coarser list on a given day.

    ``for_you`` words it for the person concerned where the label would not do.
    """

    label: Text
    for_you: Text | None = None
    group: str | None = None
    groups: tuple[DatedGroup, ...] = ()

    def group_on(self, day: date) -> str | None:
        """Return the group it belongs to on a day; None when it names none."""
        for dated in self.groups:
            starts, ends = dated.valid_from or date.min, dated.valid_to or date.max
            if starts <= day <= ends:
                return dated.group
        return self.group


class CodeList(Item):
    """Named values. ``include`` adds the values of other lists.

    ``precedence`` orders groups, ``otherwise`` is the group of a value that names none.
    """

    label: Text
    items: dict[str, CodeItem] = {}
    include: tuple[str, ...] = ()
    precedence: tuple[str, ...] = ()
    otherwise: str | None = None
    source: SourceRef | None = None
