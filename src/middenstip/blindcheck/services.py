# SPDX-License-Identifier: EUPL-1.2
"""Writes of the blind check: a question, a wish to be called back, and that it was done.

What is asked with is made into a code at once and forgotten: it is not stored, not logged and
in no error. A question that is refused is kept as one, so that the coordination point sees it.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.acting import as_actor
from middenstip.access.actors import Actor
from middenstip.access.limits import take
from middenstip.blindcheck import codes, mail, selectors
from middenstip.blindcheck.models import REFUSALS, Answer, CallBack, Question
from middenstip.matching.blind import Code, asked_before, fingerprint
from middenstip.thread.errors import NotThere
from middenstip.thread.values import clean_text
from middenstip.vault.services import derived_key

DAY: Final = timedelta(hours=24)
# How often an organisation may ask in 24 hours, and how often for one and the same person.
MOST_A_DAY, MOST_FOR_ONE = 100, 5
# How often one person may send the form at all, refused or not.
TRIES: Final = "120/1h"
SHORTEST_NUMBER: Final = 6
KEPT_FOR: Final = timedelta(days=365)
ANSWERS: Final = {
    "known": Answer.KNOWN,
    "perhaps": Answer.PERHAPS,
    "not known": Answer.NOT_KNOWN,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom somebody asks for, as it was typed; given to `ask` and nowhere else.

    `birth_date` is a text as `matching.dates.read_birth` reads it: a day, a month or a year.
    """

    given_name: str = field(default="", repr=False)
    family_name: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class _Limit:
    """Which questions of 24 hours were for this person; why it is refused, and until when."""

    alike: int
    refused: Answer | None = None
    again_at: datetime | None = None


@as_actor
@transaction.atomic
def ask(*, actor: Actor, asked: Asked) -> UUID:
    """Ask whether somebody is known to the coordination point; return the id of the question.

    Its answer is read by `selectors.question_of`: *known*, *perhaps*, *not known*, or that it
    was refused because the organisation asked too often, and until when. All are kept, in the
    same statements. PermissionDenied for who may not ask; ValidationError where there is
    nothing to compare; Limited for who sends the form again and again.
    """
    require_asker(actor)
    code = codes.code_of(asdict(asked), codes.encoder())
    if not code.names:
        raise ValidationError({"given_name": [_("Nothing of this name can be compared.")]})
    if not code.birth:
        raise ValidationError({"birth_date": [_("This birth date cannot be read.")]})
    take("blind check", str(actor.user_id), TRIES)
    limit = _limit(actor, code)
    answer = ANSWERS[codes.register().ask(code)]
    question = uuid4()
    Question.objects.create(
        id=question,
        organisation_id=actor.organisation_id,
        by_id=actor.user_id,
        answer=limit.refused or answer,
        alike=limit.alike,
        again_at=limit.again_at,
        fingerprint=_fingerprint(actor, code),
        code=b"" if limit.refused else codes.seal_code(code, place_of(question)),
    )
    return question


@as_actor
@transaction.atomic
def ask_call(*, actor: Actor, question_id: UUID, name: str, phone: str) -> None:
    """Ask to be called back about a question; asking twice changes nothing.

    Only after *known* or *perhaps*, and while the code of the question is kept: NotThere
    otherwise. ValidationError keyed `name` or `phone`.
    """
    found = Question.objects.filter(pk=question_id, organisation_id=actor.organisation_id)
    question = found.filter(answer__in=[Answer.KNOWN, Answer.PERHAPS]).first()
    if question is None or not selectors.may_ask(actor):
        raise NotThere
    if CallBack.objects.filter(question=question).exists():
        return
    if not question.code:
        raise NotThere
    who = checked_contact(name, phone)
    code = codes.open_codes([(question.code, place_of(question.pk))])[0]
    made = uuid4()
    told = {"names": b64encode(code.names).decode(), "birth": b64encode(code.birth).decode()}
    call = CallBack(
        id=made,
        question=question,
        organisation_id=actor.organisation_id,
        by_id=actor.user_id,
        sealed=codes.seal_text(json.dumps(who | told), selectors.place_of_call(made)),
    )
    CallBack.objects.bulk_create([call], ignore_conflicts=True)  # two tabs at once


