# SPDX-License-Identifier: EUPL-1.2
"""A mail to the coordination point: that somebody asks too often, and nothing more."""

from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from middenstip.access.managers import manager_addresses
from middenstip.access.selectors import active_kinds
from middenstip.thread.country import coordinates


def tell_coordination() -> int:
    """Mail the managers of the coordination point, each in the own language; return how many.

    Names nobody and no organisation: mail is read by others too.
    """
    points = [found for found, kind in active_kinds().items() if coordinates(kind)]
    sent = 0
    for address, language in manager_addresses(points):
        with translation.override(language):
            text = _(
                "Hello,\n\nAn organisation asked again and again for one person in Middenstip."
                " It gets no answer any more for now. Log in and look at “Known?” to see which."
            )
            sent += send_mail(_("Please look at “Known?”"), text, None, [address])
    return sent
