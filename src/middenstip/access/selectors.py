# SPDX-License-Identifier: EUPL-1.2
"""Reads of the access room."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.models import Membership, Organisation, User
from middenstip.access.purposes import emergency_purpose, purposes_of

SESSION_KEY = "acting_organisation"
PURPOSE_KEY = "acting_purpose"


def memberships_today(user_id: UUID) -> QuerySet[Membership]:
    """Return a person's memberships that hold today, of organisations that are active."""
    today = clock.today()
    return (
        Membership.objects.filter(
            Q(until__isnull=True) | Q(until__gte=today),
            user_id=user_id,
            user__is_active=True,
            is_active=True,
            since__lte=today,
            organisation__is_active=True,
        )
        .select_related("user", "organisation")
        .order_by("organisation__name", "organisation_id")
    )


def actor_of(membership: Membership, purpose: str | None = None) -> Actor:
    """Return the actor for a membership that was read by `memberships_today`.

    For the purpose asked when its kind of organisation has it, else for the usual one.
    """
    user, organisation = membership.user, membership.organisation
    purposes = purposes_of(organisation.kind)
    return Actor(
        user_id=user.id,
        organisation_id=organisation.id,
        organisation_kind=organisation.kind,
        organisation_name=organisation.name,
        is_administrator=user.is_administrator,
        language=user.language,
        purpose=purpose if purpose in purposes else next(iter(purposes), ""),
    )


def find_actor(request: HttpRequest) -> Actor | None:
    """Return who acts in this request: the organisation chosen in the session, or the only one,
    for the purpose chosen in the session, or the usual one.

    None for a stranger, for somebody without a membership today, and for somebody with several
    who has not chosen. A membership that ended loses its actor at once.
    """
    if not request.user.is_authenticated:
        return None
    memberships = list(memberships_today(request.user.pk))
    chosen, purpose = request.session.get(SESSION_KEY), request.session.get(PURPOSE_KEY)
    for membership in memberships:
        if str(membership.organisation_id) == chosen:
            return _actor_now(membership, purpose)
    return _actor_now(memberships[0], purpose) if len(memberships) == 1 else None


def open_emergency(actor: Actor) -> datetime | None:
    """Return until when this person may look in an emergency for this organisation; None when
    no case is open in that way.
    """
    purpose = emergency_purpose(actor.organisation_kind)
    if not purpose or actor.is_administrator:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(ends) FROM wall_open_glass(%s, %s) WHERE emergency = %s",
            [actor.user_id, actor.organisation_id, purpose],
        )
        ends: datetime | None = cursor.fetchone()[0]
    return ends


def purposes_now(actor: Actor) -> tuple[str, ...]:
    """Return the purposes this person can look for now, the usual one first; an emergency last,
    while it is open.
    """
    usual = purposes_of(actor.organisation_kind)
    if open_emergency(actor) is None:
        return usual
    return (*usual, emergency_purpose(actor.organisation_kind))


def _actor_now(membership: Membership, purpose: str | None) -> Actor:
    """Return the actor for the purpose of the session; an emergency only while it is open."""
    actor = actor_of(membership, purpose)
    emergency = purpose and purpose == emergency_purpose(actor.organisation_kind)
    if purpose and emergency and open_emergency(actor) is not None:
        return replace(actor, purpose=purpose)
    return actor


def acting_for(request: HttpRequest) -> Actor:
    """Return the actor of a request; PermissionDenied when nobody acts for an organisation."""
    actor: Actor | None = getattr(request, "actor", None) or find_actor(request)
    if actor is None:
        raise PermissionDenied(_("You do not act for an organisation."))
    return actor


def actor_for(
    *, email: str, organisation_id: UUID | None = None, purpose: str | None = None
) -> Actor:
    """Return the actor for an account named on the command line.

    Raises PermissionDenied, with the reason, for an unknown account, no membership today,
    several of them without an organisation named, or a purpose that its kind does not have.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise PermissionDenied(_("There is no account with that e-mail address."))
    memberships: Sequence[Membership] = [
        membership
        for membership in memberships_today(user.pk)
        if organisation_id in (None, membership.organisation_id)
    ]
    if len(memberships) != 1:
        raise PermissionDenied(
            _("That account has %(count)s organisations to choose from; name one of them.")
            % {"count": len(memberships)}
        )
    if purpose and purpose not in purposes_of(memberships[0].organisation.kind):
        raise PermissionDenied(_("That organisation has no such purpose."))
    return actor_of(memberships[0], purpose)


def organisations(*, kind: str | None = None) -> QuerySet[Organisation]:
    """Return the active organisations by name, of one kind when asked. Holds no addresses."""
    found = Organisation.objects.filter(is_active=True)
    return found.filter(kind=kind) if kind else found


def active_kinds() -> dict[UUID, str]:
    """Return every active organisation with its kind, in the order of the ids.

    Plain SQL: it is asked for every event that is recorded, and the query builder takes longer
    over it than the database.
    """
    table = Organisation._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT id, kind FROM "{table}" WHERE is_active ORDER BY id')  # noqa: S608 - name of our own table
        return dict(cursor.fetchall())
