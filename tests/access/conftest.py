# SPDX-License-Identifier: EUPL-1.2
"""Shared by the tests of the access room."""

from collections.abc import Iterator
from importlib import reload

import pytest
from django.urls import clear_url_caches
from pytest_django.fixtures import Settings

from middenstip import urls as root_urls
from middenstip.access import urls


@pytest.fixture
def demo_on(settings: Settings) -> Iterator[None]:
    settings.DEMO = True
    reload(urls)
    reload(root_urls)
    clear_url_caches()
    yield
    settings.DEMO = False
    reload(urls)
    reload(root_urls)
    clear_url_caches()
