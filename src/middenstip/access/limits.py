# SPDX-License-Identifier: EUPL-1.2
"""Limits on how often something is tried, counted in the database for all web processes.

A *rate* ("5/10m") lets so many go at once and gives one back each part of the time. A *delay*
grows: some failures are free, then each next one doubles the wait, up to an hour. Both are one
SQL statement each, on the connection `limits` that shares no transaction with the request: what
was counted stays counted when the request fails.

A key is kept only as a digest with the secret key of this installation: the table tells no
addresses and no names. Nothing here may be used to keep somebody else out: see
`access.limits_login`.
"""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.http import HttpRequest, HttpResponse

from middenstip import clock

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
KeyOf = Callable[[HttpRequest], str]
View = TypeVar("View", bound=Callable[..., Any])

TAKE = """
INSERT INTO access_limitentry AS entry (key, until, failures, forget_at)
VALUES (%(key)s, %(now)s + %(step)s, 0, %(now)s + %(span)s)
ON CONFLICT (key) DO UPDATE
   SET until = GREATEST(entry.until, %(now)s) + %(step)s,
       forget_at = GREATEST(entry.until, %(now)s) + %(span)s
 WHERE GREATEST(entry.until, %(now)s) + %(step)s <= %(now)s + %(span)s
RETURNING until
"""
FAIL = """
INSERT INTO access_limitentry AS entry (key, until, failures, forget_at)
VALUES (%(key)s, %(now)s, 1, %(now)s + %(memory)s)
ON CONFLICT (key) DO UPDATE
   SET failures = CASE WHEN entry.forget_at < %(now)s THEN 1 ELSE entry.failures + 1 END,
       until = CASE
         WHEN entry.forget_at < %(now)s OR entry.failures < %(free)s THEN %(now)s
         ELSE %(now)s + LEAST(%(longest)s, %(first)s * power(2, LEAST(
                entry.failures - %(free)s, 20))) END,
       forget_at = %(now)s + %(memory)s
"""


class Limited(PermissionDenied):
    """Too often: try again at `until`; wherever it is raised, the answer is the 429 page."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too often")
        self.until = until


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `amount` at once, and on average no more than that in each `span`."""

    amount: int
    span: timedelta

    @classmethod
    def read(cls, text: str) -> "Rate":
        """Read "5/10m" (s, m, h, d: seconds to days); ValueError for anything else."""
        found = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)?([smhd])", text)
        if not found:
            raise ValueError(f"a rate looks like 5/10m, not {text!r}")
        return cls(int(found[1]), timedelta(seconds=int(found[2] or 1) * UNITS[found[3]]))


@dataclass(frozen=True, slots=True)
class Delay:
    """After `free` failures each next one makes the wait twice as long, from `first` on."""

    free: int
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)
    memory: timedelta = timedelta(hours=24)


def take(name: str, key: str, rate: Rate | str) -> None:
    """Use the limit `name` once for `key`; raises Limited when it is used up.

    A refused try costs nothing, so somebody who keeps trying does not keep themselves out.
    """
    allowed = Rate.read(rate) if isinstance(rate, str) else rate
    step, now, kept_as = allowed.span / allowed.amount, clock.now(), digest(name, key)
    values: dict[str, Any] = {"key": kept_as, "now": now, "step": step, "span": allowed.span}
    with connections[settings.LIMITS_CONNECTION].cursor() as cursor:
        cursor.execute(TAKE, values)
        if cursor.fetchone() is not None:
            return
        cursor.execute("SELECT until FROM access_limitentry WHERE key = %s", [kept_as])
        row = cursor.fetchone()
    # The row may just have been forgotten by another process.
    raise Limited((row[0] if row else now) + step - allowed.span)


def waiting(name: str, key: str) -> datetime | None:
    """Return from when a next try is taken after `fail`, None when it may be now."""
    with connections[settings.LIMITS_CONNECTION].cursor() as cursor:
        cursor.execute(
            "SELECT until FROM access_limitentry WHERE key = %s", [digest(name, key)]
        )
        row = cursor.fetchone()
    return row[0] if row and row[0] > clock.now() else None


def fail(name: str, key: str, delay: Delay) -> None:
    """Count a failure, which may make the next try wait; see `waiting`."""
    now = clock.now()
    values: dict[str, Any] = {
        "key": digest(name, key),
        "now": now,
        "free": delay.free,
        "first": delay.first,
        "longest": delay.longest,
        "memory": delay.memory,
    }
    with connections[settings.LIMITS_CONNECTION].cursor() as cursor:
        cursor.execute(FAIL, values)
        cursor.execute("DELETE FROM access_limitentry WHERE forget_at < %s", [now])


def clear(name: str, key: str) -> None:
    """Forget what was counted for a key."""
    with connections[settings.LIMITS_CONNECTION].cursor() as cursor:
        cursor.execute("DELETE FROM access_limitentry WHERE key = %s", [digest(name, key)])


def limited(
    name: str, key: KeyOf, rate: str, *, methods: tuple[str, ...] | None = None
) -> Callable[[View], View]:
    """Let a view run only as often as the rate allows for each key, else it raises Limited.

    `key` is one of `per_ip`, `per_person`, `per_field(...)` or an own function of the request.
    `methods` names which requests count, by default all. ValueError for an unreadable rate.
    """
    allowed = Rate.read(rate)

    def wrap(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if methods is None or request.method in methods:
                take(name, key(request), allowed)
            answer: HttpResponse = view(request, *args, **kwargs)
            return answer

        return counted  # type: ignore[return-value]

    return wrap


def client_ip(request: HttpRequest) -> str:
    """Return the address of the visitor, "" when it is not known.

    Behind proxies of our own (`settings.TRUSTED_PROXIES`, a number) it is what the outermost of
    them saw; what a visitor writes in X-Forwarded-For stands before that and is not looked at.
    """
    seen = str(request.META.get("REMOTE_ADDR", ""))
    count: int = settings.TRUSTED_PROXIES
    if count:
        passed = request.headers.get("X-Forwarded-For", "")
        if passed and passed.count(",") + 1 >= count:
            seen = passed.split(",")[-count]
    try:
        return str(ipaddress.ip_address(seen.strip().removeprefix("[").removesuffix("]")))
    except ValueError:
        return ""


def per_ip(request: HttpRequest) -> str:
    """Count for each address of the network; of IPv6 for the part that one subscriber has."""
    address = client_ip(request)
    if ":" in address:
        return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
    return address


def per_person(request: HttpRequest) -> str:
    """Count for each logged-in person; a stranger for each address of the network."""
    if request.user.is_authenticated:
        return f"person {request.user.pk}"
    return per_ip(request)


def per_field(field: str) -> KeyOf:
    """Count for each value of a posted field, without capitals and spaces around it."""

    def key(request: HttpRequest) -> str:
        return request.POST.get(field, "").strip().lower()

    return key


def digest(name: str, key: str) -> str:
    """Return under which value a key is kept: it cannot be made without our secret key."""
    text = f"{name}\n{key}".encode(errors="surrogatepass")
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
