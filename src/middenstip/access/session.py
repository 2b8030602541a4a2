# SPDX-License-Identifier: EUPL-1.2
"""Sessions: whose they are, when they end, and ending all sessions of a person at once.

A session ends after half an hour in which nothing was done and ten hours after logging in,
whichever comes first (house rule; `SESSION_IDLE_AGE`, `SESSION_COOKIE_AGE`). The end stands in
the row of the session: one that has ended cannot be read any more, whatever the cookie says.

Sessions run on the real time, not on the clock of the house: a clock that is held still for a
question about another day must not keep a session open.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from middenstip.access.actors import Actor
from middenstip.access.models import Session, User

STARTED_KEY = "started"
# A session is written at most this often because somebody works in it.
STEP = timedelta(minutes=1)
Answer = Callable[[HttpRequest], HttpResponse]


class SessionStore(DatabaseStore):
    """Keeps sessions in `access.Session`; named by the setting SESSION_ENGINE."""

    ends_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of the rows."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to write: with whose it is and when it ends from this moment."""
        user_id = data.get(USER_KEY)
        if user_id:
            data.setdefault(STARTED_KEY, timezone.now().timestamp())
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = UUID(user_id) if user_id else None
        row.seen_at = timezone.now()
        row.expire_date = self.ends_at = _end(data)
        return row

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        self.ends_at = row.expire_date if row else None
        return row

    def touch(self) -> None:
        """Move the idle end on because somebody works here; writes at most once a minute.

        Never beyond ten hours after logging in, and never for a session that was ended.
        """
        ends_at = _end(dict(self.items()))
        if not self.session_key or not self.ends_at or ends_at - self.ends_at < STEP:
            return
        now = timezone.now()
        living = Session.objects.filter(session_key=self.session_key, expire_date__gt=now)
        if living.update(expire_date=ends_at, seen_at=now):
            self.ends_at = ends_at

    def seconds_left(self) -> int:
        """Return how long this session lasts when nothing more is done; 0 when it has ended."""
        if not self.ends_at:
            return 0
        return max(0, int((self.ends_at - timezone.now()).total_seconds()))


class SessionEndMiddleware:
    """Keeps the session of who works alive; a look whether it lives is no work."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and move the end of the session on unless the view only looked at it."""
        response = self.get_response(request)
        only_looked = getattr(request, "only_looked_at_session", False)
        if request.user.is_authenticated and not only_looked:
            store = request.session
            if isinstance(store, SessionStore):
                store.touch()
        return response


def end_sessions_of(user_id: UUID) -> int:
    """End every session of a person now and return how many there were."""
    return Session.objects.filter(user_id=user_id).delete()[0]


def who_acts(user: User, actor: Actor | None) -> str:
    """Return a word that differs for every person, organisation and purpose, and tells nothing.

    A page keeps it, to see whether a form that was typed as one is sent as the same one.
    """
    acting = f"{actor.organisation_id}|{actor.purpose}" if actor else "-"
    return salted_hmac("middenstip.session.who", f"{user.pk}|{acting}").hexdigest()[:24]


@receiver(user_logged_in)
def _start_again(request: HttpRequest | None = None, **_: Any) -> None:
    """Count the ten hours from this login, also in a session that was there already."""
    if request is not None:
        request.session[STARTED_KEY] = timezone.now().timestamp()


def _end(data: dict[str, Any]) -> datetime:
    idle = timezone.now() + timedelta(seconds=settings.SESSION_IDLE_AGE)
    started = data.get(STARTED_KEY)
    if not started:
        return idle
    last = datetime.fromtimestamp(started, UTC) + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(idle, last)
