# SPDX-License-Identifier: EUPL-1.2
"""Writes of the linkage room: a human decides about two files, and takes it back.

A verdict joins two files and pours nothing: each keeps its thread, its consents and who is
involved. It stands in both threads as an event, with a mark of its own in each, so that who
sees only one of them cannot tell which the other is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.linkage.models import Answer, Likeness, Verdict
from middenstip.linkage.selectors import (
    GROUNDS,
    Pair,
    answers_around,
    component,
    in_order,
    known_persons,
    may_decide,
)
from middenstip.thread import services
from middenstip.thread.country import NOT_SAME_PERSON, SAME_PERSON, SAME_PERSON_OPEN, pack
from middenstip.thread.errors import NotAllowed, NotThere
from middenstip.thread.models import Case
from middenstip.thread.records import NewEvent
from middenstip.thread.visibility import named_cases

# The type of the event in both threads, by what was decided.
EVENTS = {
    Answer.SAME.value: SAME_PERSON,
    Answer.DIFFERENT.value: NOT_SAME_PERSON,
    Answer.UNKNOWN.value: SAME_PERSON_OPEN,
}
# A person has few files. More than this joined is a mistake, or one file that likens them all.
LARGEST_GROUP = 10
MARK_LENGTH = 12


class VerdictChanged(Exception):
    """Somebody decided about this pair since the actor looked; nothing was stored."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody decided about these two files since you opened this page. Look first.")
        )


class DoesNotFit(ValidationError):
    """The verdict cannot be true beside what was decided of other files; keyed `verdict`."""

    def __init__(self, message: str) -> None:
        super().__init__({"verdict": [message]})


@dataclass(frozen=True, slots=True)
class Alike:
    """Two persons that a comparison found alike: `score` in log-odds, by which `weights`."""

    one: UUID
    two: UUID
    score: float
    weights: str


@as_actor
@transaction.atomic
def decide(
    *,
    actor: Actor,
    one: UUID,
    two: UUID,
    verdict: str,
    ground: str = "",
    seen: UUID | None = None,
    score: float | None = None,
) -> UUID:
    """Store what the actor decided about the persons of two cases; return the verdict.

    `verdict` is a value of `models.Answer`; `ground` a code of `linkage_ground`, needed for
    same and different; `seen` the verdict that held when the actor looked; `score` what the
    comparison said, never taken from a form. An event stands in both threads afterwards, but
    for a "don't know" where nothing was settled. All or nothing.

    Raises NotThere; NotAllowed when the actor may not decide, or not know who one of them is;
    VerdictChanged; DoesNotFit when it contradicts what holds of other files of the group, or
    joins more than LARGEST_GROUP; ValidationError keyed `verdict` or `ground`.
    """
    cases = _locked(actor, {one, two})
    if len({case.person_id for case in cases}) < len({one, two}) or one == two:
        raise ValidationError({"verdict": [_("These two files are of one person already.")]})
    pair = in_order(*(case.person_id for case in cases))
    before = _latest(pair)
    if seen != (before.pk if before else None):
        raise VerdictChanged
    _check_words(verdict, ground)
    return _store(actor, cases, pair, before, verdict, ground, score=score)


@as_actor
@transaction.atomic
def undo(*, actor: Actor, verdict: UUID) -> UUID:
    """Take back a verdict: what held of the pair before it holds again. Return the new one.

    Nothing that was recorded in between is lost, in either file. Undoing an undo brings back
    what that one took away. Raises as `decide`; VerdictChanged when it is not the latest.
    """
    _one_at_a_time()
    undone = Verdict.objects.filter(pk=verdict).first()
    if undone is None:
        raise NotThere
    pair = (undone.one_id, undone.two_id)
    cases = _locked(actor, {_file_of(actor, person) for person in pair})
    latest = _latest(pair)
    if latest is None or latest.pk != verdict:
        raise VerdictChanged
    before = Verdict.objects.filter(one=pair[0], two=pair[1], number=undone.number - 1).first()
    answer = before.verdict if before else Answer.UNKNOWN.value
    ground = before.ground if before else ""
    return _store(actor, cases, pair, latest, answer, ground, undoes=undone)


@as_actor
@transaction.atomic
def keep_likenesses(*, actor: Actor, found: Iterable[Alike]) -> int:
    """Store pairs that were found alike, in place of what was known of the same pairs.

    Pairs of which the actor may not know who both are are left out. Returns how many stand.
    """
    pairs = {in_order(each.one, each.two): each for each in found if each.one != each.two}
    known = known_persons(actor, {person for pair in pairs for person in pair})
    now = clock.now()
    rows = [
        Likeness(
            one_id=pair[0], two_id=pair[1], score=each.score, weights=each.weights, found_at=now
        )
        for pair, each in sorted(pairs.items())
        if known.issuperset(pair)
    ]
    Likeness.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["one", "two"],
        update_fields=["score", "weights", "found_at"],
    )
    return len(rows)


