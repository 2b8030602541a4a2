# SPDX-License-Identifier: EUPL-1.2
"""Before a file is opened: the earlier files that may be of the same person, and what the
writer says of each.

Nothing is joined by itself. What nobody answered is kept as a likeness, for who looks later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from middenstip.access.actors import Actor
from middenstip.access.purposes import duty_purposes, purpose_of
from middenstip.intake.notification import Notification
from middenstip.linkage.candidates import Candidate, candidates
from middenstip.linkage.forms import VerdictForm
from middenstip.linkage.models import Answer
from middenstip.linkage.selectors import may_decide
from middenstip.thread.visibility import IDENTITY

SHOWN = "shown"  # the hidden field that names the files the writer was shown
MOST_SHOWN = 5
MOST_SENT = 20
PERHAPS, LIKELY = 1, 2  # of `Reasons.level`: more, and much, speaks for one person


@dataclass(frozen=True, slots=True)
class Said:
    """What the writer says of an earlier file; `verdict` empty when nothing was said.

    `person_id` and `score` of the comparison, None for a file that is no candidate any more.
    """

    case_id: UUID
    person_id: UUID | None = None
    score: float | None = None
    verdict: str = ""
    ground: str = ""


class EarlierForm(VerdictForm):
    """Same, different or don't know about one earlier file, and the ground; may stay empty."""

    def __init__(self, *args: Any, case_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, prefix=str(case_id), **kwargs)
        del self.fields["seen"]
        self.fields["verdict"].required = False
        self.fields["verdict"].label = gettext_lazy("Is this the same person?")
        ground: Any = self.fields["ground"]
        ground.required = False  # `clean` asks for it where something is settled
        ground.widget = forms.Select(choices=[("", gettext_lazy("Choose")), *ground.choices])

    def clean(self) -> dict[str, Any]:
        """Ask for the ground of a yes or a no."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        settled = cleaned.get("verdict") in (Answer.SAME, Answer.DIFFERENT)
        if settled and not cleaned.get("ground") and "ground" not in self.errors:
            self.add_error("ground", _("Choose what you base this on."))
        return cleaned


@dataclass(frozen=True, slots=True)
class EarlierFile:
    """An earlier file with the form about it; `form` None for who cannot join files."""

    file: Candidate
    form: EarlierForm | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The earlier files of the writer's page, and what was said of them.

    `joins`: the writer can say same or different here. `new`: a likely file that the writer
    was not shown yet.
    """

    files: tuple[EarlierFile, ...] = ()
    said: tuple[Said, ...] = ()
    joins: bool = False
    new: bool = False

    @property
    def is_valid(self) -> bool:
        """Whether every answer can be stored."""
        return all(each.form is None or not each.form.errors for each in self.files)


def joins(actor: Actor) -> bool:
    """Tell whether this actor can join a file that it opens with another.

    Who notifies with consent only does not see afterwards who it is, so it cannot compare.
    """
    purpose = actor.purpose
    by_task = purpose in duty_purposes(actor.organisation_kind)
    return may_decide(actor) and by_task and IDENTITY in purpose_of(purpose).categories


def earlier(
    *, actor: Actor, notification: Notification, post: QueryDict | None = None
) -> Earlier:
    """Return the earlier files that may be of who is notified, as far as the writer may see
    them, with what was posted about them. Nothing for an anonymous notification.
    """
    if notification.identity is None:
        return Earlier()
    nearest = candidates(
        actor=actor,
        identity=notification.identity,
        facts=notification.facts,
        limit=MOST_SHOWN,
    )
    found = [each for each in nearest if each.reasons.level >= PERHAPS]
    may_join = joins(actor)
    files = tuple(
        EarlierFile(each, EarlierForm(post, case_id=each.case_id) if may_join else None)
        for each in found
    )
    seen = _shown(post)
    return Earlier(
        files=files,
        said=_said(files, seen, post) if post is not None and may_join else (),
        joins=may_join,
        new=any(each.case_id not in seen and each.reasons.level >= LIKELY for each in found),
    )


def _shown(post: QueryDict | None) -> set[UUID]:
    """Return the files that the writer was shown, as the page sent them back."""
    ids: set[UUID] = set()
    for text in (post or QueryDict()).getlist(SHOWN)[:MOST_SENT]:
        try:
            ids.add(UUID(text))
        except ValueError:
            raise ValidationError(_("This page was changed. Open it again.")) from None
    return ids


def _said(files: Sequence[EarlierFile], seen: set[UUID], post: QueryDict) -> tuple[Said, ...]:
    """Return what was said of each file, also of one that is no candidate any more."""
    said = [
        Said(each.file.case_id, each.file.person_id, each.file.score, *_answer(each.form))
        for each in files
    ]
    gone = seen - {each.file.case_id for each in files}
    forms = {case_id: EarlierForm(post, case_id=case_id) for case_id in sorted(gone)}
    said += [Said(case_id, None, None, *_answer(form)) for case_id, form in forms.items()]
    return tuple(said)


def _answer(form: EarlierForm | None) -> tuple[str, str]:
    if form is None or not form.is_valid():
        return "", ""
    return form.cleaned_data["verdict"], form.cleaned_data["ground"]
