# SPDX-License-Identifier: EUPL-1.2
"""Persons, cases, the append-only thread, and what is derived from it.

Other rooms use services and selectors, never these models. No `__str__` here shows more than an
id: representations end up in logs and error reports.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from middenstip.thread.consent_models import Consent as Consent
from middenstip.thread.consent_models import Decision as Decision
from middenstip.thread.removal_models import RemovalProposal as RemovalProposal
from middenstip.thread.removal_models import RetentionHold as RetentionHold

IDENTIFIER = 60  # ids of the country pack: event types, duties, facts, organisation kinds


class Person(models.Model):
    """The one person a thread is about, known to everybody by a pseudonym only.

    `removed_at` and `removed_because` (the id of a retention item, or `own_request`) once the
    key of the person was destroyed: nothing is known or recorded of them any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pseudonym = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_because = models.CharField(
        max_length=IDENTIFIER, blank=True, db_default="", editable=False
    )

    def __str__(self) -> str:
        return f"person {self.pk}"


class Identity(models.Model):
    """Who a person is. In a table of its own, so that it can be locked away from the rest.

    Every column is sealed with the person's key (`thread.sealing`). A person without a row here
    is anonymous (a notification may be, R-33).
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="identity"
    )
    given_name = models.TextField(blank=True)
    family_name = models.TextField(blank=True)
    alias = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"identity of person {self.person_id}"

    def __repr__(self) -> str:
        return f"<Identity: {self}>"


class Case(models.Model):
    """One thread. `version` is the number of its events and the `seq` of the last one.

    The row is the lock: who appends holds it, so `seq` has no gap and nobody's event is lost.
    `under_number` follows from the thread: a complaint was filed under number, and the name is
    for those purposes only that may see it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    opened_on = models.DateField()
    opened_by = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)
    under_number = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["-opened_on", "id"], name="case_newest")]

    def __str__(self) -> str:
        return f"case {self.pk}"


class Event(models.Model):
    """Something that happened. Written once; the database refuses every change of it.

    `on` is the legal day it happened, `recorded_at` the moment we came to know: together they
    answer what held on a day and what was known on a day. `organisation_kind` is the kind at
    that moment. A correction has the type `corrected`, names the event in `corrects` and holds
    `{"replaced_by": null | {"type", "on", "fields"}}`.
    """

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=IDENTIFIER)
    on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    organisation_kind = models.CharField(max_length=IDENTIFIER)
    category = models.CharField(max_length=IDENTIFIER)
    fields = models.JSONField(default=dict)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    pack_version = models.CharField(max_length=40)

    class Meta:
        ordering = ["case_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="event_seq_once"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="event_seq_from_one"),
            models.CheckConstraint(
                condition=(
                    models.Q(type="corrected", corrects__isnull=False)
                    | (~models.Q(type="corrected") & models.Q(corrects__isnull=True))
                ),
                name="event_correction_names_event",
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}"


class Reason(models.TextChoices):
    """How an organisation came to be involved in a case.

    It recorded something itself; it owns a duty (follows from the thread, goes when the duty
    goes); it keeps the register in which the case was notified; or it was brought in.
    """

    OWN_RECORD = "own_record"
    DUTY_OWNER = "duty_owner"
    REGISTER = "register"
    NOTIFIED = "notified"


class Basis(models.TextChoices):
    """The legal basis of an involvement; which of them a purpose has is the pack's matter."""

    OWN_RECORD = "own_record"
    LEGAL_DUTY = "legal_duty"
    CONSENT = "consent"
    VITAL_INTEREST = "vital_interest"


class PurposeRight(models.Model):
    """A row of the pack's table of purposes, for one kind of organisation.

    Written by the owner of the database after each migration; row security and the check of an
    involvement read it, so that the database needs no word of the program for it.
    """

    read_only: ClassVar[bool] = True  # who could write here could give itself any purpose

    kind = models.CharField(max_length=IDENTIFIER)
    purpose = models.CharField(max_length=IDENTIFIER)
    categories = ArrayField(models.CharField(max_length=IDENTIFIER))
    bases = ArrayField(models.CharField(max_length=20))
    names_under_number = models.BooleanField(default=False)
    whole_register = models.BooleanField(default=False)
    emergency = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "purpose"], name="purpose_right_once"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.kind}"


