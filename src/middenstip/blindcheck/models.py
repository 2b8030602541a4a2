# SPDX-License-Identifier: EUPL-1.2
"""Codes of persons, questions, and wishes to be called back. Other rooms use services.

No name of a person stands in any of these tables, and no `__str__` shows more than an id.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from middenstip import clock


class Code(models.Model):
    """The code of a person of the register, sealed; see `codes`.

    Made for everybody with a name or a day of birth; who counts for an answer is decided when
    somebody asks (`walls`). `version` is drawn by chance with each change.
    """

    person = models.OneToOneField(
        "thread.Person", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    names = models.BinaryField()
    birth = models.BinaryField()
    version = models.BigIntegerField()

    def __str__(self) -> str:
        return f"code of {self.person_id}"


class Answer(models.TextChoices):
    """What a question was answered; the last two are refusals."""

    KNOWN = "known"
    PERHAPS = "perhaps"
    NOT_KNOWN = "not_known"
    SAME_PERSON = "same_person"
    FULL_DAY = "full_day"


REFUSALS = (Answer.SAME_PERSON, Answer.FULL_DAY)


class Question(models.Model):
    """That somebody asked, and what was answered; not about whom.

    `alike`: earlier questions of that organisation in the same 24 hours for one and the same
    person. `code` is sealed, and emptied a day later; until then it shows who was asked for
    too often. `fingerprint` tells the same spelling again, within one organisation only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    answer = models.CharField(max_length=12, choices=Answer.choices)
    alike = models.PositiveSmallIntegerField(default=0)
    again_at = models.DateTimeField(null=True)
    fingerprint = models.CharField(max_length=16)
    code = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["organisation", "at"], name="question_of")]

    def __str__(self) -> str:
        return f"question {self.pk}"


class CallBack(models.Model):
    """A wish to be called back about a question. `sealed` holds whom to call and the code, and
    is emptied when it is done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="call")
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    sealed = models.BinaryField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="call_done_by_somebody",
                condition=models.Q(done_at__isnull=True, done_by__isnull=True)
                | models.Q(done_at__isnull=False, done_by__isnull=False, sealed=b""),
            )
        ]

    def __str__(self) -> str:
        return f"call back {self.pk}"
