# SPDX-License-Identifier: EUPL-1.2
"""Row security of every room, set by the owner after each migration.

A room that keeps data about persons has a module `walls.py` with `statements()` (SQL that can
be done again) and, where it needs one, `sync()`. A table without row security must be named in
`tests/walls`, with the reason.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps
from django.db import connections, transaction


def rooms() -> list[ModuleType]:
    """Return the wall modules of the installed rooms, in the order of the settings."""
    names = [f"{config.name}.walls" for config in apps.get_app_configs()]
    return [
        import_module(name)
        for name in names
        if name.startswith("middenstip.") and name != __name__ and find_spec(name) is not None
    ]


def apply_walls(*, using: str = "default", **_: Any) -> None:
    """Make functions, triggers and policies anew, in one transaction, as the owner."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        # Two that migrate at once: the second waits, and finds it done.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('middenstip.walls'))")
        for room in rooms():
            for statement in room.statements():
                cursor.execute(statement)
            sync = getattr(room, "sync", None)
            if sync is not None:
                sync()
