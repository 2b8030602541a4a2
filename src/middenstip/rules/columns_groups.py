# SPDX-License-Identifier: EUPL-1.2
"""The group of a list of codes on a day (nationality group and the like), as a column."""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import ArrayValue, BooleanValue, StringValue

from middenstip.pack.model import Pack

UNKNOWN_CODE = "unknown"


def group_column(pack: Pack, list_id: str, codes: ArrayValue, day: date) -> StringValue:
    """Return the group of each row's codes on a day, as ``Pack.group_of`` does for one list.

    Null for no codes at all, and where a code "unknown" could still bring a group that goes
    before those that are known.
    """
    members = _members(pack, list_id, day)
    ranked = _ranked(pack, list_id, members)
    surest = next(iter(pack.code_lists[list_id].precedence), None)
    more_to_come = (codes.contains(UNKNOWN_CODE), ibis.null("string"))
    branches = [] if surest in ranked else [more_to_come]
    for index, group in enumerate(ranked):
        found = _any_of(codes, members.get(group, []))
        if group == pack.code_lists[list_id].otherwise:
            later = [code for other in ranked[index + 1 :] for code in members[other]]
            found = _any_other(codes, [UNKNOWN_CODE, *later] if group == surest else later)
        branches.append((found, ibis.literal(group)))
        if group == surest:
            branches.append(more_to_come)
    return ibis.cases(*branches, else_=ibis.null("string"))


def _any_of(codes: ArrayValue, wanted: list[str]) -> BooleanValue:
    if len(wanted) == 1:
        return codes.contains(wanted[0])
    return codes.intersect(ibis.array(wanted)).length() > 0


def _members(pack: Pack, list_id: str, day: date) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for code in pack.codes_of(list_id):
        group = pack.group_of(list_id, (code,), day)
        if group is not None:
            members.setdefault(group, []).append(code)
    return members


def _ranked(pack: Pack, list_id: str, members: dict[str, list[str]]) -> list[str]:
    code_list = pack.code_lists[list_id]
    possible = {*members, *([code_list.otherwise] if code_list.otherwise else [])}
    first = [group for group in code_list.precedence if group in possible]
    return first + sorted(possible.difference(first))


def _any_other(codes: ArrayValue, later: list[str]) -> BooleanValue:
    # Earlier groups are absent when this is asked. A code that belongs to no later one falls in
    # the list's "otherwise", also a code that the code list does not name.
    for code in later:
        codes = codes.remove(code)
    return codes.length() > 0
