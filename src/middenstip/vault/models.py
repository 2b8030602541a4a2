# SPDX-License-Identifier: EUPL-1.2
"""Wrapped keys, and tokens by which a person is found. Other rooms use `vault.services`.

A person is named by its id alone, without a foreign key: the keys are backed up apart from
everything else, and a destroyed key outlives the person's rows.
"""

from django.db import models
from django.db.models import Q

from middenstip import clock


class PersonKey(models.Model):
    """The wrapped key of a person; after destruction only that, when and why it was destroyed.

    `destroyed_because` is a short code, never a text.
    """

    person_id = models.UUIDField(primary_key=True, editable=False)
    wrapped = models.BinaryField()
    master_id = models.CharField(max_length=16, blank=True)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    destroyed_at = models.DateTimeField(null=True, blank=True)
    destroyed_because = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "vault_personkey"
        constraints = [
            models.CheckConstraint(
                name="vault_key_or_destroyed",
                condition=(
                    Q(destroyed_at__isnull=True, destroyed_because="")
                    & ~Q(wrapped=b"")
                    & ~Q(master_id="")
                )
                | (
                    Q(destroyed_at__isnull=False, wrapped=b"", master_id="")
                    & ~Q(destroyed_because="")
                ),
            )
        ]

    def __str__(self) -> str:
        return f"key of {self.person_id}"


class Destruction(models.Model):
    """That the key of a person was destroyed: in the ordinary dump, unlike the keys.

    So a restored backup of the keys, which may be older, brings no destroyed key back.
    """

    append_only = True

    person_id = models.UUIDField(primary_key=True, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    because = models.CharField(max_length=60)

    class Meta:
        db_table = "vault_destruction"

    def __str__(self) -> str:
        return f"end of the key of {self.person_id}"


class VaultSecret(models.Model):
    """A secret of the vault itself, wrapped by a master key: the check or the look-up key."""

    name = models.CharField(primary_key=True, max_length=20)
    wrapped = models.BinaryField()
    master_id = models.CharField(max_length=16)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "vault_secret"

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """A keyed hash of something known about a person; `kind` says of what, and how exactly."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20)
    token = models.BinaryField(max_length=16)

    class Meta:
        db_table = "vault_token"
        constraints = [
            models.UniqueConstraint(fields=["kind", "token", "person_id"], name="token_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"