@as_actor
@transaction.atomic
def finish_call(*, actor: Actor, call_id: UUID) -> None:
    """Write down that somebody was called back, and forget whom to call and the code.

    Only the coordination point; NotThere for all others, and when it was done before.
    """
    if not selectors.may_call(actor):
        raise NotThere
    done = CallBack.objects.filter(pk=call_id, done_at__isnull=True).update(
        done_at=clock.now(), done_by_id=actor.user_id, sealed=b""
    )
    if not done:
        raise NotThere


def forget_codes(moment: datetime) -> int:
    """Empty the codes of questions that are 24 hours old at a moment; return how many."""
    old = Question.objects.filter(at__lte=moment - DAY).exclude(code=b"")
    return old.update(code=b"")


def delete_old(moment: datetime) -> None:
    """Delete questions, and wishes to be called back, of a year before a moment."""
    CallBack.objects.filter(question__at__lte=moment - KEPT_FOR).delete()
    Question.objects.filter(at__lte=moment - KEPT_FOR).delete()


def require_asker(actor: Actor) -> None:
    """PermissionDenied, with the reason, unless this actor may ask."""
    if not selectors.may_ask(actor):
        raise PermissionDenied(
            _("%(organisation)s cannot ask here.") % {"organisation": actor.organisation_name}
        )


def place_of(question_id: UUID) -> bytes:
    """Return what the sealed code of a question is bound to."""
    return b"blindcheck question " + question_id.bytes


def checked_contact(name: str, phone: str) -> dict[str, str]:
    """Return whom to call, cleaned; ValidationError keyed `name` and `phone`, both at once."""
    wrong: dict[str, list[str]] = {}
    told = {"name": "", "phone": ""}
    for key, value in (("name", name), ("phone", phone)):
        try:
            told[key] = clean_text(value, longest=120, lines=False)
        except ValidationError as error:
            wrong[key] = error.messages
    if "name" not in wrong and not told["name"]:
        wrong["name"] = [_("Say whom to ask for.")]
    if "phone" not in wrong and sum(map(str.isdigit, told["phone"])) < SHORTEST_NUMBER:
        wrong["phone"] = [_("Give a telephone number that can be called.")]
    if wrong:
        raise ValidationError(wrong)
    return told


def _limit(actor: Actor, code: Code) -> _Limit:
    """Return how often was asked in 24 hours, with the organisation's questions held.

    A refused question does not count: who keeps trying does not keep themselves out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"blindcheck {actor.organisation_id}"],
        )
    mine = Question.objects.filter(
        organisation_id=actor.organisation_id, at__gt=clock.now() - DAY
    ).order_by("at")
    answered = list(mine.exclude(answer__in=REFUSALS).values_list("pk", "at", "code"))
    held = [(at, bytes(sealed), place_of(pk)) for pk, at, sealed in answered if sealed]
    earlier = codes.open_codes([(sealed, place) for _at, sealed, place in held])
    alike = [held[i][0] for i in asked_before(code, earlier)]
    if len(alike) >= MOST_FOR_ONE:
        if not mine.filter(answer=Answer.SAME_PERSON).exists():
            transaction.on_commit(mail.tell_coordination)
        return _Limit(len(alike), Answer.SAME_PERSON, _again(alike, MOST_FOR_ONE))
    if len(answered) >= MOST_A_DAY:
        moments = [at for _pk, at, _sealed in answered]
        return _Limit(len(alike), Answer.FULL_DAY, _again(moments, MOST_A_DAY))
    return _Limit(len(alike))


def _again(moments: Sequence[datetime], most: int) -> datetime:
    """Return when fewer than `most` of these moments lie within 24 hours."""
    return moments[len(moments) - most] + DAY


def _fingerprint(actor: Actor, code: Code) -> str:
    key = derived_key(f"blindcheck fingerprint {actor.organisation_id}")
    return fingerprint(code, key)