class Involvement(models.Model):
    """Why an organisation (or one of its people) may see a case: one purpose on one basis.

    It shows the data categories named here, from `since` up to `until`; the purpose
    `own_record` shows only what the organisation recorded itself. The database refuses a row
    that its basis does not carry (`thread.walls`), and any change but an earlier end.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="involvements")
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    purpose = models.CharField(max_length=IDENTIFIER)
    basis = models.CharField(max_length=20, choices=Basis.choices)
    categories = ArrayField(models.CharField(max_length=IDENTIFIER))
    reason = models.CharField(max_length=20, choices=Reason.choices)
    since = models.DateTimeField(db_default=Now(), editable=False)
    until = models.DateTimeField(null=True)
    consent = models.ForeignKey(
        "thread.Consent", on_delete=models.PROTECT, null=True, related_name="+"
    )
    override = models.ForeignKey(
        "thread.Override", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "purpose", "case", "basis", "reason"],
                condition=models.Q(until__isnull=True, user__isnull=True),
                name="involvement_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="involvement_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(basis="consent") ^ models.Q(consent__isnull=True),
                name="involvement_names_consent",
            ),
            models.CheckConstraint(
                condition=models.Q(basis="vital_interest") ^ models.Q(override__isnull=True),
                name="involvement_names_override",
            ),
            models.CheckConstraint(
                condition=~models.Q(basis="vital_interest") | models.Q(until__isnull=False),
                name="involvement_override_ends",
            ),
        ]
        indexes = [
            # With all that is asked of it, so that a count reads the index alone.
            models.Index(
                fields=["organisation", "purpose", "case"],
                include=["until", "user"],
                name="involvement_of_purpose",
            ),
            models.Index(fields=["organisation", "-since"], name="involvement_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.organisation_id} in case {self.case_id}"


class Outcome(models.TextChoices):
    """What a second person thinks of an override or a broken glass; codes of the pack."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


class Override(models.Model):
    """Sharing without consent, for life, safety or a child's protection; or a broken glass.

    `ground` is a code of the pack, `text` the reason (sealed with the person's key). A second
    person looks at it: within 24 hours for an override, as a review for a broken glass. Only
    the answer of that second person can be added (`outcome`, and `answer` in words, sealed),
    once, by somebody else (`thread.emergency_walls`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="overrides")
    glass = models.BooleanField()
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.CharField(max_length=IDENTIFIER)
    ground = models.CharField(max_length=IDENTIFIER)
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=IDENTIFIER, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="override_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_by__isnull=True)
                | ~models.Q(answered_by=models.F("by")),
                name="override_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"override {self.pk}"


class AccessNoticeKind(models.TextChoices):
    """What an organisation is told about its sight of a case."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    INVOLVED = "involved"
    OVERRIDE = "override"
    GLASS_BROKEN = "glass_broken"
    REMOVED = "removed"
    PERSON_REMOVED = "person_removed"


class AccessNotice(models.Model):
    """A message about sharing; it stays readable after the case is out of sight.

    Holds the pseudonym and no more.
    """

    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    pseudonym = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=AccessNoticeKind.choices)
    purpose = models.CharField(max_length=IDENTIFIER, blank=True)
    override = models.ForeignKey(
        Override, on_delete=models.CASCADE, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-id"], name="access_notice_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} about case {self.case_id}"


