# SPDX-License-Identifier: EUPL-1.2
"""Writes of the access room. Each checks who does it and runs in one transaction."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.models import Language, Membership, Organisation, Role, User
from middenstip.access.selectors import SESSION_KEY, memberships_today


@transaction.atomic
def create_organisation(
    *, actor: Actor | None, kind: str, name: str, region: str = ""
) -> Organisation:
    """Store an organisation and return it.

    Only an administrator may; `actor=None` is the operator at the command line, who has the
    database anyway. Raises ValidationError (by field) for a name that is empty, too long or
    taken within the kind. Whether the kind exists is the country pack's matter.
    """
    _require_administrator(actor)
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

    The account has no password: its owner sets one by "forgot your password". An administrator
    may add anywhere, a manager in the own organisation. A person who is a member already keeps
    that membership, which is returned with the role given. ValidationError for bad input.
    """
    _require_manager(actor, organisation_id)
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
    _require_administrator(actor)
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_administrator = True
    user.save(update_fields=["is_administrator"])
    return user


@transaction.atomic
def end_membership(*, actor: Actor | None, membership_id: UUID) -> Membership:
    """End a membership today; it loses every right with the person's next request.

    An administrator may end any, a manager those of the own organisation. Ending one that has
    ended changes nothing.
    """
    membership = Membership.objects.select_for_update().filter(pk=membership_id).first()
    if membership is None:
        raise ValidationError(_("There is no such membership."))
    _require_manager(actor, membership.organisation_id)
    if membership.is_active:
        membership.is_active = False
        membership.until = max(clock.today(), membership.since)
        membership.save(update_fields=["is_active", "until"])
    return membership


def choose_organisation(*, request: HttpRequest, organisation_id: UUID) -> None:
    """Let the logged-in person act for one of the own organisations in this session.

    PermissionDenied when there is no membership of it today.
    """
    user = request.user
    if (
        not isinstance(user, User)
        or not memberships_today(user.pk).filter(organisation_id=organisation_id).exists()
    ):
        raise PermissionDenied(_("You are not a member of that organisation."))
    request.session[SESSION_KEY] = str(organisation_id)


def set_language(*, user: User, language: str) -> None:
    """Keep the language a person wants; ValidationError for one that is not offered."""
    if language not in Language.values:
        raise ValidationError(_("That language is not available."))
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


def _require_administrator(actor: Actor | None) -> None:
    if actor is not None and not actor.is_administrator:
        raise PermissionDenied(_("Only an administrator may do this."))


def _require_manager(actor: Actor | None, organisation_id: UUID) -> None:
    if actor is None or actor.is_administrator:
        return
    manages = actor.organisation_id == organisation_id and (
        memberships_today(actor.user_id)
        .filter(organisation_id=organisation_id, role=Role.MANAGER)
        .exists()
    )
    if not manages:
        raise PermissionDenied(_("Only a manager of the organisation may do this."))


def _active_organisation(organisation_id: UUID) -> Organisation:
    organisation = Organisation.objects.filter(pk=organisation_id, is_active=True).first()
    if organisation is None:
        raise ValidationError({"organisation": _("There is no such organisation.")})
    return organisation
