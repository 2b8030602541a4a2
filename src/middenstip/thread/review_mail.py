# SPDX-License-Identifier: EUPL-1.2
"""A mail to who must look back at something: that there is something, and nothing more."""

from collections.abc import Iterable
from uuid import UUID

from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from middenstip.access.managers import manager_addresses


def mail_managers(organisation_ids: Iterable[UUID]) -> int:
    """Mail the managers of organisations, each in the own language; return how many mails went.

    Names no person, no case, no organisation and no reason: mail is read by others too.
    """
    sent = 0
    for address, language in manager_addresses(organisation_ids):
        with translation.override(language):
            text = _(
                "Hello,\n\nSomething on your desk in Middenstip needs to be looked at by you"
                " within two working days. Log in to see what it is."
            )
            sent += send_mail(_("Please look at your desk"), text, None, [address])
    return sent
