# SPDX-License-Identifier: EUPL-1.2
"""Why the vault refuses: one class for each reason. No message ever holds content or a key."""

from uuid import UUID


class VaultProblem(Exception):
    """The vault cannot do what was asked. The text is for who runs the system."""


class MasterKeyProblem(VaultProblem):
    """No usable master key was handed to the program: none named, unreadable, not a key."""


class WrongMasterKey(VaultProblem):
    """What is stored is wrapped by a master key that was not given. Nothing was changed."""

    def __init__(self, needed: str, given: list[str]) -> None:
        super().__init__(
            f"the vault is locked with master key {needed}, but was given {', '.join(given)}; "
            "nothing was changed. Give the right key in VAULT_KEY_FILE (during a rotation the "
            "old one in VAULT_OLD_KEY_FILE)"
        )


class NotInitialised(VaultProblem):
    """The database holds no check value yet, so no key may be made in it."""

    def __init__(
        self,
        what: str = "the vault was never set up in this database; run: middenstip vault init",
    ) -> None:
        super().__init__(what)


class VaultDamaged(VaultProblem):
    """A wrapped key does not open although its master key is the right one."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} in the vault is damaged; restore a backup of the keys")


class KeyExists(VaultProblem):
    """A person has, or had, a key; a second one would make what is stored unreadable."""

    def __init__(self, person_id: UUID) -> None:
        super().__init__(f"person {person_id} has or had a key already")


class NoSuchKey(VaultProblem):
    """There never was a key for this person."""

    def __init__(self, person_id: UUID) -> None:
        super().__init__(f"person {person_id} has no key")


class BackupProblem(VaultProblem):
    """A file of keys cannot be written or does not fit this database; nothing was changed."""


class CipherProblem(VaultProblem):
    """A value cannot be sealed or opened."""


class BadKey(CipherProblem):
    """A key is not 32 bytes long."""

    def __init__(self) -> None:
        super().__init__("a key must be exactly 32 bytes")


class NotSealed(CipherProblem):
    """A value does not have the form of a sealed value."""

    def __init__(self) -> None:
        super().__init__("this value is not sealed")


class UnknownFormat(CipherProblem):
    """A value was sealed by a later version of the program."""

    def __init__(self, version: int) -> None:
        super().__init__(f"this value is sealed in format {version}, which is not known here")


class DoesNotOpen(CipherProblem):
    """Another key, another place, or changed bytes: which of these cannot be told."""

    def __init__(self) -> None:
        super().__init__("this value does not open with this key in this place")
