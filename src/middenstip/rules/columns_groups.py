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
    may_be_more = codes.contains(UNKNOWN_CODE)
    branches = []
    for index, group in enumerate(ranked):
        if group == pack.code_lists[list_id].otherwise:
            found = _any_other(codes, [members[later] for later in ranked[index + 1 :]])
        else:
            found = codes.intersect(ibis.array(members[group])).length() > 0
        answer = ibis.literal(group)
        if group != surest:
            answer = ibis.ifelse(may_be_more, ibis.null("string"), answer)
        branches.append((found, answer))
    none = ibis.null("string")
    return ibis.cases(*branches, else_=none) if branches else none


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


def _any_other(codes: ArrayValue, later: list[list[str]]) -> BooleanValue:
    # Earlier groups are absent when this is asked. A code that belongs to no later group falls
    # in the list's "otherwise", also one that the code list does not name.
    left = codes.remove(UNKNOWN_CODE)
    for code in (code for group in later for code in group):
        left = left.remove(code)
    return left.length() > 0
