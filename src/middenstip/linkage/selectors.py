# SPDX-License-Identifier: EUPL-1.2
"""Reads of the linkage room: which files are of one person, as far as the actor may know.

A verdict is known to who may know who both persons are; groups are made of these verdicts only.
So two people may see different groups, and nobody learns of a file that is not shared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery

from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.audit.looks import LookKind, looked
from middenstip.linkage.models import Answer, Likeness, Verdict
from middenstip.thread.country import SAME_PERSON, pack
from middenstip.thread.errors import NotThere
from middenstip.thread.lists import Listed, first_of, listed
from middenstip.thread.visibility import (
    COORDINATION,
    IDENTITY,
    acts_in_cases,
    in_emergency,
    named_cases,
    visible_cases,
)

GROUNDS = "linkage_ground"  # the pack's list of what a verdict rests on
LENGTH = 25
SHOWN = [COORDINATION, IDENTITY]
Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class FileRef:
    """One file, as a line that names it: nothing here tells who the person is."""

    case_id: UUID
    person_id: UUID
    pseudonym: str
    opened_on: date
    opened_by: str


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What somebody decided about a pair, which holds unless a later one does.

    `one` and `two` are persons; `ground` and `score` as in `models.Verdict`; `by` and
    `organisation` are names of colleagues; `undoes` the verdict that it took back.
    """

    id: UUID
    one: UUID
    two: UUID
    verdict: str
    ground: str
    score: float | None
    by: str
    organisation: str
    at: datetime
    undoes: UUID | None


@dataclass(frozen=True, slots=True)
class Undecided:
    """Two files that are alike and that nobody settled.

    `doubted`: somebody looked and did not know. `together`: they are of one person already,
    through another file. `score` in log-odds.
    """

    one: FileRef
    two: FileRef
    score: float
    found_at: datetime
    doubted: bool
    together: bool


def may_decide(actor: Actor) -> bool:
    """Tell whether this actor's organisation decides that two files are of one person.

    Nobody does in an emergency: from there nothing is recorded.
    """
    recorders = pack().events[SAME_PERSON].recorded_by
    return (
        acts_in_cases(actor)
        and not in_emergency(actor)
        and actor.organisation_kind in recorders
    )


def in_order(one: UUID, two: UUID) -> Pair:
    """Return a pair of persons as it is stored, the lower id first."""
    return (one, two) if one < two else (two, one)


@as_actor
def standing(*, actor: Actor, one: UUID, two: UUID) -> VerdictView | None:
    """Return the verdict that holds of the persons of two cases; None when there is none.

    NotThere when the actor may not know who one of them is.
    """
    found = history(actor=actor, one=one, two=two)
    return found[0] if found else None


@as_actor
def history(*, actor: Actor, one: UUID, two: UUID) -> list[VerdictView]:
    """Return all that was decided of the persons of two cases, the latest first; NotThere as
    `standing`.
    """
    wanted = [one, two]
    persons = dict(named_cases(actor).filter(pk__in=wanted).values_list("pk", "person_id"))
    if len(persons) != len(set(wanted)):
        raise NotThere
    _look(actor, wanted)
    pair = in_order(persons[one], persons[two])
    return _views(_known(actor, Q(one=pair[0], two=pair[1])))


@as_actor
def standing_with(
    *, actor: Actor, person_id: UUID, persons: Iterable[UUID]
) -> dict[UUID, VerdictView]:
    """Return the verdicts that hold between a person and others, by the other.

    Absent where nothing was decided, and where the actor may not know who one of them is.
    """
    others = list(persons)
    about = Q(one=person_id, two__in=others) | Q(two=person_id, one__in=others)
    found: dict[UUID, VerdictView] = {}
    for view in _views(_known(actor, about)):
        found.setdefault(view.two if view.one == person_id else view.one, view)
    return found


@as_actor
def group_of(*, actor: Actor, person_id: UUID) -> frozenset[UUID]:
    """Return the persons that are one, this one among them, as far as the actor may know."""
    return groups(actor=actor, persons=[person_id])[person_id]