@as_actor
@transaction.atomic
def forget_likenesses(*, actor: Actor, above: float, before: datetime) -> int:
    """Delete pairs scored `above` (log-odds) that were found before a moment, and no later.

    For the end of a search over everybody: they are alike no more. Pairs of which the actor may
    not know who both are stay. Returns how many went.
    """
    old = Likeness.objects.filter(score__gt=above, found_at__lt=before)
    pairs = {pk: pair for pk, *pair in old.values_list("pk", "one_id", "two_id")}
    known = known_persons(actor, {person for pair in pairs.values() for person in pair})
    gone = [pk for pk, pair in pairs.items() if known.issuperset(pair)]
    count, _rows = Likeness.objects.filter(pk__in=gone).delete()
    return count


def mark_of(verdict: UUID, case_id: UUID) -> str:
    """Return the mark of a verdict in the thread of one case: another in each, so that two
    threads cannot be laid side by side by it.
    """
    return uuid5(verdict, str(case_id)).hex[:MARK_LENGTH]


def _one_at_a_time() -> None:
    """Wait until nobody else decides: two verdicts on other files may contradict together.

    Taken before any case, by everybody, so that nobody waits in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('middenstip.linkage'))")


def _locked(actor: Actor, case_ids: set[UUID]) -> list[Case]:
    """Return the cases, locked in order of id, if the actor may decide about them."""
    _one_at_a_time()
    cases = [services.lock(actor, case_id, None) for case_id in sorted(case_ids)]
    if not may_decide(actor):
        raise NotAllowed(
            _("Your organisation does not decide whether two files are of one person.")
        )
    named = named_cases(actor).filter(pk__in=case_ids).count()
    known = known_persons(actor, {case.person_id for case in cases})
    if named < len(case_ids) or any(case.person_id not in known for case in cases):
        raise NotAllowed(_("You do not see a name in both files, so you cannot compare them."))
    return cases


def _file_of(actor: Actor, person: UUID) -> UUID:
    """Return the file of a person that the actor may know, the newest; NotThere."""
    found = named_cases(actor).filter(person_id=person).order_by("-opened_on", "pk")
    case_id = found.values_list("pk", flat=True).first()
    if case_id is None:
        raise NotThere
    return case_id


def _latest(pair: Pair) -> Verdict | None:
    return Verdict.objects.filter(one=pair[0], two=pair[1]).order_by("-number").first()


def _check_words(verdict: str, ground: str) -> None:
    problems: dict[str, list[str]] = {}
    if verdict not in Answer.values:
        problems["verdict"] = [_("Choose one of the answers.")]
    settled = verdict != Answer.UNKNOWN
    if (settled or ground) and ground not in pack().codes_of(GROUNDS):
        problems["ground"] = [_("Choose what you base this on.")]
    if problems:
        raise ValidationError(dict(problems))


def _check_fits(actor: Actor, pair: Pair, verdict: str) -> None:
    """Refuse what cannot be true beside the other verdicts that the actor may know."""
    if verdict == Answer.UNKNOWN:
        return
    answers = answers_around(actor, pair)
    answers.pop(pair, None)
    joined = [each for each, answer in answers.items() if answer == Answer.SAME]
    first, second = (component(person, joined) for person in pair)
    if verdict == Answer.DIFFERENT:
        if pair[1] in first:
            raise DoesNotFit(
                _("Another file says that these two are one person. Undo that first.")
            )
        return
    together = first | second
    apart = [each for each, answer in answers.items() if answer == Answer.DIFFERENT]
    if any(together.issuperset(each) for each in apart):
        raise DoesNotFit(
            _("Two of the files that would come together were found to be of different people.")
        )
    if len(together) > LARGEST_GROUP:
        raise DoesNotFit(
            _("More than %(most)s files would be of one person. Look for the mistake first.")
            % {"most": LARGEST_GROUP}
        )


def _store(
    actor: Actor,
    cases: Iterable[Case],
    pair: Pair,
    before: Verdict | None,
    answer: str,
    ground: str,
    *,
    score: float | None = None,
    undoes: Verdict | None = None,
) -> UUID:
    """Write a verdict and its event in both threads; the cases are locked."""
    _check_fits(actor, pair, answer)
    made = Verdict.objects.create(
        id=uuid4(),
        one_id=pair[0],
        two_id=pair[1],
        number=before.number + 1 if before else 1,
        verdict=answer,
        ground=ground,
        score=score,
        by_id=actor.user_id,
        organisation_id=actor.organisation_id,
        at=clock.now(),
        undoes=undoes,
    )
    if answer != Answer.UNKNOWN or (before and before.verdict != Answer.UNKNOWN):
        for case in cases:
            fields = {"mark": mark_of(made.pk, case.pk)}
            if answer != Answer.UNKNOWN:
                fields["ground"] = ground
            event = NewEvent(EVENTS[answer], clock.today(), fields)
            services.append_decided(actor=actor, case_id=case.pk, events=[event])
    return made.pk
