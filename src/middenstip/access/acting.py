# SPDX-License-Identifier: EUPL-1.2
"""Telling the database who acts, so that its own row security can answer.

`acting` opens a transaction and enters it for one person, organisation and purpose: PostgreSQL
itself checks the membership and the purpose (`wall_enter`) and from then on shows only the rows
of that involvement. Outside it the program's role sees no case at all. `deriving` opens whole
threads of named cases, which guards and derivations need; the database refuses it for a case
that this actor does not see.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from middenstip.access.actors import Actor

P = ParamSpec("P")
R = TypeVar("R")
NO_PURPOSE = "MW001"  # SQLSTATE raised by wall_enter
Entered = tuple[UUID, UUID, str]
_entered: ContextVar[Entered | None] = ContextVar("entered", default=None)
_opened: ContextVar[frozenset[UUID]] = ContextVar("opened", default=frozenset())


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Do what stands inside as this actor, in one transaction.

    Inside another one for the same actor it changes nothing. An administrator and somebody
    without a purpose enter nothing and see no case. PermissionDenied when the database does not
    know this membership or purpose.
    """
    wanted = (actor.user_id, actor.organisation_id, actor.purpose)
    if _entered.get() == wanted and connection.in_atomic_block:
        yield
        return
    nested = connection.in_atomic_block
    before = _entered.get() if nested else None
    with transaction.atomic():
        _enter(None if actor.is_administrator or not actor.purpose else wanted)
        mark, cases = _entered.set(wanted), _opened.set(frozenset())
        try:
            yield
        finally:
            _entered.reset(mark)
            _opened.reset(cases)
        # After a refusal the savepoint is rolled back, and who acted with it.
        if nested and not connection.needs_rollback:
            _leave(before)


def as_actor(door: Callable[P, R]) -> Callable[P, R]:
    """Make a selector or service, which takes `actor` by name, enter for that actor.

    What it returns must be complete: rows that are still to be read would be read outside.
    """
    if "actor" not in signature(door).parameters:
        raise TypeError(f"{door.__qualname__} takes no actor")

    @wraps(door)
    def entered(*args: P.args, **kwargs: P.kwargs) -> R:
        actor: Any = kwargs["actor"]
        with acting(actor):
            return door(*args, **kwargs)

    return entered


@contextmanager
def deriving(case_ids: Iterable[UUID]) -> Iterator[None]:
    """Open the whole threads of cases inside `acting`, beside those that are open already.

    For guards and derivations only; what is shown to somebody is read without it. A case that
    this actor does not see is refused by the database (`NotEntered`).
    """
    before = _opened.get()
    wanted = before.union(case_ids)
    if wanted == before or not connection.in_atomic_block:
        yield
        return
    _open(wanted)
    mark = _opened.set(wanted)
    try:
        yield
    except BaseException:
        # A transaction that failed is rolled back, and the setting with it.
        if not connection.needs_rollback:
            with suppress(DatabaseError):
                _open(before)
        raise
    finally:
        _opened.reset(mark)
    _open(before)


class NotEntered(PermissionDenied):
    """The database refused to act for this person, organisation and purpose, or on a case."""


def _enter(wanted: Entered | None) -> None:
    user, organisation, purpose = wanted or (None, None, "")
    _ask("SELECT wall_enter(%s::uuid, %s::uuid, %s::text)", [user, organisation, purpose])
    _take_role()


def _leave(before: Entered | None) -> None:
    """Go back to who acted before, as the transaction around goes on."""
    if settings.ACTING_ROLE and before is None:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    user, organisation, purpose = before or (None, None, "")
    _ask("SELECT wall_enter(%s::uuid, %s::uuid, %s::text)", [user, organisation, purpose])
    if _opened.get():
        _open(_opened.get())


def _take_role() -> None:
    if settings.ACTING_ROLE:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {settings.ACTING_ROLE}")


def _open(case_ids: frozenset[UUID]) -> None:
    _ask("SELECT wall_derive(%s::uuid[])", [sorted(case_ids)])


def _ask(statement: str, values: list[Any]) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) != NO_PURPOSE:
            raise
        if connection.in_atomic_block:
            transaction.set_rollback(True)  # also when somebody makes an answer of the error
        raise NotEntered(_("You cannot act for that organisation and purpose.")) from error
