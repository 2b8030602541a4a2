# SPDX-License-Identifier: EUPL-1.2
"""The tables of the read log. The program reads them; only a database function writes them.

No foreign keys: the log outlives the case, the person and the account it speaks of. No names
and no content: ids, and the categories of data that were shown.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

IDENTIFIER = 60
OPERATION = 120


class Kind(models.TextChoices):
    """How somebody looked: at one case, at a list, by an export, or in an emergency."""

    ORDINARY = "ordinary"
    LIST = "list"
    EXPORT = "export"
    BREAK_GLASS = "break_glass"


class ReadEntry(models.Model):
    """One look: one request or command, at one case or at one list.

    `chain` is the case, or the organisation for a look at several cases (named in `cases`).
    Entries of a chain count from 1 in `seq`, and each `hash` covers all other columns and,
    through `previous`, every entry before it. `started_at` is when the request began, `at` when
    the entry was written; `failed` when the request ended in an error of ours.
    """

    append_only: ClassVar[bool] = True
    read_only: ClassVar[bool] = True  # for the program: only `audit_append` writes

    chain = models.UUIDField()
    seq = models.BigIntegerField()
    cases = ArrayField(models.UUIDField(), default=list)
    user_id = models.UUIDField()
    organisation_id = models.UUIDField()
    purpose = models.CharField(max_length=IDENTIFIER, blank=True)
    categories = ArrayField(models.CharField(max_length=IDENTIFIER), default=list)
    operation = models.CharField(max_length=OPERATION)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    trace = models.UUIDField()
    failed = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    at = models.DateTimeField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="read_entry_seq_once"),
        ]
        indexes = [
            models.Index(fields=["at"], name="read_entry_at"),
            GinIndex(fields=["cases"], name="read_entry_cases"),
        ]

    def __str__(self) -> str:
        return f"read entry {self.pk}"


class Anchor(models.Model):
    """The state of the whole log at the end of a legal day, in one hash.

    Covers the entries since the anchor before: how many, the highest id, and where each chain
    they belong to ended (`AnchorHead`). `previous` is the hash of the anchor before, so the
    last anchor vouches for all days up to it.
    """

    append_only: ClassVar[bool] = True
    read_only: ClassVar[bool] = True

    day = models.DateField(primary_key=True)
    entries = models.BigIntegerField()
    last_id = models.BigIntegerField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"anchor {self.day}"


class AnchorHead(models.Model):
    """Where a chain stood at the end of a day on which it grew; the anchor's hash covers it."""

    append_only: ClassVar[bool] = True
    read_only: ClassVar[bool] = True

    day = models.DateField()
    chain = models.UUIDField()
    seq = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "day"], name="anchor_head_once"),
        ]
        indexes = [models.Index(fields=["day", "chain"], name="anchor_head_day")]

    def __str__(self) -> str:
        return f"head {self.chain} of {self.day}"