class CaseState(models.Model):
    """What followed from the thread on the day `derived_for`. Disposable: rebuilt at will.

    `facts` and `origins` by fact id (dates as ISO text); `outcomes` by scheme id:
    `{"outcome", "missing"}`; `refused` the `seq` of events that today's guards would not let
    in (only after a change of the pack). `changed_in` is the transaction in which facts or
    outcomes last changed, kept by the database: readers can ask what changed, missing nothing.
    """

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    facts = models.JSONField(default=dict)
    origins = models.JSONField(default=dict)
    outcomes = models.JSONField(default=dict)
    refused = models.JSONField(default=list)
    next_question = models.CharField(max_length=IDENTIFIER, blank=True)
    derived_for = models.DateField()
    pack_version = models.CharField(max_length=40)
    seq = models.PositiveIntegerField()
    changed_in = models.BigIntegerField(default=0, editable=False)

    class Meta:
        # No index on `derived_for`: it changes for every case every night, and without one that
        # costs no more than the row itself.
        indexes = [models.Index(fields=["changed_in"], name="state_changed")]

    def __str__(self) -> str:
        return f"state of case {self.case_id}"


class RunState(models.TextChoices):
    """Where a run of a duty stands; open or overdue is a matter of the day asked."""

    RUNNING = "running"
    MET = "met"
    VOID = "void"


class DutyRun(models.Model):
    """One run of a clock in a case: who must do what by when. Derived, disposable."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="duty_runs")
    key = models.CharField(max_length=2 * IDENTIFIER)
    duty = models.CharField(max_length=IDENTIFIER)
    need = models.CharField(max_length=IDENTIFIER)
    owner_kind = models.CharField(max_length=IDENTIFIER)
    owner = models.ForeignKey(
        "access.Organisation", on_delete=models.CASCADE, null=True, related_name="+"
    )
    starts_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    met_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=RunState.choices)
    basis = models.CharField(max_length=20)
    started_by = models.PositiveIntegerField(null=True)
    category = models.CharField(max_length=IDENTIFIER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="duty_run_once"),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                condition=models.Q(state="running"),
                name="duty_run_of_owner",
            ),
            models.Index(
                fields=["due_on"], condition=models.Q(state="running"), name="duty_run_due"
            ),
            models.Index(
                fields=["due_on"],
                condition=models.Q(state="running", owner__isnull=True),
                name="duty_run_no_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of case {self.case_id}"


class FlagRun(models.Model):
    """A deviation from a rule that was shown in a case on the derived day. Disposable.

    `event` is the `seq` of the event that raised it, if one did.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="flag_runs")
    flag = models.CharField(max_length=IDENTIFIER)
    rule = models.CharField(max_length=20)
    since = models.DateField(null=True)
    event = models.PositiveIntegerField(null=True)
    category = models.CharField(max_length=IDENTIFIER)

    class Meta:
        indexes = [
            models.Index(models.F("since").desc(nulls_last=True), "id", name="flag_run_newest")
        ]

    def __str__(self) -> str:
        return f"{self.flag} in case {self.case_id}"


class NoticeKind(models.TextChoices):
    """How near a due day is, least urgent first."""

    D14 = "d14"
    D7 = "d7"
    D1 = "d1"
    OVERDUE = "overdue"


class Notice(models.Model):
    """A reminder to the organisation that must act, once per run, due day and nearness.

    Due day and organisation are part of what makes it unique: when the due day moves or another
    organisation comes to own the run, a reminder of the old state does not stand in the way.
    `settled` follows the run: true while it does not run to that day with that owner. `skipped`
    marks what fell in an outage and was overtaken by a more urgent one.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices")
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    duty = models.CharField(max_length=IDENTIFIER)
    key = models.CharField(max_length=2 * IDENTIFIER)
    due_on = models.DateField()
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    skipped = models.BooleanField(default=False)
    settled = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key", "due_on", "kind", "organisation"], name="notice_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "-id"],
                condition=models.Q(skipped=False, settled=False),
                name="notice_open",
            ),
            models.Index(
                fields=["organisation", "-id"],
                condition=models.Q(skipped=False, settled=False, read_at__isnull=True),
                name="notice_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of case {self.case_id}"
