# SPDX-License-Identifier: EUPL-1.2
"""Invitations: one mail, one e-mail address, one organisation, seven days, good once.

The mail holds a link with a chance token and nothing else that tells anything; the database
keeps only the hash of the token, so that who reads the database cannot use it. Accepting needs
the token and, when the e-mail address has an account already, being logged in to that account.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPException
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from middenstip import clock
from middenstip.access.actors import Actor
from middenstip.access.members import lock_organisation, require_adder, require_manager
from middenstip.access.models import Invitation, Membership, Role, User

LASTS = timedelta(days=7)
TOKEN_BYTES = 32
Link = Callable[[str], str]


@transaction.atomic
def invite(
    *, actor: Actor | None, organisation_id: UUID, email: str, role: str, link: Link
) -> Invitation:
    """Send an invitation and return it; an earlier open one for the same address is withdrawn.

    `link` makes the whole address out of a token. A manager invites to the own organisation; an
    administrator only a manager, and only where there is none; `actor=None` is the operator.
    Nobody invites themselves. ValidationError for a bad address, role or ended organisation,
    for a member, and when the mail could not be sent: then nothing is kept.
    """
    require_adder(actor, organisation_id, role)
    address = email.strip().lower()
    validate_email(address)
    if role not in Role.values:
        raise ValidationError({"role": _("Choose member or manager.")})
    organisation = lock_organisation(organisation_id)
    inviter = User.objects.get(pk=actor.user_id) if actor else None
    if inviter and inviter.email == address:
        raise ValidationError({"email": _("You cannot invite yourself.")})
    if _is_member(address, organisation.pk):
        raise ValidationError({"email": _("This person is in the organisation already.")})
    _open(organisation.pk).filter(email=address).update(withdrawn_at=clock.now())
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=address,
        role=role,
        token_hash=_hash(token),
        invited_by=inviter,
        expires_at=clock.now() + LASTS,
    )
    _mail(address, link(token))
    return invitation


@transaction.atomic
def withdraw_invitation(*, actor: Actor | None, invitation_id: UUID) -> Invitation:
    """Withdraw an invitation that is open; one that has ended stays as it is.

    By a manager of the organisation, an administrator or the operator. For everybody else, and
    for an id that is not there, PermissionDenied.
    """
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise PermissionDenied(_("There is no such invitation."))
    require_manager(actor, invitation.organisation_id)
    if invitation.accepted_at is None and invitation.withdrawn_at is None:
        invitation.withdrawn_at = clock.now()
        invitation.save(update_fields=["withdrawn_at"])
    return invitation


def find_invitation(token: str) -> Invitation | None:
    """Return the invitation that this token opens now.

    None when it is unknown, used, withdrawn or expired, or its organisation or the account of
    its address was closed. Which of these it is, is told to nobody.
    """
    found = (
        Invitation.objects.filter(
            token_hash=_hash(token),
            accepted_at__isnull=True,
            withdrawn_at__isnull=True,
            expires_at__gt=clock.now(),
            organisation__is_active=True,
        )
        .select_related("organisation")
        .first()
    )
    if found is None or User.objects.filter(email=found.email, is_active=False).exists():
        return None
    return found


def needs_login(invitation: Invitation) -> bool:
    """Tell whether the address has an account, so that accepting takes logging in to it."""
    return User.objects.filter(email=invitation.email).exists()


@transaction.atomic
def accept_as_new(*, token: str, display_name: str, password: str) -> User:
    """Make the account of the invited person, with the membership, and return it.

    PermissionDenied when the token opens nothing or the address has an account by now.
    ValidationError by field for a missing name or a weak password; the invitation stays open.
    """
    invitation = _take(token)
    if needs_login(invitation):
        raise PermissionDenied(_("This invitation takes logging in."))
    user = User(email=invitation.email, display_name=display_name.strip())
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise ValidationError({"password": weak.messages}) from weak
    user.set_password(password)
    user.full_clean()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as taken:
        raise PermissionDenied(_("This invitation takes logging in.")) from taken
    _make_member(invitation, user)
    return user


@transaction.atomic
def accept_as(*, token: str, user: User) -> Membership:
    """Make the logged-in person a member, and return the membership.

    PermissionDenied when the token opens nothing or is for another e-mail address than that of
    this account.
    """
    invitation = _take(token)
    if user.email != invitation.email or not user.is_active:
        raise PermissionDenied(_("This invitation is for somebody else."))
    return _make_member(invitation, user)


def open_invitations(*, actor: Actor, organisation_id: UUID) -> QuerySet[Invitation]:
    """Return the invitations that were not accepted or withdrawn, the newest first.

    For managers of the organisation and administrators; PermissionDenied for others.
    """
    require_manager(actor, organisation_id)
    return _open(organisation_id).order_by("-created_at", "id")


def _is_member(email: str, organisation_id: UUID) -> bool:
    return Membership.objects.filter(
        user__email=email, organisation_id=organisation_id, is_active=True
    ).exists()


def _open(organisation_id: UUID) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        organisation_id=organisation_id, accepted_at__isnull=True, withdrawn_at__isnull=True
    )


def _take(token: str) -> Invitation:
    """Lock organisation and invitation: of two who accept at once, one comes too late."""
    if found := find_invitation(token):
        lock_organisation(found.organisation_id)
        Invitation.objects.select_for_update().get(pk=found.pk)
    invitation = find_invitation(token)
    if invitation is None:
        raise PermissionDenied(_("This invitation is not valid (any more)."))
    return invitation


def _make_member(invitation: Invitation, user: User) -> Membership:
    invitation.accepted_at = clock.now()
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    membership, _created = Membership.objects.get_or_create(
        user=user,
        organisation_id=invitation.organisation_id,
        is_active=True,
        defaults={"role": invitation.role, "since": clock.today()},
    )
    return membership


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _mail(address: str, url: str) -> None:
    """Send the link; the text names no organisation and no work, for who reads along."""
    text = _(
        "Hello,\n\nYou can make an account. Open this link within 7 days:\n\n%(url)s\n\n"
        "The link works once and only for you. Did you not expect this message? Then you do"
        " not have to do anything."
    )
    try:
        send_mail(_("Your account"), text % {"url": url}, None, [address])
    except (SMTPException, OSError) as problem:
        raise ValidationError(
            _("The message could not be sent, so nobody was invited. Try again later.")
        ) from problem