@as_actor
def groups(*, actor: Actor, persons: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return `group_of` for each of these persons, in a few queries for all."""
    wanted = set(persons)
    answers = answers_around(actor, wanted)
    joined = [pair for pair, answer in answers.items() if answer == Answer.SAME]
    return {person: component(person, joined) for person in wanted}


@as_actor
def others(*, actor: Actor, case_id: UUID) -> list[FileRef]:
    """Return the other files of the person of a case that the actor may know, newest first.

    Empty for who may see the case but not who it is about; NotThere for who may not see it.
    """
    if not visible_cases(actor).filter(pk=case_id).exists():
        raise NotThere
    person = named_cases(actor).filter(pk=case_id).values_list("person_id", flat=True).first()
    if person is None:
        return []
    theirs = _files(actor, group_of(actor=actor, person_id=person))
    found = [each for each in theirs if each.case_id != case_id]
    _look(actor, [each.case_id for each in found])
    return found


@as_actor
def undecided(*, actor: Actor, page: int = 1, length: int = LENGTH) -> Listed[Undecided]:
    """Return one page (from 1) of the pairs that nobody settled, the most alike first.

    Those of which somebody said not to know come last. Only pairs of which the actor may know
    who both are; the others are not counted either.
    """
    latest = Verdict.objects.filter(one=OuterRef("one"), two=OuterRef("two"))
    found = Likeness.objects.filter(
        *(Exists(named_cases(actor).filter(person=OuterRef(side))) for side in ("one", "two"))
    ).annotate(standing=Subquery(latest.order_by("-number").values("verdict")[:1]))
    found = found.filter(Q(standing__isnull=True) | Q(standing=Answer.UNKNOWN))
    columns = ("one_id", "two_id", "score", "found_at", "standing")
    ordered = found.order_by(F("standing").asc(nulls_first=True), "-score", "id")
    start = (max(page, 1) - 1) * length
    rows, total = first_of(
        ordered.values_list(*columns), found.values("pk"), start=start, length=length
    )
    items = tuple(_undecided(actor, rows))
    _look(actor, [each.case_id for item in items for each in (item.one, item.two)])
    return listed(items, total)


def known_persons(actor: Actor, persons: Iterable[UUID]) -> set[UUID]:
    """Return which of these persons the actor may know by name, and have one."""
    found = named_cases(actor).filter(
        person_id__in=list(persons), person__identity__isnull=False
    )
    return set(found.values_list("person_id", flat=True))


def answers_around(actor: Actor, persons: Iterable[UUID]) -> dict[Pair, str]:
    """Return what holds of each pair that touches the groups of these persons.

    Goes from person to person along `same`, so that each group is complete.
    """
    found: dict[Pair, str] = {}
    seen: set[UUID] = set()
    edge = set(persons)
    while edge:
        seen |= edge
        fresh = _answers(actor, edge)
        found |= fresh
        joined = {pair for pair, answer in fresh.items() if answer == Answer.SAME}
        edge = {person for pair in joined for person in pair} - seen
    return found


def component(person: UUID, joined: Iterable[Pair]) -> frozenset[UUID]:
    """Return who hangs together with a person through these pairs, the person included."""
    neighbours: dict[UUID, set[UUID]] = {}
    for one, two in joined:
        neighbours.setdefault(one, set()).add(two)
        neighbours.setdefault(two, set()).add(one)
    reached, edge = {person}, {person}
    while edge:
        edge = {each for known in edge for each in neighbours.get(known, ())} - reached
        reached |= edge
    return frozenset(reached)


def _look(actor: Actor, cases: Iterable[UUID]) -> None:
    kind: LookKind = "break_glass" if in_emergency(actor) else "ordinary"
    looked(actor=actor, cases=cases, categories=SHOWN, kind=kind)


def _answers(actor: Actor, persons: set[UUID]) -> dict[Pair, str]:
    rows = Verdict.objects.filter(Q(one__in=persons) | Q(two__in=persons)).order_by("number")
    latest = {
        (one, two): answer for one, two, answer in rows.values_list("one", "two", "verdict")
    }
    known = known_persons(actor, {person for pair in latest for person in pair})
    return {pair: answer for pair, answer in latest.items() if known.issuperset(pair)}


def _known(actor: Actor, about: Q) -> list[Verdict]:
    """Return verdicts that the actor may know, the latest of a pair first."""
    rows = list(
        Verdict.objects.filter(about)
        .select_related("by", "organisation")
        .order_by("one", "two", "-number")
    )
    known = known_persons(
        actor, {person for row in rows for person in (row.one_id, row.two_id)}
    )
    return [row for row in rows if {row.one_id, row.two_id} <= known]


def _views(rows: Iterable[Verdict]) -> list[VerdictView]:
    return [
        VerdictView(
            id=row.pk,
            one=row.one_id,
            two=row.two_id,
            verdict=row.verdict,
            ground=row.ground,
            score=row.score,
            by=row.by.display_name,
            organisation=row.organisation.name,
            at=row.at,
            undoes=row.undoes_id,
        )
        for row in rows
    ]


def _files(actor: Actor, persons: Iterable[UUID]) -> list[FileRef]:
    """Return the files of persons that the actor may know, the newest first."""
    found = named_cases(actor).filter(person_id__in=list(persons))
    columns = ("pk", "person_id", "person__pseudonym", "opened_on", "opened_by__name")
    return [FileRef(*row) for row in found.order_by("-opened_on", "pk").values_list(*columns)]


def _undecided(
    actor: Actor, rows: list[tuple[UUID, UUID, float, datetime, str | None]]
) -> Iterable[Undecided]:
    persons = {person for one, two, *_rest in rows for person in (one, two)}
    file_of: Mapping[UUID, FileRef] = {
        each.person_id: each for each in reversed(_files(actor, persons))
    }
    joined = groups(actor=actor, persons=persons)
    for one, two, score, found_at, answer in rows:
        yield Undecided(
            one=file_of[one],
            two=file_of[two],
            score=score,
            found_at=found_at,
            doubted=answer is not None,
            together=two in joined[one],
        )
