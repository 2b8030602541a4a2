# SPDX-License-Identifier: EUPL-1.2
"""What can stand in the way of reading or recording. No message here holds an identity.

Bad values in a field raise Django's ValidationError, keyed by field, so that a form shows each
message at its field.
"""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from middenstip.access.purposes import pack
from middenstip.pack.cited import Cited
from middenstip.rules.results import Refusal
from middenstip.rules.shown import shown_refusal


class NotThere(Http404):
    """There is no such case, or this actor may not see it: the answer is the same (404)."""

    def __init__(self) -> None:
        super().__init__(_("There is no such case, or it is not shared with you."))


class NotAllowed(PermissionDenied):
    """The actor sees the case but may not do this; the message says who may."""


def only_coordination() -> str:
    """Return the reason why somebody else cannot bring an organisation into a case."""
    return _("Only the coordination point can bring an organisation into a case.")


def only_looking() -> str:
    """Return the reason why nothing is recorded by who looks in an emergency."""
    return _("In an emergency you can look, not record. Choose your usual purpose first.")


def was_removed() -> str:
    """Return the reason why nothing can be added to what was known of a person."""
    return _("What was known of this person was removed; nothing can be recorded any more.")


class EventRefused(Exception):
    """A guard of the country pack refused an event; nothing of the request was stored.

    `rule` is its id, `message` the reason in the actor's language, `sources` where it stands,
    `seq` the place the refused event has or would have had. `earlier_event` is None, or the
    `seq` of an event that is in the thread already and would be refused if the new one were
    true: that one must be corrected first.
    """

    def __init__(self, refusal: Refusal, *, earlier_event: int | None = None) -> None:
        self.refusal = refusal
        self.rule: str = refusal.rule
        self.type: str = refusal.type
        self.seq = int(refusal.event)
        self.message: str = refusal.message
        self.sources: Sequence[Cited] = refusal.sources
        self.earlier_event = earlier_event
        if earlier_event is not None:
            self.message += " " + _(
                "This concerns event %(number)s of the thread: correct that one first."
            ) % {"number": earlier_event}
        super().__init__(f"{self.rule}: {self.message}")

    def told_with(self, categories: frozenset[str], lang: str) -> "EventRefused":
        """Return the refusal as it may be told to who sees only these data categories."""
        refusal = shown_refusal(pack(), self.refusal, categories, lang=lang)
        return EventRefused(refusal, earlier_event=self.earlier_event)


class BeforeBirth(ValidationError):
    """A day and the day of birth cannot both be true; keyed by the field that was typed."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__({name: [message]})

    def told_with(self, categories: frozenset[str]) -> ValidationError:
        """Return the refusal as it may be told to who sees only these data categories.

        That the day is refused stays: a wrong one does harm. What it runs into is not said.
        """
        if pack().facts["birth_date"].category in categories:
            return self
        message = _("This day does not fit what is known. Check the year.")
        return ValidationError({self.name: [message]})


class CaseChanged(Exception):
    """Somebody recorded something since the actor looked; nothing was stored.

    `version` is the case's version now, `behind` the number of events the actor has not seen.
    """

    def __init__(self, *, version: int, seen: int) -> None:
        self.version = version
        self.behind = version - seen
        super().__init__(
            ngettext(
                "%(count)s event was recorded in this case since you opened it. Look at it "
                "first; what you typed is kept.",
                "%(count)s events were recorded in this case since you opened it. Look at them "
                "first; what you typed is kept.",
                self.behind,
            )
            % {"count": self.behind}
        )
