# SPDX-License-Identifier: EUPL-1.2
"""Statements that PostgreSQL plans once for each connection instead of each time.

A statement on tables with row security carries its policies: planning it takes longer than
answering it. A plan that is kept is none of an earlier actor: who acts is read from the
settings of the transaction when it runs, and PostgreSQL plans anew when the role or a policy
changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor


@contextmanager
def prepared() -> Iterator[None]:
    """Let PostgreSQL keep the plans of the statements inside, by their text.

    For reads that name one case and so touch few rows whoever asks: a kept plan knows no
    values, and would be a bad one for a list. Changes nothing when setting PREPARED_READS is
    off, as behind a connection pooler that does not carry prepared statements.
    """
    connection.ensure_connection()
    raw = connection.connection
    if not settings.PREPARED_READS or raw.cursor_factory is ServerBindingCursor:
        yield
        return
    before = raw.cursor_factory, raw.prepare_threshold
    raw.cursor_factory, raw.prepare_threshold = ServerBindingCursor, 1
    try:
        yield
    finally:
        raw.cursor_factory, raw.prepare_threshold = before
