# SPDX-License-Identifier: EUPL-1.2
"""Writes of the access room. Each checks who does it and runs in one transaction."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.members import end_membership as end_membership
from middenstip.access.members import require_adder, require_administrator
from middenstip.access.models import Language, Membership, Organisation, Role, User
from middenstip.access.purposes import emergency_purpose, purposes_of
from middenstip.access.selectors import (
    PURPOSE_KEY,
    SESSION_KEY,
    memberships_today,
    open_emergency,
)


@transaction.atomic
def create_organisation(
    *, actor: Actor | None, kind: str, name: str, region: str = ""
) -> Organisation:
    """Store an organisation and return it.

    Only an administrator may; `actor=None` is the operator at the command line, who has the
    database anyway. Raises ValidationError (by field) for a name that is empty, too long or
    taken within the kind. Whether the kind exists is the country pack's matter.
    """
    require_administrator(actor)
    organisation = Organisation(kind=kind.strip(), name=name.strip(), region=region.strip())
    organisation.full_clean()
    organisation.save()
    return organisation


@transaction.atomic
def add_member(
    *,
    actor: Actor | None,
    organisation_id: UUID,
    email: str,
    display_name: str,
    role: str = Role.MEMBER,
    since: date | None = None,
) -> Membership:
    """Make somebody a member, with a new account when the e-mail address is not known yet.

    The account has no password: its owner sets one by "forgot your password". A manager may
    add to the own organisation, an administrator only a manager where there is none. A person
    who is a member already keeps that membership, which is returned with the role given.
    ValidationError for bad input.
    """
    require_adder(actor, organisation_id, role)
    address = email.strip().lower()
    validate_email(address)
    if role not in Role.values:
        raise ValidationError({"role": _("Choose member or manager.")})
    organisation = _active_organisation(organisation_id)
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User(email=address, display_name=display_name.strip())
        user.set_unusable_password()
        user.full_clean()
        user.save()
    membership, created = Membership.objects.get_or_create(
        user=user,
        organisation=organisation,
        is_active=True,
        defaults={"role": role, "since": since or clock.today()},
    )
    if not created and membership.role != role:
        membership.role = role
        membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def make_administrator(*, actor: Actor | None, user_id: UUID) -> User:
    """Let a person manage organisations and accounts; opens no case. Administrators only."""
    require_administrator(actor)
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_administrator = True
    user.save(update_fields=["is_administrator"])
    return user


def choose_organisation(*, request: HttpRequest, organisation_id: UUID) -> None:
    """Let the logged-in person act for one of the own organisations in this session.

    A form that is still open in another window, typed as member of another organisation, is
    refused when it is sent. PermissionDenied when there is no membership of it today.
    """
    user = request.user
    if (
        not isinstance(user, User)
        or not memberships_today(user.pk).filter(organisation_id=organisation_id).exists()
    ):
        raise PermissionDenied(_("You are not a member of that organisation."))
    if request.session.get(SESSION_KEY) != str(organisation_id):
        rotate_token(request)
    request.session[SESSION_KEY] = str(organisation_id)
    request.session.pop(PURPOSE_KEY, None)


def choose_purpose(*, request: HttpRequest, actor: Actor, purpose: str) -> None:
    """Let the logged-in person act for one purpose of the own organisation in this session.

    Forms that are still open for another purpose are refused, as in `choose_organisation`.
    PermissionDenied when its kind of organisation has no such purpose to choose; an emergency
    can be chosen only while it is open for this person.
    """
    emergency = purpose and purpose == emergency_purpose(actor.organisation_kind)
    allowed = (
        open_emergency(actor) if emergency else purpose in purposes_of(actor.organisation_kind)
    )
    if not allowed:
        raise PermissionDenied(_("Your organisation has no such purpose."))
    if purpose != actor.purpose:
        rotate_token(request)
    request.session[PURPOSE_KEY] = purpose


def set_language(*, user: User, language: str) -> None:
    """Keep the language a person wants; ValidationError for one that is not offered."""
    if language not in Language.values:
        raise ValidationError(_("That language is not available."))
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


def _active_organisation(organisation_id: UUID) -> Organisation:
    organisation = Organisation.objects.filter(pk=organisation_id, is_active=True).first()
    if organisation is None:
        raise ValidationError({"organisation": _("There is no such organisation.")})
    return organisation
