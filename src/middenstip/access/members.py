# SPDX-License-Identifier: EUPL-1.2
"""The people of an organisation: who they are, their role, and what an end of it means.

A manager sees and steers the own organisation. An administrator may see and end everywhere, and
appoint a manager where there is none, but cannot come in: that right opens no case.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.models import Invitation, Membership, Organisation, Role, User
from middenstip.access.second_factor import FACTORS
from middenstip.access.selectors import memberships_today
from middenstip.access.session import end_sessions_of


@dataclass(frozen=True, slots=True)
class Member:
    """A line of the list of people; `seen_at` is the last moment of work, None for never."""

    membership_id: UUID
    user_id: UUID
    name: str
    email: str
    role: str
    since: date
    seen_at: datetime | None
    has_second_factor: bool


def people_of(*, actor: Actor | None, organisation_id: UUID) -> list[Member]:
    """Return the members of today by name. For managers of it and administrators only."""
    require_manager(actor, organisation_id)
    own = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=FACTORS)
    found = (
        _holding(Membership.objects.filter(organisation_id=organisation_id))
        .select_related("user")
        .annotate(seen_at=Max("user__sessions__seen_at"), second_factor=Exists(own))
        .order_by("user__display_name", "pk")
    )
    return [
        Member(
            membership_id=each.pk,
            user_id=each.user_id,
            name=each.user.display_name,
            email=each.user.email,
            role=each.role,
            since=each.since,
            seen_at=max(filter(None, [each.seen_at, each.user.last_login]), default=None),
            has_second_factor=each.second_factor,
        )
        for each in found
    ]


def membership_of(*, actor: Actor, membership_id: UUID) -> Membership:
    """Return an active membership with its person, for who may change it.

    PermissionDenied for others and for an id that is not there.
    """
    found = (
        Membership.objects.filter(pk=membership_id, is_active=True)
        .select_related("user", "organisation")
        .first()
    )
    if found is None:
        raise PermissionDenied(_("There is no such membership."))
    require_manager(actor, found.organisation_id)
    return found


def manages(*, actor: Actor) -> bool:
    """Tell whether somebody is a manager today of the organisation they act for."""
    return (
        memberships_today(actor.user_id)
        .filter(organisation_id=actor.organisation_id, role=Role.MANAGER)
        .exists()
    )


def may_appoint_manager(*, actor: Actor, organisation_id: UUID) -> bool:
    """Tell whether an administrator may invite a manager: only where there is none today."""
    return actor.is_administrator and not _managers(organisation_id).exists()


def all_organisations(*, actor: Actor) -> QuerySet[Organisation]:
    """Return every organisation that is active, with `people` and `managers` counted.

    Administrators only.
    """
    require_administrator(actor)
    today = _today("memberships__")
    return (
        Organisation.objects.filter(is_active=True)
        .annotate(
            people=Count("memberships", filter=today),
            managers=Count("memberships", filter=today & Q(memberships__role=Role.MANAGER)),
        )
        .order_by("name", "id")
    )


def organisation_for(*, actor: Actor, organisation_id: UUID) -> Organisation:
    """Return an active organisation for its managers and for administrators.

    PermissionDenied for others and for an id that is not there.
    """
    require_manager(actor, organisation_id)
    found = Organisation.objects.filter(pk=organisation_id, is_active=True).first()
    if found is None:
        raise PermissionDenied(_("There is no such organisation."))
    return found


@transaction.atomic
def change_role(*, actor: Actor | None, membership_id: UUID, role: str) -> Membership:
    """Make a member manager, or a manager member; the last manager stays one.

    By a manager of the organisation or the operator. An administrator may only do so where
    there is no manager.
    """
    membership = _locked(actor, membership_id)
    if role not in Role.values:
        raise ValidationError({"role": _("Choose member or manager.")})
    if (
        actor is not None
        and actor.is_administrator
        and not may_appoint_manager(actor=actor, organisation_id=membership.organisation_id)
    ):
        raise PermissionDenied(_("Only a manager of the organisation may do this."))
    if actor is not None and actor.is_administrator and actor.user_id == membership.user_id:
        raise PermissionDenied(_("An administrator does not appoint themselves."))
    if not membership.is_active:
        raise ValidationError(_("This membership has ended."))
    if role != Role.MANAGER:
        _keep_a_manager(actor, membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def end_membership(*, actor: Actor | None, membership_id: UUID) -> Membership:
    """End a membership today; it loses every right with the person's next request.

    Who has no other membership left is logged out everywhere, at once. An administrator may end
    any, a manager those of the own organisation; the last manager cannot end their own. Ending
    one that has ended changes nothing.
    """
    membership = _locked(actor, membership_id)
    if membership.is_active:
        _keep_a_manager(actor, membership)
        _end(membership)
    return membership


@transaction.atomic
def set_account_active(*, actor: Actor | None, user_id: UUID, active: bool) -> User:
    """Close an account, or open one that was closed. Administrators and the operator only.

    Closing ends all its memberships and logs the person out everywhere, at once. Opening gives
    no membership back. Nobody closes their own account.
    """
    require_administrator(actor)
    if actor is not None and actor.user_id == user_id:
        raise PermissionDenied(_("You cannot close your own account."))
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise ValidationError(_("There is no such account."))
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        for membership in user.memberships.select_for_update().filter(is_active=True):
            _end(membership)
        end_sessions_of(user.pk)
    return user


@transaction.atomic
def reset_second_factor(*, actor: Actor | None, user_id: UUID) -> int:
    """Remove every second factor of who lost them all, and log the person out everywhere.

    At the next login with the password a new one is set up. Administrators and the operator
    only, and never for oneself: whoever asks must first be known to be who they say they are.
    Returns how many were removed.
    """
    require_administrator(actor)
    if actor is not None and actor.user_id == user_id:
        raise PermissionDenied(_("You cannot reset your own second step."))
    removed: int = Authenticator.objects.filter(user_id=user_id).delete()[0]
    end_sessions_of(user_id)
    return removed


@transaction.atomic
def rename_organisation(
    *, actor: Actor | None, organisation_id: UUID, name: str, region: str
) -> Organisation:
    """Change name and region. Administrators and the operator; ValidationError by field."""
    require_administrator(actor)
    organisation = lock_organisation(organisation_id)
    organisation.name, organisation.region = name.strip(), region.strip()
    organisation.full_clean()
    organisation.save(update_fields=["name", "region"])
    return organisation


@transaction.atomic
def end_organisation(*, actor: Actor | None, organisation_id: UUID) -> Organisation:
    """End an organisation: its memberships, open invitations, and sessions of who has no other.

    Administrators and the operator only, and never the organisation they act for. What it did
    in cases stays as it was.
    """
    require_administrator(actor)
    if actor is not None and actor.organisation_id == organisation_id:
        raise PermissionDenied(_("You cannot end the organisation you work for now."))
    organisation = lock_organisation(organisation_id)
    organisation.is_active = False
    organisation.save(update_fields=["is_active"])
    for membership in organisation.memberships.select_for_update().filter(is_active=True):
        _end(membership)
    Invitation.objects.filter(
        organisation=organisation, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=clock.now())
    return organisation


def require_administrator(actor: Actor | None) -> None:
    """Let administrators and the operator pass; PermissionDenied for others."""
    if actor is not None and not actor.is_administrator:
        raise PermissionDenied(_("Only an administrator may do this."))


def require_manager(actor: Actor | None, organisation_id: UUID) -> None:
    """Let managers of it, administrators and the operator pass; PermissionDenied for others."""
    if actor is None or actor.is_administrator:
        return
    if actor.organisation_id != organisation_id or not manages(actor=actor):
        raise PermissionDenied(_("Only a manager of the organisation may do this."))


def require_adder(actor: Actor | None, organisation_id: UUID, role: str) -> None:
    """Let pass who may bring somebody into an organisation; PermissionDenied for others.

    Its managers, the operator, and an administrator only for a manager where there is none:
    who manages accounts must not be able to open cases that way.
    """
    require_manager(actor, organisation_id)
    if actor is None or not actor.is_administrator:
        return
    if role != Role.MANAGER or not may_appoint_manager(
        actor=actor, organisation_id=organisation_id
    ):
        raise PermissionDenied(
            _("An administrator appoints the first manager. The manager invites all others.")
        )


def lock_organisation(organisation_id: UUID) -> Organisation:
    """Return an active organisation, locked: who is in it changes one at a time."""
    found = (
        Organisation.objects.select_for_update()
        .filter(pk=organisation_id, is_active=True)
        .first()
    )
    if found is None:
        raise ValidationError({"organisation": _("There is no such organisation.")})
    return found


def _locked(actor: Actor | None, membership_id: UUID) -> Membership:
    """Lock the organisation before the membership: two managers cannot remove each other."""
    place = Membership.objects.filter(pk=membership_id).values_list("organisation_id").first()
    if place is None:
        raise ValidationError(_("There is no such membership."))
    require_manager(actor, place[0])
    Organisation.objects.select_for_update().get(pk=place[0])
    # Asked again under the lock: the right may have ended while we waited for it.
    require_manager(actor, place[0])
    return Membership.objects.select_for_update().get(pk=membership_id)


def _keep_a_manager(actor: Actor | None, membership: Membership) -> None:
    """Refuse a manager what would leave the organisation without one; others appoint anew."""
    if actor is None or actor.is_administrator or membership.role != Role.MANAGER:
        return
    if not _managers(membership.organisation_id).exclude(pk=membership.pk).exists():
        raise ValidationError(_("You are the last manager. Make somebody else manager first."))


def _end(membership: Membership) -> None:
    membership.is_active = False
    membership.until = max(clock.today(), membership.since)
    membership.save(update_fields=["is_active", "until"])
    if not memberships_today(membership.user_id).exists():
        end_sessions_of(membership.user_id)


def _managers(organisation_id: UUID) -> QuerySet[Membership]:
    return _holding(
        Membership.objects.filter(organisation_id=organisation_id, role=Role.MANAGER)
    )


def _holding(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    return memberships.filter(_today(""))


def _today(prefix: str) -> Q:
    """Membership that holds today, of an account that is open."""
    today = clock.today()
    return (Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gte": today})) & Q(
        **{
            f"{prefix}is_active": True,
            f"{prefix}since__lte": today,
            f"{prefix}user__is_active": True,
        }
    )
