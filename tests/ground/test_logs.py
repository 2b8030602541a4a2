# SPDX-License-Identifier: EUPL-1.2
"""What goes wrong is logged without the data of persons."""

import logging

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from middenstip.access.models import Organisation
from middenstip.logs import QuietFormatter


@pytest.mark.django_db
def test_an_error_of_the_database_is_logged_without_the_row() -> None:
    name = "Verzonnen Naam"
    Organisation.objects.create(kind="police", name=name)
    with pytest.raises(IntegrityError, match=name.lower()) as caught, transaction.atomic():
        Organisation.objects.create(kind="police", name=name)
    record = logging.LogRecord(
        "django.request", logging.ERROR, __file__, 1, "failed", None, caught._excinfo
    )
    line = QuietFormatter("%(message)s").format(record)
    assert name.lower() not in line.lower()
    assert "django.db.utils.IntegrityError" in line
    assert "psycopg.errors.UniqueViolation" in line
    assert "test_logs.py" in line


def test_the_settings_log_with_it() -> None:
    formatters = settings.LOGGING["formatters"]
    used = {
        formatters[handler["formatter"]]["()"]
        for handler in settings.LOGGING["handlers"].values()
    }
    assert used == {"middenstip.logs.QuietFormatter"}
